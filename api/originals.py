"""Originals: which photographs a sample, or a point of a model, is nearest to, as a whole and by part.

A renderer looks at the picture and searches; here is found out what to search, and what may be shown of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import shapes
from api.alike import not_looked, worded
from api.deps import Opened
from api.leaving import unless_gone
from api.problems import answers
from api.renderers import Renderers
from api.schemas import originals as told
from api.schemas.base import Answer
from api.schemas.datasets import Photo
from api.schemas.samples import Originality
from jobs.errors import BadParams, Conflict, NotFound, NotLooked
from jobs.originals import LEAST_SIDE, MOST_FRAGMENTS, Box, Nearest, Search, cells, is_box
from store.features import SHOWN
from store.store import Store
from store.tx import Tx

router = APIRouter(tags=["exploring"])
COLUMNS, ROWS = 4, 4
OF_A_CELL = 3  # fragments
_PROBLEMS = answers(404, 409, 422, 429, 503)
Limit = Annotated[int, Query(ge=1, le=50, description="How many photographs, 1 to 50.")]
Few = Annotated[int, Query(ge=1, le=MOST_FRAGMENTS, description=f"How many fragments, 1 to {MOST_FRAGMENTS}.")]
Region = Annotated[
    str,
    Query(
        max_length=200,
        description="Left, top, right, bottom, in shares of the picture from 0 to 1.",
        examples=["0.25,0.5,0.5,0.75"],
    ),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whose originals are wanted, and the archive that is searched."""

    model_id: UUID
    dataset_id: UUID
    sample_id: UUID | None = None
    picture: str | None = None


Find = Callable[[Tx], Subject]


@router.get("/samples/{sample_id}/originals", response_model=told.Originals, responses=_PROBLEMS)
async def near_sample(sample_id: UUID, request: Request, store: Opened, limit: Limit = 8) -> Response:
    """List the photographs that a sample is nearest to, as a whole and for each part of it.

    What it is compared with is the archive that its network has learnt from. Resemblance is no proof.
    """
    wanted = {"whole": limit, "boxes": cells(COLUMNS, ROWS), "fragments": OF_A_CELL}
    return await unless_gone(request, _answered(request, store, lambda tx: _of_sample(tx, sample_id), wanted, _whole))


@router.get("/samples/{sample_id}/originals/part", response_model=told.PartOriginals, responses=_PROBLEMS)
async def near_part(sample_id: UUID, request: Request, store: Opened, box: Region, limit: Few = 4) -> Response:
    """List the fragments of photographs that a part of a sample is nearest to."""
    region = _region(box)
    wanted = {"boxes": [region], "fragments": limit}
    return await unless_gone(request, _answered(request, store, lambda tx: _of_sample(tx, sample_id), wanted, _part))


@router.post("/models/{model_id}/originals", response_model=told.Originals, responses={**answers(400), **_PROBLEMS})
async def near_point(model_id: UUID, body: told.Here, request: Request, store: Opened, limit: Limit = 8) -> Response:
    """Draw a point of a model, and list the photographs that it is nearest to, as for a sample."""
    wanted = {**dict(body), "whole": limit, "boxes": cells(COLUMNS, ROWS), "fragments": OF_A_CELL}
    return await unless_gone(request, _answered(request, store, lambda tx: _of_model(tx, model_id), wanted, _whole))


async def _answered(
    request: Request,
    store: Store,
    find: Find,
    wanted: dict[str, Any],
    shaped: Callable[[Tx, Subject, Search, Nearest], Answer],
) -> Response:
    """Have a renderer search, and shape what it has found.

    Raises: NotFound; Conflict, without an archive; NotLooked, if nobody has looked at it, or its files are spoiled; as
    `Renderers.ask`.
    """
    renderers: Renderers = request.app.state.renderers

    def asked() -> tuple[Subject, Search]:
        with store.read() as tx:
            subject = find(tx)
            files = _files(tx, subject.dataset_id)
        named = {"model_id": subject.model_id, "dataset_id": subject.dataset_id, "picture": subject.picture}
        return subject, Search.model_validate({**named, "files": files, **wanted})

    def answer(subject: Subject, search: Search, content: bytes) -> Response:
        found = Nearest.model_validate_json(content)
        with store.read() as tx:
            shape = shaped(tx, subject, search, found)
        return Response(shape.model_dump_json(), media_type="application/json")

    for _ in range(2):  # a withdrawal puts another file in the place of one
        subject, search = await renderers.in_thread(asked)
        with suppress(NotLooked):
            found = await renderers.ask("originals", search)
            return await renderers.in_thread(partial(answer, subject, search, bytes(found.body)))
    raise await renderers.in_thread(partial(_spoiled, store, subject.dataset_id))


def _of_sample(tx: Tx, sample_id: UUID) -> Subject:
    sample = tx.samples.get(sample_id)
    dataset_id = sample.dataset_id or tx.models.learnt_from(sample.model_id)
    return Subject(
        model_id=sample.model_id, dataset_id=_there(tx, dataset_id), sample_id=sample_id, picture=sample.image_key
    )


def _of_model(tx: Tx, model_id: UUID) -> Subject:
    return Subject(model_id=model_id, dataset_id=_there(tx, tx.models.learnt_from(model_id)))


def _there(tx: Tx, dataset_id: UUID | None) -> UUID:
    """Check that there is an archive to search. Raises: Conflict."""
    if dataset_id is None:
        raise Conflict(
            "This network has not learnt from an archive of yours, so its pictures have no originals here.",
            remedy="Ask about a picture of a network that you trained.",
        )
    try:
        return tx.datasets.get(dataset_id).id
    except NotFound:
        raise Conflict(
            "The archive that this network has learnt from was deleted, and its photographs with it.",
            remedy="What is not kept cannot be compared.",
            dataset_id=str(dataset_id),
        ) from None


def _files(tx: Tx, dataset_id: UUID) -> list[tuple[str, str]]:
    """List the files of the index that can be searched. Raises: NotLooked; Conflict, without any photograph."""
    from kinds.index.files import VERSION  # NumPy is loaded once somebody asks

    files = tx.features.files(dataset_id)
    found = [(file.key, file.parts_key) for file in files if file.version == VERSION and file.parts_key]
    if not found and not tx.features.sources(dataset_id):
        raise Conflict(
            "The archive that this network has learnt from holds no photograph any more.",
            remedy="What is not kept cannot be compared.",
            dataset_id=str(dataset_id),
        )
    if not found:
        raise not_looked(tx, dataset_id)
    return found


def _spoiled(store: Store, dataset_id: UUID) -> NotLooked:
    with store.read() as tx:
        return not_looked(tx, dataset_id)


def _whole(tx: Tx, subject: Subject, search: Search, found: Nearest) -> told.Originals:
    items = _photos(tx, subject.dataset_id, (one.photo for one in found.whole))
    named = _photos(tx, subject.dataset_id, (one.photo for cell in found.parts for one in cell))
    return told.Originals(
        sample_id=subject.sample_id,
        model_id=subject.model_id,
        dataset_id=subject.dataset_id,
        items=[
            told.Original(
                photo=items[one.photo], likeness=one.likeness, words=worded(one.likeness), mirrored=one.mirrored
            )
            for one in found.whole
            if one.photo in items
        ],
        originality=_originality(tx, subject),
        parts=told.Parts(columns=COLUMNS, rows=ROWS, cells=list(_cells(found, named))),
        photos={str(id): photo for id, photo in named.items()},
    )


def _cells(found: Nearest, named: dict[UUID, Photo]) -> Iterable[told.Cell]:
    for number, cell in enumerate(found.parts):
        row, column = divmod(number, COLUMNS)
        items = [
            told.Fragment(photo_id=one.photo, likeness=one.likeness, box=one.box) for one in cell if one.photo in named
        ]
        yield told.Cell(column=column, row=row, items=items)


def _part(tx: Tx, subject: Subject, search: Search, found: Nearest) -> told.PartOriginals:
    (fragments,) = found.parts
    photos = _photos(tx, subject.dataset_id, (one.photo for one in fragments))
    items = [
        told.PartOriginal(photo=photos[one.photo], likeness=one.likeness, box=one.box)
        for one in fragments
        if one.photo in photos
    ]
    return told.PartOriginals(box=search.boxes[0], items=items)


def _originality(tx: Tx, subject: Subject) -> Originality | None:
    """Say of a sample what was found when it was looked at: of a point that nobody keeps, nothing is said."""
    if subject.sample_id is None:
        return None
    found = tx.samples.get(subject.sample_id).originality
    return None if found is None else Originality.model_validate(found)


def _photos(tx: Tx, dataset_id: UUID, wanted: Iterable[UUID]) -> dict[UUID, Photo]:
    """Shape the photographs of an answer, those that were withdrawn meanwhile left out."""
    found = {row.id: row for row in tx.photos.some(dataset_id, set(wanted)) if row.state in SHOWN}
    views, labels = tx.views.of_photos(list(found)), tx.labels.of_photos(list(found))
    return {id: shapes.photo(row, views.get(id, []), labels.get(id)) for id, row in found.items()}


def _region(text: str) -> Box:
    """Read the edges of a part. Raises: BadParams."""
    edges: list[float] = []
    with suppress(ValueError):
        edges = [float(edge) for edge in text.split(",")]
    if not is_box(edges):
        raise BadParams(
            "box is no part of the picture",
            pointer="query:box",
            remedy="Give left, top, right and bottom from 0 to 1, such as 0.25,0.5,0.5,0.75, at least "
            f"{LEAST_SIDE} wide and high.",
        )
    left, top, right, bottom = edges
    return left, top, right, bottom
