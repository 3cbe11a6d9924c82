"""An archive is framed anew, a photograph by hand; a job goes on to see the squares that it was posted with."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from store.store import Store
from tests.api import rows
from tests.api.test_curation import lookalikes


def boxes(http: httpx.Client, photo_id: Any) -> list[list[int]]:
    return [view["box"] for view in http.get(f"/photos/{photo_id}").json()["views"]]


def seen(store: Store, dataset_id: str, revision: int | None = None) -> list[tuple[int, ...]]:
    with store.read() as tx:
        return [tuple(view.box) for view, _ in tx.views.of_dataset(UUID(dataset_id), revision=revision)]


def test_an_archive_is_framed_anew_and_jobs_posted_before_see_what_was(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    address = f"/datasets/{dataset['id']}"
    wide, tall = lookalikes(
        store, dataset["id"], {"width": 200, "height": 100}, {"width": 100, "height": 150, "state": "excluded"}
    )
    for framing, of_wide, of_tall in (
        ("two_squares", [[0, 0, 100, 100], [100, 0, 200, 100]], [[0, 25, 100, 125]]),
        ("several", [[0, 0, 100, 100], [100, 0, 200, 100]], [[0, 25, 100, 125]]),
        ("smart", [[50, 0, 150, 100]], [[0, 25, 100, 125]]),  # until it is looked at
        ("whole", [[0, -50, 200, 150]], [[-25, 0, 125, 150]]),
        ("centre", [[50, 0, 150, 100]], [[0, 25, 100, 125]]),
    ):
        before, squares = http.get(address).json()["revision"], seen(store, dataset["id"])
        framed = http.patch(address, json={"framing": framing}).json()
        assert (framed["framing"], framed["name"]) == (framing, dataset["name"])
        assert framed["revision"] > before
        assert framed["usable_views"] == len(of_wide)
        assert (boxes(http, wide.id), boxes(http, tall.id)) == (of_wide, of_tall)
        assert seen(store, dataset["id"]) == [tuple(box) for box in of_wide]
        assert seen(store, dataset["id"], before) == squares


def test_framing_by_what_is_looked_at_posts_the_look_once(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    lookalikes(store, dataset["id"], {"width": 200, "height": 100})
    for framing in ("smart", "smart", "centre"):
        assert http.patch(f"/datasets/{dataset['id']}", json={"framing": framing}).status_code == 200
    (job,) = http.get("/jobs", params={"kind": "index"}).json()["items"]
    assert (job["dataset_id"], job["state"]) == (dataset["id"], "queued")


def test_a_photograph_is_framed_by_where_it_was_found_to_be_looked_at(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (photo,) = lookalikes(store, dataset["id"], {"width": 200, "height": 100})
    with store.begin() as tx:
        tx.photos.focused(photo.dataset_id, {photo.id: (0.9, 0.1)})
    http.patch(f"/datasets/{dataset['id']}", json={"framing": "smart"})
    assert boxes(http, photo.id) == [[100, 0, 200, 100]]
    assert http.delete(f"/photos/{photo.id}").status_code == 204
    with store.read() as tx:
        assert tx.photos.get(photo.id).focus is None


def test_a_square_set_by_hand_stays_when_the_archive_is_framed_anew(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (photo,) = lookalikes(store, dataset["id"], {"width": 200, "height": 100})
    before = http.get(f"/datasets/{dataset['id']}").json()["revision"]
    for by_hand in ([[90, 0, 190, 100]], [[0, 0, 80, 80], [120, 20, 200, 100]]):
        framed = http.put(f"/photos/{photo.id}/frames", json={"boxes": by_hand}).json()
        assert [(view["box"], view["by_hand"]) for view in framed["views"]] == [(box, True) for box in by_hand]
    assert len(seen(store, dataset["id"], before)) == 1
    http.patch(f"/datasets/{dataset['id']}", json={"framing": "whole"})
    assert boxes(http, photo.id) == by_hand
    http.put(f"/photos/{photo.id}/frames", json={"boxes": []})
    assert boxes(http, photo.id) == [[0, -50, 200, 150]]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"boxes": [[0, 0, 50, 60]]}, "#/boxes/0"),
        ({"boxes": [[0, 0, 40, 40], [0, 0, 8, 8]]}, "#/boxes/1"),
        ({"boxes": [[40, 40, 0, 0]]}, "#/boxes/0"),
        ({"boxes": [[500, 0, 540, 40]]}, "#/boxes/0"),
        ({"boxes": [[50, 30, 90, 70]]}, "#/boxes/0"),
        ({"boxes": [[-(10**12), -(10**12), 10**12, 10**12]]}, "#/boxes/0"),
        ({"boxes": [[0, 0, 40]]}, "#/boxes/0"),
        ({"boxes": [[0, 0, 40.5, 40.5]]}, "#/boxes/0/2"),
        ({"boxes": [[0, 0, 40, 40]] * 9}, "#/boxes"),
        ({}, "#/boxes"),
    ],
)
def test_frames_that_cannot_be_are_refused(
    http: httpx.Client, store: Store, dataset: dict[str, Any], body: dict[str, Any], pointer: str
) -> None:
    (photo,) = lookalikes(store, dataset["id"], {})
    answer = http.put(f"/photos/{photo.id}/frames", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert boxes(http, photo.id) == [[0, 0, 40, 40]]


def test_what_training_never_sees_and_what_is_being_read_are_not_framed(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (refused,) = lookalikes(store, dataset["id"], {"state": "refused", "width": None, "height": None})
    assert http.put(f"/photos/{refused.id}/frames", json={"boxes": []}).status_code == 409
    posted = http.post(f"/datasets/{dataset['id']}/archives", content=b"PK").json()
    busy = http.patch(f"/datasets/{dataset['id']}", json={"framing": "whole"})
    assert (busy.status_code, http.get(f"/datasets/{dataset['id']}").json()["framing"]) == (409, "centre")
    rows.end(store, rows.begun(store, posted["job"]["id"]))
    assert http.patch(f"/datasets/{dataset['id']}", json={"framing": "whole"}).status_code == 200
    for body in ({}, {"framing": "round"}, {"framing": None}, {"name": ""}):
        assert http.patch(f"/datasets/{dataset['id']}", json=body).status_code == 422
