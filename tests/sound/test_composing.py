"""Composed music: in tune and in its key, of the length and loudness that were asked for, without a seam, by seed."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sound import loudness
from sound.composing import beats_of, compose, perform
from sound.harmony import KEYS, Scale, hertz, voiced
from sound.instruments import played
from sound.piece import METER, Note, compose_piece
from sound.reading import RATE
from sound.score import MOODS, Score, score_of

MOST_CENTS = 6.0  # the pad is detuned by 2.5 on purpose; the ear tells from 5 to 10 on


def score(seconds: float = 24.0, *, motion: float = 0.4, hue: float = 60.0, light: float = 0.5) -> Score:
    steps = round(seconds * 10)
    turned = np.radians(hue + 90 * np.linspace(0, 1, steps))
    lab = np.stack([np.full(steps, light), 0.1 * np.cos(turned), 0.1 * np.sin(turned)], axis=1)
    return Score(
        lab=lab.astype(np.float32),
        motion=np.full(steps, motion, np.float32),
        brightness=np.full(steps, light, np.float32),
        moments_s=(0.0, seconds / 2),
    )


def spectrum(mono: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size = 4 * len(mono)
    loud = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    return np.asarray(np.fft.rfftfreq(size, 1 / RATE), np.float64), np.asarray(loud, np.float64)


@pytest.mark.parametrize("part", ["pad", "pluck", "bell", "bass"])
@pytest.mark.parametrize("midi", [40, 57, 69, 76, 84])
def test_every_instrument_is_in_tune(part: str, midi: int) -> None:
    tone = played(Note(part=part, at_s=0, long_s=2.2, midi=midi, level=0.5), 5).mean(axis=0)[4000:70_000]
    hz, loud = spectrum(tone)
    near = np.abs(hz / hertz(midi) - 1) < 0.03
    cents = 1200 * np.log2(hz[near][loud[near].argmax()] / hertz(midi))
    assert abs(cents) < MOST_CENTS


@pytest.mark.parametrize("mood", list(MOODS))
def test_a_piece_keeps_to_its_scale_begins_and_ends_at_home(mood: str) -> None:
    for seed in range(4):
        piece = compose_piece(score(60), seed=seed, mood=mood)
        tones = {round(note.midi) % 12 for note in piece.notes if note.part in ("pad", "pluck", "bass", "bell")}
        assert tones <= set(piece.scale.steps)
        assert piece.bars[0].degree == piece.bars[-1].degree == 0
        plucked = [note for note in piece.notes if note.part == "pluck"]
        assert round(plucked[-1].midi) % 12 == piece.scale.tonic
        assert all(58 <= note.midi - MOODS[mood].register <= 90 for note in plucked)
        assert all(0 <= note.at_s < piece.duration_s for note in piece.notes)


def test_what_sounds_is_what_was_written() -> None:
    piece = compose_piece(score(24, motion=0.0), seed=1, mood="dreaming", key="A")
    sound = perform(piece, seed=1)
    bar_s = METER * piece.beat_s
    for number, bar in enumerate(piece.bars[:-1]):
        part = sound.samples.mean(axis=0)[int((number + 0.4) * bar_s * RATE) : int((number + 0.95) * bar_s * RATE)]
        hz, loud = spectrum(part)
        tones = hz[(hz > 60) & (hz < 500)], loud[(hz > 60) & (hz < 500)]
        loudest = tones[0][tones[1].argmax()]
        assert round(69 + 12 * np.log2(loudest / 440)) % 12 in bar.chord


def test_the_score_is_heard_in_the_music() -> None:
    still, lively = (compose_piece(score(motion=motion), seed=2) for motion in (0.05, 0.9))
    assert lively.tempo > still.tempo
    drums = [sum(note.part in ("kick", "brush", "shaker") for note in piece.notes) for piece in (still, lively)]
    assert drums[0] < drums[1]
    assert compose_piece(score(hue=0), seed=2).scale.tonic != compose_piece(score(hue=150), seed=2).scale.tonic
    assert compose_piece(score(light=0.05), seed=2, mood="dark").scale.mode == "minor"
    dim, bright = (perform(compose_piece(score(12, light=light), seed=2, key="C"), seed=2) for light in (0.05, 0.95))
    high = []
    for sound in (dim, bright):
        hz, loud = spectrum(sound.samples.mean(axis=0)[: 10 * RATE])
        high.append(float((loud[hz > 1500] ** 2).sum() / (loud**2).sum()))
    assert high[0] < high[1]


@pytest.mark.parametrize("mood", ["calm", "restless"])
@pytest.mark.parametrize("lufs", [-14.0, -20.0])
def test_it_is_as_loud_and_as_long_as_asked_and_never_clips(mood: str, lufs: float) -> None:
    sound = compose(score(), seed=3, mood=mood, duration_s=17.3, lufs=lufs)
    assert sound.samples.shape == (2, round(17.3 * RATE))
    assert loudness.measure(sound) == pytest.approx(lufs, abs=0.5)
    assert loudness.true_peak(sound) <= loudness.CEILING + 0.01
    assert np.abs(sound.samples[:, -100:]).max() < 0.01  # it has faded
    assert not np.array_equal(sound.samples[0], sound.samples[1])


def test_the_same_seed_gives_the_same_bits() -> None:
    one, same, other = (compose(score(8), seed=seed).samples for seed in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_loop_has_no_seam() -> None:
    sound = compose(score(16), seed=3, loop=True)
    steps = np.abs(np.diff(np.concatenate([sound.samples[:, -RATE:], sound.samples[:, :RATE]], axis=1), axis=1))
    assert steps[:, RATE - 1].max() <= np.percentile(steps, 99.9)
    mono = sound.samples.mean(axis=0)
    ends = [np.sqrt((mono[part] ** 2).mean()) for part in (slice(-RATE // 2, None), slice(0, RATE // 2))]
    assert 0.25 < ends[0] / ends[1] < 4


def test_beats_are_those_that_it_is_written_on() -> None:
    piece = compose_piece(score(), seed=1, mood="restless")
    found = beats_of(piece)
    assert len(found.times_s) == METER * len(piece.bars)
    assert found.tempo == pytest.approx(piece.tempo)
    assert set(found.downbeats_s) <= set(found.times_s)


@pytest.mark.parametrize("seconds", [1.0, 2.5, 7.0])
def test_short_journeys_get_short_pieces(seconds: float) -> None:
    sound = compose(score(seconds), seed=0, mood="bright")
    assert sound.duration_s == pytest.approx(seconds)
    assert np.abs(sound.samples).max() > 0.05


def test_voices_move_little_from_chord_to_chord() -> None:
    scale = Scale(tonic=2, mode="dorian")
    before = voiced(scale.chord(0), None)
    for degree in (3, 4, 0, 5, 1):
        now = voiced(scale.chord(degree), before)
        assert max(min(abs(voice - other) for other in before) for voice in now) <= 5
        before = now


def test_every_key_can_be_asked_for() -> None:
    for number, key in enumerate(KEYS):
        assert compose_piece(score(8), seed=0, key=key).scale.tonic == number


def test_a_score_is_read_out_of_pictures() -> None:
    red, blue = (np.full((4, 4, 3), colour, np.uint8) for colour in ((200, 40, 40), (40, 40, 200)))
    found = score_of([red, red, blue], [0.0, 1.0, 2.0], duration_s=3.0, moments_s=[0.0, 2.0])
    assert found.lab.shape == (30, 3)
    assert found.lab[0, 1] > 0.1 > found.lab[25, 1]
    assert found.motion[5] < 0.1 < 0.7 < found.motion[20]
    grey = replace(found, lab=np.tile(np.array([0.5, 0, 0], np.float32), (30, 1)))
    assert compose_piece(grey, seed=0).bars
