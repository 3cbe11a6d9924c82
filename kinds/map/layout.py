"""Lay points out on a plane, alike beside alike: by UMAP (McInnes, Healy & Melville 2018), seeded, on one thread.

The plane has no directions and no unit: what lies close together is alike, and how far apart two heaps lie says little.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from kinds.map.files import Floats
from kinds.map.neighbours import Neighbours

SEED = 0
NEIGHBOURS = 15
SPREAD, MIN_DIST = 1.0, 0.12  # of the plane's own: tight heaps, whose pictures do not hide one another
SIDE = 10.0  # that a plane begins with
LARGE = 10_000  # points, from which on fewer rounds do
ROUNDS, ROUNDS_OF_MANY = 500, 200
ROUNDS_BESIDE, ROUNDS_OF_MANY_BESIDE = 100, 30
ALPHA = 1.0  # how far a point goes in the first round
REPELLING = 5  # points that each point is pushed away from, for one that draws it
APART = 0.05  # of two that would lie in one place
GOLDEN = math.pi * (3 - math.sqrt(5))  # the angle by which leaves follow one another

Told = Callable[[int, int], None]  # rounds done, of how many; raises to end it


def alone(count: int) -> bool:
    """Say whether so few points are laid out by their two main axes: neighbours tell nothing where all are near."""
    return count <= NEIGHBOURS + 1


def by_axes(numbers: Floats) -> Floats:
    """Lay out a few points, `[N, D]`, by the two axes along which they differ most; equal ones side by side."""
    places = np.zeros((len(numbers), 2), np.float32)
    axes = numbers[:, :2]
    places[:, : axes.shape[1]] = axes
    if len(places):
        places -= places.mean(axis=0)
        largest = float(np.abs(places).max())
        places *= SIDE / 2 / largest if largest > 1e-6 else 0.0
    return apart(places)


def anew(numbers: Floats, near: Neighbours, told: Told) -> Floats:
    """Lay out points `[N, D]` by their neighbours, of which each is its own first; float32 `[N, 2]`.

    It begins from the two main axes, so that the whole lies as they do, and the same points give the same bits.
    """
    _, umap_ = _library()
    rng = np.random.RandomState(SEED)
    many = near.rows.shape[1]
    graph, _, _ = umap_.fuzzy_simplicial_set(
        numbers, many, random_state=rng, metric="euclidean", knn_indices=near.rows, knn_dists=near.far
    )
    a, b = umap_.find_ab_params(SPREAD, MIN_DIST)
    rounds = ROUNDS if len(numbers) <= LARGE else ROUNDS_OF_MANY
    places, _ = umap_.simplicial_set_embedding(
        numbers,
        graph,
        n_components=2,
        initial_alpha=ALPHA,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=REPELLING,
        n_epochs=rounds,
        init=by_axes(numbers),
        random_state=rng,
        metric="euclidean",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds=_bar(told, rounds),
    )
    return apart(_finite(places - places.mean(axis=0)))


def beside(near: Neighbours, placed: Floats, told: Told) -> Floats:
    """Find places for new points by their neighbours among those that have one, `[M, 2]`, and stay where they are.

    As UMAP's transform does it: each begins in the weighted middle of its neighbours, and is drawn and pushed by them.
    """
    layouts, umap_ = _library()
    many = near.rows.shape[1]
    sigmas, rhos = umap_.smooth_knn_dist(near.far, float(many), local_connectivity=0.0)
    rows, columns, weights, _ = umap_.compute_membership_strengths(near.rows, near.far, sigmas, rhos, bipartite=True)
    graph = scipy.sparse.coo_matrix((weights, (rows, columns)), shape=(len(near.rows), len(placed)))
    weighted = graph.tocsr()
    weighted.eliminate_zeros()
    places = umap_.init_graph_transform(weighted, placed.astype(np.float32)).astype(np.float32)
    rounds = ROUNDS_BESIDE if len(places) <= LARGE else ROUNDS_OF_MANY_BESIDE
    graph.data[graph.data < graph.data.max() / rounds] = 0.0
    graph.eliminate_zeros()
    a, b = umap_.find_ab_params(SPREAD, MIN_DIST)
    state = np.random.RandomState(SEED).randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
    places = layouts.optimize_layout_euclidean(
        places,
        placed.astype(np.float32, copy=True),
        graph.row,
        graph.col,
        rounds,
        len(placed),
        umap_.make_epochs_per_sample(graph.data, rounds),
        a,
        b,
        state,
        1.0,
        ALPHA / 4,
        REPELLING,
        False,  # on several threads no two runs are the same
        tqdm_kwds=_bar(told, rounds),
        move_other=False,
    )
    return _finite(places)


def _library() -> tuple[Any, Any]:
    """Load what lays out: it takes seconds, and a few pictures do without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its neural variant, which is not used, misses a library, and it says so
        from umap import layouts, umap_
    return layouts, umap_


def apart(places: Floats) -> Floats:
    """Move points that lie in one place around it, the first stays: none hides another."""
    if not len(places):
        return places
    moved = places.copy()
    _, inverse = np.unique(places, axis=0, return_inverse=True)
    nth = np.zeros(len(places), np.int64)
    order = np.argsort(inverse.reshape(-1), kind="stable")
    groups = inverse.reshape(-1)[order]
    begins = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    nth[order] = np.arange(len(order)) - np.repeat(begins, np.diff(np.r_[begins, len(order)]))
    far = APART * np.sqrt(nth)
    moved[:, 0] += (far * np.cos(GOLDEN * nth)).astype(np.float32)
    moved[:, 1] += (far * np.sin(GOLDEN * nth)).astype(np.float32)
    return moved


def _finite(places: NDArray[Any]) -> Floats:
    """Give places as they are kept; what would lie nowhere, as a point without neighbours does, lies in the middle."""
    return np.nan_to_num(places.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)


def _bar(told: Told, rounds: int) -> dict[str, Any]:
    """Have the library say how far it is, in the one way that it offers: what it writes for people to read."""
    return {"file": _Ear(told, rounds), "bar_format": "{n}", "disable": False, "mininterval": 0.3, "miniters": 1}


class _Ear(io.StringIO):
    """Hears a number of rounds."""

    def __init__(self, told: Told, rounds: int) -> None:
        super().__init__()
        self._told, self._rounds = told, rounds

    def write(self, text: str) -> int:
        if (number := text.strip()).isdigit():
            self._told(int(number), self._rounds)
        return len(text)
