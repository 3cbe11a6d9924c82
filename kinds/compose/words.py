"""A journey in words, for a network that composes by them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sound.score import Score

MOODS: Mapping[str, str] = MappingProxyType(
    {
        "calm": "calm, gentle ambient music with slow pads, soft piano and warm bass",
        "bright": "bright, hopeful instrumental music with plucked strings, bells and a light beat",
        "dark": "dark, slow cinematic music with deep strings and distant piano",
        "dreaming": "dreamy, floating ambient music with shimmering pads and harp",
        "restless": "restless, driving instrumental music with pulsing synths and tight drums",
    }
)
HUES = ("rose", "orange", "golden", "green", "turquoise", "blue", "violet")
VIVID, GREY = 0.08, 0.03  # chroma of Oklab


def words_of(score: Score, *, mood: str, key: str) -> str:
    """Say what music is wanted: the mood, the colours of the journey, how much it moves, and the key."""
    whole = score.between(0, score.duration_s)
    strength = "grey" if whole.chroma < GREY else "vivid" if whole.chroma > VIVID else "muted"
    colour = "" if strength == "grey" else f" {HUES[int(whole.hue / 360 * len(HUES)) % len(HUES)]}"
    light = "bright" if whole.brightness > 0.6 else "dim" if whole.brightness < 0.35 else "soft"
    pace = "slow" if whole.motion < 0.35 else "lively" if whole.motion > 0.65 else "steady"
    tonic = "" if key == "auto" else f", in the key of {key.replace('#', ' sharp')}"
    return f"{MOODS[mood]}, {strength}{colour} colours in {light} light, {pace} tempo{tonic}, no vocals, high quality"
