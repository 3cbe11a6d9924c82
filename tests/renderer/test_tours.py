"""A short way through places of a model, over HTTP: none left out, none jumped to, and what cannot be is told."""

import math
from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any

import httpx
import numpy as np
import pytest
import torch

from gan.model import load_generator
from jobs.ids import new_id
from jobs.point import Point
from jobs.touring import CANDIDATES
from latent.plane import Planes
from latent.point import Space
from store.rows import Model
from tests.renderer.house import Within, within
from tests.worker.house import House

SEEDS = [11, 5, 900, 3, 47, 8]


@pytest.fixture
def model(house: House) -> Model:
    return house.base()


@pytest.fixture
def here(house: House) -> Iterator[Within]:
    with within(house.store) as renderer:
        yield renderer


def ask(here: Within, model: Model, **asked: Any) -> httpx.Response:
    return httpx.post(f"{here.address}/tours", json={"model_id": str(model.id), **asked}, timeout=120)


def way(here: Within, model: Model, **asked: Any) -> tuple[list[int], list[float]]:
    answer = ask(here, model, **asked)
    assert answer.is_success, answer.text
    told = answer.json()
    return told["order"], told["apart"]


def points(seeds: list[int], **values: Any) -> list[dict[str, Any]]:
    return [{"anchor": {"seed": seed}, **values} for seed in seeds]


def far(house: House, model: Model, seeds: list[int]) -> Any:
    """How far it is from each to each, by the model itself: [N, N]."""
    folder = house.store.objects.folder(model.files, house.folder.parent / f"model-{new_id()}")
    space = Space(load_generator(folder, torch.device("cpu")), planes=Planes())

    def none(_: Any) -> Any:
        raise KeyError("a seed goes along no direction")

    ws = [space.latents(Point.model_validate(point), none).ws.mean(dim=1) for point in points(seeds)]
    places = torch.cat(ws).double()
    return torch.cdist(places, places).numpy()


@pytest.mark.parametrize("loop", [True, False])
def test_a_way_is_as_short_as_any_that_begins_there(here: Within, house: House, model: Model, loop: bool) -> None:
    order, apart = way(here, model, points=points(SEEDS), loop=loop)
    assert sorted(order) == list(range(len(SEEDS)))
    assert order[0] == 0
    between = far(house, model, SEEDS)

    def stretches(places: list[int]) -> list[float]:
        return [float(between[a, b]) for a, b in pairwise([*places, *places[:1]] if loop else places)]

    np.testing.assert_allclose(apart, stretches(order), rtol=1e-4)
    lengths = sorted(sum(stretches([0, *rest])) for rest in permutations(range(1, len(SEEDS))))
    assert sum(apart) <= lengths[len(lengths) // 20]  # 2-opt is among the best twentieth of all 120, if not the best
    assert sum(apart) < sum(stretches(list(range(len(SEEDS)))))  # than in the order that they came in


def test_places_on_a_line_are_gone_along_it(here: Within, house: House, model: Model) -> None:
    shares = [0.0, 0.8, 0.2, 1.0, 0.5, 0.3]  # of the way from one seed to another, in any order but the right one

    def between(share: float) -> dict[str, Any]:
        terms = [{"of": {"seed": 3}, "weight": 1 - share}, {"of": {"seed": 8}, "weight": share}]
        return {"anchor": {"sum": terms}}

    order, apart = way(here, model, points=[between(share) for share in shares], loop=False)
    assert [shares[place] for place in order] == sorted(shares)
    assert sum(apart) == pytest.approx(float(far(house, model, [3, 8])[0, 1]), rel=1e-4)
    np.testing.assert_allclose(np.array(apart) / sum(apart), np.diff(sorted(shares)), atol=1e-3)


def test_seeds_are_chosen_far_apart_the_same_ones_each_time(here: Within, house: House, model: Model) -> None:
    order, apart = way(here, model, count=5, seed=100)
    assert (order, apart) == way(here, model, count=5, seed=100)
    assert len(set(order)) == len(apart) == 5
    assert set(order) <= set(range(100, 100 + 5 * CANDIDATES))
    assert set(order).isdisjoint(way(here, model, count=5, seed=1000)[0])
    candidates = list(range(100, 100 + 5 * CANDIDATES))
    every = far(house, model, candidates)
    chosen = [candidates.index(seed) for seed in order]
    nearest = min(every[a, b] for a in chosen for b in chosen if a != b)
    ordinary = [np.sort(every[row])[1] for row in range(len(candidates))]
    assert nearest > np.median(ordinary)  # none of them is another's next neighbour


def test_the_last_seeds_that_there_are_serve_as_well(here: Within, model: Model) -> None:
    order, _ = way(here, model, count=3, seed=2**32 - 1)
    assert len(set(order)) == 3
    assert max(order) < 2**32


@pytest.mark.parametrize("loop", [True, False])
def test_one_place_and_the_same_place_twice_are_no_mistake(here: Within, model: Model, loop: bool) -> None:
    assert way(here, model, points=points([4]), loop=loop) == ([0], [0.0] if loop else [])
    order, apart = way(here, model, points=points([4, 4, 9]), loop=loop)
    assert sorted(order) == [0, 1, 2]
    assert min(apart) == 0.0
    assert all(math.isfinite(one) for one in apart)


def test_what_cannot_be_is_told_in_words(here: Within, model: Model) -> None:
    gone = ask(here, model, model_id=str(new_id()), points=points([1, 2]))
    assert (gone.status_code, gone.json()["code"]) == (500, "not_found")
    shifted = points([1, 2], shift=[{"direction": str(new_id()), "amount": 1.0}])
    deleted = ask(here, model, points=shifted).json()
    assert deleted["code"] == "not_found"
    assert "direction that was deleted" in deleted["detail"]
    wide = ask(here, model, points=[{"anchor": {"w": [0.5] * 7}}, *points([1])]).json()
    assert wide["code"] == "bad_params"
    assert "7" in wide["detail"]
    many = ask(here, model, points=points(list(range(201)))).json()
    assert "200" in many["detail"]
    assert way(here, model, points=points([1, 2]))[0] == [0, 1]  # it serves on
