"""A look at a blend is what the blend would draw, and what a job would refuse is refused."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from gan.model import load_generator, save_model
from jobs.errors import BadParams, NotFound
from jobs.ids import new_id
from jobs.picture import Blend, Picture
from jobs.point import Point
from latent.blend import blended
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from renderer.warm import Warm, WarmModel
from store.objects import folder_hash
from store.rows import Model
from store.settings import Settings
from store.store import Store
from tests.kinds.models import tiny
from tests.store import making

POINT = Point.model_validate({"anchor": {"seed": 7}})


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(data=tmp_path / "data", database_url=database_url)) as opened:
        opened.settings.scratch.mkdir(parents=True, exist_ok=True)
        yield opened


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A model, and what it has become."""
    one = tiny(tmp_path / "one", spdx="CC0-1.0", terms="Free to use.")
    G = load_generator(one)
    with torch.no_grad():
        for value in G.parameters():
            value.mul_(1.1)
    return one, save_model(tmp_path / "other", G_ema=G)


def kept(store: Store, folder: Path, **values: Any) -> Model:
    id = new_id()
    files = store.objects.put_folder(folder, kind="models", id=id)
    facts = json.loads((folder / "model.json").read_text())
    told = {"facts": facts, "resolution": 16, "hash": folder_hash(files)}
    row = replace(making.model(id=id), files={name: stored.key for name, stored in files.items()}, **told, **values)
    with store.begin() as tx:
        return tx.models.add(row)


def warm(store: Store, model: Model, blend: Blend | None) -> WarmModel:
    models = Warm(store, device=torch.device("cpu"), planes=Planes(), most_bytes=10**9)

    async def got() -> WarmModel:
        return await models.get(model.id, blend)

    try:
        return asyncio.run(got())
    finally:
        models.close()


@pytest.mark.parametrize("where", [{"at": 8}, {"at": 0}, {"t": 0.25}])
def test_a_look_is_what_the_blend_draws(store: Store, folders: tuple[Path, Path], where: dict[str, Any]) -> None:
    one = kept(store, folders[0])
    other = kept(store, folders[1], parent_id=one.id)
    found = warm(store, one, Blend(with_id=other.id, **where))
    G = blended(*(load_generator(folder) for folder in folders), **{"at": None, "t": None} | where)
    space = Space(G, planes=Planes())
    wanted = Pen(G).draw(space.latents(POINT, lambda _: pytest.fail("no direction")))
    drawn = found.pen.draw(found.space.latents(POINT, lambda _: pytest.fail("no direction")))
    np.testing.assert_array_equal(drawn, wanted)
    alone = warm(store, one, None)
    assert (alone.pen.draw(alone.space.latents(POINT, lambda _: pytest.fail("no direction"))) != drawn).any()


def test_what_cannot_be_blended_is_told(store: Store, folders: tuple[Path, Path]) -> None:
    one, stranger = kept(store, folders[0]), kept(store, folders[1])
    for blend, pointer in (
        (Blend(with_id=stranger.id, t=0.5), "#/blend/t"),
        (Blend(with_id=stranger.id, at=32), "#/blend/at"),
        (Blend(with_id=stranger.id, at=9), "#/blend/at"),
    ):
        with pytest.raises(BadParams) as refused:
            warm(store, one, blend)
        assert refused.value.pointer == pointer
    with pytest.raises(NotFound):
        warm(store, one, Blend(with_id=new_id(), at=8))


def test_a_look_has_one_way_and_no_recipe() -> None:
    for blend in ({}, {"at": 8, "t": 0.5}):
        with pytest.raises(ValidationError, match="either at or t"):
            Blend.model_validate({"with_id": new_id(), **blend})
    with pytest.raises(ValidationError, match="keep it first"):
        Picture.model_validate({"point": POINT, "blend": {"with_id": new_id(), "at": 8}, "format": "png"})
