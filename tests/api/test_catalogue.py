"""The catalogue over REST: what there is, what is here, and what comes of asking for it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from api.catalogue import check_absent, published
from api.converting import begin
from jobs.ids import new_id
from jobs.state import State
from kinds.convert.params import ConvertParams
from store.rows import imported_id
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.catalogues import entry, write
from tests.store import making
from tests.waiting import until

FILE = b"\x80\x03}." + bytes(2000)
SHA256 = hashlib.sha256(FILE).hexdigest()
URL = "https://example.org/dogs.pkl"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With a catalogue of three: one to fetch, one to fetch by hand, one whose hash is known."""
    path = write(
        tmp_path / "catalogue.toml",
        entry(url=URL),
        entry("cats-32", name="Cats, 32 px", filename="cats.pkl", data="Learnt from cats."),
        entry("hens-32", name="Hens, 32 px", filename="hens.pkl", sha256=SHA256, size_bytes=len(FILE)),
    )
    return settings.model_copy(update={"catalogue": path})


def listed(http: httpx.Client) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in http.get("/catalogue").json()}


def finish(store: Store, answer: dict[str, Any]) -> str:
    """Do the job of a file by hand; gives the model's id."""
    job = rows.begun(store, answer["job"]["id"])
    with store.begin() as tx:
        model = tx.models.add_import(making.model(id=imported_id(job.id), job_id=job.id, name="Dogs"), attempt=1)
        file = tx.model_files.get(UUID(answer["file"]["id"]))
        tx.model_files.became(file.id, model.id, size_bytes=len(FILE), sha256=SHA256)
    rows.end(store, job, State.SUCCEEDED)
    return str(model.id)


def test_the_catalogue_that_comes_with_the_program_is_listed(store: Store, http: httpx.Client) -> None:
    assert len(http.get("/catalogue").json()) == 3
    one = listed(http)["cats-32"]
    assert (one["name"], one["licence"], one["url"], one["model_id"]) == ("Cats, 32 px", "CC-BY-NC-4.0", None, None)


def test_fetching_posts_a_job_once_and_what_is_here_is_named(http: httpx.Client, store: Store) -> None:
    first = http.post("/catalogue/dogs-32/fetch")
    assert first.status_code == 202, first.text
    file, job = first.json()["file"], first.json()["job"]
    assert first.headers["Location"] == f"/jobs/{job['id']}"
    assert (file["url"], file["sha256"], file["published_id"]) == (URL, None, "dogs-32")
    assert (job["kind"], job["params"]["licence"], job["params"]["terms"]) == (
        "convert",
        "CC-BY-NC-4.0",
        "Not for sale.",
    )
    assert listed(http)["dogs-32"]["job_id"] == job["id"]
    twice = http.post("/catalogue/dogs-32/fetch")
    assert (twice.status_code, twice.json()["job_id"]) == (409, job["id"])
    model_id = finish(store, first.json())
    assert (listed(http)["dogs-32"]["model_id"], listed(http)["dogs-32"]["job_id"]) == (model_id, None)
    again = http.post("/catalogue/dogs-32/fetch")
    assert (again.status_code, again.json()["model_id"]) == (409, model_id)
    by_hand = http.post("/models", content=FILE)  # the same bytes, sent
    assert (by_hand.status_code, by_hand.json()["model_id"]) == (409, model_id)
    assert http.delete(f"/models/{model_id}").status_code == 204
    assert listed(http)["dogs-32"]["model_id"] is None
    assert http.post("/catalogue/dogs-32/fetch").status_code == 202


def test_of_two_that_ask_at_once_one_fetches(http: httpx.Client, store: Store, settings: Settings) -> None:
    entry = published(settings.catalogue, "dogs-32")
    asked = ConvertParams(
        file_id=new_id(), filename=entry.filename, name=entry.name, licence=entry.licence, terms=entry.asks
    )
    with ThreadPoolExecutor(1) as other:
        with store.begin() as tx:
            check_absent(tx, entry)
            first = begin(tx, asked, size_bytes=None, sha256=None, published_id=entry.id, url=entry.url)
            second = other.submit(http.post, "/catalogue/dogs-32/fetch")
            until(lambda: second.done() or waits(store), within_s=60)
        answer = second.result()
    assert answer.status_code == 409, answer.text
    assert answer.json()["job_id"] == str(first.job.id)
    assert len(http.get("/jobs").json()["items"]) == 1


def waits(store: Store) -> bool:
    """Whether somebody waits for a lock; SQLite lets one write at a time."""
    if store.database.is_sqlite:
        return True
    with store.read() as tx:
        return bool(tx.connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_a_fetch_that_failed_can_be_asked_for_again(http: httpx.Client, store: Store) -> None:
    first = http.post("/catalogue/dogs-32/fetch").json()
    rows.end(store, rows.begun(store, first["job"]["id"]), State.FAILED)
    assert listed(http)["dogs-32"]["job_id"] is None
    assert http.post(f"/jobs/{first['job']['id']}/retry").status_code == 202
    assert listed(http)["dogs-32"]["job_id"] == first["job"]["id"]


def test_a_fetch_is_not_tried_again_once_another_has_brought_it(http: httpx.Client, store: Store) -> None:
    first = http.post("/catalogue/dogs-32/fetch").json()
    rows.end(store, rows.begun(store, first["job"]["id"]), State.FAILED)
    second = http.post("/catalogue/dogs-32/fetch").json()
    again = http.post(f"/jobs/{first['job']['id']}/retry")
    assert (again.status_code, again.json()["job_id"]) == (409, second["job"]["id"])
    model_id = finish(store, second)
    again = http.post(f"/jobs/{first['job']['id']}/retry")
    assert (again.status_code, again.json()["model_id"]) == (409, model_id)


def test_what_can_only_be_fetched_by_hand_says_so_and_is_taken_as_what_it_is(http: httpx.Client) -> None:
    refused = http.post("/catalogue/cats-32/fetch")
    assert refused.status_code == 409
    assert "cats.pkl from https://example.org/dogs" in refused.json()["remedy"]
    sent = http.post("/models", params={"published": "cats-32", "licence": "MIT", "filename": "x.pkl"}, content=FILE)
    assert sent.status_code == 202, sent.text
    params = sent.json()["job"]["params"]
    assert (params["name"], params["licence"]) == ("Cats, 32 px", "CC-BY-NC-4.0")
    assert params["terms"] == "Not for sale. Learnt from cats."
    assert listed(http)["cats-32"]["job_id"] == sent.json()["job"]["id"]
    twice = http.post("/models", params={"published": "cats-32"}, content=FILE + b" ")
    assert twice.status_code == 409


def test_another_file_than_was_published_is_refused(http: httpx.Client, store: Store) -> None:
    other = http.post("/models", params={"published": "hens-32"}, content=FILE[:-1])
    assert (other.status_code, other.json()["type"]) == (422, "/problems/model_rejected")
    assert "not the file that was published as Hens" in other.json()["detail"]
    assert list(store.settings.uploads.iterdir()) == []
    assert not list(store.objects.older_than(-60))
    assert http.post("/models", params={"published": "hens-32"}, content=FILE).status_code == 202


@pytest.mark.parametrize(
    ("id", "asked", "sent"), [("none", 404, 404), ("..%2fa", 405, 422), ("A", 422, 422), ("x" * 101, 422, 422)]
)
def test_an_entry_that_is_not_there(http: httpx.Client, id: str, asked: int, sent: int) -> None:
    assert http.post(f"/catalogue/{id}/fetch").status_code == asked
    assert http.post("/models", params={"published": id}, content=FILE).status_code == sent


def test_a_catalogue_that_cannot_be_read_is_told(http: httpx.Client, settings: Settings) -> None:
    assert settings.catalogue is not None
    settings.catalogue.write_text("[[models]]\nid = 3")
    broken = http.get("/catalogue")
    assert (broken.status_code, broken.json()["type"]) == (422, "/problems/rejected")
    assert "models.0.id" in broken.json()["detail"]
    settings.catalogue.unlink()
    gone = http.get("/catalogue")
    assert (gone.status_code, "REVERIE_CATALOGUE" in gone.json()["remedy"]) == (404, True)
