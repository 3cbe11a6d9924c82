"""A dataset is framed by an aspect: proposed, asked for, refused where none can be, kept by jobs and gatherings."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import httpx
import pytest

from store.store import Store
from tests.api import rows
from tests.api.reading import read_in
from tests.api.test_curation import lookalikes
from tests.api.test_framing import boxes, seen
from tests.api.test_stylegan2_dataset import as_nvidia_reads, asked
from tests.kinds.pictures import jpeg


@pytest.fixture
def mixed(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> str:
    """The address of a dataset: three photographs of 3:2, two of 3:4, and one left out that would outnumber none."""
    sizes = [(300, 200), (600, 400), (301, 200), (150, 200), (300, 400)]
    looks = [{"width": width, "height": height} for width, height in sizes]
    lookalikes(store, dataset["id"], *looks, {"width": 100, "height": 100, "state": "excluded"})
    return f"/datasets/{dataset['id']}"


def test_the_aspect_of_most_photographs_is_proposed_and_taken_where_none_is_said(
    http: httpx.Client, mixed: str
) -> None:
    assert http.get(f"{mixed}/aspects").json() == [{"aspect": "3:2", "photos": 3}, {"aspect": "3:4", "photos": 2}]
    assert http.get(mixed).json()["aspect"] is None
    framed = http.patch(mixed, json={"framing": "squeeze"}).json()
    assert (framed["framing"], framed["aspect"], framed["usable_views"]) == ("squeeze", "3:2", 5)
    photos = {photo["width"]: photo for photo in http.get(f"{mixed}/photos").json()["items"]}
    assert [view["box"] for view in photos[600]["views"]] == [[0, 0, 600, 400]]
    assert [view["box"] for view in photos[150]["views"]] == [[0, 50, 150, 150]]
    assert [view["box"] for view in photos[100]["views"]] == [[0, 16, 100, 83]]
    again = http.patch(mixed, json={"aspect": "8:6"}).json()
    assert (again["framing"], again["aspect"]) == ("squeeze", "4:3")
    assert http.patch(mixed, json={"framing": "squeeze"}).json()["aspect"] == "4:3"  # it has one
    squares = http.patch(mixed, json={"framing": "centre"}).json()
    assert (squares["framing"], squares["aspect"]) == ("centre", None)


def test_a_new_dataset_has_the_aspect_that_is_asked_for_or_the_usual_one(http: httpx.Client) -> None:
    for body, aspect in (({}, "3:2"), ({"aspect": "1.5:1"}, "3:2"), ({"aspect": "16:9"}, "16:9")):
        made = http.post("/datasets", json={"name": "Wide", "framing": "squeeze", **body})
        assert (made.status_code, made.json()["aspect"]) == (201, aspect)
    assert http.get(f"/datasets/{made.json()['id']}/aspects").json() == []
    assert http.get("/datasets/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071/aspects").status_code == 404


@pytest.mark.parametrize("aspect", ["0:1", "3:0", "-3:2", "1:100", "NaN", "3x2", "", 0, -1, 1.5, True, [3, 2], "nan"])
def test_an_aspect_that_cannot_be_is_refused_with_what_can(http: httpx.Client, mixed: str, aspect: Any) -> None:
    said = json.dumps(aspect) if aspect != "nan" else "NaN"  # a number that JSON has no word for
    before = http.get(mixed).json()
    for address, method in (("/datasets", "POST"), (mixed, "PATCH")):
        body = f'{{"name": "x", "framing": "squeeze", "aspect": {said}}}'
        answer = http.request(method, address, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "#/aspect"
        assert "1:4 to 4:1" in error["detail"]
    assert http.get(mixed).json() == before


@pytest.mark.parametrize("body", [{"aspect": "3:2"}, {"framing": "whole", "aspect": "3:2"}])
def test_an_aspect_beside_another_framing_is_refused(http: httpx.Client, mixed: str, body: dict[str, Any]) -> None:
    answer = http.patch(mixed, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/aspect")
    assert answer.json()["remedy"] == "Give an aspect with framing squeeze alone."
    assert http.post("/datasets", json={"name": "x", **body}).status_code == 422
    assert http.get(mixed).json()["framing"] == "centre"


def test_a_photograph_is_framed_by_hand_in_the_aspect_and_keeps_its_middle_in_another(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    address = f"/datasets/{dataset['id']}"
    (photo,) = lookalikes(store, dataset["id"], {"width": 600, "height": 400})
    http.patch(address, json={"framing": "squeeze", "aspect": "3:2"})
    refused = http.put(f"/photos/{photo.id}/frames", json={"boxes": [[0, 0, 300, 300]]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/boxes/0")
    assert "one of 3:2 is wanted" in refused.json()["detail"]
    http.put(f"/photos/{photo.id}/frames", json={"boxes": [[60, 20, 360, 220]]})
    assert boxes(http, photo.id) == [[60, 20, 360, 220]]
    before = http.get(address).json()["revision"]
    http.patch(address, json={"framing": "centre"})
    assert boxes(http, photo.id) == [[110, 20, 310, 220]]  # as a square, it would be stretched
    http.patch(address, json={"framing": "squeeze", "aspect": "2:1"})
    assert boxes(http, photo.id) == [[10, 20, 410, 220]]
    assert seen(store, dataset["id"], before) == [(60, 20, 360, 220)]
    http.put(f"/photos/{photo.id}/frames", json={"boxes": []})
    assert boxes(http, photo.id) == [[0, 50, 600, 350]]
    assert not http.get(f"/photos/{photo.id}").json()["views"][0]["by_hand"]


def test_it_goes_by_where_photographs_are_looked_at_and_posts_the_look(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (photo,) = lookalikes(store, dataset["id"], {"width": 200, "height": 300})
    http.patch(f"/datasets/{dataset['id']}", json={"framing": "squeeze", "aspect": "2:1"})
    assert boxes(http, photo.id) == [[0, 100, 200, 200]]
    (job,) = http.get("/jobs", params={"kind": "index"}).json()["items"]
    assert job["state"] == "queued"
    with store.begin() as tx:
        assert tx.features.unfocused(UUID(dataset["id"])) == 1
        tx.photos.focused(photo.dataset_id, {photo.id: (0.5, 0.1)})
    http.patch(f"/datasets/{dataset['id']}", json={"framing": "squeeze"})
    assert boxes(http, photo.id) == [[0, 0, 200, 100]]


def test_a_training_is_pinned_to_the_aspect_that_it_was_posted_with(
    http: httpx.Client, store: Store, ready: dict[str, Any], base: str
) -> None:
    pins = []
    for body in ({"framing": "squeeze", "aspect": "4:3"}, {"framing": "centre"}):
        http.patch(f"/datasets/{ready['id']}", json=body)
        posted = http.post("/jobs", json={"kind": "train", "dataset_id": ready["id"], "base_model_id": base})
        with store.read() as tx:
            pins.append(tx.jobs.get(UUID(posted.json()["id"])).pins["dataset"])
    assert [pin.get("aspect") for pin in pins] == ["4:3", None]


def test_sheets_tell_the_size_of_their_pictures_also_those_from_before(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    rows.snapshot(store, rows.begun(store, training["id"]), 0)
    (sheet,) = http.get(f"/jobs/{training['id']}/sheets").json()
    assert (sheet["width"], sheet["height"]) == (sheet["resolution"],) * 2


def test_a_gathering_is_framed_as_its_first_source_unless_it_is_said(
    http: httpx.Client, store: Store, ready: dict[str, Any]
) -> None:
    wide = http.post("/datasets", json={"name": "Wide", "framing": "squeeze", "aspect": "16:9"}).json()
    rows.photos(store, wide["id"], count=2)
    of_wide, of_ready = {"dataset_id": wide["id"]}, {"dataset_id": ready["id"]}
    for sources, body, framed in (
        ([of_wide, of_ready], {}, ("squeeze", "16:9")),
        ([of_ready, of_wide], {}, ("centre", None)),
        ([of_ready, of_wide], {"framing": "squeeze"}, ("squeeze", "16:9")),
        ([of_ready], {"framing": "squeeze"}, ("squeeze", "1:1")),  # as most of its photographs are
        ([of_wide, of_ready], {"aspect": "3:2"}, ("squeeze", "3:2")),
        ([of_wide, of_ready], {"framing": "whole"}, ("whole", None)),
    ):
        answer = http.post("/datasets", json={"name": "Both", "from": sources, **body})
        assert (answer.json()["framing"], answer.json()["aspect"]) == framed, answer.text
    answer = http.post("/datasets", json={"name": "Both", "from": [of_ready, of_wide], "aspect": "3:2"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/aspect")


def test_the_zip_of_squares_stays_square_and_says_the_aspect(http: httpx.Client, store: Store) -> None:
    made = http.post("/datasets", json={"name": "Wide", "framing": "squeeze", "aspect": "3:2"}).json()
    read_in(store, made["id"], [("a.jpg", jpeg(1, size=(90, 60))), ("b.jpg", jpeg(2, size=(60, 90)))])
    sent = asked(http, made).content
    names, squares, labels = as_nvidia_reads(sent)
    assert (len(names), {square.shape for square in squares}, labels) == (2, {(32, 32, 3)}, None)
    assert told(sent)["frame"] == {"kind": "squeeze", "width": 3, "height": 2}
    http.patch(f"/datasets/{made['id']}", json={"framing": "centre"})
    assert told(asked(http, made).content) == {"labels": None}


def told(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        said: dict[str, Any] = json.loads(found.read("dataset.json"))
        return said
