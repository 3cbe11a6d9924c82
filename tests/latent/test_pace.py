"""How long a way is to the eye is told from few pictures as from many, and a film goes through it evenly."""

from itertools import pairwise
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import torch

from gan import device
from gan.generator import Generator
from gan.metrics import extractor
from gan.model import load_generator
from jobs.journey import Recipe
from jobs.route import Route
from latent.journey import Flight
from latent.looker import Looker
from latent.pace import TABLE, apart, measured
from latent.point import Direction

MODEL = UUID(int=1)
BASES = Path(__file__).parents[2] / "demo" / "bases"
# The most that constant speed may leave of the plain way's unevenness, and the least of a step that closes the loop.
BOUNDS = {"faces_64": (1 / 3, 0.7), "objects_64": (1 / 2, 0.8)}
PSIS = (0.4, 0.9, 0.7)
MANY = 48  # pictures of a stretch


def nowhere(_: UUID) -> Direction:
    raise KeyError


def recipe(**values: object) -> Recipe:
    keyframes = [
        {"at_s": float(n), "model_id": MODEL, "psi": psi, "ease": "linear", "point": {"anchor": {"seed": n + 3}}}
        for n, psi in enumerate(PSIS)
    ]
    return Recipe.model_validate({"duration_s": 3.0, "fps": 24, "keyframes": keyframes, **values})


@pytest.fixture(scope="module", params=BOUNDS)
def base(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def network(base: str) -> Generator:
    return load_generator(BASES / base, device.configure())


@pytest.fixture(scope="module")
def looker() -> Looker:
    return Looker(extractor(torch.device("cpu")), 64)


@pytest.fixture(scope="module")
def lengths(network: Generator, looker: Looker) -> list[list[float]]:
    flight = Flight({MODEL: network}, Route(recipe()), nowhere)
    return list(measured(flight.views, looker, len(PSIS)))


def test_few_pictures_tell_how_long_each_stretch_is(
    network: Generator, looker: Looker, lengths: list[list[float]]
) -> None:
    flight = Flight({MODEL: network}, Route(recipe()), nowhere)
    us = np.linspace(0, 1, MANY + 1).tolist()
    wanted = np.array([apart(flight.views(n, us), looker).sum() for n in range(len(PSIS))])
    found = np.array([stretch[-1] for stretch in lengths])
    np.testing.assert_allclose(found / found.sum(), wanted / wanted.sum(), atol=0.02)
    for stretch in lengths:
        assert (len(stretch), stretch[0]) == (TABLE + 1, 0)
        assert all(b > a for a, b in pairwise(stretch))


def test_a_film_of_constant_speed_goes_evenly_from_its_first_frame_to_its_first_frame(
    base: str, network: Generator, looker: Looker, lengths: list[list[float]]
) -> None:
    spread = {}
    for speed in ("plain", "even", "constant"):
        asked = recipe(speed=speed)
        flight = Flight({MODEL: network}, Route(asked, lengths=lengths), nowhere)
        frames = [flight.unrounded(n % asked.frames) for n in range(asked.frames + 1)]
        steps = apart(iter(frames), looker)
        spread[speed] = steps.std() / steps.mean()
    share, closing = BOUNDS[base]
    assert spread["constant"] < spread["plain"] * share
    assert spread["constant"] < spread["even"]
    assert closing < steps[-1] / np.median(steps) < 1.1


def test_what_stands_still_has_no_length(network: Generator, looker: Looker) -> None:
    keyframes = [{"at_s": float(n), "model_id": MODEL, "point": {"anchor": {"seed": 3}}} for n in range(2)]
    asked = Recipe.model_validate({"duration_s": 3.0, "keyframes": keyframes, "speed": "constant"})
    flight = Flight({MODEL: network}, Route(asked), nowhere)
    found = list(measured(flight.views, looker, 2))
    assert all(stretch[-1] < 1e-3 for stretch in found)
    assert Route(asked, lengths=found).at(1.2).weights
