"""Going along directions and looking at blends, over HTTP and with a renderer."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gan.generate import to_uint8
from gan.model import load_generator
from jobs.ids import new_id
from jobs.point import Point
from latent.directions import write_vector
from latent.plane import Planes
from latent.point import Space
from store.rows import Direction, Model, direction_id
from store.store import Store
from tests.api.test_render import problem, render
from tests.renderer.house import Within, within
from tests.worker.house import House

SEVEN = {"anchor": {"seed": 7}}


@pytest.fixture
def here(store: Store) -> Iterator[Within]:
    with within(store) as renderer:
        yield renderer


@pytest.fixture
def model(store: Store) -> Model:
    return House(store).base()


def laid(store: Store, model: Model) -> Path:
    return store.objects.folder(model.files, store.settings.folder.parent / f"laid-{new_id()}")


def kept(store: Store, model: Model, vector: NDArray[np.float32], **values: Any) -> UUID:
    id = direction_id(model.id, "ganspace", 0)
    file = write_vector(store.settings.folder / "vector.npy", vector)
    stored = store.objects.put_file(file, kind="directions", id=id, consume=True)
    told: dict[str, Any] = {"layers": [0, 5], "deviation": 2.0, "share": 0.5, "key": stored.key} | values
    with store.begin() as tx:
        tx.directions.add_many([Direction(id=id, model_id=model.id, kind="ganspace", position=0, **told)])
    return id


def test_a_point_goes_along_a_direction_and_its_recipe_leads_there_again(
    http: httpx.Client, here: Within, store: Store, model: Model
) -> None:
    G = load_generator(laid(store, model))
    vector = np.random.default_rng(0).standard_normal(G.w_dim).astype(np.float32)
    direction = kept(store, model, vector, layers=[1, 2])
    there = {**SEVEN, "psi": 1.0, "shift": [{"direction": str(direction), "amount": 1.5}]}
    drawn = render(http, model, there)
    ws = Space(G, planes=Planes()).latents(Point.model_validate({**SEVEN, "psi": 1.0}), _none).ws.clone()
    ws[:, 1:3] += 1.5 * 2.0 * G.mapping.w_avg.new_tensor(vector)
    with Image.open(io.BytesIO(drawn)) as picture:
        difference = np.asarray(picture).astype(int) - to_uint8(G.synthesis(ws, noise_mode="const")[0])
        assert np.abs(difference).max() <= 1
    assert drawn != render(http, model, {**SEVEN, "psi": 1.0})
    sample = http.post(f"/models/{model.id}/samples", json={"point": there}).json()
    anchor = {"anchor": {"sample": sample["id"]}, "psi": 1.0}
    with Image.open(io.BytesIO(render(http, model, anchor))) as again, Image.open(io.BytesIO(drawn)) as first:
        np.testing.assert_array_equal(np.asarray(again), np.asarray(first))
    assert http.delete(f"/directions/{direction}").status_code == 204
    told = problem(http.post(f"/models/{model.id}/render", json={"point": there}), 404, "not_found")
    assert str(direction) in told["detail"]
    assert told["direction_id"] == str(direction)
    told = problem(http.post(f"/models/{model.id}/samples", json={"point": there}), 404, "not_found")
    assert "look for directions" in told["remedy"]
    kept(store, model, vector, layers=[1, 2])  # found once more
    assert render(http, model, there) == drawn


def test_a_direction_of_a_model_of_another_width_is_told(
    http: httpx.Client, here: Within, store: Store, model: Model
) -> None:
    direction = kept(store, model, np.ones(7, np.float32))
    there = {**SEVEN, "shift": [{"direction": str(direction), "amount": 1}]}
    told = problem(http.post(f"/models/{model.id}/render", json={"point": there}), 422, "bad_params")
    assert "has 7 numbers" in told["detail"]


def test_a_blend_is_looked_at_before_it_is_kept(http: httpx.Client, here: Within, store: Store, model: Model) -> None:
    other = House(store).base()
    asked = {"point": SEVEN, "blend": {"with_id": str(other.id), "at": 8}}
    answer = http.post(f"/models/{model.id}/render", json=asked)
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (16, 16))
    for blend, status, code in (
        ({"with_id": str(new_id()), "at": 8}, 404, "not_found"),
        ({"with_id": str(other.id), "at": 32}, 422, "bad_params"),
        ({"with_id": str(other.id), "at": 8, "t": 0.5}, 422, "invalid"),
        ({"with_id": str(other.id)}, 422, "invalid"),
    ):
        problem(http.post(f"/models/{model.id}/render", json=asked | {"blend": blend}), status, code)


def _none(direction: UUID) -> Any:
    raise AssertionError(f"nothing goes along {direction}")
