"""Photographs are told apart by their folders, their albums or by hand; a job sees the labels it was posted with."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from jobs.ids import new_id
from store.labels import MOST_LABELS
from store.store import Store
from tests.api import rows

LONG = "é" * 400


def labels(http: httpx.Client, dataset: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """What labels there are: by name, their number and how many photographs."""
    found: dict[str, tuple[int, int]] = {}
    cursor: str | None = None
    while True:
        asked = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = http.get(f"/datasets/{dataset['id']}/labels", params=asked).json()
        found |= {one["name"]: (one["number"], one["photographs"]) for one in page["items"]}
        if (cursor := page["next_cursor"]) is None:
            return found


def classes(store: Store, dataset_id: str, revision: int | None = None) -> tuple[list[str], list[int | None]]:
    with store.read() as tx:
        ids = [photo.id for _, photo in tx.views.of_dataset(UUID(dataset_id), revision=revision)]
        found = tx.labels.classes(UUID(dataset_id), ids, revision=revision)
        return list(found.names), [found.of(id) for id in ids]


def test_folders_become_labels_in_the_order_of_their_names(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    names = ["10/a.jpg", "9/b.jpg", "9/c.jpg", "写真/été/d.jpg", "9\\e.jpg", f"{LONG}/f.jpg", "root.jpg"]
    made = rows.named(store, dataset["id"], names)
    answer = http.post(f"/datasets/{dataset['id']}/labels", json={"from": "folders"})
    told = {"labelled_by": "folders", "labels": 4, "squares": 7, "unlabelled": 1}
    assert answer.json().items() >= told.items()
    long = f"…{LONG[:299]}"
    assert labels(http, dataset) == {"9": (0, 3), "10": (1, 1), long: (2, 1), "写真/été": (3, 1)}
    assert [http.get(f"/photos/{photo.id}").json()["label"] for photo in made][-3:] == ["9", long, None]
    assert classes(store, dataset["id"]) == (["9", "10", long, "写真/été", "Others"], [1, 0, 0, 3, 0, 2, 4])
    found = http.get(f"/datasets/{dataset['id']}").json()
    assert (found["labels"], found["labelled_by"]) == (4, "folders")


def test_a_job_goes_on_to_see_the_labels_that_it_was_posted_with(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    a, b, _ = rows.named(store, dataset["id"], ["cats/a.jpg", "dogs/b.jpg", "dogs/c.jpg"])
    address = f"/datasets/{dataset['id']}"
    history = []

    def keep() -> None:
        history.append((http.get(address).json()["revision"], classes(store, dataset["id"])))

    keep()
    http.post(f"{address}/labels", json={"from": "folders"})
    keep()
    assert http.patch(f"{address}/labels/0", json={"name": "Tom"}).json()["name"] == "Tom"
    keep()
    http.patch(f"/photos/{b.id}", json={"label": "Rex"})
    keep()
    assert http.patch(f"{address}/labels/2", json={"into": 0}).json()["photographs"] == 2
    keep()
    http.put(f"{address}/labels", json={"photos": [str(a.id), str(b.id)], "label": None})
    keep()
    http.post(f"{address}/labels", json={"from": "none"})
    keep()
    assert [seen for _, seen in history] == [
        ([], [None] * 3),
        (["cats", "dogs"], [0, 1, 1]),
        (["Tom", "dogs"], [0, 1, 1]),
        (["Tom", "dogs", "Rex"], [0, 2, 1]),
        (["Tom", "dogs"], [0, 0, 1]),
        (["dogs", "Others"], [1, 1, 0]),
        ([], [None] * 3),
    ]
    assert [classes(store, dataset["id"], revision) for revision, _ in history] == [seen for _, seen in history]


def test_what_comes_in_later_is_labelled_as_its_folder_is_now(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    address = f"/datasets/{dataset['id']}/labels"
    rows.named(store, dataset["id"], ["cats/a.jpg", "dogs/b.jpg"])
    http.post(address, json={"from": "folders"})
    http.patch(f"{address}/0", json={"name": "Tom"})
    http.patch(f"{address}/1", json={"into": 0})
    rows.named(store, dataset["id"], ["dogs/c.jpg", "cats/d.jpg", "birds/e.jpg"])
    assert labels(http, dataset) == {"Tom": (0, 4), "birds": (2, 1)}


def test_what_was_labelled_by_hand_stays_when_labels_are_made_anew(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    a, b = rows.named(store, dataset["id"], ["cats/a.jpg", "cats/b.jpg"], album="Summer")
    address = f"/datasets/{dataset['id']}/labels"
    put = http.put(address, json={"photos": [str(a.id)], "label": "  Rex "}).json()
    assert (put["labels"], put["unlabelled"], put["small"]) == (1, 1, ["Rex"])
    http.post(address, json={"from": "albums"})
    assert {name: count for name, (_, count) in labels(http, dataset).items()} == {"Rex": 1, "Summer": 1}
    assert http.get(f"/photos/{b.id}").json()["label"] == "Summer"
    (first, _) = http.get(address).json()["items"]
    assert first["cover"] == [str(a.id)]


def test_five_thousand_labels_are_made_and_listed_and_one_more_is_refused(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    rows.named(store, dataset["id"], [f"{number}/a.jpg" for number in range(MOST_LABELS)])
    address = f"/datasets/{dataset['id']}/labels"
    assert http.post(address, json={"from": "folders"}).json()["labels"] == MOST_LABELS
    assert len(labels(http, dataset)) == MOST_LABELS
    rows.named(store, dataset["id"], ["one more/a.jpg"])  # comes in without
    assert http.get(f"{address}/summary").json()["unlabelled"] == 1
    refused = http.post(address, json={"from": "folders"})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/rejected")
    assert http.get(f"/datasets/{dataset['id']}").json()["labels"] == MOST_LABELS


def test_labels_that_cannot_be_are_refused_and_change_nothing(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (a, _) = rows.named(store, dataset["id"], ["a.jpg", "b.jpg"])
    address = f"/datasets/{dataset['id']}/labels"
    none = http.post(address, json={"from": "folders"})
    assert (none.status_code, none.json()["detail"]) == (422, "No photograph of this archive lies in a folder.")
    http.patch(f"/photos/{a.id}", json={"label": "Rex"})
    http.put(address, json={"photos": [str(a.id)], "label": "Tom"})
    for how, to, body, status in (
        ("POST", "", {"from": "years"}, 422),
        ("POST", "", {}, 422),
        ("PUT", "", {"photos": [str(a.id)]}, 422),
        ("PUT", "", {"photos": [str(new_id())], "label": "Rex"}, 404),
        ("PUT", "", {"photos": [], "label": "x" * 301}, 422),
        ("PATCH", "/0", {"name": "Tom"}, 409),
        ("PATCH", "/0", {"into": 0}, 422),
        ("PATCH", "/0", {"into": 9}, 404),
        ("PATCH", "/9", {"name": "Max"}, 404),
        ("PATCH", "/0", {}, 422),
        ("PATCH", "/0", {"name": "Max", "into": 1}, 422),
        ("PATCH", f"/{2**40}", {"name": "Max"}, 422),
    ):
        assert http.request(how, f"{address}{to}", json=body).status_code == status, (how, to, body)
    assert http.patch(f"/photos/{a.id}", json={}).status_code == 422
    assert labels(http, dataset) == {"Rex": (0, 0), "Tom": (1, 1)}


@pytest.mark.parametrize(
    ("names", "asked", "status"),
    [
        (["cats/a.jpg", "dogs/b.jpg"] * 5, {"conditional": True}, 202),
        (["cats/a.jpg", "b.jpg"] * 5, {"conditional": True}, 202),  # cats, and others
        (["cats/a.jpg"] * 10, {"conditional": True}, 422),
        (["cats/a.jpg"] * 10, {}, 202),
    ],
)
def test_a_training_tells_apart_what_has_two_labels(
    http: httpx.Client,
    store: Store,
    dataset: dict[str, Any],
    base: str,
    names: list[str],
    asked: dict[str, Any],
    status: int,
) -> None:
    rows.named(store, dataset["id"], names)
    http.post(f"/datasets/{dataset['id']}/labels", json={"from": "folders"})
    wish = {"kind": "train", "dataset_id": dataset["id"], "base_model_id": base, **asked}
    posted = http.post("/jobs", json=wish)
    assert posted.status_code == status, posted.text
    if status == 422:
        assert posted.json()["errors"][0]["pointer"] == "#/conditional"
    elif asked:
        assert [one["code"] for one in http.post("/jobs/estimate", json=wish).json()["notices"]][-1] == "small_labels"
    else:
        assert posted.json()["params"]["conditional"] is False
