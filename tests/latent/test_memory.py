"""What is known of a network: the nearest of its pictures, a guess of w, and files that are read if they are whole."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gan.generator import Generator
from latent.memory import Memory, encoder, read_features, remembered, seen, write_features
from latent.spread import spread
from latent.traits import small
from tests.latent.golden import COUNT, looker


def test_a_picture_is_nearest_to_itself_and_its_place_is_guessed(G: Generator, memory: Memory) -> None:
    w = spread(G, count=200).w
    features = seen(looker(), small(G, torch.from_numpy(w[[7, 150]])))
    assert memory.nearest(features[0]) == 7
    guessed = memory.guess(features)
    assert np.linalg.norm(guessed[0] - w[7]) < np.linalg.norm(w[7] - w[:COUNT].mean(axis=0))
    assert -1 <= memory.quality <= 1


def test_what_is_linear_is_guessed_and_chance_is_not() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 40))
    a, told = encoder(x, x @ rng.standard_normal((40, 8)))
    _, nothing = encoder(x, rng.standard_normal((300, 8)))
    assert a.shape == (300, 8)
    assert told > 0.999
    assert abs(nothing) < 0.2


def test_features_are_kept_and_read_again(G: Generator, memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "memories" / "it.npy"
    assert read_features(file, count=COUNT) is None
    write_features(file, [memory.features[:10], memory.features[10:]])
    again = read_features(file, count=COUNT)
    assert again is not None
    same = remembered(spread(G, count=200), [again])
    np.testing.assert_array_equal(same.dual, memory.dual)


@pytest.mark.parametrize("what", ["cut", "other", "few", "infinite"])
def test_what_is_spoiled_is_made_anew(what: str, tmp_path: Path) -> None:
    file = tmp_path / "it.npy"
    features = np.ones((COUNT, 8), np.float32)
    if what == "infinite":
        features[3, 3] = np.inf
    write_features(file, [features[:5] if what == "few" else features])
    if what == "cut":
        file.write_bytes(file.read_bytes()[:-3])
    if what == "other":
        file.write_bytes(b"nothing of ours")
    assert read_features(file, count=COUNT) is None
