"""Exploring over HTTP, with real renderers: the same place has the same bits, and whatever goes wrong is told."""

import io
import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from api.renderers import rank
from gan.generate import generate, to_uint8
from gan.model import load_generator, save_model
from jobs.ids import new_id
from renderer.turns import Batch
from store.rows import Model
from store.settings import Settings
from store.store import Store
from tests.api.serving import serving
from tests.kinds.models import tiny
from tests.renderer.house import Within, running, seen, within
from tests.renderer.test_blends import kept as learnt
from tests.waiting import until
from tests.worker.house import House

SEVEN = {"anchor": {"seed": 7}}
THERE = {"anchor": {"seed": 7}, "x": 0.4, "y": -1.3, "psi": 0.8, "noise": {"mode": "random"}}


@pytest.fixture
def model(store: Store) -> Model:
    """A model of 16 px whose weights are there."""
    return House(store).base()


@pytest.fixture
def here(store: Store) -> Iterator[Within]:
    with within(store) as renderer:
        yield renderer


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def pixels(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(opened(content).convert("RGB"))


def render(http: httpx.Client, model: Model, point: Any, **asked: Any) -> bytes:
    answer = http.post(f"/models/{model.id}/render", json={"point": point, "format": "png", **asked})
    assert answer.status_code == 200, answer.text
    return answer.content


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"/problems/{code}"
    return told


def test_a_plain_seed_is_the_picture_of_a_generate_job(
    http: httpx.Client, here: Within, store: Store, model: Model
) -> None:
    laid = store.objects.folder(model.files, store.settings.folder.parent / "laid")
    (picture,) = generate(load_generator(laid), [7], truncation_psi=0.7)
    found = render(http, model, SEVEN)
    assert np.array_equal(pixels(found), to_uint8(picture))
    recipe = json.loads(opened(found).info["reverie"])
    assert (recipe["seed"], recipe["truncation_psi"], recipe["noise_mode"]) == (7, 0.7, "const")
    assert (recipe["model"], recipe["point"]) == (model.hash, SEVEN)
    assert recipe["licence"] == {"spdx": "CC0-1.0", "terms": "Free to use."}


def test_the_same_place_has_the_same_bits_after_a_restart_and_through_its_recipe(store: Store, model: Model) -> None:
    with serving(store) as address, httpx.Client(base_url=address, timeout=60) as http:
        with running(store):
            first = render(http, model, THERE)
            kept = http.post(f"/models/{model.id}/samples", json={"point": THERE})
            assert kept.status_code == 201, kept.text
            png = http.get(f"{kept.headers['location']}/image").content
        until(lambda: http.post(f"/models/{model.id}/render", json={"point": THERE}).status_code == 503)
        with running(store):
            until(lambda: http.post(f"/models/{model.id}/render", json={"point": SEVEN}).is_success, within_s=20)
            recipe = json.loads(opened(png).info["reverie"])
            of_sample = {**THERE, "anchor": {"sample": kept.json()["id"]}, "x": 0.0, "y": 0.0}
            of_sample["noise"] = {"mode": "random", "seed": 7}
            again = [render(http, model, point) for point in (THERE, recipe["point"], of_sample)]
    assert first == png
    assert all(np.array_equal(pixels(first), pixels(each)) for each in again)


def test_a_kept_place_is_a_sample_of_the_gallery(http: httpx.Client, here: Within, model: Model) -> None:
    kept = http.post(f"/models/{model.id}/samples", json={"point": THERE})
    assert kept.status_code == 201, kept.text
    sample = kept.json()
    assert (sample["width"], sample["height"], sample["job_id"]) == (16, 16, None)
    assert sample["recipe"]["point"]["x"] == 0.4
    assert "seed" not in sample["recipe"]
    assert [each["id"] for each in http.get("/samples", params={"model": str(model.id)}).json()["items"]] == [
        sample["id"]
    ]
    assert http.get(f"/samples/{sample['id']}/image", params={"size": 8}).status_code == 200


def test_a_find_of_a_find_stands_by_itself(http: httpx.Client, here: Within, model: Model) -> None:
    first = http.post(f"/models/{model.id}/samples", json={"point": THERE}).json()["id"]
    point = {"anchor": {"sample": first}, "x": 1.0, "mix": [{"layers": "colour", "of": {"sample": first}, "x": -2.0}]}
    second = http.post(f"/models/{model.id}/samples", json={"point": point}).json()
    drawn = render(http, model, point)
    assert http.delete(f"/samples/{first}").status_code == 204
    problem(http.post(f"/models/{model.id}/render", json={"point": point}), 404, "not_found")
    assert np.array_equal(pixels(render(http, model, second["recipe"]["point"])), pixels(drawn))


def test_a_tile_of_a_blend_is_what_render_draws_of_it(
    http: httpx.Client, here: Within, store: Store, model: Model, tmp_path: Path
) -> None:
    """Between two moments of a training the network is on its way."""
    G = load_generator(tiny(tmp_path / "one", spdx="CC0-1.0", terms="Free to use."))
    with torch.no_grad():
        for value in G.parameters():
            value.mul_(1.1)
    other = learnt(store, save_model(tmp_path / "other", G_ema=G), parent_id=model.id)
    address, blend = f"/models/{model.id}/tile", {"with_id": str(other.id), "t": 0.5}

    def tile(tag: str = "", **asked: Any) -> httpx.Response:
        has = {"If-None-Match": tag} if tag else {}
        return http.get(address, params={"point": json.dumps(SEVEN), "size": 16, **asked}, headers=has)

    found = tile(blend=json.dumps(blend))
    assert found.status_code == 200, found.text
    posted = http.post(f"/models/{model.id}/render", json={"point": SEVEN, "size": 16, "blend": blend})
    assert np.array_equal(pixels(found.content), pixels(posted.content))
    alone, further = tile(), tile(blend=json.dumps({**blend, "t": 0.75}))
    assert len({one.headers["etag"] for one in (found, alone, further)}) == 3
    assert not np.array_equal(pixels(found.content), pixels(alone.content))
    assert tile(found.headers["etag"], blend=json.dumps(blend)).status_code == 304
    for wrong in ("{", "null", "{}", '{"with_id": 3, "t": 0.5}', json.dumps({**blend, "at": 8}), '"' + "x" * 300 + '"'):
        told = tile(blend=wrong)
        assert told.status_code == 422, wrong
    assert problem(tile(blend=json.dumps(blend), format="png"), 422, "invalid")["errors"]
    problem(tile(blend=json.dumps({**blend, "with_id": str(new_id())})), 404, "not_found")


def test_a_tile_is_kept_by_whoever_has_it(http: httpx.Client, here: Within, model: Model) -> None:
    asked: dict[str, Any] = {"point": json.dumps(THERE), "size": 12, "format": "webp", "view": "a", "turn": 3}
    tile = http.get(f"/models/{model.id}/tile", params=asked)
    assert tile.status_code == 200, tile.text
    assert tile.headers["content-type"] == "image/webp"
    assert "immutable" in tile.headers["cache-control"]
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', tile.headers["etag"])  # what is drawn together may differ by a level
    assert opened(tile.content).size == (12, 12)
    drawn = here.renderer.drawn
    held = {"If-None-Match": tile.headers["etag"]}
    # The same place in another writing, and another view, is the same tile.
    asked |= {"point": json.dumps({**THERE, "mix": []}, indent=1), "view": "b"}
    assert http.get(f"/models/{model.id}/tile", params=asked, headers=held).status_code == 304
    assert here.renderer.drawn == drawn
    whole = http.get(f"/models/{model.id}/tile", params=asked | {"format": "png"})
    assert re.fullmatch(r'"[0-9a-f]{32}"', whole.headers["etag"])
    for other in ({"size": 13}, {"format": "jpeg"}, {"coarse": True}, {"point": json.dumps(SEVEN)}):
        assert http.get(f"/models/{model.id}/tile", params=asked | other, headers=held).status_code == 200


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("form", ["webp", "jpeg"])
def test_a_sheet_holds_its_points_row_by_row(
    http: httpx.Client, here: Within, model: Model, form: str, coarse: bool
) -> None:
    grid = {"step": 1.0, "columns": 3, "rows": 2}
    asked = {"point": SEVEN, "grid": grid, "format": form, "coarse": coarse}
    answer = http.post(f"/models/{model.id}/render", json=asked)
    assert answer.headers["content-type"] == f"image/{form}"
    side = 8 if coarse else 16
    sheet = pixels(answer.content).astype(int)
    assert sheet.shape == (2 * side, 3 * side, 3)
    for number, (x, y) in enumerate([(i - 1.0, j - 0.5) for j in range(2) for i in range(3)]):
        alone = pixels(render(http, model, {**SEVEN, "x": x, "y": y}, coarse=coarse)).astype(int)
        top, left = number // 3 * side, number % 3 * side
        assert np.abs(sheet[top : top + side, left : left + side] - alone).mean() < 25  # they are lossy


@pytest.mark.parametrize(
    ("frame", "size"),
    [({"kind": "squeeze", "width": 3, "height": 2}, (24, 16)), ({"kind": "crop", "width": 2, "height": 1}, (16, 8))],
)
def test_a_tile_is_shown_as_its_frame_says(
    http: httpx.Client, here: Within, store: Store, frame: dict[str, Any], size: tuple[int, int]
) -> None:
    plain = House(store).base()
    with store.begin() as tx:
        model = tx.models.add(
            Model(
                id=new_id(),
                name="Framed",
                resolution=16,
                facts={**plain.facts, "frame": frame},
                licence=plain.licence,
                terms=plain.terms,
                hash=plain.hash,
                files=plain.files,
                size_bytes=plain.size_bytes,
            )
        )
    assert opened(render(http, model, SEVEN)).size == size
    small = opened(render(http, model, SEVEN, size=8, format="webp")).size
    assert small == (8, round(8 * size[1] / size[0]))


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"point": {"anchor": {"z": [0.0] * 3}}}, "bad_params", "#/point/anchor"),
        ({"point": {"anchor": {"w": [[0.0]]}}}, "bad_params", "#/point/anchor"),
        ({"point": {**SEVEN, "class_label": 2}}, "bad_params", "#/point/class_label"),
        ({"point": {**SEVEN, "mix": [{"layers": [0, 40], "of": {"seed": 1}}]}}, "bad_params", "#/point/mix"),
        ({"point": {"anchor": {}}}, "invalid", "#/point/anchor"),
        ({"point": {**SEVEN, "psi": 1.5}}, "invalid", "#/point/psi"),
        ({"point": {**SEVEN, "x": 1e9}}, "invalid", "#/point/x"),
        ({"point": SEVEN, "grid": {"step": -1, "columns": 5, "rows": 5}}, "invalid", "#/grid/step"),
        ({"point": SEVEN, "grid": {"step": 1, "columns": 500, "rows": 5}}, "invalid", "#/grid/columns"),
        ({"point": SEVEN, "size": 100_000}, "invalid", "#/size"),
        ({}, "invalid", "#/point"),
    ],
)
def test_what_is_no_place_is_told_with_its_field(
    http: httpx.Client, here: Within, model: Model, body: dict[str, Any], code: str, pointer: str
) -> None:
    told = problem(http.post(f"/models/{model.id}/render", json=body), 422, code)
    assert [error["pointer"] for error in told["errors"]] == [pointer]


def test_numbers_that_are_not_finite_are_told(http: httpx.Client, here: Within, model: Model) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        body = f'{{"point": {{"anchor": {{"z": [{number}]}}}}}}'
        answer = http.post(f"/models/{model.id}/render", content=body, headers={"Content-Type": "application/json"})
        told = problem(answer, 422, "invalid")
        assert told["errors"][0]["detail"] == "give a finite number"


@pytest.mark.parametrize(
    ("point", "code", "pointer"),
    [
        ('{"anchor":{"seed":1},"x":NaN}', "invalid", "query:point.x"),
        ('{"anchor":{"seed":1},"y":7e6}', "invalid", "query:point.y"),
        ('{"anchor":', "bad_params", "query:point"),
        ("", "bad_params", "query:point"),
    ],
)
def test_a_tiles_point_that_is_none_is_told(
    http: httpx.Client, model: Model, point: str, code: str, pointer: str
) -> None:
    told = problem(http.get(f"/models/{model.id}/tile", params={"point": point}), 422, code)
    assert [error["pointer"] for error in told["errors"]] == [pointer]


def test_what_is_named_and_not_there_is_told(http: httpx.Client, here: Within, model: Model) -> None:
    unknown = str(new_id())
    problem(http.post(f"/models/{unknown}/render", json={"point": SEVEN}), 404, "not_found")
    problem(http.get(f"/models/{unknown}/tile", params={"point": json.dumps(SEVEN)}), 404, "not_found")
    problem(http.post(f"/models/{unknown}/samples", json={"point": SEVEN}), 404, "not_found")
    for point in (
        {"anchor": {"sample": unknown}},
        {**SEVEN, "shift": [{"direction": unknown, "amount": 1}]},
    ):
        problem(http.post(f"/models/{model.id}/render", json={"point": point}), 404, "not_found")


def test_a_model_that_is_deleted_while_one_wanders_in_it_is_told(
    http: httpx.Client, here: Within, model: Model
) -> None:
    render(http, model, SEVEN)
    assert http.delete(f"/models/{model.id}").status_code == 204
    told = problem(http.post(f"/models/{model.id}/render", json={"point": SEVEN}), 404, "not_found")
    assert str(model.id) in told["detail"]


def test_without_a_renderer_it_is_warming_up(http: httpx.Client, model: Model) -> None:
    for answer in (
        http.post(f"/models/{model.id}/render", json={"point": SEVEN}),
        http.get(f"/models/{model.id}/tile", params={"point": json.dumps(SEVEN)}),
        http.post(f"/models/{model.id}/samples", json={"point": SEVEN}),
    ):
        told = problem(answer, 503, "warming_up")
        assert told["title"] == "Warming up"
        assert int(answer.headers["retry-after"]) >= 1


def test_of_a_renderer_that_is_killed_another_takes_over(http: httpx.Client, store: Store, model: Model) -> None:
    with running(store) as first, running(store) as second:
        theirs = max((first, second), key=lambda each: rank(each.row.id, model.id))
        other = first if theirs is second else second
        drawn = render(http, model, THERE)
        os.kill(theirs.process.pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(render, http, model, SEVEN)
            until(lambda: not waiting.done())
            theirs.kill()
            assert np.array_equal(pixels(waiting.result()), pixels(render(http, model, SEVEN)))
        assert render(http, model, THERE) == drawn
        assert {row.id for row in seen(store)} >= {other.row.id}
        other.kill()
        answer = http.post(f"/models/{model.id}/render", json={"point": THERE})
        problem(answer, 503, "warming_up")


def test_ten_thousand_at_once_are_told_when_to_come_again(http: httpx.Client, here: Within, model: Model) -> None:
    render(http, model, SEVEN)
    sheet = {"point": SEVEN, "grid": {"step": 1, "columns": 16, "rows": 16}, "format": "jpeg", "coarse": True}
    with ThreadPoolExecutor(40) as pool:
        with here.held():
            ask = partial(http.post, f"/models/{model.id}/render", json=sheet, timeout=200)
            asked = [pool.submit(ask) for _ in range(40)]
            until(lambda: sum(each.done() for each in asked) == 36, within_s=60)  # the bound is that of four sheets
            assert http.get("/healthz").is_success
            assert http.get("/samples").is_success
        answers = [each.result() for each in asked]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 36
    for answer in refused:
        problem(answer, 429, "busy")
        assert int(answer.headers["retry-after"]) >= 1


def test_a_dozen_who_pan_at_once_are_served_alike(
    http: httpx.Client, here: Within, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wants three tiles; nobody has a third one drawn before everybody has a first one."""
    render(http, model, SEVEN)
    handed: list[str] = []  # whose pictures went to be drawn, in their order; answers may overtake one another
    hand_out = here.renderer.turns.next

    def watched() -> Batch:
        batch = hand_out()
        handed.extend(ask.view for ask, wanted in batch.items() for _ in wanted)
        return batch

    def pan(view: str, step: int) -> None:
        asked = {"point": json.dumps({**SEVEN, "x": 0.1 * step}), "view": view}
        answer = http.get(f"/models/{model.id}/tile", params=asked, timeout=60)
        assert answer.status_code == 200, answer.text

    views, tiles = [f"view-{number}" for number in range(12)], range(3)
    with ThreadPoolExecutor(36) as pool:
        with here.held():
            monkeypatch.setattr(here.renderer.turns, "next", watched)
            asked = [pool.submit(pan, view, step) for view in views for step in tiles]
            until(lambda: here.renderer.waiting == 36, within_s=60)
        for each in asked:
            each.result()
    thirds = {view: [at for at, of in enumerate(handed) if of == view][2] for view in views}
    assert max(handed.index(view) for view in views) < min(thirds.values())


def test_who_leaves_frees_the_work_behind_the_interface(http: httpx.Client, here: Within, model: Model) -> None:
    render(http, model, SEVEN)
    with here.held():
        with pytest.raises(httpx.ReadTimeout):
            http.post(f"/models/{model.id}/render", json={"point": SEVEN}, timeout=1.0)
        until(lambda: here.renderer.waiting == 0)


def test_settings_that_are_no_address_are_refused() -> None:
    for listen in ("8766", "http://here:8766", "here:", "here:70000"):
        with pytest.raises(ValueError, match="host:port"):
            Settings(renderer_listen=listen)


def test_a_renderer_listens_at_an_address(http: httpx.Client, store: Store, model: Model) -> None:
    with running(store, renderer_listen="127.0.0.1:0") as renderer:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", renderer.row.facts["address"])
        assert pixels(render(http, model, SEVEN)).shape == (16, 16, 3)
