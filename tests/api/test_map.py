"""The map of a dataset over HTTP: who is on it, what is told of each, and what to do where there is none."""

import base64
import gzip
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
import sqlalchemy as sa

from jobs.ids import new_id
from kinds.map.files import ids_of, points_of, write
from store import tables as t
from store.maps import MapRow
from store.rows import Model, Sample
from store.store import Store
from store.tracing import Traced
from tests.api import rows
from tests.api.test_likeness import looked
from tests.store import making

Found = dict[str, Any]


def mapped(store: Store, dataset: str, ids: list[UUID], samples: list[Sample]) -> MapRow:
    """Lay pictures out in a row, samples last, as a worker does."""
    count = len(ids) + len(samples)
    places = np.stack([np.arange(count), np.arange(count) / 2], axis=1).astype(np.float32)
    drawn = np.arange(count) >= len(ids)
    points = points_of([*ids, *(sample.id for sample in samples)], drawn, places)
    map_id = new_id()
    path = write(store.settings.folder / f"{map_id}.npy", points)
    stored = store.objects.put_file(path, kind="maps", id=map_id, consume=True)
    row = MapRow(
        id=map_id,
        dataset_id=UUID(dataset),
        key=stored.key,
        photos=len(ids),
        samples=len(samples),
        size_bytes=stored.size_bytes,
    )
    with store.begin() as tx:
        tx.maps.put(row)
    return row


@pytest.fixture
def seen(store: Store, ready: Found) -> list[str]:
    """The photographs of a dataset that was looked at."""
    return looked(store, ready["id"])


@pytest.fixture
def samples(store: Store, ready: Found) -> list[Sample]:
    """Three samples of a model that has learnt from it."""
    with store.begin() as tx:
        model: Model = tx.models.add(making.model(dataset_id=UUID(ready["id"])))
    return rows.samples(store, making.running(store, kind="generate"), model, count=3)


@pytest.fixture
def laid(store: Store, ready: Found, seen: list[str], samples: list[Sample]) -> MapRow:
    return mapped(store, ready["id"], [UUID(id) for id in seen[:8]], samples[:2])


def column(found: Found, name: str, kind: str) -> list[int]:
    numbers: list[int] = np.frombuffer(base64.b64decode(found[name]), kind).tolist()
    return numbers


def ids(found: Found) -> list[str]:
    return [str(id) for id in ids_of(np.frombuffer(base64.b64decode(found["ids"]), "V16"))]


def asked(http: httpx.Client, ready: Found) -> Found:
    answered = http.get(f"/datasets/{ready['id']}/map")
    assert answered.status_code == 200, answered.text
    found: Found = answered.json()
    return found


def test_each_picture_has_its_place_and_what_is_told_of_it(
    http: httpx.Client, store: Store, ready: Found, seen: list[str], samples: list[Sample], laid: MapRow
) -> None:
    with store.begin() as tx:
        for id, year, album in ((seen[0], 1991, "The valley"), (seen[1], 1992, "The valley"), (seen[2], None, "Home")):
            at = datetime(year, 9, 1, 12, tzinfo=UTC) if year else None
            tx.connection.execute(sa.update(t.photos).where(t.photos.c.id == UUID(id)).values(taken_at=at, album=album))
    http.post(f"/datasets/{ready['id']}/choices", json={"exclude": [seen[3]]}).raise_for_status()
    traced = Traced(sample_id=samples[0].id, nearest_id=UUID(seen[5]), likeness=0.6, nearness=60)
    with store.begin() as tx:
        tx.tracing.trace(UUID(ready["id"]), [traced], by=new_id())
    found = asked(http, ready)
    assert ids(found) == [*seen[:8], *(str(sample.id) for sample in samples[:2])]
    assert (found["points"], found["photos"], found["samples"]) == (10, 8, 2)
    x = [found["left"] + found["step"] * steps for steps in column(found, "x", "<u2")]
    y = [found["top"] + found["step"] * steps for steps in column(found, "y", "<u2")]
    np.testing.assert_allclose(x, np.arange(10), atol=1e-3)
    np.testing.assert_allclose(y, np.arange(10) / 2, atol=1e-3)
    assert column(found, "flags", "u1") == [0, 0, 0, 2, 0, 0, 0, 0, 1, 1]
    assert (found["first_day"], found["last_day"]) == ("1991-09-01", "1992-09-01")
    assert column(found, "day", "<u2") == [0, 366, *[65535] * 8]
    assert found["albums"] == ["The valley", "Home"]
    assert column(found, "album", "<u2") == [0, 0, 1, *[65535] * 7]
    assert column(found, "originality", "u1") == [255] * 8 + [60, 255]  # nobody has looked at the other one
    assert found["rated"] == 1
    assert column(found, "colour", "u1")[:3] == [0x7A, 0x8F, 0x6B]
    assert column(found, "shape", "u1") == [128] * 10
    assert found["missing"] == {"photos": 2, "samples": 1, "unlooked": 0}


def test_what_was_withdrawn_or_deleted_is_not_on_it(
    http: httpx.Client, store: Store, ready: Found, seen: list[str], samples: list[Sample], laid: MapRow
) -> None:
    http.delete(f"/photos/{seen[4]}").raise_for_status()
    http.delete(f"/samples/{samples[0].id}").raise_for_status()
    found = asked(http, ready)
    assert not {seen[4], str(samples[0].id)} & set(ids(found))
    assert (found["photos"], found["samples"]) == (7, 1)
    assert found["missing"] == {"photos": 2, "samples": 1, "unlooked": 0}
    with store.read() as tx:
        now = tx.maps.get(UUID(ready["id"]))
    assert now is not None
    assert now.key != laid.key  # its place is gone from the file as well
    assert UUID(seen[4]).bytes not in store.objects.path(now.key).read_bytes()


def test_a_copy_that_is_kept_is_not_sent_again(
    http: httpx.Client, ready: Found, samples: list[Sample], laid: MapRow
) -> None:
    address = f"/datasets/{ready['id']}/map"
    first = http.get(address)
    tag = first.headers["ETag"]
    assert first.headers["Content-Encoding"] == "gzip"
    assert http.get(address, headers={"If-None-Match": tag}).status_code == 304
    plain = http.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == first.json()
    assert gzip.decompress(gzip.compress(plain.content)) == plain.content
    http.delete(f"/samples/{samples[1].id}").raise_for_status()
    assert http.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_an_archive_without_a_map_says_what_to_post(http: httpx.Client, ready: Found, seen: list[str]) -> None:
    answered = http.get(f"/datasets/{ready['id']}/map")
    said = answered.json()
    assert (answered.status_code, said["type"]) == (409, "/problems/not_mapped")
    assert said["detail"] == "This archive has not been laid out as a map yet. It takes less than a minute."
    posted = http.post("/jobs", json=said["job"])
    assert posted.status_code == 202, posted.text
    assert (posted.json()["kind"], posted.json()["dataset_id"]) == ("map", ready["id"])
    assert http.delete(f"/datasets/{ready['id']}").status_code == 204
    assert http.get(f"/jobs/{posted.json()['id']}").json()["state"] == "cancelled"


def test_an_archive_that_nobody_has_looked_at_is_looked_at_first(http: httpx.Client, ready: Found) -> None:
    answered = http.get(f"/datasets/{ready['id']}/map")
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/not_looked")
    refused = http.post("/jobs", json={"kind": "map", "dataset_id": ready["id"]})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Nobody has looked at the photographs")


def test_a_map_whose_file_is_gone_or_spoiled_is_laid_out_again(
    http: httpx.Client, store: Store, ready: Found, laid: MapRow
) -> None:
    path = store.objects.path(laid.key)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4])
    assert http.get(f"/datasets/{ready['id']}/map").json()["type"] == "/problems/not_mapped"
    path.unlink()
    assert http.get(f"/datasets/{ready['id']}/map").json()["type"] == "/problems/not_mapped"


@pytest.mark.parametrize("body", [{"anew": 1}, {"anew": "yes"}, {"dataset_id": "no"}, {"seed": 3}])
def test_what_cannot_be_asked_is_said(http: httpx.Client, ready: Found, seen: list[str], body: Found) -> None:
    assert http.post("/jobs", json={"kind": "map", "dataset_id": ready["id"], **body}).status_code == 422
    assert http.get(f"/datasets/{new_id()}/map").status_code == 404
    assert http.post("/jobs", json={"kind": "map", "dataset_id": str(new_id())}).status_code == 404


def test_what_a_map_costs_is_told(http: httpx.Client, ready: Found, laid: MapRow) -> None:
    asked = {"kind": "map", "dataset_id": ready["id"]}
    sentence = "3 of 13 pictures get a place. 3 of the pictures drawn from it are looked at first, once."
    assert http.post("/jobs/estimate", json=asked).json()["sentence"] == f"Less than a minute. {sentence}"
    anew = http.post("/jobs/estimate", json={**asked, "anew": True}).json()["sentence"]
    assert anew.startswith("Less than a minute. 13 of 13 pictures get a place.")
