"""Framing: which squares of its photographs a training sees, for all of a dataset or set by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from fastapi import APIRouter

from api import shapes
from api.deps import Opened
from api.problems import answers
from api.schemas.datasets import AspectCount, Frames, Photo
from jobs.aspect import SQUARE, USUAL, Aspect, common
from jobs.errors import BadParams, WrongState
from kinds.index.params import IndexParams
from kinds.ingest.frame import fitting, is_of, squares
from kinds.ingest.limits import SIDE_MIN
from store import rows
from store.datasets import USABLE
from store.looks import look_soon
from store.tables import FOCUSED
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
        dataset = tx.datasets.get(photo.dataset_id)
        for number, box in enumerate(body.boxes):
            _check(box, photo.width, photo.height, aspect=_aspect(dataset), pointer=f"#/boxes/{number}")
        boxes = [(box, BY_HAND) for box in body.boxes] or _boxes(photo, dataset)
        tx.views.replace(photo, boxes, revision=revision, by_hand=bool(body.boxes))
        label = tx.labels.of_photos([photo_id]).get(photo_id)
        return shapes.photo(photo, tx.views.of_photos([photo_id])[photo_id], label)


@router.get("/datasets/{dataset_id}/aspects", responses=answers(404, 422))
def aspects(dataset_id: UUID, store: Opened) -> list[AspectCount]:
    """List the common aspects that the photographs of a dataset come nearest to, most of them first."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        found = _counted(tx, dataset_id)
    return [AspectCount(aspect=str(aspect), photos=count) for aspect, count in found]


def frame_anew(tx: Tx, dataset_id: UUID, framing: str | None, aspect: str | None) -> None:
    """Frame all of a dataset; what was framed by hand keeps its middle. Where that needs a look at them, it is posted.

    Without a framing it is that of the dataset; without an aspect likewise, or that of most photographs.
    Raises: NotFound; DatasetBusy; BadParams, for an aspect that has no part in the framing.
    """
    was = tx.datasets.get(dataset_id)
    framing = framing or was.framing
    if framing == "squeeze" and aspect is None:
        aspect = was.aspect or proposed(tx, [dataset_id])
    revision = tx.datasets.frame(dataset_id, framing, aspect)
    now = tx.datasets.get(dataset_id)
    photos = tx.photos.framed(dataset_id)
    views = tx.views.of_photos([photo.id for photo in photos])
    set_by_hand = [photo for photo in photos if any(view.by_hand for view in views[photo.id])]
    _keep_by_hand(tx, now, [(photo, views[photo.id]) for photo in set_by_hand], revision=revision)
    others = [photo for photo in photos if not any(view.by_hand for view in views[photo.id])]
    tx.views.replace_many([(photo, _boxes(photo, now)) for photo in others], revision=revision)
    if framing in FOCUSED:
        look_soon(tx, IndexParams(dataset_id=dataset_id), dataset_id)


def proposed(tx: Tx, dataset_ids: Iterable[UUID]) -> str:
    """Propose an aspect: that of most photographs of the first of these datasets which has some."""
    found = (counts[0][0] for dataset_id in dataset_ids if (counts := _counted(tx, dataset_id)))
    return str(next(found, USUAL))


def _counted(tx: Tx, dataset_id: UUID) -> list[tuple[Aspect, int]]:
    counts: Counter[Aspect] = Counter()
    for width, height, count in tx.datasets.sizes(dataset_id):
        counts[common(width, height)] += count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _keep_by_hand(
    tx: Tx, dataset: rows.Dataset, framed: Sequence[tuple[rows.Photo, Sequence[rows.View]]], *, revision: int
) -> None:
    """Let what was framed by hand stay where it is, but for boxes that the dataset's aspect makes wider or higher."""
    turned = []
    for photo, views in framed:
        width, height, aspect = photo.width or 1, photo.height or 1, _aspect(dataset)
        boxes = [(fitting(view.box, width, height, aspect=aspect), view.frame) for view in views]
        if [list(box) for box, _ in boxes] != [list(view.box) for view in views]:
            turned.append((photo, boxes))
    tx.views.replace_many(turned, revision=revision, by_hand=True)


def take_in_views(tx: Tx, photos: Iterable[rows.Photo]) -> None:
    """Frame photographs that were taken in and have no squares yet: twins are left out before they get some."""
    usable = [photo for photo in photos if photo.state in USABLE]
    views = tx.views.of_photos([photo.id for photo in usable])
    without = [photo for photo in usable if not views[photo.id]]
    if without:
        dataset = tx.datasets.get(without[0].dataset_id)
        framed = [(photo, _boxes(photo, dataset)) for photo in without]
        tx.views.replace_many(framed, revision=dataset.revision)


def _boxes(photo: rows.Photo, dataset: rows.Dataset) -> Boxes:
    wide, high, how = photo.width or 1, photo.height or 1, dataset.framing
    found = squares(wide, high, framing=how, focus=photo.focus, aspect=dataset.aspect)
    return [(square.box, square.frame) for square in found]


def _aspect(dataset: rows.Dataset) -> Aspect:
    return Aspect.of(dataset.aspect) if dataset.aspect else SQUARE


def _check(box: Sequence[int], width: int, height: int, *, aspect: Aspect, pointer: str) -> None:
    """Refuse what is no box of this aspect, or hardly in the picture. Raises: BadParams."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    if not is_of(box, aspect):
        wanted = "a square" if aspect == SQUARE else f"one of {aspect}"
        raise BadParams(f"The box is {wide} by {high} pixels, and {wanted} is wanted.", pointer=pointer)
    if min(wide, high) < SIDE_MIN:
        raise BadParams(f"A side of {min(wide, high)} pixels is too few; {SIDE_MIN} are the least.", pointer=pointer)
    shown = (min(right, width) - max(left, 0)) * (min(bottom, height) - max(top, 0))
    if min(right, bottom) <= 0 or left >= width or top >= height or 4 * shown < wide * high:
        raise BadParams("Hardly anything of the picture lies in the box; move it there.", pointer=pointer)
