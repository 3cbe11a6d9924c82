"""Diptychs and triptychs to print, over REST: what is on them, in both formats, and what cannot be printed."""

import io
import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from jobs.ids import new_id
from store import tables as t
from store.rows import Photo, Sample
from store.store import Store
from tests.api import rows
from tests.store import making

CAPTIONS = ("Morning above the quarry", "The valley after rain")


def pdf_words(body: bytes) -> str:
    """What is written on the pages of a PDF."""
    streams = []
    for found in re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", body):
        raw = body[found.end() : found.end() + int(found[1])]
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b"\n".join(streams).decode("latin-1")


@pytest.fixture
def photos(store: Store, dataset: dict[str, Any]) -> list[Photo]:
    """Four photographs with captions, months and an album; one stands, one lies."""
    archive_id = new_id()
    job = making.job(store, kind="ingest", params={"archive_id": str(archive_id)}, dataset_id=UUID(dataset["id"]))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset["id"]), job.id, id=archive_id)
    known: dict[str, Any] = {"taken_at": datetime(1991, 9, 4, tzinfo=UTC), "album": "Skye"}
    made = []
    for photo, size in zip(making.photos(archive, 4, **known), [(90, 60), (60, 90), (400, 100), (60, 60)], strict=True):
        file = Path(store.settings.folder) / f"{photo.id.hex}.jpg"
        gps = Image.Exif()
        gps[0x010F] = "A camera that nobody is to know"
        Image.radial_gradient("L").resize(size).convert("RGB").save(file, quality=95, exif=gps)
        stored = store.objects.put_file(file, kind="photos", id=photo.id, attempt=0, consume=True)
        kept: dict[str, Any] = {"image_key": stored.key, "thumb_key": stored.key, "width": size[0], "height": size[1]}
        made.append(replace(photo, name="1991/valley.jpg", caption=CAPTIONS[photo.position % 2], **kept))
    with store.begin() as tx:
        tx.photos.add_many(made)
    return made


@pytest.fixture
def sample(store: Store, base: str, dataset: dict[str, Any]) -> Sample:
    """A picture of a moment that learnt from the photographs."""
    job = making.running(store, dataset_id=UUID(dataset["id"]))
    model, _ = rows.snapshot(store, job, 500)
    return rows.samples(store, job, model, count=1)[0]


def asked(sample: Sample, photos: list[Photo], **words: Any) -> tuple[str, dict[str, Any]]:
    return f"/samples/{sample.id}/triptych", {"photos": ",".join(str(one.id) for one in photos), **words}


def get(http: httpx.Client, sample: Sample, photos: list[Photo], **words: Any) -> httpx.Response:
    address, params = asked(sample, photos, **words)
    return http.get(address, params=params)


PART = {"part": ["0.5,0,0.75,0.25", "0,0.5,0.5,1"], "counterpart": ["1:0.4,0.1,0.8,0.5", "2:0,0,1,0.5"]}


def test_a_png_is_a4_in_srgb_with_the_recipe_and_nothing_of_the_camera(
    http: httpx.Client, sample: Sample, photos: list[Photo]
) -> None:
    answer = get(http, sample, photos[:2], **PART)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    assert re.search(r"reverie-0-[0-9a-f]{6}-triptych\.png", answer.headers["content-disposition"])
    with Image.open(io.BytesIO(answer.content)) as printed:
        assert (printed.size, printed.mode) == ((3508, 2480), "RGB")
        assert [round(dots) for dots in printed.info["dpi"]] == [300, 300]
        assert printed.info["icc_profile"]
        assert json.loads(printed.info["reverie"]) == sample.recipe
        description = printed.info["Description"]
        lit = {(240, 163, 92), (255, 255, 255), (246, 243, 238)}
        assert lit <= {colour for _, colour in printed.getcolors(2**24) or []}
    assert all(caption in description for caption in CAPTIONS)
    assert "September 1991, album Skye" in description
    assert b"nobody is to know" not in answer.content


def test_a_pdf_has_its_typefaces_and_the_photographs_as_their_files_are(
    http: httpx.Client, store: Store, sample: Sample, photos: list[Photo]
) -> None:
    answer = get(http, sample, photos[:2], format="pdf", **PART)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    body = answer.content
    assert body.startswith(b"%PDF-")
    assert body.count(b"/FontFile2") >= 2  # both are inside
    assert body.count(b"/ToUnicode") >= 2  # so that its text can be searched
    for photo in photos[:2]:
        assert photo.image_key is not None
        assert store.objects.path(photo.image_key).read_bytes() in body  # as they are
    assert all(words in pdf_words(body) for words in (*CAPTIONS, "Resemblance, never proof.", "September 1991"))


def test_one_photograph_makes_a_diptych(http: httpx.Client, sample: Sample, photos: list[Photo]) -> None:
    for format in ("png", "pdf"):
        answer = get(http, sample, photos[2:3], format=format)  # four times as wide as high
        assert answer.status_code == 200, answer.text
        assert f"diptych.{format}" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "caption", ["שלום מהים", "صباح الخير", "雨后的山谷", "घाटी में बारिश", "🏖️", "\u202e\x07", "w" * 2200]
)
def test_any_caption_is_printed_or_named(
    http: httpx.Client, store: Store, sample: Sample, photos: list[Photo], caption: str
) -> None:
    with store.begin() as tx:
        tx.connection.execute(sa.update(t.photos).where(t.photos.c.id == photos[0].id).values(caption=caption))
    for format in ("png", "pdf"):
        answer = get(http, sample, photos[:2], format=format)
        assert answer.status_code == 200, answer.text
        if format == "png":
            with Image.open(io.BytesIO(answer.content)) as printed:
                assert caption in printed.info["Description"]


def test_what_cannot_be_printed_is_said(http: httpx.Client, store: Store, sample: Sample, photos: list[Photo]) -> None:
    other = http.post("/datasets", json={"name": "Another one"}).json()["id"]
    strangers = rows.photos(store, other, count=1)
    refused: list[tuple[list[Photo], dict[str, Any]]] = [
        (photos[:3], {}),
        ([photos[0], photos[0]], {}),
        ([], {}),
        (strangers, {}),
        (photos[:1], {"format": "gif"}),
        (photos[:1], {"part": "0,0,1,1"}),
        (photos[:1], {"part": "0,0,1,1", "counterpart": "2:0,0,1,1"}),
        (photos[:1], {"part": "0,0,1,1", "counterpart": "0,0,1,1"}),
        (photos[:1], {"part": "0,0,1,nan", "counterpart": "1:0,0,1,1"}),
        (photos[:1], {"part": "0,0,1,1e400", "counterpart": "1:0,0,1,1"}),
        (photos[:1], {"part": "0.5,0,0.5,1", "counterpart": "1:0,0,1,1"}),
        (photos[:1], {"part": "0,0,1,1", "counterpart": "1:-0.1,0,1,1"}),
        (photos[:1], {"part": ["0,0,1,1"] * 5, "counterpart": ["1:0,0,1,1"] * 5}),
    ]
    for some, words in refused:
        answer = get(http, sample, some, **words)
        assert answer.status_code == 422, (words, answer.text)
        assert answer.json()["detail"] or answer.json()["errors"]
    assert http.get(f"/samples/{sample.id}/triptych", params={"photos": "x"}).status_code == 422
    assert http.get(f"/samples/{sample.id}/triptych", params={"photos": str(new_id())}).status_code == 404
    assert http.get(f"/samples/{new_id()}/triptych", params={"photos": str(photos[0].id)}).status_code == 404


def test_a_withdrawn_photograph_is_printed_no_more(http: httpx.Client, sample: Sample, photos: list[Photo]) -> None:
    assert http.delete(f"/photos/{photos[0].id}").status_code == 204
    answer = get(http, sample, photos[:2])
    assert (answer.status_code, answer.json()["state"]) == (409, "withdrawn")
    assert get(http, sample, photos[1:2]).status_code == 200
