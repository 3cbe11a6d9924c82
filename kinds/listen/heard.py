"""What is heard in a sound, as it is kept: beats, bars, tempo, loudness, and its waveform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kinds.listen.forms import MEDIA, UNKNOWN
from sound import beats, loudness, waveform
from sound.beats import Beats
from sound.reading import Sound

PEAKS = 1000
DIGITS = 4  # a tenth of a millisecond


def heard(
    sound: Sound, *, told: Callable[[str], object] = lambda phase: None, known: Beats | None = None
) -> dict[str, Any]:
    """Listen to a sound; `known` are beats that need not be found. `told` hears what begins.

    Returns: `media_type`, `duration_s`, `broken_at_s`, `tempo`, `confidence`, `beats`, `bars`, `loudness_lufs`,
        `peaks`.
    """
    told("beats")
    found = known or beats.find(sound)
    told("loudness")
    return {
        "media_type": MEDIA.get(sound.form.split(",")[0], UNKNOWN),
        "duration_s": round(sound.duration_s, DIGITS),
        "broken_at_s": None if sound.broken_at_s is None else round(sound.broken_at_s, 1),
        "tempo": None if found.tempo is None else round(found.tempo, 2),
        "confidence": found.confidence,
        "beats": [round(float(at_s), DIGITS) for at_s in found.times_s],
        "bars": [round(float(at_s), DIGITS) for at_s in found.downbeats_s],
        "loudness_lufs": round(loudness.measure(sound), 1),
        "peaks": [round(float(peak), 3) for peak in waveform.peaks(sound, PEAKS)],
    }
