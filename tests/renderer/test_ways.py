"""A point that goes along a direction moves by amount times deviation times vector, on the layers of that direction."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import torch

from jobs.errors import BadParams, NotFound
from jobs.ids import new_id
from jobs.point import Point, Shift
from latent.directions import write_vector
from latent.plane import Planes
from latent.point import Space
from renderer.ways import ways_of
from store.rows import Direction, direction_id
from store.settings import Settings
from store.store import Store
from tests.latent.golden import generator
from tests.store import making

VECTOR = np.random.default_rng(0).standard_normal(32).astype(np.float32)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(data=tmp_path / "data", database_url=database_url)) as opened:
        yield opened


def kept(store: Store, *, content: bytes | None = None, vector: Any = VECTOR, **values: Any) -> UUID:
    """A direction in the space of a model of its own."""
    model = making.model()
    id = direction_id(model.id, "sefa", 0)
    file = write_vector(store.settings.folder / "vector.npy", vector)
    if content is not None:
        file.write_bytes(content)
    stored = store.objects.put_file(file, kind="directions", id=id, consume=True)
    told: dict[str, Any] = {"layers": [2, 4], "deviation": 1.75, "share": 0.5} | values
    with store.begin() as tx:
        tx.models.add(model)
        tx.directions.add_many([Direction(id=id, model_id=model.id, kind="sefa", position=0, key=stored.key, **told)])
    return id


def test_an_amount_moves_the_ws_of_its_layers_by_deviations(store: Store) -> None:
    G = generator("gen_skip")
    one, other = kept(store), kept(store, layers=[4, 7], deviation=0.5)
    space, found = Space(G, planes=Planes()), ways_of(store, [one, other])
    plain = Point.model_validate({"anchor": {"seed": 7}, "x": 0.5, "psi": 1.0})
    moved = plain.model_copy(update={"shift": (Shift(direction=one, amount=-2.5), Shift(direction=other, amount=1.0))})
    difference = (space.latents(moved, found.__getitem__).ws - space.latents(plain, found.__getitem__).ws)[0]
    wanted = torch.zeros(8, 32)
    wanted[2:5] += -2.5 * 1.75 * torch.from_numpy(VECTOR)
    wanted[4:8] += 0.5 * torch.from_numpy(VECTOR)
    torch.testing.assert_close(difference, wanted, atol=1e-5, rtol=1e-5)


def test_one_that_is_gone_or_spoiled_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match="a direction that was deleted") as gone:
        ways_of(store, [kept(store), deleted := new_id()])
    assert gone.value.facts == {"direction_id": str(deleted)}
    assert "anew" in gone.value.remedy
    spoiled = kept(store, content=b"no vector")
    with pytest.raises(NotFound, match="gone or damaged"):
        ways_of(store, [spoiled])
    lost = kept(store)
    with store.read() as tx:
        key = tx.directions.get(lost).key
    store.objects.delete(key)
    with pytest.raises(NotFound):
        ways_of(store, [lost])


def test_one_of_another_width_is_told(store: Store) -> None:
    narrow = kept(store, vector=VECTOR[:16])
    point = Point.model_validate({"anchor": {"seed": 7}, "shift": [{"direction": narrow, "amount": 1.0}]})
    with pytest.raises(BadParams, match="has 16 numbers; this model's w has 32"):
        Space(generator("gen_skip"), planes=Planes()).latents(point, ways_of(store, [narrow]).__getitem__)
