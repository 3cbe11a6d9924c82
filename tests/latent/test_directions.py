"""SeFa and GANSpace on golden networks, against what plain linear algebra says of the same weights."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import torch
from numpy.typing import NDArray

from gan.generator import one_hot
from gan.randomness import Stream, counted
from latent.directions import (
    Direction,
    Named,
    affines,
    followed,
    found,
    ganspace,
    read_vector,
    sefa,
    signed,
    write_vector,
)
from latent.spread import spread
from tests.gan.golden import part, vectors
from tests.gan.test_networks import GENERATORS
from tests.latent.golden import generator

FORM = ("synthesis.b8.conv1.affine", "synthesis.b16.conv0.affine", "synthesis.b16.conv1.affine")  # layers 2 to 4
COUNT = 2000


def same_lines(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> None:
    """Compare unit vectors `[D, W]` but for their signs."""
    np.testing.assert_allclose(np.abs((ours * theirs).sum(axis=1)), 1, atol=1e-6)


def some(kind: Any = "sefa", *, name: int = 0, layers: tuple[int, int] = (0, 9), **values: Any) -> Direction:
    """A direction along one axis of four."""
    vector = np.eye(4, dtype=np.float32)[name]
    return Direction(kind=kind, position=name, layers=layers, vector=vector, deviation=1.0, share=0.5, **values)


def named(name: str, direction: Direction, *, vector: Any = None) -> Named:
    kept = direction.vector if vector is None else np.array(vector, dtype=np.float32)
    return Named(name=name, kind=direction.kind, layers=direction.layers, vector=kept)


@pytest.mark.parametrize("name", GENERATORS)
def test_sefa_is_its_closed_form(name: str) -> None:
    G, weights = generator(name), part(vectors(name), "g.")
    vectors_, shares = sefa(G, layers=(2, 4), count=5)
    A = np.concatenate([weights[f"{one}.weight"].double().cpu().numpy() for one in FORM])
    _, singular, right = scipy.linalg.svd(A)
    same_lines(vectors_, right[:5])
    np.testing.assert_allclose(shares, singular[:5] ** 2 / (singular**2).sum(), rtol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(vectors_, axis=1), 1)


def test_no_other_way_changes_the_styles_more() -> None:
    G = generator("gen_skip")
    A = np.concatenate([one.weight.double().numpy() for one in affines(G.synthesis)])
    vectors_, _ = sefa(G, layers=(0, G.num_ws - 1), count=1)
    tried = np.random.default_rng(0).standard_normal((1000, G.w_dim))
    tried /= np.linalg.norm(tried, axis=1, keepdims=True)
    assert np.linalg.norm(A @ vectors_[0]) > np.linalg.norm(A @ tried.T, axis=0).max()


def test_each_layer_is_read_by_one_affine() -> None:
    for name in GENERATORS:
        G = generator(name)
        assert len(affines(G.synthesis)) == G.num_ws


@pytest.mark.parametrize("name", ["gen_skip", "gen_resnet", "gen_orig"])
def test_ganspace_is_the_pca_of_w(name: str) -> None:
    G = generator(name)
    of = spread(G, count=COUNT)
    z = torch.from_numpy(counted(0, Stream.CENTRE).standard_normal((COUNT, G.z_dim), dtype=np.float32))
    w = G.mapping.style(z).double().numpy()
    _, singular, right = scipy.linalg.svd(w - w.mean(axis=0), full_matrices=False)
    vectors_, shares = ganspace(of, count=6)
    same_lines(vectors_, right[:6])
    np.testing.assert_allclose(shares, singular[:6] ** 2 / (singular**2).sum(), rtol=1e-5)
    np.testing.assert_allclose(of.deviations(vectors_), singular[:6] / np.sqrt(COUNT - 1), rtol=1e-5)


def test_of_a_network_of_labels_they_are_what_varies_within_a_label() -> None:
    G = generator("gen_cond")
    of = spread(G, count=COUNT)
    z = torch.from_numpy(counted(0, Stream.CENTRE).standard_normal((COUNT, G.z_dim), dtype=np.float32))
    rows = []
    for label in range(5):
        w = G.mapping.style(z[label::5], one_hot([label] * (COUNT // 5), 5, z.device)).double().numpy()
        rows.append(w - w.mean(axis=0))
    _, singular, right = scipy.linalg.svd(np.concatenate(rows), full_matrices=False)
    vectors_, shares = ganspace(of, count=4)
    same_lines(vectors_, right[:4])
    np.testing.assert_allclose(shares, singular[:4] ** 2 / (singular**2).sum(), rtol=1e-5)


def test_an_amount_of_one_is_a_deviation_of_w_that_nobody_has_looked_at() -> None:
    G = generator("gen_skip")
    made = found(G, spread(G))
    z = torch.from_numpy(np.random.default_rng(7).standard_normal((4000, G.z_dim)).astype(np.float32))
    w = G.mapping.style(z).numpy()
    for one in made:
        np.testing.assert_allclose(one.deviation, (w @ one.vector).std(), rtol=0.05)


def test_each_kind_has_its_places_strongest_first_with_signs_of_their_own() -> None:
    G = generator("gen_skip")
    made = found(G, spread(G, count=COUNT))
    assert [(one.kind, one.position) for one in made] == [
        *(("sefa", i) for i in range(12)),
        *(("ganspace", i) for i in range(8)),
    ]
    assert [one.layers for one in made[:12:4]] == [(0, 2), (3, 4), (5, 7)]
    for first in range(0, 20, 4):
        shares = [one.share for one in made[first : first + 4]]
        assert shares == sorted(shares, reverse=True)
    for one in made:
        assert one.vector[np.abs(one.vector).argmax()] > 0
        np.testing.assert_allclose(np.linalg.norm(one.vector), 1, rtol=1e-6)


def test_another_process_finds_the_same_bits() -> None:
    program = (
        "import hashlib, torch; torch.set_num_threads(1)\n"
        "from latent.directions import found; from latent.spread import spread\n"
        "from tests.latent.golden import generator\n"
        "G = generator('gen_cond'); made = found(G, spread(G, count=2000))\n"
        "print(hashlib.sha256(b''.join(one.vector.tobytes() for one in made)).hexdigest())"
    )
    told = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(told) == 1


def test_an_eigenvector_is_turned_to_the_side_of_its_largest_number() -> None:
    np.testing.assert_array_equal(signed(np.array([[1.0, -2.0], [2.0, 1.0]])), [[-1.0, 2.0], [2.0, 1.0]])


def test_a_name_goes_on_with_what_points_the_same_way_and_turns_what_points_the_other() -> None:
    now = [some(name=0), some(name=1), some(name=2)]
    before = [
        named("towards winter", now[0], vector=[-0.9, 0.1, 0, 0]),
        named("older", now[2], vector=[0, 0.1, 0.95, 0]),
        named("nothing", now[1], vector=[0.7, 0.7, 0, 0]),
    ]
    told = followed(now, before)
    assert [one.named for one in told] == [0, None, 1]
    np.testing.assert_array_equal(told[0].direction.vector, -now[0].vector)
    np.testing.assert_array_equal(told[2].direction.vector, now[2].vector)
    assert told[0].cosine == pytest.approx(-0.9)
    assert told[1].cosine == 0


def test_a_name_is_given_once_by_the_nearest_moment_and_only_to_its_kind_layers_and_width() -> None:
    now = [some(name=0), some(name=1)]
    twice = [named("winter", now[0]), named("winter", now[1])]
    assert [one.named for one in followed(now, twice)] == [0, None]
    both = [named("first", now[0]), named("second", now[0])]
    assert [one.named for one in followed(now, both)] == [0, None]
    for other in (
        named("a", replace(now[0], kind="ganspace")),
        named("a", replace(now[0], layers=(0, 2))),
        named("a", now[0], vector=[1, 0, 0]),
    ):
        assert [one.named for one in followed(now, [other])] == [None, None]
    assert followed([], both) == []


def test_what_has_a_sense_of_its_own_is_never_turned() -> None:
    bright = some("brightness")
    told = followed([bright], [named("dark", bright, vector=[-1, 0, 0, 0])])
    assert [one.named for one in told] == [None]


def test_a_vector_is_written_and_read_and_what_is_none_is_refused(tmp_path: Path) -> None:
    vector = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(read_vector(write_vector(tmp_path / "a.npy", vector)), vector)
    for spoiled in (np.eye(2, dtype=np.float32), np.array([np.nan], np.float32), np.array(["a"]), np.array([None])):
        np.save(tmp_path / "b.npy", spoiled)
        with pytest.raises(ValueError):
            read_vector(tmp_path / "b.npy")
