"""Loudness by BS.1770-4 on the tones whose loudness the recommendation and EBU Tech 3341 tell."""

import numpy as np
import pytest

from sound import envelope, loudness, waveform
from sound.reading import RATE, Sound
from tests.sound import making


def test_a_full_scale_sine_of_1_khz_in_one_channel_is_at_minus_3_lufs() -> None:
    tone = making.tone(997, seconds=3, level=1.0)
    one = Sound(samples=np.stack([tone.samples[0], np.zeros_like(tone.samples[0])]))
    assert loudness.measure(one) == pytest.approx(-3.01, abs=0.05)
    assert loudness.measure(tone) == pytest.approx(0.0, abs=0.05)


def test_what_is_softer_by_more_than_ten_is_left_out() -> None:
    # EBU Tech 3341, case 3: -36 dBFS for 10 s, -23 for 60 s, -36 for 10 s: -23 LUFS. Shorter here.
    parts = [making.tone(1000, seconds=s, level=10 ** (db / 20)).samples for s, db in ((2, -36), (12, -23), (2, -36))]
    assert loudness.measure(Sound(samples=np.concatenate(parts, axis=1))) == pytest.approx(-23.0, abs=0.1)


def test_silence_stays_silence() -> None:
    silent = making.sound(np.zeros(RATE))
    assert loudness.measure(silent) == loudness.SILENCE
    assert loudness.normalised(silent) is silent


def test_a_peak_between_samples_is_seen() -> None:
    # A quarter of the rate, sampled at 45 degrees: its samples are at 0.707 of its peaks.
    t = np.arange(RATE)
    between = making.sound(np.sin(2 * np.pi * t / 4 + np.pi / 4))
    assert np.abs(between.samples).max() == pytest.approx(0.707, abs=0.001)
    assert loudness.true_peak(between) == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("lufs", [-23.0, -16.0, -14.0])
def test_drums_come_to_a_loudness_without_clipping(lufs: float) -> None:
    made = loudness.normalised(making.drums(making.steady(120, seconds=10), seconds=10), lufs)
    assert loudness.measure(made) == pytest.approx(lufs, abs=0.5)
    assert loudness.true_peak(made) <= loudness.CEILING + 0.01


def test_one_click_is_not_made_a_roar() -> None:
    click = making.clicks(np.array([1.0]), seconds=3)
    made = loudness.normalised(click, -9.0)
    assert loudness.true_peak(made) <= loudness.CEILING + 0.01


def test_the_envelope_follows_and_falls_slowly() -> None:
    quiet, loud = making.tone(300, seconds=1, level=0.005), making.tone(300, seconds=1, level=0.5)
    sound = Sound(samples=np.concatenate([quiet.samples, loud.samples, quiet.samples], axis=1))
    rising = envelope.of(sound, 30)
    assert rising.shape == (90,)
    assert rising.dtype == np.float32
    assert rising[20] < 0.2 < 0.9 < rising[45]
    assert rising[62] > rising[80]
    assert 0 <= rising.min() <= rising.max() <= 1
    assert not envelope.of(making.sound(np.zeros(RATE)), 24).any()


def test_the_waveform_has_as_many_peaks_as_asked_for() -> None:
    peaks = waveform.peaks(making.tone(440, seconds=1, level=0.5), 1000)
    assert peaks.shape == (1000,)
    assert peaks[3:].min() > 0.1
    assert peaks.max() == pytest.approx(0.5, abs=0.01)
    assert waveform.peaks(making.sound(np.ones(3) * 0.2), 10).shape == (10,)
