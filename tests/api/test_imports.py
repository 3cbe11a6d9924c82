"""Model files over REST: taken, refused at once where that can be told, and known again."""

import hashlib
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs.state import State
from store.rows import imported_id
from store.store import Store
from tests.api import rows
from tests.api.serving import process
from tests.store import making

FILE = b"\x80\x03}." + bytes(2000)


def finished(store: Store, answer: httpx.Response) -> str:
    """Do the job of a file by hand; gives the model's id."""
    job = rows.begun(store, answer.json()["job"]["id"])
    with store.begin() as tx:
        model = tx.models.add_import(making.model(id=imported_id(job.id), job_id=job.id, name="Dogs"), attempt=1)
        file = answer.json()["file"]
        tx.model_files.became(
            uuid.UUID(file["id"]), model.id, size_bytes=len(FILE), sha256=hashlib.sha256(FILE).hexdigest()
        )
    rows.end(store, job, State.SUCCEEDED)
    return str(model.id)


def test_a_file_is_taken_as_raw_body_and_as_form(http: httpx.Client, store: Store) -> None:
    said = {"filename": "..\\x/Gesichter ö.pkl", "name": " Faces ", "licence": "CC-BY-NC-4.0", "terms": "Ask first."}
    raw = http.post("/models", params=said, content=FILE)
    form = http.post("/models", files={"file": ("b.pkl", FILE + b"2", "application/octet-stream")})
    assert [answer.status_code for answer in (raw, form)] == [202, 202]
    assert raw.headers["Location"] == f"/jobs/{raw.json()['job']['id']}"
    file, job = raw.json()["file"], raw.json()["job"]
    assert (file["filename"], form.json()["file"]["filename"]) == ("Gesichter ö.pkl", "b.pkl")
    assert (file["size_bytes"], file["sha256"]) == (len(FILE), hashlib.sha256(FILE).hexdigest())
    assert (file["job_id"], file["model_id"]) == (job["id"], None)
    params = {name: job["params"][name] for name in ("name", "licence", "terms", "file_id")}
    assert params == {"name": "Faces", "licence": "CC-BY-NC-4.0", "terms": "Ask first.", "file_id": file["id"]}
    assert (job["kind"], job["state"]) == ("convert", "queued")
    with store.read() as tx:
        row = tx.model_files.get(uuid.UUID(file["id"]))
    assert row.key is not None
    assert store.objects.path(row.key).read_bytes() == FILE
    assert list(store.settings.uploads.iterdir()) == []


def test_what_cannot_be_is_refused_at_once_and_leaves_nothing(http: httpx.Client, store: Store) -> None:
    empty = http.post("/models", content=b"")
    empty_form = http.post("/models", files={"file": ("a.pkl", b"")})
    declared = http.post("/models", content=b"x" * 2_000_001)
    undeclared = http.post("/models", content=iter([b"x" * 1_500_000, b"x" * 1_500_000]))
    broken = http.post("/models", content=b"--b\r\nx", headers={"Content-Type": "multipart/form-data; boundary=b"})
    two = http.post("/models", files=[("a", ("a.pkl", b"1")), ("b", ("b.pkl", b"2"))])
    nameless = http.post("/models", params={"name": " "}, content=FILE)
    long = http.post("/models", params={"licence": "x" * 101}, content=FILE)
    answers = [empty, empty_form, declared, undeclared, broken, two, nameless, long]
    assert [answer.status_code for answer in answers] == [400, 400, 413, 413, 400, 400, 422, 422]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert all(answer.json()["remedy"] for answer in answers if answer.status_code != 413)
    assert list(store.objects.older_than(-60)) == []
    assert http.get("/jobs").json()["items"] == []
    assert not store.settings.uploads.exists() or list(store.settings.uploads.iterdir()) == []


def test_a_file_that_does_not_fit_on_the_disk_is_told_so(sqlite_url: str, tmp_path: Path) -> None:
    where: dict[str, Any] = {"data": tmp_path / "data", "database_url": sqlite_url}
    with process(**where, largest_file_bytes=500_000) as (http, _):
        full = http.post("/models", content=bytes(700_000))
        assert (full.status_code, full.json()["type"]) == (507, "/problems/disk_full")
        assert http.post("/models", content=bytes(70_000)).status_code == 202
    assert list((tmp_path / "data" / "uploads").iterdir()) == []


def test_the_same_file_again_names_its_job_and_then_its_model(http: httpx.Client, store: Store) -> None:
    first = http.post("/models", content=FILE)
    waiting = http.post("/models", params={"filename": "other.pkl"}, content=FILE)
    assert (waiting.status_code, waiting.json()["job_id"]) == (409, first.json()["job"]["id"])
    model_id = finished(store, first)
    known = http.post("/models", content=FILE)
    assert (known.status_code, known.json()["model_id"]) == (409, model_id)
    assert "Dogs" in known.json()["detail"]
    assert list(store.objects.older_than(-60)) == []
    assert http.post("/jobs", json=first.json()["job"]["params"]).status_code == 409
    assert http.delete(f"/models/{model_id}").status_code == 204
    assert http.post("/models", content=FILE).status_code == 202


def test_a_file_that_failed_may_come_again_and_be_tried_again(http: httpx.Client, store: Store) -> None:
    first = http.post("/models", content=FILE).json()
    job = rows.begun(store, first["job"]["id"])
    rows.end(store, job, State.FAILED, code="model_rejected", detail="The file holds a StyleGAN3.")
    assert http.get(f"/jobs/{job.id}").json()["error"]["detail"] == "The file holds a StyleGAN3."
    assert http.post(f"/jobs/{job.id}/retry").status_code == 202
    assert http.post(f"/jobs/{job.id}/cancel").status_code == 202
    assert http.post("/jobs", json=first["job"]["params"]).status_code == 202
    assert http.post("/models", content=FILE).status_code == 202


def test_what_it_would_cost_is_told(http: httpx.Client) -> None:
    posted = http.post("/models", content=FILE).json()
    told = http.post("/jobs/estimate", json={"kind": "convert", "file_id": posted["file"]["id"]})
    assert told.status_code == 200, told.text
    assert told.json()["seconds"] > 0
    assert http.post("/jobs", json={"kind": "convert", "file_id": str(uuid.uuid4())}).status_code == 404


@pytest.mark.parametrize("filename", ["", "/", "\u202e\r\n", "a" * 255, "💡.pkl", "..", "CON", "%00"])
def test_a_name_with_odd_characters_is_only_a_name(http: httpx.Client, filename: str) -> None:
    answer = http.post("/models", params={"filename": filename}, content=FILE)
    assert answer.status_code == 202, answer.text
    assert 1 <= len(answer.json()["file"]["filename"]) <= 255
