"""Enlarged pictures over HTTP, and weights that owners bring."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from jobs.ids import derived_id
from store.enlargements import Enlargement
from store.rows import Job, Sample
from store.store import Store
from tests.api import rows
from tests.foreign.test_esrgan import first, pth, state_of
from tests.store import making

Found = dict[str, Any]


@pytest.fixture
def sample(store: Store, base: str) -> Sample:
    """A sample of 64 px."""
    with store.read() as tx:
        model = tx.models.get(UUID(base))
    job = making.job(store, kind="generate", model_id=model.id)
    (made,) = rows.samples(store, making.claimed(store, "generate"), model, count=1)
    assert made.job_id == job.id
    return made


def posted(http: httpx.Client, **values: Any) -> httpx.Response:
    return http.post("/jobs", json={"kind": "upscale", **values})


def kept(store: Store, job_id: str, **values: Any) -> Enlargement:
    """What a worker would have made of a job."""
    job = rows.begun(store, job_id)
    row = enlarged(store, job, **values)
    with store.begin() as tx:
        tx.enlargements.add(row)
    return row


def enlarged(store: Store, job: Job, **values: Any) -> Enlargement:
    id = derived_id(job.id, "enlarged", 0)
    large = rows.picture(store, kind="enlargements", id=id, side=256)
    view = rows.picture(store, kind="enlargements", id=id, side=64, suffix=".jpg")
    sample_id, photo_id = (UUID(of) if (of := job.params[name]) else None for name in ("sample_id", "photo_id"))
    told: Found = {"width": 256, "height": 256, "print": None, "recipe": {"seed": 0}, "blur": "AAAA", **values}
    return Enlargement(
        id=id,
        job_id=job.id,
        sample_id=sample_id,
        photo_id=photo_id,
        factor=4,
        made_with=job.params["with"],
        words="by Lanczos: no detail is made up",
        sha256=large.sha256,
        key=large.key,
        view_key=view.key,
        size_bytes=large.size_bytes,
        **told,
    )


def test_a_sample_is_enlarged_looked_at_saved_and_deleted(http: httpx.Client, store: Store, sample: Sample) -> None:
    answer = posted(http, sample_id=str(sample.id), factor=4, **{"with": "lanczos"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["params"]["with"] == "lanczos"
    row = kept(store, answer.json()["id"])
    (one,) = http.get(f"/samples/{sample.id}/enlargements").json()["items"]
    assert one == http.get(f"/enlargements/{row.id}").json()
    assert (one["with"], one["form"], one["factor"], one["width"]) == ("lanczos", "png", 4, 256)
    whole = http.get(f"/enlargements/{row.id}/image")
    assert whole.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(whole.content)).size == (256, 256)
    small = http.get(f"/enlargements/{row.id}/image", params={"size": 64})
    assert Image.open(BytesIO(small.content)).size == (64, 64)
    saved = http.get(f"/enlargements/{row.id}/file")
    assert saved.content == whole.content
    assert "256x256.png" in saved.headers["content-disposition"]
    assert (
        http.get(f"/enlargements/{row.id}/image", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    )
    assert http.delete(f"/enlargements/{row.id}").status_code == 204
    assert http.get(f"/enlargements/{row.id}").status_code == 404
    assert not (store.settings.folder / "objects" / row.key).exists()
    assert http.get(f"/samples/{sample.id}").status_code == 200  # the original stays


def test_a_sample_that_goes_takes_what_was_made_of_it_along(http: httpx.Client, store: Store, sample: Sample) -> None:
    row = kept(store, posted(http, sample_id=str(sample.id)).json()["id"])
    assert http.delete(f"/samples/{sample.id}").status_code == 204
    assert http.get(f"/enlargements/{row.id}").status_code == 404
    assert not (store.settings.folder / "objects" / row.key).exists()
    assert not (store.settings.folder / "objects" / row.view_key).exists()


def test_a_photograph_that_is_withdrawn_takes_it_along_too(http: httpx.Client, store: Store, ready: Found) -> None:
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]["id"]
    row = kept(store, posted(http, photo_id=photo, factor=2).json()["id"])
    assert len(http.get(f"/photos/{photo}/enlargements").json()["items"]) == 1
    answer = http.delete(f"/photos/{photo}")
    assert answer.status_code < 300, answer.text
    assert http.get(f"/enlargements/{row.id}").status_code == 404
    assert not (store.settings.folder / "objects" / row.key).exists()


def test_an_estimate_says_time_memory_and_disk(http: httpx.Client, sample: Sample) -> None:
    told = http.post("/jobs/estimate", json={"kind": "upscale", "sample_id": str(sample.id), "factor": 4}).json()
    assert told["fits"], told
    assert told["seconds"] > 0
    assert told["memory_bytes"] > 500_000_000
    assert "256 x 256 px" in told["sentence"]


def test_what_cannot_be_is_said_in_words(http: httpx.Client, sample: Sample, store: Store) -> None:
    id = str(sample.id)
    for values, status, said in (
        ({"sample_id": id, "print": {"width_cm": 200.0}}, 422, "the most is 8,192"),
        ({"sample_id": id, "with": "none.pth"}, 404, "no file of this name"),
        ({"sample_id": str(UUID(int=5))}, 404, "no sample"),
        ({}, 422, "sample_id or photo_id"),
    ):
        answer = posted(http, **values)
        assert answer.status_code == status, answer.text
        assert said in answer.text


def test_weights_are_brought_listed_used_and_deleted(http: httpx.Client, store: Store, sample: Sample) -> None:
    content = pth(first(state_of()))
    brought = http.post("/enlargers", params={"filename": "dir/4x-own.pth"}, content=content)
    assert brought.status_code == 201, brought.text
    own = brought.json()
    assert (own["name"], own["scale"], own["licence"]) == ("4x-own.pth", 4, "NOASSERTION")
    names = [one["name"] for one in http.get("/enlargers").json()["items"]]
    assert names == ["real-esrgan", "lanczos", "4x-own.pth"]
    again = http.post("/enlargers", params={"filename": "other.pth"}, content=content)
    assert again.json() == own  # the same bytes are one
    other = http.post("/enlargers", params={"filename": "4x-own.pth"}, content=pth(state_of(blocks=1)))
    assert other.status_code == 409
    assert "other weights" in other.text
    job = posted(http, sample_id=str(sample.id), **{"with": "4x-own.pth"})
    assert job.status_code == 202
    assert http.delete(f"/enlargers/{own['id']}").status_code == 204
    assert http.delete(f"/enlargers/{own['id']}").status_code == 404
    assert posted(http, sample_id=str(sample.id), **{"with": "4x-own.pth"}).status_code == 404
    assert not [key for key in store.objects.older_than(-1) if key.startswith("enlargers/")]
    assert not list(store.settings.uploads.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("a.pth", b"", 400, "empty"),
        ("a.pth", b"nonsense", 422, "no weights that are known"),
        ("a.pth", pth(state_of(blocks=1))[:3000], 422, "ends too early"),
        ("a.pth", b"\0" * 2_000_001, 413, ""),
        ("lanczos", pth(state_of(blocks=1)), 422, "comes along"),
    ],
    ids=range(5),
)
def test_a_file_of_a_wrong_kind_leaves_nothing(
    http: httpx.Client, store: Store, name: str, content: bytes, status: int, said: str
) -> None:
    answer = http.post("/enlargers", params={"filename": name}, content=content)
    assert answer.status_code == status, answer.text
    assert said in answer.text
    assert len(http.get("/enlargers").json()["items"]) == 2
    assert not [key for key in store.objects.older_than(-1) if key.startswith("enlargers/")]
    assert not list(store.settings.uploads.iterdir())
