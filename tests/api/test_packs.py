"""Heirloom packs over REST: stored as a worker does, listed, sent in parts, deleted, and gone with a photograph."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs.events import Artifact, Made
from jobs.ids import new_id
from kinds.registry import params_of
from store.bases import register
from store.rows import Job
from store.store import Store
from tests.api import rows
from worker.keep import Keeper
from worker.layout import laid_out
from workshop.stages import ROOT


@pytest.fixture
def model(store: Store) -> str:
    """The id of the bundled base."""
    return str(register(store, ROOT / "demo" / "bases")[0].id)


def asked(http: httpx.Client, model: str, **more: Any) -> str:
    posted = http.post("/jobs", json={"kind": "export", "model_id": model, **more})
    assert posted.status_code == 202, posted.text
    job: str = posted.json()["id"]
    return job


def kept(
    store: Store, job: Job, scratch: Path, *, photos: list[str], content: bytes = b"a pack", name: str = "Faces"
) -> None:
    """Store what a run has made."""
    scratch.mkdir(exist_ok=True)
    (scratch / "pack.zip").write_bytes(content)
    facts = {
        "name": name,
        "model": {"id": str(job.model_id)},
        "files": 3,
        "pictures": 2,
        "films": 0,
        "photos": photos,
    }
    keeper = Keeper(store=store, job=job, scratch=scratch, patient=lambda: False)
    keeper.artifacts([Artifact(type=Made.PACK, files={"pack": scratch / "pack.zip"}, facts=facts)])


def test_a_pack_is_listed_sent_and_deleted(http: httpx.Client, store: Store, model: str, tmp_path: Path) -> None:
    job = rows.begun(store, asked(http, model))
    assert http.get("/exports").json() == {"items": [], "next_cursor": None}
    kept(store, job, tmp_path / "one", photos=[])
    (pack,) = http.get("/exports", params={"model": model}).json()["items"]
    assert (pack["name"], pack["pictures"], pack["size_bytes"]) == ("Faces", 2, 6)
    assert pack["sha256"] == hashlib.sha256(b"a pack").hexdigest()
    assert http.get(f"/exports/{pack['id']}").json() == pack
    assert http.get("/exports", params={"model": str(new_id())}).json()["items"] == []
    sent = http.get(f"/exports/{pack['id']}/file")
    assert sent.content == b"a pack"
    assert "Faces heirloom.zip" in sent.headers["content-disposition"]
    part = http.get(f"/exports/{pack['id']}/file", headers={"Range": "bytes=2-"})
    assert (part.status_code, part.content) == (206, b"pack")
    assert http.get(f"/exports/{pack['id']}/file", headers={"Range": "bytes=99-"}).status_code == 416
    assert http.delete(f"/exports/{pack['id']}").status_code == 204
    for gone in (http.get(f"/exports/{pack['id']}/file"), http.delete(f"/exports/{pack['id']}")):
        assert gone.status_code == 404
        assert "no heirloom pack" in gone.json()["detail"]


def test_a_slash_in_a_name_does_not_cut_it(http: httpx.Client, store: Store, model: str, tmp_path: Path) -> None:
    kept(store, rows.begun(store, asked(http, model)), tmp_path / "one", photos=[], name="Faces / 2026")
    (pack,) = http.get("/exports").json()["items"]
    assert (pack["name"], pack["filename"]) == ("Faces / 2026", "Faces _ 2026 heirloom.zip")
    sent = http.get(f"/exports/{pack['id']}/file")
    assert 'filename="Faces _ 2026 heirloom.zip"' in sent.headers["content-disposition"]


def test_a_second_attempt_leaves_one_pack(http: httpx.Client, store: Store, model: str, tmp_path: Path) -> None:
    job = rows.begun(store, asked(http, model))
    kept(store, job, tmp_path / "one", photos=[])
    kept(store, job, tmp_path / "two", photos=[], content=b"another")
    (pack,) = http.get("/exports").json()["items"]
    assert http.get(f"/exports/{pack['id']}/file").content == b"another"


def test_favourites_are_laid_out_with_what_the_archive_is(
    http: httpx.Client, store: Store, ready: dict[str, Any], model: str
) -> None:
    job = rows.begun(store, asked(http, model))
    laid = laid_out(store, job, params_of("export").model_validate(job.params).needs())
    assert laid.inputs["pack"].read_text() == ""
    told = laid.facts["pack"]
    assert (told["archive"], told["films"], told["photos"], told["more"]) == (None, [], [], 0)


def test_a_pack_goes_with_the_photograph_that_it_was_found_for(
    http: httpx.Client, store: Store, ready: dict[str, Any], model: str, tmp_path: Path
) -> None:
    photos = http.get(f"/datasets/{ready['id']}/photos").json()["items"]
    job = rows.begun(store, asked(http, model))
    kept(store, job, tmp_path / "one", photos=[photos[0]["id"]])
    withdraw(http, ready["id"], photos[1]["id"])
    assert len(http.get("/exports").json()["items"]) == 1
    withdraw(http, ready["id"], photos[0]["id"])
    assert http.get("/exports").json()["items"] == []


def withdraw(http: httpx.Client, dataset: str, photo: str) -> None:
    done = http.delete(f"/photos/{photo}")
    assert done.status_code in (200, 202, 204), done.text


def test_what_cannot_be_packed_is_told(http: httpx.Client, model: str) -> None:
    nothing = http.post("/jobs", json={"kind": "export", "model_id": str(new_id())})
    assert nothing.status_code == 404
    many = {"kind": "export", "model_id": model, "samples": [str(new_id())] * 2001}
    assert http.post("/jobs", json=many).status_code == 422
    assert http.post("/jobs", json={"kind": "export", "model_id": model, "samples": "all"}).status_code == 422


def test_its_size_is_told_before(http: httpx.Client, model: str) -> None:
    wish = {"kind": "export", "model_id": model}
    alone = http.post("/jobs/estimate", json=wish).json()
    more = http.post("/jobs/estimate", json={**wish, "discriminator": True}).json()
    assert alone["fits"]
    assert "0 pictures go along" in alone["sentence"]
    assert more["disk_bytes"] > alone["disk_bytes"] > 10_000_000
