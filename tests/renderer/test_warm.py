"""Models stay warm while there is room; each is loaded once, and what cannot be loaded is told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import torch

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from latent.plane import Planes
from renderer.warm import Warm
from store.rows import Model
from tests.worker.house import House

T = TypeVar("T")


def during(house: House, most_bytes: int, do: Callable[[Warm], Awaitable[T]]) -> T:
    async def run() -> T:
        warm = Warm(house.store, device=torch.device("cpu"), planes=Planes(), most_bytes=most_bytes)
        try:
            return await do(warm)
        finally:
            warm.close()

    return asyncio.run(run())


def test_of_many_who_ask_at_once_one_loads(house: House) -> None:
    model = house.base()

    async def do(warm: Warm) -> int:
        return len({id(found) for found in await asyncio.gather(*(warm.get(model.id) for _ in range(8)))})

    assert during(house, 10**9, do) == 1


def test_the_bound_holds_and_those_asked_for_last_stay(house: House) -> None:
    first, second, third = (house.base() for _ in range(3))

    async def do(warm: Warm) -> tuple[int, list[Model]]:
        each = (await warm.get(first.id)).pen.size_bytes
        warm.most_bytes = 2 * each
        for model in (second, first, third):
            await warm.get(model.id)
        return warm.size_bytes - 2 * each, [model for model in (first, second, third) if model.id in warm.ids]

    assert during(house, 10**9, do) == (0, [first, third])


def test_one_model_is_kept_however_large(house: House) -> None:
    models = [house.base() for _ in range(2)]

    async def do(warm: Warm) -> list[bool]:
        for model in models:
            await warm.get(model.id)
        return [model.id in warm.ids for model in models]

    assert during(house, 1, do) == [False, True]


def test_who_leaves_does_not_spoil_it_for_the_others(house: House) -> None:
    model = house.base()

    async def do(warm: Warm) -> bool:
        leaving, staying = (asyncio.create_task(warm.get(model.id)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return (await staying).id == model.id

    assert during(house, 10**9, do)


def test_what_is_not_there_is_told_and_asked_for_anew(house: House) -> None:
    async def do(warm: Warm) -> None:
        for _ in range(2):
            with pytest.raises(NotFound):
                await warm.get(new_id())

    during(house, 10**9, do)


@contextmanager
def spoiled(house: House, model: Model) -> Iterator[None]:
    path = house.store.objects.path(model.files["generator.safetensors"])
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[: len(whole) // 2])
    yield
    path.write_bytes(whole)


def test_a_damaged_file_is_told_and_a_mended_one_is_loaded(house: House) -> None:
    model = house.base()

    async def do(warm: Warm) -> bool:
        with spoiled(house, model), pytest.raises(Conflict, match="cannot be read"):
            await warm.get(model.id)
        return (await warm.get(model.id)).id == model.id

    assert during(house, 10**9, do)


def test_nothing_is_left_where_files_were_laid_out(house: House) -> None:
    model = house.base()

    async def do(warm: Warm) -> list[Path]:
        await warm.get(model.id)
        return list(house.store.settings.scratch.iterdir())

    assert during(house, 10**9, do) == []
