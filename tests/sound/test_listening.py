"""The network that hears beats: the same numbers as a deep-learning library gives, and beats where they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from sound import listening
from sound.listening import HEARD_FPS, NETWORKS, WINDOW, beats_heard
from sound.reading import RATE, Sound
from tests.sound import making


class Published(nn.Module):
    """The network of the paper, as it is written down there."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.conv1, self.linear0 = nn.Conv1d(1, 2, 10), nn.Linear(262, 150)
        self.lstm, self.linear = nn.LSTM(150, 150, 2, batch_first=True), nn.Linear(150, 3)
        self.load_state_dict({name: torch.from_numpy(value) for name, value in listening._weights(number).items()})

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        seen = torch.max_pool1d(torch.relu(self.conv1(features[:, None])), 2).flatten(1)
        remembered, _ = self.lstm(self.linear0(seen)[None])
        return torch.softmax(self.linear(remembered[0]), dim=1)


@pytest.mark.parametrize("number", range(NETWORKS))
def test_the_network_gives_what_the_published_one_gives(number: int) -> None:
    sound = making.drums(making.steady(110, seconds=12), seconds=12, noise=0.02)
    magnitudes, gains = listening._magnitudes(sound.samples.mean(axis=0)), np.array([0.2, 1.0, 4.0], np.float32)
    memory = np.zeros((listening.LAYERS, 2, len(gains), listening.CELLS), np.float32)
    parts = range(250), range(250, 251), range(251, 12 * HEARD_FPS)  # what came before is remembered
    features = [listening._features(magnitudes, gains, part) for part in parts]
    found = [listening._network(listening._weights(number), part, memory) for part in features]
    whole = np.concatenate(features, axis=1)
    assert whole.shape == (3, 12 * HEARD_FPS, 272)
    np.testing.assert_array_equal(whole, listening._features(magnitudes, gains, range(12 * HEARD_FPS)))
    with torch.no_grad():
        wanted = [Published(number).eval()(torch.from_numpy(part)).numpy() for part in whole]
    np.testing.assert_allclose(np.concatenate(found, axis=1), wanted, atol=2e-4)


@pytest.mark.parametrize("gain", [0.02, 0.25, 4.0])
def test_what_it_hears_does_not_depend_on_how_loud_the_music_is(gain: float) -> None:
    sound = making.drums(making.steady(100, seconds=12), seconds=12, noise=0.02)
    other = Sound(samples=sound.samples * np.float32(gain))
    for heard, wanted in zip(beats_heard(other), beats_heard(sound), strict=True):
        np.testing.assert_allclose(heard, wanted, atol=1e-3)


def test_it_hears_the_same_whatever_is_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = making.drums(making.steady(100, seconds=12), seconds=12, noise=0.02)
    wanted = beats_heard(sound)
    monkeypatch.setattr(listening, "BLOCK", 77)
    for heard, at_once in zip(beats_heard(sound), wanted, strict=True):
        np.testing.assert_allclose(heard, at_once, atol=1e-4)


def test_it_hears_beats_on_the_beats_of_drums_and_few_between() -> None:
    true_s = making.steady(100)
    beat, first = beats_heard(making.drums(true_s))
    assert (beat >= first).all()
    assert beat.min() >= 0
    assert beat.max() <= 1
    settled = true_s[true_s > 5]  # it must hear a few first
    on, between = ([beat[round(at * HEARD_FPS) - 2 :][:5].max() for at in settled + by] for by in (0, 0.3))
    assert np.mean(on) > 3 * np.mean(between)


@pytest.mark.parametrize("samples", [0, 1, WINDOW, RATE // 2])
def test_silence_and_the_shortest_sounds_are_no_trouble(samples: int) -> None:
    beat, first = beats_heard(Sound(samples=np.zeros((2, samples), np.float32)))
    assert len(beat) == len(first) == -(-samples * HEARD_FPS // RATE)
    assert np.isfinite(beat).all()


def test_the_same_sound_is_heard_the_same() -> None:
    sound = making.drums(making.steady(120, seconds=6), seconds=6)
    np.testing.assert_array_equal(beats_heard(sound)[0], beats_heard(sound)[0])
