"""Originals leave as they came, one by one or all in one zip."""

import hashlib
import io
import zipfile
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from store.rows import Photo
from store.store import Store
from tests.api.reading import read_in
from tests.kinds.pictures import jpeg, picture, saved

EXIF = Image.Exif()
EXIF[0x0132] = "1991:08:04 12:30:10"
TURNED = saved(picture(1), "JPEG", exif=EXIF)
FILES = [
    ("1991/valley.jpg", TURNED),
    ("1991/again.jpg", TURNED),
    ("1991/Valley.jpg", jpeg(2)),
    ("1991/valley.jpg", jpeg(3)),
    ("1992/ü.png", saved(picture(4), "PNG")),
    ("broken.jpg", jpeg(5)[:400]),
    ("notes.txt", b"no picture"),
    ("../../climbs.jpg", jpeg(6)),
    ("page.html.jpg", jpeg(7)),
]


@pytest.fixture
def photos(store: Store, dataset: dict[str, Any]) -> list[Photo]:
    """Files of all kinds, read."""
    return read_in(store, dataset["id"], FILES)


def whole(http: httpx.Client, dataset: dict[str, Any]) -> zipfile.ZipFile:
    sent = http.get(f"/datasets/{dataset['id']}/file", params={"format": "originals"})
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip"), sent.text
    return zipfile.ZipFile(io.BytesIO(sent.content))


def test_an_original_comes_byte_for_byte_and_is_never_shown(http: httpx.Client, photos: list[Photo]) -> None:
    first = photos[0]
    sent = http.get(f"/photos/{first.id}/original")
    assert (sent.status_code, sent.content) == (200, TURNED)
    assert sent.headers["etag"] == f'"{hashlib.sha256(TURNED).hexdigest()}"'
    assert sent.headers["content-disposition"] == 'attachment; filename="valley.jpg"'
    assert sent.headers["content-type"] == "application/octet-stream"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert http.get(f"/photos/{first.id}/original", headers={"If-None-Match": sent.headers["etag"]}).status_code == 304
    part = http.get(f"/photos/{first.id}/original", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, TURNED[10:20])
    assert http.get(f"/photos/{first.id}/original", headers={"Range": "bytes=999999-"}).status_code == 416
    assert http.head(f"/photos/{first.id}/original").headers["content-length"] == str(len(TURNED))


def test_a_name_with_accents_is_kept_in_the_header(http: httpx.Client, photos: list[Photo]) -> None:
    sent = http.get(f"/photos/{photos[4].id}/original")
    assert sent.headers["content-disposition"] == "attachment; filename=\"_.png\"; filename*=utf-8''%C3%BC.png"


def test_what_is_not_kept_says_why(http: httpx.Client, photos: list[Photo]) -> None:
    twin, climbing = photos[1], photos[7]
    told = http.get(f"/photos/{twin.id}/original")
    assert (told.status_code, told.json()["duplicate_of"]) == (404, str(photos[0].id))
    assert http.get(f"/photos/{told.json()['duplicate_of']}/original").content == TURNED
    refused = http.get(f"/photos/{climbing.id}/original")
    assert (refused.status_code, refused.json()["remedy"]) == (404, climbing.reason)
    assert http.delete(f"/photos/{photos[0].id}").status_code == 204
    gone = http.get(f"/photos/{photos[0].id}/original")
    assert (gone.status_code, gone.json()["detail"]) == (
        404,
        f"the file of photograph {photos[0].id} is not kept: it is withdrawn.",
    )


def test_a_zip_holds_each_file_that_is_kept_under_a_name_of_its_own(
    http: httpx.Client, dataset: dict[str, Any], photos: list[Photo]
) -> None:
    kept = {photo.name: photo for photo in photos if photo.original_key}
    assert photos[5].original_key, "a picture that cannot be decoded is kept as it came"
    with whole(http, dataset) as found:
        assert found.testzip() is None
        assert found.namelist() == [
            "1991/valley.jpg",
            "1991/Valley (2).jpg",
            "1991/valley (3).jpg",
            "1992/ü.png",
            "broken.jpg",
            "page.html.jpg",
        ]
        contents = [content for name, content in FILES if name in kept and name != "1991/again.jpg"]
        assert [found.read(name) for name in found.namelist()] == contents
        assert found.infolist()[0].date_time == (1991, 8, 4, 12, 30, 10)
        assert {info.compress_type for info in found.infolist()} == {zipfile.ZIP_STORED}


def test_a_zip_of_originals_can_be_brought_again(
    http: httpx.Client, store: Store, dataset: dict[str, Any], photos: list[Photo]
) -> None:
    with whole(http, dataset) as found:
        again = read_in(store, dataset["id"], [(name, found.read(name)) for name in found.namelist()])
    usable = [photo for photo in again if photo.name not in ("broken.jpg",)]
    assert {photo.state for photo in usable} == {"duplicate"}


def test_what_was_withdrawn_is_not_in_the_zip(
    http: httpx.Client, store: Store, dataset: dict[str, Any], photos: list[Photo]
) -> None:
    with store.begin() as tx:
        tx.photos.withdraw(photos[0].dataset_id, [photos[0].id])
        tx.photos.set_included(photos[2].id, False)  # left out of training, and kept all the same
    with whole(http, dataset) as found:
        assert found.namelist()[0] == "1991/Valley.jpg"
        assert TURNED not in [found.read(name) for name in found.namelist()]


def test_a_file_that_the_disk_has_lost_is_named_and_the_rest_comes(
    http: httpx.Client, store: Store, dataset: dict[str, Any], photos: list[Photo]
) -> None:
    store.objects.delete(str(photos[0].original_key))
    with whole(http, dataset) as found:
        assert "1991/valley.jpg" in found.read("left out.txt").decode()
        assert len(found.namelist()) == 6


def test_a_dataset_without_files_has_no_zip(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    address = f"/datasets/{dataset['id']}/file"
    for format in ("originals", "stylegan2"):
        refused = http.get(address, params={"format": format})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert http.get(f"/datasets/{UUID(int=5)}/file").status_code == 404
    assert http.get(address, params={"format": "rar"}).status_code == 422
