"""A dataset as NVIDIA's StyleGAN2-ADA reads it: the very squares that a training sees."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from api import outgoing
from kinds.ingest.square import square
from store.rows import View
from store.store import Store
from store.views import pixels_of
from tests.api.reading import read_in
from tests.kinds.pictures import jpeg, picture, saved
from tests.waiting import until

RESOLUTION = 32
TURNED = Image.Exif()
TURNED[0x0112] = 6
FILES = [
    ("wide.jpg", jpeg(1, size=(400, 160))),
    ("turned.jpg", saved(picture(2, size=(90, 60)), "JPEG", exif=TURNED, comment=b"a secret")),
    ("large.png", saved(picture(3, size=(700, 500)), "PNG")),
    ("broken.jpg", jpeg(4)[:300]),
    ("excluded.jpg", jpeg(5)),
    ("camera.jpg", saved(picture(7, size=(1600, 1200)), "JPEG", exif=TURNED)),  # large squares need its original
    ("tiny.webp", saved(picture(6, size=(20, 24)), "WEBP", lossless=True)),
]


@pytest.fixture
def dataset(http: httpx.Client, store: Store) -> dict[str, Any]:
    """A dataset of two squares a picture, where it is wide; one is left out, one refused."""
    made: dict[str, Any] = http.post("/datasets", json={"name": "Père", "framing": "two_squares"}).json()
    photos = read_in(store, made["id"], FILES)
    with store.begin() as tx:
        tx.photos.set_included(photos[4].id, False)
    return made


def asked(http: httpx.Client, dataset: dict[str, Any], resolution: int = RESOLUTION) -> httpx.Response:
    address = f"/datasets/{dataset['id']}/file"
    return http.get(address, params={"format": "stylegan2", "resolution": resolution})


def as_nvidia_reads(content: bytes) -> tuple[list[str], list[NDArray[np.uint8]], Any]:
    """What `ImageFolderDataset` of StyleGAN2-ADA makes of a zip: names, squares `[R, R, 3]`, labels."""
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        names = sorted(name for name in found.namelist() if Path(name).suffix == ".png")
        squares = [np.array(Image.open(io.BytesIO(found.read(name)))) for name in names]
        return names, squares, json.loads(found.read("dataset.json"))["labels"]


def seen(store: Store, dataset: dict[str, Any], resolution: int) -> Iterator[NDArray[np.uint8]]:
    """What a training is given, by its own reading and cutting."""
    with store.read() as tx:
        views = tx.views.of_dataset(UUID(dataset["id"]))
    for view, photo in views:
        yield np.asarray(square(pixels_of(store.objects, photo, view), resolution=resolution))


@pytest.mark.parametrize("resolution", [32, 256, 512])
def test_the_squares_are_those_that_a_training_sees(
    http: httpx.Client, store: Store, dataset: dict[str, Any], resolution: int
) -> None:
    sent = asked(http, dataset, resolution)
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip"), sent.text
    assert f"P%C3%A8re%20{resolution}%20px.zip" in sent.headers["content-disposition"]
    names, squares, labels = as_nvidia_reads(sent.content)
    wanted = list(seen(store, dataset, resolution))
    assert names == [f"00000/img{number:08}.png" for number in range(len(wanted))]
    assert len(wanted) > 4
    assert all(np.array_equal(square, right) for square, right in zip(squares, wanted, strict=True))
    assert labels is None


def test_the_pngs_hold_pixels_alone(http: httpx.Client, dataset: dict[str, Any]) -> None:
    with zipfile.ZipFile(io.BytesIO(asked(http, dataset).content)) as found:
        for info in found.infolist()[:-1]:
            content = found.read(info)
            square = Image.open(io.BytesIO(content))
            assert (square.format, square.mode, square.size, square.info) == ("PNG", "RGB", (32, 32), {})
            assert info.compress_type == zipfile.ZIP_STORED
            assert len(content) > 32 * 32 * 3  # not deflated either
            assert b"secret" not in content
        assert found.infolist()[-1].filename == "dataset.json"


def test_labels_are_told_as_a_training_numbers_them(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    with store.read() as tx:
        views = tx.views.of_dataset(UUID(dataset["id"]))
    first, *_, last = dict.fromkeys(photo.id for _, photo in views)
    for photo_id, label in ((last, "née"), (first, "写真")):
        http.patch(f"/photos/{photo_id}", json={"label": label})
    sent = asked(http, dataset).content
    names, _, labels = as_nvidia_reads(sent)
    wanted = [{last: 0, first: 1}.get(photo.id, 2) for _, photo in views]
    assert labels == list(map(list, zip(names, wanted, strict=True)))
    with zipfile.ZipFile(io.BytesIO(sent)) as found:
        assert json.loads(found.read("dataset.json"))["label_names"] == ["née", "写真", "Others"]


def test_only_sides_that_stylegan2_draws_are_taken(http: httpx.Client, dataset: dict[str, Any]) -> None:
    for side in ("100", "16", "2048", "0", "-64", "64.5", "x", "9" * 30):
        refused = http.get(f"/datasets/{dataset['id']}/file", params={"format": "stylegan2", "resolution": side})
        assert refused.status_code == 422, side
        assert refused.json()["errors"][0]["pointer"] == "query:resolution"
    assert (
        "32, 64, 128, 256, 512 or 1024"
        in http.get(f"/datasets/{dataset['id']}/file", params={"format": "stylegan2", "resolution": 100}).json()[
            "detail"
        ]
    )


def test_a_picture_that_is_gone_is_left_out(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    before, *_ = as_nvidia_reads(asked(http, dataset).content)
    with store.read() as tx:
        view, photo = tx.views.of_dataset(UUID(dataset["id"]))[0]
    assert isinstance(view, View)
    store.objects.delete(str(photo.clean_key))
    after, *_ = as_nvidia_reads(asked(http, dataset).content)
    assert 0 < len(after) < len(before)
    assert after == before[: len(after)]


def test_a_damaged_picture_breaks_the_answer_off(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    with store.read() as tx:
        _, photo = tx.views.of_dataset(UUID(dataset["id"]))[-1]
    path = store.objects.path(str(photo.clean_key))
    path.chmod(0o600)
    path.write_bytes(b"no picture")
    with pytest.raises(httpx.RemoteProtocolError):  # never half a dataset that looks whole
        asked(http, dataset)
    assert cutting() == []


def cutting() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if decodes(child)]


def decodes(child: psutil.Process) -> bool:
    try:
        return "kinds.ingest.decoder" in child.cmdline()
    except (psutil.ZombieProcess, psutil.NoSuchProcess):  # it ended while we looked
        return False


def test_a_client_that_leaves_ends_the_cutting(http: httpx.Client, dataset: dict[str, Any], store: Store) -> None:
    address = f"/datasets/{dataset['id']}/file"
    read_in(store, dataset["id"], [(f"{n}.jpg", jpeg(100 + n)) for n in range(12)])
    for _ in range(6):  # more often than may be at once
        with http.stream("GET", address, params={"format": "stylegan2", "resolution": 1024}) as sent:
            assert sent.status_code == 200, sent.read()
            pieces = sent.iter_raw(1000)  # httpx closes the connection when this is let go
            next(pieces)
            assert len(cutting()) == 1
        until(lambda: not cutting())
        until(lambda: outgoing.MOST_CUTTING._value == 4)
    assert http.head(address, params={"format": "stylegan2", "resolution": 1024}).status_code == 200
    until(lambda: not cutting())


def test_so_many_are_cut_at_once_and_no_more(http: httpx.Client, dataset: dict[str, Any], store: Store) -> None:
    taken = [outgoing.MOST_CUTTING.acquire(blocking=False) for _ in range(4)]
    try:
        refused = asked(http, dataset)
        assert (all(taken), refused.status_code) == (True, 409)
    finally:
        outgoing.MOST_CUTTING.release(4)
    assert asked(http, dataset).status_code == 200
