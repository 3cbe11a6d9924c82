"""How well beats are found, in drums made here and in music that others made, and how fast music is composed."""

import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.recorded import WITHIN_S, recorded, row
from bench.rendered import rendered
from sound import beats, loudness
from sound.composing import perform
from sound.piece import compose_piece
from sound.score import MOODS, Score
from tests.sound import making

LONG_S = 60.0


def heard() -> Iterator[str]:
    """Find beats, and compose."""
    yield f"Within {WITHIN_S * 1000:.0f} ms: of the beats there are, and of those found, the smaller share."
    yield ""
    yield "| sound | beats a minute | found | within 50 ms | of the offbeats |"
    yield "| --- | --- | --- | --- | --- |"
    yield from _made()
    yield from recorded()
    yield ""
    yield from rendered()
    yield ""
    yield from _composed()


def _made() -> Iterator[str]:
    for bpm, swing, noise in product((60, 90, 120, 150, 180), (0.5, 2 / 3), (0.0, 0.15)):
        true_s = making.steady(bpm)
        found = beats.find(making.drums(true_s, swing=swing, noise=noise, late_s=0.008))
        said = f"drums{', swung' if swing > 0.5 else ''}{', in noise' if noise else ''}"
        yield row(said, true_s, found)
    for bpm, to_bpm in ((90, 110), (120, 100), (150, 170)):
        true_s = making.drifting(bpm, to_bpm)
        yield row(f"drums, {bpm} to {to_bpm}", true_s, beats.find(making.drums(true_s, seconds=40)))


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
