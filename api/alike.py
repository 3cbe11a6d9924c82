"""What is like a photograph."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api import shapes
from api.deps import Opened
from api.problems import answers
from api.schemas.curation import MOST
from api.schemas.likeness import Alike, Like
from api.submit import prepare
from api.units import in_words
from jobs.errors import NotFound, NotLooked, WrongState
from kinds.index.params import IndexParams
from kinds.registry import cost
from store import rows
from store.features import SEEN
from store.store import Store
from store.tx import Tx

router = APIRouter(tags=["photos"])
WORDS = (
    (0.9, "almost the same"),
    (0.75, "much alike"),
    (0.6, "alike"),
    (0.45, "a little alike"),
    (0.0, "hardly alike"),
)
SPARE = 20  # withdrawn between the look and the list
Limit = Annotated[int, Query(ge=1, le=100, description="How many to show, 1 to 100.")]
Within = Annotated[float, Query(ge=0, le=1, allow_inf_nan=False, description="The least likeness, 0 to 1.")]


@router.get("/photos/{photo_id}/alike", responses=answers(404, 409, 422))
def alike(photo_id: UUID, store: Opened, limit: Limit = 24, within: Within = 0.6) -> Alike:
    """List the photographs of the same dataset that are most like one, those that are left out among them."""
    with store.read() as tx:
        photo = tx.photos.get(photo_id)
        if photo.state not in SEEN or photo.thumb_key is None:
            raise WrongState(
                f"The photo is {photo.state}, and has no picture that others could be like.",
                remedy="Ask about one that can be seen.",
                state=photo.state,
            )
        if tx.features.get(photo_id) is None:
            raise not_looked(tx, photo.dataset_id)
    total, near = _compared(store, photo, least=within)
    with store.read() as tx:
        shown = {row.id: row for row in tx.photos.some(photo.dataset_id, [id for id, _ in near[: limit + SPARE]])}
        views = tx.views.of_photos(list(shown))
        seen = tx.features.usable(photo.dataset_id, [photo_id, *(id for id, _ in near)])
        items = [
            Like(photo=shapes.photo(shown[id], views[id]), likeness=likeness, words=worded(likeness))
            for id, likeness in near
            if id in shown and shown[id].state in SEEN
        ]
    return Alike(within=within, words=worded(within), total=total, items=items[:limit], seen=seen[:MOST])


def worded(likeness: float) -> str:
    """Say in words how alike two photographs are."""
    return next(words for least, words in WORDS if likeness >= least)


def not_looked(tx: Tx, dataset_id: UUID) -> NotLooked:
    """Say that nobody has looked yet, how long it takes, and what to post."""
    asked = IndexParams(dataset_id=dataset_id)
    prepared = prepare(tx, asked)
    takes = in_words(cost(prepared.params, prepared.facts).seconds)
    return NotLooked(
        f"Reverie has not yet looked for likenesses in this archive. It takes {takes[0].lower()}{takes[1:]}.",
        remedy="POST /jobs with what stands under job.",
        job=asked.model_dump(mode="json", exclude_none=True),
    )


def _compared(store: Store, photo: rows.Photo, *, least: float) -> tuple[int, list[tuple[UUID, float]]]:
    """Compare a photograph with all of its dataset: how many are at least so alike, and the first of them.

    Raises: NotLooked, where a file is gone or spoiled.
    """
    from kinds.index import files as features  # NumPy is loaded once somebody asks

    for _ in range(2):  # a withdrawal puts another file in the place of one
        with store.read() as tx:
            files = tx.features.files(photo.dataset_id)
        try:
            parts = [features.read_rows(store.objects.path(file.key)) for file in files]
            own = features.found(parts, photo.id)
        except (NotFound, FileNotFoundError, features.Damaged):
            continue
        return features.ranked(parts, own, least=least, most=MOST, but=photo.id)
    with store.read() as tx:
        raise not_looked(tx, photo.dataset_id)
