"""Beats of drums and clicks whose beats are known: found, at the right tempo, not half or twice of it."""

from typing import Any

import numpy as np
import pytest

from sound import beats
from sound.reading import RATE, Sound
from tests.sound import making

FRAME_S = 1 / 30


def check(sound: Sound, true_s: np.ndarray[Any, Any], *, within_s: float = 0.05) -> beats.Beats:
    found = beats.find(sound)
    assert found.tempo == pytest.approx(60 / np.median(np.diff(true_s)), rel=0.03)
    assert making.share_near(found.times_s, true_s, within_s=within_s) >= 0.9
    assert np.isin(found.downbeats_s, found.times_s).all()
    return found


@pytest.mark.parametrize("bpm", [60, 90, 120, 150, 180])
def test_clicks_are_found_within_a_frame(bpm: int) -> None:
    true_s = making.steady(bpm)
    found = check(making.clicks(true_s), true_s)
    nearest = [np.abs(found.times_s - one).min() for one in true_s]
    assert max(nearest) < FRAME_S / 2


@pytest.mark.parametrize("bpm", [60, 75, 96, 120, 140, 180])
@pytest.mark.parametrize("swing", [0.5, 2 / 3])
def test_drums_straight_and_swung(bpm: int, swing: float) -> None:
    true_s = making.steady(bpm)
    check(making.drums(true_s, swing=swing, noise=0.03, late_s=0.005), true_s)


@pytest.mark.parametrize(("bpm", "to_bpm"), [(90, 110), (120, 100), (150, 170)])
def test_a_tempo_that_drifts_is_followed(bpm: int, to_bpm: int) -> None:
    true_s = making.drifting(bpm, to_bpm)
    check(making.drums(true_s, seconds=40), true_s)


@pytest.mark.parametrize("bpm", [72, 120])
def test_drums_in_loud_noise(bpm: int) -> None:
    true_s = making.steady(bpm)
    check(making.drums(true_s, noise=0.15, late_s=0.008), true_s)


@pytest.mark.parametrize("meter", [3, 4])
def test_bars_begin_where_the_bass_comes_in(meter: int) -> None:
    true_s = making.steady(100)
    found = check(making.drums(true_s, meter=meter), true_s)
    assert making.share_near(found.downbeats_s, true_s[::meter]) >= 0.9


def test_where_nothing_beats_there_are_no_beats() -> None:
    assert beats.find(making.sound(np.zeros(5 * RATE))).tempo is None
    held = beats.find(making.tone(220, seconds=8))
    assert held.confidence < 0.5


def test_the_shortest_sound_is_no_trouble() -> None:
    for count in (1, 100, RATE // 2):
        assert len(beats.find(making.sound(np.ones(count) * 0.1)).times_s) < 4
