"""How well beats are found, in drums that are made here and in music that others made, and how fast music is composed.

Of Planet Blupi's music Debian has the scores (MIDI) and recordings of them; a score says when its beats are. Notes of
some scores lie beside the grid by a few hundredths of a second, so the grid is laid on the notes first.
"""

import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.archive import unpacked
from bench.midi import Song, song
from bench.rendered import rendered
from sound import beats, loudness
from sound.composing import perform
from sound.onsets import EARLY_S, FPS, Onsets, onsets
from sound.piece import compose_piece
from sound.reading import read
from sound.score import MOODS, Score
from tests.sound import making

DEBIAN = ("planetblupi-music-midi", "planetblupi-music-ogg")
MUSIC = "usr/share/planetblupi/music"
WITHIN_S = 0.05
SLACK_S = 0.12  # that a recording may begin before or after its score
LONG_S = 60.0

Times = NDArray[np.float64]


def heard() -> Iterator[str]:
    """Find beats, and compose."""
    yield f"Within {WITHIN_S * 1000:.0f} ms: of the beats there are, and of those found, the smaller share."
    yield ""
    yield "| sound | beats a minute | found | within 50 ms | of the offbeats |"
    yield "| --- | --- | --- | --- | --- |"
    yield from _made()
    yield from _recorded()
    yield ""
    yield from rendered()
    yield ""
    yield from _composed()


def _made() -> Iterator[str]:
    for bpm, swing, noise in product((60, 90, 120, 150, 180), (0.5, 2 / 3), (0.0, 0.15)):
        true_s = making.steady(bpm)
        found = beats.find(making.drums(true_s, swing=swing, noise=noise, late_s=0.008))
        said = f"drums{', swung' if swing > 0.5 else ''}{', in noise' if noise else ''}"
        yield _row(said, true_s, found)
    for bpm, to_bpm in ((90, 110), (120, 100), (150, 170)):
        true_s = making.drifting(bpm, to_bpm)
        yield _row(f"drums, {bpm} to {to_bpm}", true_s, beats.find(making.drums(true_s, seconds=40)))


def _recorded() -> Iterator[str]:
    folders = [unpacked(package) for package in DEBIAN]
    if None in folders:
        yield f"- without {' and '.join(DEBIAN)}, which `apt-get download` does not give here"
        return
    scores, recordings = (Path(str(folder)) / MUSIC for folder in folders)
    near, count = 0.0, 0
    for score in sorted(scores.glob("*.mid")):
        listened = onsets(read(recordings / f"{score.stem}.ogg"))
        true_s, found = _grid(song(score), listened), beats.of_onsets(listened)
        near += len(true_s) * making.share_near(found.times_s, true_s, within_s=WITHIN_S)
        count += len(true_s)
        yield _row(f"{score.stem}, {listened.duration_s / 60:.0f} min", true_s, found)
    yield f"| all {count:,} beats of these recordings | | | **{near / count:.1%}** | |"


def _row(said: str, true_s: Times, found: beats.Beats) -> str:
    half = float(np.median(np.diff(true_s))) / 2
    near, off = (making.share_near(found.times_s, true_s + by, within_s=WITHIN_S) for by in (0.0, half))
    return f"| {said} | {30 / half:.1f} | {found.tempo or 0:.1f} | {near:.0%} | {off:.0%} |"


def _grid(score: Song, listened: Onsets) -> Times:
    """The beats of a score where its recording has them: laid on its notes, and those on what begins in the sound."""
    beat_s = float(np.median(np.diff(score.beats_s)))
    strength = np.convolve(listened.strength, [0.5, 1, 0.5], mode="same")

    def fits(by_s: float) -> float:
        places = np.round((score.notes_s + by_s - EARLY_S) * FPS).astype(int)
        return float(strength[places[(places >= 0) & (places < len(strength))]].sum())

    later_s = max(np.arange(-SLACK_S, SLACK_S, 0.005), key=fits)
    quarter = beat_s / 4
    beside = (score.notes_s - score.beats_s[0] + quarter / 2) % quarter - quarter / 2
    true_s = score.beats_s + float(np.median(beside)) + later_s
    return np.asarray(true_s[(true_s > 0) & (true_s < listened.duration_s)])


def _composed() -> Iterator[str]:
    yield f"| composed, {LONG_S:.0f} s | key | notes | seconds | loudness, LUFS | true peak, dBTP |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for mood in MOODS:
        piece = compose_piece(_journey(), seed=3, mood=mood)
        perform(compose_piece(_journey(), seed=3, mood=mood, duration_s=4.0))  # compiles
        began = time.perf_counter()
        sound = perform(piece, seed=3)
        took_s = time.perf_counter() - began
        measured = f"{loudness.measure(sound):.1f} | {loudness.true_peak(sound):.1f}"
        yield f"| {mood} | {piece.scale.name} | {len(piece.notes)} | {took_s:.1f} | {measured} |"


def _journey() -> Score:
    """A minute from orange to blue, moving more in the middle."""
    share: NDArray[Any] = np.linspace(0, 1, int(LONG_S * 10))
    hue = np.radians(40 + 220 * share)
    light = 0.5 + 0.15 * np.sin(4 * np.pi * share)
    lab = np.stack([light, 0.1 * np.cos(hue), 0.1 * np.sin(hue)], axis=1)
    motion = 0.25 + 0.5 * np.sin(np.pi * share)
    at_s = tuple(float(at) for at in np.arange(0, LONG_S, 10))
    return Score(
        lab=lab.astype(np.float32),
        motion=motion.astype(np.float32),
        brightness=light.astype(np.float32),
        moments_s=at_s,
    )
