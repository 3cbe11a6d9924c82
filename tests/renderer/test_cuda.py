"""A renderer on a graphics card: what a processor draws, together as alone, the same bits again."""

import asyncio
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from gan.device import placed
from gan.generator import NoiseMode
from jobs.picture import Order
from latent.pen import Pen
from renderer.drawing import Renderer
from store.rows import Model
from tests.latent.test_pen import latents
from tests.latent.test_point import NET, network
from tests.worker.house import House

pytestmark = pytest.mark.gpu

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
CUDA = torch.device("cuda")
THERE = {"anchor": {"seed": 7}, "x": 0.4, "y": -1.3, "noise": {"mode": "random"}}
GRID = {"step": 0.35, "columns": 5, "rows": 5}


@pytest.fixture(autouse=True)
def equal_bits() -> Iterator[None]:
    """As `renderer.__main__` has it."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def asked(house: House, device: str, *orders: Order) -> list[NDArray[np.uint8]]:
    """What a fresh renderer draws, all at once."""

    async def run() -> list[bytes]:
        renderer = Renderer(house.store, device=torch.device(device))
        try:
            return await asyncio.gather(*(renderer.picture(order) for order in orders))
        finally:
            renderer.close()

    return [np.asarray(Image.open(io.BytesIO(each)).convert("RGB")) for each in asyncio.run(run())]


def order(model: Model, **said: Any) -> Order:
    return Order.model_validate({"model_id": str(model.id), "point": THERE, **said})


@pytest.mark.parametrize("noise", ["const", "random", "none"])
def test_what_is_drawn_together_is_what_is_drawn_alone_and_what_a_processor_draws(noise: NoiseMode) -> None:
    G = network(replace(NET, conv_clamp=256))
    given = [latents(G, noise, seed=seed) for seed in range(9)]
    expected = np.stack([Pen(G).draw(each) for each in given]).astype(int)
    pen = Pen(placed(G, CUDA))
    there = [replace(each, ws=each.ws.to(CUDA)) for each in given]
    assert pen.most() > 1
    for found in (pen.draw_together(there), np.stack([pen.draw(each) for each in there])):
        assert np.abs(found.astype(int) - expected).max() <= 2


def test_a_sheet_and_a_tile_are_what_a_processor_draws(house: House) -> None:
    model = house.base()
    orders = [order(model, grid=GRID), order(model, grid=GRID, coarse=True), order(model, format="png")]
    for theirs, ours in zip(asked(house, "cuda", *orders), asked(house, "cpu", *orders), strict=True):
        assert theirs.shape == ours.shape
        assert np.abs(theirs.astype(int) - ours.astype(int)).mean() < 2


def test_what_is_kept_has_the_same_bits_whatever_else_is_drawn(house: House) -> None:
    model = house.base()
    kept = order(model, format="png")
    (alone,) = asked(house, "cuda", kept)
    _, among = asked(house, "cuda", order(model, grid=GRID), kept)
    assert np.array_equal(alone, among)
