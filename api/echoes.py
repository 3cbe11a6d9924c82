"""Echoes: in which pictures of a training's moments photographs live on, and which of them never do."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api import shapes
from api.alike import worded
from api.deps import Opened
from api.echoed import Asked, Known, Told, nothing_to_compare
from api.problems import answers
from api.schemas import echoes as told
from api.schemas.datasets import Photo
from jobs.errors import Conflict, Rejected, WrongState
from jobs.originality import UNKNOWN, level
from jobs.point import Anchor, Point
from store.echoes import EchoRow
from store.features import SHOWN
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from kinds.echoes.told import Implied, Standing, Story

router = APIRouter(tags=["moments"])
MOST_SAMPLES = 24
LEVELS = {"own": "its own picture", "near": "leans closely on it", "copy": "nearly a copy"}
Limit = Annotated[int, Query(ge=1, le=200, description="How many to show, 1 to 200.")]
Which = Annotated[told.Of, Query(description="Which list.")]
Cursor = Annotated[str | None, Query(max_length=200, description="From the list's last page.")]


@router.get("/jobs/{training_id}/echoes", responses=answers(404, 409, 422))
def of_training(
    training_id: UUID,
    request: Request,
    store: Opened,
    of: Which = "remembered",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> told.TrainingEchoes:
    """List the photographs that a training remembers, those that it never does, or what they imply.

    Remembered are those that, or a repetition of which, are the nearest to some picture after the first moment, the
    most alike first; forgotten all others, the least alike first; implied are pictures of the last moment in a region
    that it fills although no photograph lies there. Where nobody has looked, the answer says which job does.
    """
    kept: Told = request.app.state.echoes
    with store.read() as tx:
        asked = Asked.read(tx, training_id)
        known = kept.of(store, tx, asked)
        listed, next_cursor = _page(known, of, limit=limit, cursor=cursor)
        photos = _photos(tx, asked.dataset_id, _named(listed))
        items: list[Any] = [one for each in listed if (one := _item(known, each, photos)) is not None]
        return told.TrainingEchoes(
            training_id=training_id,
            dataset_id=asked.dataset_id,
            made_at=max(row.created_at for row in known.rows),
            photos=len(known.echoes),
            pictures=known.rows[-1].pictures,
            truncation_psi=known.rows[-1].truncation_psi,
            moments=[told.EchoMoment(model_id=row.model_id, step=row.step) for row in known.rows],
            remembered=len(known.echoes.remembered),
            forgotten=len(known.echoes.forgotten),
            implied=len(known.echoes.implied),
            missing=_missing(known, asked),
            job=asked.to_post,
            looking=tx.echoes.looking([training_id]).get(training_id),
            of=of,
            items=items,
            next_cursor=next_cursor,
        )


@router.get("/photos/{photo_id}/echoes", responses=answers(404, 409, 422))
def of_photo(photo_id: UUID, request: Request, store: Opened) -> told.PhotoEchoes:
    """Say where a photograph lives on: in the moments of the trainings that saw it, and in samples."""
    kept: Told = request.app.state.echoes
    with store.read() as tx:
        photo = tx.photos.get(photo_id)
        if photo.state not in SHOWN:
            raise WrongState(
                f"The photo is {photo.state}: nothing is told of what resembles it.",
                remedy="Ask about one that is there.",
                state=photo.state,
            )
        trainings = [one.job for one in tx.sightings.of(photo.dataset_id, [photo]) if not one.learnt_on and one.models]
        looking = tx.echoes.looking([job.id for job in trainings])
        name = tx.datasets.get(photo.dataset_id).name
        items, jobs = [], []
        if trainings and tx.features.get(photo_id) is None:
            raise nothing_to_compare(tx, photo.dataset_id)
        for job in reversed(trainings):
            asked = Asked.of(tx, job)
            story = _story(store, tx, kept, asked, photo_id)
            common = {"training_id": job.id, "name": name, "began_at": job.created_at, "job": asked.to_post}
            common["looking"] = looking.get(job.id)
            if story is None:
                jobs.append(told.EchoesToAsk.model_validate({**common, "takes": asked.takes(tx)}))
            else:
                items.append(told.PhotoEcho.model_validate({**common, **_lives_on(*story, asked)}))
        return told.PhotoEchoes(photo_id=photo_id, items=items, samples=_samples(tx, photo_id), jobs=jobs)


def _story(store: Store, tx: Tx, kept: Told, asked: Asked, photo_id: UUID) -> tuple[Known, Story] | None:
    """Say how a photograph lives on in a training; None, where nobody has asked, or not since it came."""
    if not asked.rows:
        return None
    try:
        known = kept.of(store, tx, asked)
    except Conflict:  # the files are gone
        return None
    story = known.echoes.story(photo_id)
    return None if story is None else (known, story)


def _lives_on(known: Known, story: Story, asked: Asked) -> dict[str, Any]:
    moments = [
        told.LikeEcho(likeness=_share(likeness), **_place(row, seed))
        for row, seed, likeness in zip(known.rows, story.seeds, story.curve, strict=True)
        if likeness is not None
    ]
    best = told.LikeEcho(likeness=_share(story.likeness), **_place(known.rows[story.best], story.seeds[story.best]))
    return {
        "pictures_drawn": known.rows[story.best].pictures,
        "remembered": story.remembered,
        "mirrored": story.mirrored,
        "pictures": story.pictures,
        "best": best,
        "moments": moments,
        "missing": _missing(known, asked),
        **_likeness(known.rows[story.best], story.likeness, but="likeness"),
    }


def _item(
    known: Known, one: Story | Implied, photos: dict[UUID, Photo]
) -> told.EchoedPhoto | told.ImpliedPicture | None:
    """Answer one of a list; None for a photograph that was withdrawn this very moment."""
    from kinds.echoes.told import Implied

    if isinstance(one, Implied):
        last = known.rows[-1]
        return told.ImpliedPicture(
            company=one.company,
            nearest=[photos[id] for id in one.nearest if id in photos],
            **_place(last, one.seed),
            **_likeness(last, one.likeness),
        )
    if one.photo not in photos:
        return None
    row = known.rows[one.best]
    return told.EchoedPhoto(
        photo=photos[one.photo],
        mirrored=one.mirrored,
        pictures=one.pictures,
        echo=told.Echo(**_place(row, one.seeds[one.best])),
        curve=[None if likeness is None else _share(likeness) for likeness in one.curve],
        **_likeness(row, one.likeness),
    )


def _page(known: Known, of: told.Of, *, limit: int, cursor: str | None) -> tuple[list[Story | Implied], str | None]:
    """Give some of a list, and where it goes on. Raises: Rejected, for a cursor that it did not give."""
    if of == "implied":
        if cursor is not None:
            raise _no_cursor()
        return [*known.echoes.implied[:limit]], None
    listed = known.echoes.remembered if of == "remembered" else known.echoes.forgotten
    sign = -1 if of == "remembered" else 1
    begin = 0
    if cursor is not None:
        likeness, name = _place_of(cursor, of)
        begin = bisect_right(listed, (sign * likeness, name), key=lambda one: (sign * one.likeness, one.name))
    some = listed[begin : begin + limit]
    stories = [story for one in some if (story := known.echoes.story(UUID(bytes=one.name))) is not None]
    goes_on = begin + limit < len(listed)
    return [*stories], _cursor_of(some[-1], of) if goes_on else None


def _cursor_of(one: Standing, of: told.Of) -> str:
    return base64.urlsafe_b64encode(f"{of}/{one.likeness}/{one.name.hex()}".encode()).decode().rstrip("=")


def _place_of(cursor: str, of: told.Of) -> tuple[int, bytes]:
    try:
        name, likeness, photo = (
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode().split("/")
        )
        if name != of:
            raise ValueError(name)
        return int(likeness), bytes.fromhex(photo)
    except (ValueError, binascii.Error):
        raise _no_cursor() from None


def _no_cursor() -> Rejected:
    return Rejected("This cursor is none that this list gave.", remedy="Begin without one.")


def _place(row: EchoRow, seed: int) -> dict[str, Any]:
    """Say where a picture is, so that it can be drawn again."""
    point = Point(anchor=Anchor(seed=seed), psi=row.truncation_psi).canonical
    return {"model_id": row.model_id, "step": row.step, "point": json.loads(point)}


def _likeness(row: EchoRow, millionths: int, *, but: str = "") -> dict[str, Any]:
    """Say how alike a picture of a moment and a photograph are, and what that means among the photographs."""
    from kinds.echoes.files import percent

    likeness = _share(millionths)
    found = {"likeness": likeness, "percentile": percent(row.steps, likeness), "words": worded(likeness)}
    return {name: value for name, value in found.items() if name != but}


def _share(millionths: int) -> float:
    from kinds.echoes.told import share

    return share(millionths)


def _missing(known: Known, asked: Asked) -> told.MissingEchoes:
    return told.MissingEchoes(photos=known.lacking, moments=known.moments_lacking(asked))


def _named(listed: Iterable[Story | Implied]) -> set[UUID]:
    from kinds.echoes.told import Implied

    return {id for one in listed for id in (one.nearest if isinstance(one, Implied) else (one.photo,))}


def _photos(tx: Tx, dataset_id: UUID, wanted: set[UUID]) -> dict[UUID, Photo]:
    """Shape photographs, those that were withdrawn meanwhile left out."""
    found = {row.id: row for row in tx.photos.some(dataset_id, wanted) if row.state in SHOWN}
    views, labels = tx.views.of_photos(list(found)), tx.labels.of_photos(list(found))
    return {id: shapes.photo(row, views.get(id, []), labels.get(id)) for id, row in found.items()}


def _samples(tx: Tx, photo_id: UUID) -> list[told.LikeSample]:
    """List the samples whose nearest photograph it is."""
    near = tx.echoes.samples(photo_id, most=MOST_SAMPLES)
    found = {sample.id: sample for sample in tx.samples.there([id for id, _ in near])}
    return [
        told.LikeSample(
            sample=shapes.sample(found[id]), likeness=_share(likeness), words=LEVELS[level(found[id].nearness)]
        )
        for id, likeness in near
        if id in found and found[id].nearness < UNKNOWN
    ]
