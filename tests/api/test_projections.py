"""Looking for a picture over REST: what is sent is cut in a process of its own, and what is none is told in words."""

import zlib
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from jobs.errors import NotFound
from jobs.ids import new_id
from jobs.state import State
from store.searches import SENT
from store.store import Store
from store.sweep import sweep
from tests.api import rows
from tests.hostile.pngs import chunk
from tests.kinds.pictures import jpeg, picture, saved


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is so large, of a few kilobytes."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    body = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def send(http: httpx.Client, model: str, body: bytes, **query: Any) -> httpx.Response:
    return http.post(f"/models/{model}/projections", content=body, params=query)


def test_a_picture_is_cut_to_the_models_square_and_a_job_waits(http: httpx.Client, store: Store, base: str) -> None:
    posted = send(http, base, jpeg(1, size=(640, 480)), preset="thorough", region='[{"box":[0,0,1,0.5]}]')
    assert posted.status_code == 202, posted.text
    job = posted.json()
    assert (job["kind"], job["state"], job["model_id"]) == ("project", "queued", base)
    assert posted.headers["location"] == f"/jobs/{job['id']}"
    assert (job["params"]["steps"], job["params"]["space"]) == (800, "w+")
    assert job["params"]["region"] == [{"box": [0, 0, 1, 0.5], "line": None}]
    with store.read() as tx:
        (sent,) = tx.artifacts.of_job(UUID(job["id"]), SENT)
    with Image.open(store.objects.path(sent.key)) as square:
        assert (square.size, square.mode, square.info) == ((64, 64), "RGB", {})


def test_the_picture_goes_with_a_job_that_is_cancelled_and_can_be_sent_again(
    http: httpx.Client, store: Store, base: str
) -> None:
    job = send(http, base, jpeg(1)).json()
    with store.read() as tx:
        (sent,) = tx.artifacts.of_job(UUID(job["id"]), SENT)
    assert http.get(f"/artifacts/{sent.id}/image").is_success
    assert http.post(f"/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
    assert http.get(f"/artifacts/{sent.id}/image").status_code == 404
    with pytest.raises(NotFound):
        store.objects.path(sent.key)
    job = send(http, base, jpeg(1)).json()
    with store.begin() as tx:
        claimed = tx.jobs.claim(new_id(), ["project"])
        assert claimed is not None
        tx.jobs.move(claimed.id, claimed.attempt, State.FAILED, error={"detail": "It broke."})
    sweep(store, older_than_s=-60)
    refused = http.post(f"/jobs/{job['id']}/retry")
    assert refused.status_code == 409
    assert "Send it again" in refused.json()["remedy"]


def test_a_form_brings_it_as_well(http: httpx.Client, base: str) -> None:
    files = {"file": ("it.png", saved(picture(2), "PNG"), "image/png")}
    assert http.post(f"/models/{base}/projections", files=files).status_code == 202


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "no picture"),
        (b"%PDF-1.7 no picture", "no picture"),
        (saved(picture(1, size=(2, 2)), "PNG"), "too few"),
        (jpeg(1)[:300], "damaged"),
        (bomb(10_000, 10_000), "damaged"),
        (bomb(60_000, 60_000), "megapixels"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture"),
    ],
)
def test_what_is_no_picture_is_told(http: httpx.Client, store: Store, base: str, body: bytes, word: str) -> None:
    refused = send(http, base, body)
    told = refused.json()
    assert refused.status_code == 422, refused.text
    assert told["type"] == "/problems/rejected"
    assert told["remedy"]
    assert word in told["detail"]
    assert http.get("/jobs").json()["items"] == []
    assert not any(store.settings.uploads.iterdir())


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"region": "[{"}, "query:region"),
        ({"region": '[{"box":[0,0,0,1]}]'}, "query:region"),
        ({"steps": 3}, "query:steps"),
        ({"space": "z"}, "query:space"),
        ({"preset": "never"}, "#/preset"),
    ],
)
def test_what_does_not_fit_is_told_before_the_picture_is_read(
    http: httpx.Client, base: str, query: dict[str, Any], pointer: str
) -> None:
    refused = send(http, base, jpeg(1), **query)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"].startswith(pointer)


def test_a_picture_that_is_too_large_is_not_read(http: httpx.Client, base: str) -> None:
    assert send(http, base, bytes(64 * 2**20 + 1)).status_code == 413


def test_a_model_that_is_not_there_is_told(http: httpx.Client) -> None:
    assert send(http, str(new_id()), jpeg(1)).status_code == 404


def test_a_photograph_of_an_archive_is_named(
    http: httpx.Client, store: Store, ready: dict[str, Any], base: str
) -> None:
    (photo, *_) = http.get(f"/datasets/{ready['id']}/photos").json()["items"]
    asked = {"kind": "project", "model_id": base, "photo_id": photo["id"]}
    estimate = http.post("/jobs/estimate", json=asked).json()
    assert estimate["seconds"] > 0
    posted = http.post("/jobs", json=asked)
    assert posted.status_code == 202, posted.text
    assert http.delete(f"/photos/{photo['id']}").is_success
    gone = http.post("/jobs", json=asked)
    assert gone.status_code == 409
    assert "withdrawn" in gone.json()["detail"]
    assert http.post("/jobs", json={**asked, "photo_id": str(new_id())}).status_code == 404


def test_a_search_for_nothing_is_told_though_its_cost_is(http: httpx.Client, base: str) -> None:
    asked = {"kind": "project", "model_id": base}
    assert http.post("/jobs/estimate", json=asked).is_success
    refused = http.post("/jobs", json=asked)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/photo_id"


def test_a_job_shows_its_newest_preview(http: httpx.Client, store: Store, base: str) -> None:
    job_id = send(http, base, jpeg(1)).json()["id"]
    job, preview = rows.begun(store, job_id), new_id()
    stored = rows.picture(store, kind="artifacts", id=preview, attempt=1)
    with store.begin() as tx:
        row = tx.artifacts.of_job(job.id, SENT)[0]
        tx.artifacts.add(
            type(row)(
                id=preview,
                job_id=job.id,
                attempt=1,
                type="preview",
                step=5,
                key=stored.key,
                sha256=stored.sha256,
                media_type="image/png",
                facts={},
            )
        )
    assert http.get(f"/jobs/{job_id}").json()["preview"] == {"artifact_id": str(preview)}
    assert http.get(f"/artifacts/{preview}/image").headers["content-type"] == "image/png"
