"""Curation: choose what training sees, many at once; twins, withdrawal, and what has seen a photograph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api import shapes
from api.deps import Opened
from api.framing import take_in_views
from api.problems import answers
from api.schemas.curation import (
    Asked,
    Choices,
    Chosen,
    Elsewhere,
    KeepBest,
    Sighting,
    Sightings,
    TwinGroup,
    Twins,
    Withdrawal,
    Withdrawn,
)
from api.schemas.datasets import Counts
from api.withdrawing import each_once, looked_at, withdraw_from
from kinds.ingest.limits import FARTHEST
from store.datasets import USABLE
from store.rows import Photo
from store.sightings import Sighting as Seen
from store.tx import Tx

if TYPE_CHECKING:
    from kinds.ingest.alike import Alike

router = APIRouter(tags=["photos"])
MOST_GROUPS = 100
Bits = Annotated[int, Query(ge=0, le=FARTHEST, description="How far apart two perceptual hashes of 64 bits may be.")]


@router.post("/datasets/{dataset_id}/choices", responses=answers(400, 404, 409, 422))
def choose(dataset_id: UUID, body: Choices, store: Opened) -> Chosen:
    """Take photographs into training, and leave others out: all of it, or nothing."""
    with store.begin() as tx:
        return chosen(tx, dataset_id, include=body.include, exclude=body.exclude)


@router.get("/datasets/{dataset_id}/twins", responses=answers(404, 422))
def twins(dataset_id: UUID, store: Opened, bits: Bits = 6) -> Twins:
    """Show which photographs look alike, those that were left out as duplicates among them."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        groups = list(_groups(tx.photos.lookalikes(dataset_id), bits))
        shown = groups[:MOST_GROUPS]
        views = tx.views.of_photos([photo.id for group in shown for photo in group])
        spare = sum(sum(photo.state in USABLE for photo in group) - 1 for group in groups)
        better = sum(_best(group).state not in USABLE for group in groups)
        return Twins(
            bits=bits,
            total=len(groups),
            spare=spare,
            better=better,
            groups=[
                TwinGroup(best=_best(group).id, photos=[shapes.photo(one, views[one.id]) for one in group])
                for group in shown
            ],
        )


@router.post("/datasets/{dataset_id}/twins", responses=answers(400, 404, 409, 422))
def keep_best(dataset_id: UUID, body: KeepBest, store: Opened) -> Chosen:
    """Of photographs that look alike, take in the best of each group and leave the others out."""
    with store.read() as tx:  # comparing takes its time, and keeps nobody from writing
        tx.datasets.get(dataset_id)
        photos = tx.photos.lookalikes(dataset_id)
    groups = list(_groups(photos, body.bits))
    include = [best.id for best in map(_best, groups) if best.state not in USABLE]
    kept = {_best(group).id for group in groups}
    exclude = [one.id for group in groups for one in group if one.state in USABLE and one.id not in kept]
    with store.begin() as tx:
        return chosen(tx, dataset_id, include=include, exclude=exclude)


@router.get("/photos/{photo_id}/sightings", responses=answers(404, 422))
def look(photo_id: UUID, store: Opened) -> Sightings:
    """List the trainings that have looked at a photograph, also at one that was withdrawn since."""
    with store.read() as tx:
        photo = tx.photos.get(photo_id)
        trainings = looked_at(tx, photo.dataset_id, [photo])
        return Sightings(
            copies=len(tx.photos.copies(photo.dataset_id, [photo_id])),
            trainings=[_sighting(one) for one in trainings],
            elsewhere=_elsewhere(tx, tx.photos.elsewhere(photo.dataset_id, [photo_id])),
        )


@router.post("/datasets/{dataset_id}/sightings", responses=answers(400, 404, 422))
def look_at_many(dataset_id: UUID, body: Asked, store: Opened) -> Sightings:
    """List the trainings that have looked at any of these photographs of a dataset; nothing is changed."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        photos = tx.photos.some(dataset_id, body.photos)
        trainings = looked_at(tx, dataset_id, photos)
        copies = tx.photos.copies(dataset_id, [photo.id for photo in photos])
        return Sightings(
            copies=len(copies),
            trainings=[_sighting(one) for one in trainings],
            elsewhere=_elsewhere(tx, tx.photos.elsewhere(dataset_id, body.photos)),
        )


@router.post("/datasets/{dataset_id}/withdrawals", responses=answers(400, 404, 422))
def withdraw(dataset_id: UUID, body: Withdrawal, store: Opened) -> Withdrawn:
    """Withdraw photographs, with copies of them, and say which trainings have looked at them."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        wanted = _named(tx, dataset_id, body)
        elsewhere = tx.photos.elsewhere(dataset_id, wanted)
    gone, trainings = withdraw_from(store, dataset_id, lambda tx: _named(tx, dataset_id, body))
    if body.everywhere:  # each in a transaction of its own: two that hold several datasets could wait for each other
        for other, photos in elsewhere.items():
            more, also = withdraw_from(store, other, partial(_same, photos))
            gone, trainings = gone + more, [*trainings, *also]
    with store.read() as tx:
        left = {} if body.everywhere else elsewhere
        seen = [_sighting(one) for one in each_once(trainings)]
        return Withdrawn(withdrawn=gone, trainings=seen, elsewhere=_elsewhere(tx, left))


def _same(photo_ids: Sequence[UUID], tx: Tx) -> Sequence[UUID]:
    return photo_ids


def _elsewhere(tx: Tx, found: Mapping[UUID, Sequence[UUID]]) -> list[Elsewhere]:
    return [
        Elsewhere(dataset_id=id, name=tx.datasets.get(id).name, photographs=len(photos)) for id, photos in found.items()
    ]


def _named(tx: Tx, dataset_id: UUID, body: Withdrawal) -> Sequence[UUID]:
    if body.day is not None:
        return tx.photos.taken_on(dataset_id, body.day)
    if body.album is not None:
        return tx.photos.of_album(dataset_id, body.album)
    if body.label is not None:
        return tx.labels.photos_of(dataset_id, tx.labels.get(dataset_id, body.label).number)
    return body.photos or []


def chosen(tx: Tx, dataset_id: UUID, *, include: Sequence[UUID], exclude: Sequence[UUID]) -> Chosen:
    """Take in and leave out, and say how to undo it. Raises: what `Photos.choose` raises."""
    was = {photo.id: photo.state in USABLE for photo in tx.photos.some(dataset_id, [*include, *exclude])}
    photos = tx.photos.choose(dataset_id, include=include, exclude=exclude)
    take_in_views(tx, photos)
    return Chosen(
        include=[photo.id for photo in photos if was[photo.id] and photo.state not in USABLE],
        exclude=[photo.id for photo in photos if not was[photo.id] and photo.state in USABLE],
        counts=Counts.model_validate(tx.datasets.counts(dataset_id)),
        usable_views=tx.datasets.usable_views(dataset_id),
    )


def _groups(photos: Sequence[Photo], bits: int) -> Iterator[list[Photo]]:
    """Group what looks alike, where training sees any of it."""
    phashes = tuple(str(photo.phash) for photo in photos)
    ratios = tuple((photo.width or 1) / (photo.height or 1) for photo in photos)
    for group in _alike(phashes, ratios).groups(bits):
        found = [photos[number] for number in group]
        if any(photo.state in USABLE for photo in found):
            yield found


@lru_cache(maxsize=4)  # a slider asks again and again about the same photographs
def _alike(phashes: tuple[str, ...], ratios: tuple[float, ...]) -> Alike:
    from kinds.ingest.alike import Alike  # NumPy is loaded once somebody asks

    return Alike.among(phashes, ratios)


def _best(group: Sequence[Photo]) -> Photo:
    offered = [photo for photo in group if photo.state != "excluded"]  # what the owner left out stays out
    return max(offered, key=lambda photo: ((photo.width or 0) * (photo.height or 0), photo.size_bytes))


def _sighting(one: Seen) -> Sighting:
    return Sighting(
        job_id=one.job.id,
        state=one.job.state,
        models=one.models,
        last=shapes.model(one.last) if one.last else None,
        learnt_on=one.learnt_on,
        again=None if one.learnt_on else dict(one.job.params),
    )
