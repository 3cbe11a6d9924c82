"""An archive to take elsewhere: its originals, or its squares as the programs of StyleGAN2 read them, as one zip."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from enum import IntEnum
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import Opened
from api.file_names import Unique, safe_path
from api.problems import answers
from api.squares import squares
from api.streamed import Streamed
from api.zips import Entry, zipped
from jobs.errors import Conflict, NotFound
from jobs.frame import squeezed
from store.datasets import USABLE
from store.labels import Classes
from store.pages import LIMIT
from store.rows import Photo, View
from store.store import Store
from store.views import pixels_of

router = APIRouter(prefix="/datasets", tags=["datasets"])
FOLDER_OF = 1000  # squares in one folder, as NVIDIA's dataset_tool.py lays them out
LEFT_OUT = "left out.txt"
MOST_CUTTING = threading.BoundedSemaphore(4)  # each has a process of some 50 MB

Format = Literal["originals", "stylegan2"]


class Resolution(IntEnum):
    """Sides that StyleGAN2 draws."""

    PX_32 = 32
    PX_64 = 64
    PX_128 = 128
    PX_256 = 256
    PX_512 = 512
    PX_1024 = 1024


@router.get(
    "/{dataset_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **answers(404, 409, 422)},
)
def file(
    dataset_id: UUID,
    store: Opened,
    format: Format = Query(
        "originals",
        description="originals: every file that is kept, as it came; stylegan2: what training sees, as the dataset "
        "that NVIDIA's StyleGAN2-ADA and StyleGAN3 train on.",
    ),
    resolution: Resolution = Query(
        Resolution.PX_256, description="Of format=stylegan2: the side of a square in pixels."
    ),
) -> Response:
    """Send a dataset as one zip, which is written while it is sent."""
    with store.read() as tx:
        name = tx.datasets.get(dataset_id).name
        usable_views = tx.datasets.usable_views(dataset_id)
    if format == "originals":
        return _originals(store, dataset_id, name)
    if not usable_views:
        raise Conflict(
            "this dataset has no photograph that a training could see",
            remedy="Add photographs, or wait until those that came in are read; the repair list says how each stands.",
        )
    return _stylegan2(store, dataset_id, f"{name} {resolution} px.zip", resolution=resolution)


def photos_of(store: Store, dataset_id: UUID, *, states: tuple[str, ...] = ()) -> Iterator[Photo]:
    """Walk a dataset's photographs in the order of their upload, with no transaction open between two pages."""
    cursor: str | None = None
    while True:
        with store.read() as tx:
            page = tx.photos.page(dataset_id, states=states, limit=LIMIT, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _originals(store: Store, dataset_id: UUID, name: str) -> Response:
    if not any(photo.original_key for photo in photos_of(store, dataset_id)):
        raise Conflict(
            "this dataset keeps no file", remedy="Add photographs, or wait until those that came in are read."
        )
    entries = _kept(store, dataset_id)
    return Streamed(zipped(entries), filename=f"{name} originals.zip", media_type="application/zip")


def _kept(store: Store, dataset_id: UUID) -> Iterator[Entry]:
    """Name every file that is kept; last, if need be, those whose bytes the disk has lost."""
    names, lost = Unique(), list[str]()
    for photo in photos_of(store, dataset_id):
        if photo.original_key is None:
            continue
        try:
            source = store.objects.open(photo.original_key)
        except NotFound:
            if not _withdrawn(store, photo):
                lost.append(photo.name)
            continue
        # It is open by now, and so is whole whatever is withdrawn meanwhile.
        path, at = names.take(safe_path(photo.name)), photo.taken_at or photo.created_at
        yield Entry(name=path, source=source, size_bytes=photo.size_bytes, at=at)
    if lost:
        told = "\n".join(["The bytes of these files are gone from the disk of the server:", *lost, ""]).encode()
        yield Entry(name=names.take(LEFT_OUT), source=io.BytesIO(told), size_bytes=len(told))


def _withdrawn(store: Store, photo: Photo) -> bool:
    with store.read() as tx:
        return tx.photos.get(photo.id).original_key is None


def _stylegan2(store: Store, dataset_id: UUID, filename: str, *, resolution: int) -> Response:
    if not MOST_CUTTING.acquire(blocking=False):
        raise Conflict(
            "as many datasets as this server cuts at once are being sent", remedy="Try again when one of them is done."
        )
    pieces = _packed(store, dataset_id, resolution=resolution)
    return Streamed(pieces, filename=filename, media_type="application/zip", then=MOST_CUTTING.release)


def _packed(store: Store, dataset_id: UUID, *, resolution: int) -> Generator[bytes, None, None]:
    with store.read() as tx:
        classes, frame = tx.labels.classes(dataset_id), squeezed(tx.datasets.get(dataset_id).aspect)
    cut = squares(_views(store, dataset_id), resolution=resolution)
    with closing(cut):
        yield from zipped(_dataset(cut, classes, frame))


def _dataset(
    cut: Iterator[tuple[UUID, bytes | None]], classes: Classes, frame: Mapping[str, Any] | None
) -> Iterator[Entry]:
    """Lay squares out as NVIDIA's `dataset_tool.py` does, with labels as a training numbers them, and their names.

    What is squeezed stays so, since that tool takes squares alone; a word beside the labels says of what aspect it was.
    """
    labels: list[int | None] = []
    for photo_id, png in cut:
        label = classes.of(photo_id)
        if png is not None and (label is not None or not classes.names):  # not one that came in meanwhile
            yield Entry(name=_name(len(labels)), source=io.BytesIO(png), size_bytes=len(png))
            labels.append(label)
    told: dict[str, Any] = {"labels": None}
    if classes.names:
        named = [[_name(number), label] for number, label in enumerate(labels)]
        told = {"labels": named, "label_names": list(classes.names)}
    text = json.dumps(told | ({"frame": frame} if frame else {})).encode()
    yield Entry(name="dataset.json", source=io.BytesIO(text), size_bytes=len(text))


def _name(number: int) -> str:
    return f"{number // FOLDER_OF:05d}/img{number:08d}.png"


def _views(store: Store, dataset_id: UUID) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Name each square that training would see now, in its order, with its photo."""
    cursor: str | None = None
    while True:
        with store.read() as tx:
            page = tx.photos.page(dataset_id, states=USABLE, limit=LIMIT, cursor=cursor)
            views = tx.views.of_photos([photo.id for photo in page.items])
        for photo in page.items:
            for view in views[photo.id]:
                if (line := _line(store, photo, view)) is not None:
                    yield photo.id, line
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(store: Store, photo: Photo, view: View) -> dict[str, Any] | None:
    try:
        return pixels_of(store.objects, photo, view)
    except NotFound:  # withdrawn meanwhile
        return None
