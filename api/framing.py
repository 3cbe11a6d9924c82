"""Framing: which squares of its photographs a training sees, for all of a dataset or set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from fastapi import APIRouter

from api import shapes
from api.deps import Opened
from api.problems import answers
from api.schemas.datasets import Frames, Photo
from jobs.errors import BadParams, WrongState
from kinds.index.params import IndexParams
from kinds.ingest.frame import squares
from kinds.ingest.limits import SIDE_MIN
from store import rows
from store.datasets import USABLE
from store.looks import look_soon
from store.tx import Tx

router = APIRouter(tags=["photos"])
BY_HAND = "by_hand"
Boxes = list[tuple[Sequence[int], str]]


@router.put("/photos/{photo_id}/frames", responses=answers(400, 404, 409, 422))
def frame(photo_id: UUID, body: Frames, store: Opened) -> Photo:
    """Frame a photograph by hand; without boxes it is framed as its dataset is."""
    with store.begin() as tx:
        revision = tx.datasets.touch_revision(tx.photos.get(photo_id).dataset_id)
        photo = tx.photos.get(photo_id)  # as it is under the dataset's lock
        if photo.state not in (*USABLE, "excluded") or not photo.width or not photo.height:
            raise WrongState(
                f"The photo is {photo.state}; training sees no square of it.",
                remedy="Only ready, repaired and excluded photos are framed.",
                state=photo.state,
            )
        for number, box in enumerate(body.boxes):
            _check(box, photo.width, photo.height, pointer=f"#/boxes/{number}")
        dataset = tx.datasets.get(photo.dataset_id)
        boxes = [(box, BY_HAND) for box in body.boxes] or _boxes(photo, dataset.framing)
        tx.views.replace(photo, boxes, revision=revision, by_hand=bool(body.boxes))
        label = tx.labels.of_photos([photo_id]).get(photo_id)
        return shapes.photo(photo, tx.views.of_photos([photo_id])[photo_id], label)


def frame_anew(tx: Tx, dataset_id: UUID, framing: str) -> None:
    """Frame all of a dataset that was not framed by hand; where that needs a look at them, it is posted.

    Raises: NotFound; DatasetBusy.
    """
    revision = tx.datasets.frame(dataset_id, framing)
    photos = tx.photos.framed(dataset_id)
    views = tx.views.of_photos([photo.id for photo in photos])
    others = [photo for photo in photos if not any(view.by_hand for view in views[photo.id])]
    tx.views.replace_many([(photo, _boxes(photo, framing)) for photo in others], revision=revision)
    if framing == "smart":
        look_soon(tx, IndexParams(dataset_id=dataset_id), dataset_id)


def take_in_views(tx: Tx, photos: Iterable[rows.Photo]) -> None:
    """Frame photographs that were taken in and have no squares yet: twins are left out before they get some."""
    usable = [photo for photo in photos if photo.state in USABLE]
    views = tx.views.of_photos([photo.id for photo in usable])
    without = [photo for photo in usable if not views[photo.id]]
    if without:
        dataset = tx.datasets.get(without[0].dataset_id)
        framed = [(photo, _boxes(photo, dataset.framing)) for photo in without]
        tx.views.replace_many(framed, revision=dataset.revision)


def _boxes(photo: rows.Photo, framing: str) -> Boxes:
    found = squares(photo.width or 1, photo.height or 1, framing=framing, focus=photo.focus)
    return [(square.box, square.frame) for square in found]


def _check(box: Sequence[int], width: int, height: int, *, pointer: str) -> None:
    """Refuse what is no square of the picture. Raises: BadParams."""
    left, top, right, bottom = box
    side = right - left
    if side != bottom - top:
        raise BadParams(f"The box is {side} by {bottom - top} pixels, and a square is wanted.", pointer=pointer)
    if side < SIDE_MIN:
        raise BadParams(f"A side of {side} pixels is too few; {SIDE_MIN} are the least.", pointer=pointer)
    shown = (min(right, width) - max(left, 0)) * (min(bottom, height) - max(top, 0))
    if min(right, bottom) <= 0 or left >= width or top >= height or 4 * shown < side * side:
        raise BadParams("Hardly anything of the picture lies in the box; move it there.", pointer=pointer)
