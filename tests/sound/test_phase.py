"""Beats of music whose offbeats are louder: found by the harmony, which changes on beats, and by what lasts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sound import beats, phase
from sound.onsets import EARLY_S, FPS, onsets
from sound.reading import RATE, Sound
from tests.sound import making

CHORDS = ((220.0, 277.2, 329.6), (174.6, 220.0, 261.6), (261.6, 329.6, 392.0), (196.0, 246.9, 293.7))


def offbeaten(true_s: NDArray[np.float64], *, seconds: float = 40.0) -> Sound:
    """Chords that change every four beats, a soft kick on the beats, and claps twice as loud on every offbeat."""
    beat_s = float(np.median(np.diff(true_s)))
    drums = making.drums(true_s, seconds=seconds).samples[0] * 0.4
    claps = making.clicks(true_s[:-1] + beat_s / 2, seconds=seconds).samples[0] * 0.8
    held = np.zeros(int(seconds * RATE))
    for number, begins_s in enumerate(true_s[::4]):
        first = round(begins_s * RATE)
        t = np.arange(min(round(4 * beat_s * RATE), len(held) - first)) / RATE
        held[first : first + len(t)] += 0.05 * sum(np.sin(2 * np.pi * hz * t) for hz in CHORDS[number % 4])
    return making.sound(drums + claps + held)


@pytest.mark.parametrize("bpm", [84, 100, 124])
def test_loud_offbeats_do_not_take_the_place_of_beats(bpm: int) -> None:
    true_s = making.steady(bpm, seconds=40)
    found = beats.find(offbeaten(true_s))
    assert found.tempo == pytest.approx(bpm, rel=0.01)
    assert making.share_near(found.times_s, true_s) >= 0.9


@pytest.mark.parametrize("beside", [0, 1 / 4, 1 / 2, 2 / 3])
def test_a_row_beside_the_beats_is_moved_onto_them(beside: float) -> None:
    true_s = making.steady(100)
    heard = onsets(making.drums(true_s))
    row = np.round((true_s + beside * 0.6 - EARLY_S) * FPS).astype(np.int64)
    moved = phase.chosen(heard, row[row < len(heard.strength)])
    assert making.share_near(moved / FPS + EARLY_S, true_s) >= 0.95


def test_a_row_of_few_beats_stays() -> None:
    heard = onsets(making.drums(making.steady(100, seconds=2), seconds=2))
    row = np.array([10, 70])
    np.testing.assert_array_equal(phase.chosen(heard, row), row)
