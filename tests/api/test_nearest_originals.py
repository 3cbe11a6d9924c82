"""Originals over HTTP, with a real renderer: found as wholes and by part, and what cannot be asked is told."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from PIL import ImageEnhance, ImageOps

from jobs.ids import new_id
from kinds.index import files
from kinds.index.looking import Seen
from store import tables as t
from store.rows import Model, Photo
from store.store import Store
from store.tracing import Traced
from tests.api import rows
from tests.api.landscapes import COUNT, drawn, indexed, jpeg, pictures, seen
from tests.api.reading import read_in
from tests.api.serving import serving
from tests.renderer.house import Within, within
from tests.waiting import until
from tests.worker.house import House

SEVEN = {"anchor": {"seed": 7}}
Answer = dict[str, Any]


@pytest.fixture
def here(store: Store) -> Iterator[Within]:
    with within(store) as renderer:
        yield renderer


@pytest.fixture
def base(store: Store) -> Model:
    """A base whose weights are there, and that learnt from nobody's archive."""
    return House(store).base()


@pytest.fixture
def learnt(store: Store, dataset: Answer, base: Model) -> Model:
    """A model that learnt from the dataset."""
    with store.begin() as tx:
        return tx.models.add(replace(base, id=new_id(), parent_id=base.id, dataset_id=UUID(dataset["id"])))


@pytest.fixture
def valley(store: Store, dataset: Answer) -> list[Photo]:
    """Twelve photographs that nobody has looked at; what they show does not matter before that."""
    return rows.photos(store, dataset["id"], count=COUNT)


def problem(answer: httpx.Response, status: int, code: str) -> Answer:
    assert answer.status_code == status, answer.text
    told: Answer = answer.json()
    assert told["type"] == f"/problems/{code}"
    return told


def answered(http: httpx.Client, address: str, **asked: Any) -> Answer:
    found = http.get(address, params=asked)
    assert found.status_code == 200, found.text
    told: Answer = found.json()
    return told


def test_a_small_dark_mirrored_picture_finds_its_photograph(
    http: httpx.Client, here: Within, store: Store, dataset: Answer, learnt: Model
) -> None:
    valley = read_in(store, dataset["id"], [(f"valley/{n}.jpg", jpeg(picture)) for n, picture in enumerate(pictures())])
    indexed(store, valley)
    with store.begin() as tx:
        caption = {"caption": "After the rain"}
        tx.photos._connection.execute(sa.update(t.photos).where(t.photos.c.id == valley[5].id).values(**caption))
    shown = ImageEnhance.Brightness(ImageOps.mirror(pictures()[5]).resize((64, 64))).enhance(0.8)
    sample = drawn(store, shown, dataset_id=str(valley[0].dataset_id), model=learnt)
    found = answered(http, f"/samples/{sample}/originals", limit=4)
    assert (found["sample_id"], found["model_id"]) == (sample, str(learnt.id))
    assert found["dataset_id"] == str(valley[0].dataset_id)
    best = found["items"][0]
    assert (best["photo"]["id"], best["mirrored"]) == (str(valley[5].id), True)
    assert best["photo"]["caption"] == "After the rain"
    assert best["photo"]["album"] == "valley"
    assert best["photo"]["views"]
    likenesses = [one["likeness"] for one in found["items"]]
    assert len(likenesses) == 4
    assert likenesses[0] == max(likenesses)  # the rest is ordered by windows as well
    assert best["words"] in ("almost the same", "much alike", "alike")
    assert found["originality"] is None  # nobody has looked at the sample


def test_each_part_says_which_fragments_it_leans_on(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    pasted = pictures()[2].copy()
    pasted.paste(pictures()[9].crop((100, 60, 260, 180)), (160, 120))
    sample = drawn(store, pasted, dataset_id=str(valley[0].dataset_id), model=learnt)
    found = answered(http, f"/samples/{sample}/originals")
    parts = found["parts"]
    assert (parts["columns"], parts["rows"]) == (4, 4)
    assert [(cell["row"], cell["column"]) for cell in parts["cells"]] == [(n // 4, n % 4) for n in range(16)]
    named = {one["photo_id"] for cell in parts["cells"] for one in cell["items"]}
    assert named == set(found["photos"])
    assert {len({one["photo_id"] for one in cell["items"]}) for cell in parts["cells"]} == {3}
    assert parts["cells"][0]["items"][0]["photo_id"] == str(valley[2].id)
    assert parts["cells"][15]["items"][0]["photo_id"] == str(valley[9].id)
    for box in (one["box"] for cell in parts["cells"] for one in cell["items"]):
        assert 0 <= box[0] < box[2] <= 1
        assert 0 <= box[1] < box[3] <= 1
    region = answered(http, f"/samples/{sample}/originals/part", box="0.5,0.5,1,1", limit=2)
    assert region["box"] == [0.5, 0.5, 1, 1]
    assert region["items"][0]["photo"]["id"] == str(valley[9].id)
    assert len(region["items"]) == 2


@pytest.mark.parametrize(
    "box",
    [
        *("", "0,0,1", "0,0,1,1,1", "a,b,c,d", "0,0,nan,1", "0,0,inf,1"),
        *("-0.1,0,1,1", "0,0,1.1,1", "0.5,0,0.5,1", "0.6,0,0.5,1", "0,0,0.01,1"),
    ],
)
def test_what_is_no_part_of_the_picture_is_said(http: httpx.Client, box: str) -> None:
    told = problem(http.get(f"/samples/{new_id()}/originals/part", params={"box": box}), 422, "bad_params")
    assert told["errors"][0]["pointer"] == "query:box"


@pytest.mark.parametrize("asked", ["limit=0", "limit=51", "limit=x"])
def test_a_number_that_cannot_be_is_said(http: httpx.Client, asked: str) -> None:
    problem(http.get(f"/samples/{new_id()}/originals?{asked}"), 422, "invalid")


def test_what_nobody_has_looked_at_says_what_to_post(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    sample = drawn(store, pictures()[0], dataset_id=str(valley[0].dataset_id), model=learnt)
    for address in (f"/samples/{sample}/originals", f"/samples/{sample}/originals/part?box=0,0,1,1"):
        told = problem(http.get(address), 409, "not_looked")
        assert told["job"]["kind"] == "index"
    assert problem(http.post(f"/models/{learnt.id}/originals", json={"point": SEVEN}), 409, "not_looked")["job"]
    assert http.post("/jobs", json=told["job"]).status_code == 202


def test_files_of_another_version_are_never_searched(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley, version=files.VERSION + 1)
    sample = drawn(store, pictures()[0], dataset_id=str(valley[0].dataset_id), model=learnt)
    problem(http.get(f"/samples/{sample}/originals"), 409, "not_looked")


@pytest.mark.parametrize("which", ["key", "parts_key"])
@pytest.mark.parametrize("keep", [None, -1])
def test_a_file_that_is_gone_or_cut_short_is_as_if_nobody_had_looked(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model, which: str, keep: int | None
) -> None:
    path = store.objects.path(getattr(indexed(store, valley), which))
    if keep is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:keep])
    sample = drawn(store, pictures()[0], dataset_id=str(valley[0].dataset_id), model=learnt)
    assert problem(http.get(f"/samples/{sample}/originals"), 409, "not_looked")["job"]["kind"] == "index"


def test_a_picture_without_an_archive_has_no_originals(
    http: httpx.Client, here: Within, store: Store, base: Model, dataset: Answer, learnt: Model
) -> None:
    sample = drawn(store, pictures()[0], dataset_id=None, model=base)
    told = problem(http.get(f"/samples/{sample}/originals"), 409, "conflict")
    assert told["detail"].startswith("This network has not learnt from an archive of yours")
    problem(http.post(f"/models/{base.id}/originals", json={"point": SEVEN}), 409, "conflict")
    empty = drawn(store, pictures()[0], dataset_id=dataset["id"], model=learnt)
    told = problem(http.get(f"/samples/{empty}/originals"), 409, "conflict")
    assert "holds no photograph any more" in told["detail"]
    http.delete(f"/datasets/{dataset['id']}").raise_for_status()
    told = problem(http.get(f"/samples/{empty}/originals"), 409, "conflict")
    assert "was deleted" in told["detail"]
    assert told["dataset_id"] == dataset["id"]
    problem(http.get(f"/samples/{new_id()}/originals"), 404, "not_found")
    problem(http.post(f"/models/{new_id()}/originals", json={"point": SEVEN}), 404, "not_found")


def test_a_sample_of_no_dataset_goes_by_what_its_network_descends_from(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    with store.begin() as tx:
        blend = tx.models.add(replace(learnt, id=new_id(), parent_id=learnt.id, dataset_id=None))
    sample = drawn(store, pictures()[3], dataset_id=None, model=blend)
    found = answered(http, f"/samples/{sample}/originals")
    assert found["dataset_id"] == str(valley[0].dataset_id)
    assert found["items"][0]["photo"]["id"] == str(valley[3].id)


def test_a_picture_whose_file_is_gone_is_said(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    sample = drawn(store, pictures()[3], dataset_id=str(valley[0].dataset_id), model=learnt)
    with store.read() as tx:
        store.objects.path(tx.samples.get(UUID(sample)).image_key).unlink()
    problem(http.get(f"/samples/{sample}/originals"), 404, "not_found")


def test_a_withdrawn_photograph_is_named_no_more(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    sample = drawn(store, pictures()[5], dataset_id=str(valley[0].dataset_id), model=learnt)
    address = f"/samples/{sample}/originals"
    assert answered(http, address)["items"][0]["photo"]["id"] == str(valley[5].id)
    http.delete(f"/photos/{valley[5].id}").raise_for_status()
    after = answered(http, address, limit=50)
    assert len(after["items"]) == COUNT - 1
    gone = json.dumps(str(valley[5].id))
    assert gone not in json.dumps(after)
    # Also where a file holds it still, as it does between the withdrawal and a new file.
    with store.begin() as tx:
        of = t.photos.c.id == valley[6].id
        tx.photos._connection.execute(sa.update(t.photos).where(of).values(state="withdrawn"))
    later = answered(http, address, limit=50)
    assert len(later["items"]) == COUNT - 2
    assert json.dumps(str(valley[6].id)) not in json.dumps(later)
    assert {len(cell["items"]) for cell in later["parts"]["cells"]} == {3}


def test_what_is_left_out_of_training_is_named_and_what_repeats_another_is_not(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    http.post(f"/datasets/{valley[0].dataset_id}/choices", json={"exclude": [str(valley[5].id)]}).raise_for_status()
    with store.begin() as tx:
        of = t.photos.c.id == valley[6].id
        tx.photos._connection.execute(sa.update(t.photos).where(of).values(state="duplicate"))
    sample = drawn(store, pictures()[5], dataset_id=str(valley[0].dataset_id), model=learnt)
    found = answered(http, f"/samples/{sample}/originals", limit=50)["items"]
    assert (found[0]["photo"]["id"], found[0]["photo"]["state"]) == (str(valley[5].id), "excluded")
    assert str(valley[6].id) not in {one["photo"]["id"] for one in found}


def test_photographs_of_one_moment_are_named_once(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    whole = seen().whole.copy()
    whole[6:9] = whole[5]
    indexed(store, valley, of=Seen(whole=whole, small=seen().small, parts=seen().parts))
    sample = drawn(store, pictures()[5], dataset_id=str(valley[0].dataset_id), model=learnt)
    found = [one["photo"]["id"] for one in answered(http, f"/samples/{sample}/originals", limit=50)["items"]]
    assert found[0] == str(valley[5].id)
    assert not {str(photo.id) for photo in valley[6:9]} & set(found)


def test_an_archive_of_one_photograph_is_searched_and_says_nothing_of_originality(
    http: httpx.Client, here: Within, store: Store, dataset: Answer, learnt: Model
) -> None:
    photos = rows.photos(store, dataset["id"], count=1)
    indexed(store, photos)
    sample = drawn(store, pictures()[0], dataset_id=dataset["id"], model=learnt)
    found = answered(http, f"/samples/{sample}/originals")
    assert [one["photo"]["id"] for one in found["items"]] == [str(photos[0].id)]
    assert found["originality"] is None
    assert {len(cell["items"]) for cell in found["parts"]["cells"]} == {1}


def test_originality_is_what_was_found_when_the_sample_was_looked_at(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    dataset_id = UUID(str(valley[0].dataset_id))
    copied = drawn(store, pictures()[4], dataset_id=str(dataset_id), model=learnt)
    by = new_id()
    with store.begin() as tx:
        tx.tracing.calibrate(dataset_id, id=by, photos=20, steps=[0.5] * 100)
        traced = Traced(sample_id=UUID(copied), nearest_id=valley[4].id, likeness=0.96, nearness=100)
        tx.tracing.trace(dataset_id, [traced], by=by)
    assert answered(http, f"/samples/{copied}/originals")["originality"] == {
        "photo_id": str(valley[4].id),
        "likeness": 0.96,
        "percentile": 100,
        "level": "copy",
        "sentence": "Nearer to one photograph than 100 % of your photographs are to each other: nearly a copy.",
    }


def test_a_point_is_drawn_and_compared_as_the_sample_that_it_would_be(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    live = http.post(f"/models/{learnt.id}/originals", json={"point": SEVEN, "view": "a", "turn": 3})
    assert live.status_code == 200, live.text
    kept = http.post(f"/models/{learnt.id}/samples", json={"point": SEVEN}).json()
    whole = answered(http, f"/samples/{kept['id']}/originals")
    found = live.json()
    assert (found["sample_id"], found["model_id"]) == (None, str(learnt.id))
    for one, other in zip(found["items"], whole["items"], strict=True):
        assert one["likeness"] == pytest.approx(other["likeness"], abs=0.01)  # drawn together: within a level


@pytest.mark.parametrize(
    "body", [{}, {"point": {"anchor": {}}}, {"point": SEVEN, "box": [0, 0, 1, 1]}, {"point": {"anchor": {"z": [0.0]}}}]
)
def test_a_point_that_is_none_is_said(
    http: httpx.Client, here: Within, store: Store, valley: list[Photo], learnt: Model, body: Answer
) -> None:
    indexed(store, valley)
    assert http.post(f"/models/{learnt.id}/originals", json=body).status_code == 422


def test_without_a_renderer_it_says_when_to_ask_again(
    http: httpx.Client, store: Store, valley: list[Photo], learnt: Model
) -> None:
    indexed(store, valley)
    sample = drawn(store, pictures()[0], dataset_id=str(valley[0].dataset_id), model=learnt)
    away = http.get(f"/samples/{sample}/originals")
    assert problem(away, 503, "warming_up")
    assert int(away.headers["retry-after"]) >= 1


def test_who_leaves_frees_the_work(store: Store, here: Within, valley: list[Photo], learnt: Model) -> None:
    indexed(store, valley)
    content = json.dumps({"point": SEVEN}).encode()
    head = f"POST /models/{learnt.id}/originals HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with serving(store) as address, httpx.Client(base_url=address, timeout=60) as http:
        where = urlsplit(address)
        http.post(f"/models/{learnt.id}/originals", json={"point": SEVEN}).raise_for_status()  # all is warm then
        with here.held():
            with socket.create_connection((where.hostname, where.port)) as leaving:
                leaving.sendall(head.encode() + f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
                until(lambda: here.originals.waiting == 1)
            until(lambda: here.originals.waiting == 0)
        assert http.post(f"/models/{learnt.id}/originals", json={"point": SEVEN}).is_success
    assert here.renderer.waiting == 0


def test_too_much_at_once_is_refused(http: httpx.Client, store: Store, valley: list[Photo], learnt: Model) -> None:
    indexed(store, valley)
    sample = drawn(store, pictures()[0], dataset_id=str(valley[0].dataset_id), model=learnt)
    with within(store, most_searches=0):
        told = problem(http.get(f"/samples/{sample}/originals"), 429, "busy")
        assert told["retry_after_s"] >= 1
