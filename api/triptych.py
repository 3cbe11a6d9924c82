"""A diptych or triptych to print: an invented picture between the photographs that it resembles."""

from __future__ import annotations

import itertools
import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import Opened
from api.developing import developed
from api.prints import layout, words
from api.prints.letters import readable
from api.problems import answers
from api.streamed import attachment
from jobs.errors import BadParams, NotFound, Rejected, WrongState
from kinds.ingest.decoders import Decoders
from store import rows
from store.features import SEEN
from store.store import Store
from store.tx import Tx

router = APIRouter(prefix="/samples", tags=["samples"])
MOST_PHOTOS, MOST_PARTS = 2, 4
MOST_LINE = 100  # models from a leaf to its root
MOST_PAINTING = threading.BoundedSemaphore(2)  # each takes some 100 MB for a second or two
LETTERS = "Letters that this print cannot draw are named in brackets; this file's own description has them all."
_BOX = re.compile(r"(?:(\d):)?((?:[0-9.e+-]{1,24},){3}[0-9.e+-]{1,24})", re.ASCII)
Sized = tuple[Path, int, int]  # a picture's file, its width and height
Format = Literal["png", "pdf"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be printed."""

    photos: Annotated[
        str,
        Query(max_length=200, description="The ids of one or two photographs, separated by a comma: left, then right."),
    ]
    format: Annotated[Format, Query(description="png: A4 at 300 dpi; pdf: A4 with text, lying both.")] = "png"
    part: Annotated[
        list[str] | None,
        Query(
            max_length=MOST_PARTS,
            description="A part of the picture, boxed: left, top, right, bottom, in shares of it; repeat it.",
            examples=[["0.5,0,0.75,0.25"]],
        ),
    ] = None
    counterpart: Annotated[
        list[str] | None,
        Query(
            max_length=MOST_PARTS,
            description="What each part resembles, boxed and joined with it: the photograph's number, 1 or 2, and a "
            "box in shares of it. As many as parts, or several of one part.",
            examples=[["1:0.4,0.1,0.8,0.5"]],
        ),
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is printed: the picture, its model with what that descends from, its archive's name, the photographs."""

    sample: rows.Sample
    line: Sequence[rows.Model]
    archive: str
    photos: Sequence[rows.Photo]


@router.get(
    "/{sample_id}/triptych",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "application/pdf": {}}}, **answers(404, 409, 422)},
)
def triptych(sample_id: UUID, request: Request, store: Opened, asked: Annotated[Asked, Depends()]) -> Response:
    """Print a picture between one or two photographs, with captions, dates and how it was made, to be saved."""
    ids = _ids(asked.photos)
    joined = _joined(asked.part or [], asked.counterpart or [], photos=len(ids))
    with store.read() as tx:
        found = _found(tx, sample_id, ids)
    try:
        files = [_file(store, request.app.state.decoders, photo) for photo in found.photos]
        told, description = _told(found, store.objects.path(found.sample.image_key), files, joined)
        with MOST_PAINTING:
            body = _written(told, found.sample, description, asked.format)
    except FileNotFoundError as error:
        raise NotFound(
            "A picture of the print was withdrawn or deleted in this moment.", remedy="Ask for it with another one."
        ) from error
    return Response(
        body,
        media_type="image/png" if asked.format == "png" else "application/pdf",
        headers={
            "Cache-Control": "private, no-cache",  # a photograph may be withdrawn
            "Content-Disposition": attachment(_name(found, asked.format)),
            "X-Content-Type-Options": "nosniff",
        },
    )


def _found(tx: Tx, sample_id: UUID, photo_ids: Sequence[UUID]) -> Found:
    """Read what is printed. Raises: NotFound; BadParams, on a photograph of another archive; WrongState."""
    sample = tx.samples.get(sample_id)
    dataset_id = sample.dataset_id or tx.models.learnt_from(sample.model_id)
    archive = tx.datasets.names().get(dataset_id, "an archive that is gone") if dataset_id else "no archive of yours"
    return Found(
        sample=sample,
        line=_line(tx, sample.model_id),
        archive=archive,
        photos=[_photo(tx, id, dataset_id) for id in photo_ids],
    )


def _name(found: Found, format: Format) -> str:
    seed = found.sample.recipe.get("seed")
    what = "diptych" if len(found.photos) == 1 else "triptych"
    return f"reverie-{seed if type(seed) is int else 'find'}-{found.sample.id.hex[-6:]}-{what}.{format}"


def _written(told: layout.Told, sample: rows.Sample, description: str, format: Format) -> bytes:
    marks = layout.laid(told)
    if format == "png":
        from api.prints.pixels import png  # what paints is loaded once somebody asks

        return png(marks, sample.recipe, description=description)
    from api.prints.document import pdf

    return pdf(marks, title=told.title, description=description)


def _told(
    found: Found, invented: Path, files: Sequence[Sized], joined: Sequence[layout.Joined]
) -> tuple[layout.Told, str]:
    """Put into words what a print says; beside it, the same in letters that it may not be able to draw."""
    sample = found.sample
    title = f"Found on {words.day(sample.created_at)}"
    facts = words.facts(sample.recipe, found.line, found.archive)
    captions = [(words.caption(photo), words.below(photo)) for photo in found.photos]
    named = any(readable(text).named for text in (*itertools.chain(*captions), *(text for _, text in facts)))
    told = layout.Told(
        title=title,
        invented=layout.Shown(
            file=invented,
            width=sample.width,
            height=sample.height,
            caption="",
            below=f"Invented picture, {words.whence(sample.recipe)}",
        ),
        photos=[
            layout.Shown(
                file=path, width=width, height=height, caption=readable(caption).text, below=readable(below).text
            )
            for (caption, below), (path, width, height) in zip(captions, files, strict=True)
        ],
        facts=[(name, readable(text).text) for name, text in facts],
        recipe=readable(words.recipe_in_short(sample.recipe)).text,
        joined=joined,
        aside=LETTERS if named else "",
    )
    said = [". ".join(filter(None, pair)) for pair in captions]
    return told, "\n".join([title, *said, *(f"{name}: {text}" for name, text in facts), layout.PROOF])


def _ids(text: str) -> list[UUID]:
    try:
        ids = [UUID(one.strip()) for one in text.split(",")]
    except ValueError as error:
        raise BadParams(
            "photos holds what is no id.", pointer="query:photos", remedy="Give one or two ids, separated by a comma."
        ) from error
    if not 1 <= len(ids) <= MOST_PHOTOS or len(set(ids)) < len(ids):
        raise BadParams(
            f"{len(ids)} photographs are named; a print has one or two different ones.",
            pointer="query:photos",
            remedy="Give one for a diptych, two for a triptych.",
        )
    return ids


def _joined(parts: Sequence[str], counterparts: Sequence[str], *, photos: int) -> list[layout.Joined]:
    """Join parts with what they resemble. Raises: BadParams, on what is no box, or not in sight."""
    here = [_box(text, "part")[1] for text in parts]
    there = [_box(text, "counterpart") for text in counterparts]
    if len(here) == 1:
        here *= len(there)
    if len(here) != len(there) or (parts and not counterparts):
        raise BadParams(
            f"{len(parts)} parts are given, and {len(counterparts)} counterparts.",
            pointer="query:counterpart",
            remedy="Give a counterpart for each part, or several for one part.",
        )
    for number, _ in there:
        if number is None or not 1 <= number <= photos:
            raise BadParams(
                "A counterpart does not say in which photograph it lies."
                if number is None
                else f"A counterpart lies in photograph {number}; {photos} are shown.",
                pointer="query:counterpart",
                remedy="Begin each with the number of its photograph, such as 1:0,0,0.5,0.5.",
            )
    return [
        layout.Joined(part=part, photo=(number or 1) - 1, box=box)
        for part, (number, box) in zip(here, there, strict=True)
    ]


def _box(text: str, name: str) -> tuple[int | None, layout.Box]:
    found = _BOX.fullmatch(text)
    try:
        left, top, right, bottom = (float(side) for side in found[2].split(",")) if found else (math.nan,) * 4
    except ValueError:
        left = top = right = bottom = math.nan
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1) or (found and found[1] and name == "part"):
        raise BadParams(
            f"{name} is no box within the picture: {text[:60]}",
            pointer=f"query:{name}",
            remedy="Give left, top, right, bottom in shares of it, 0 to 1, such as 0.5,0,0.75,0.25.",
        )
    return int(found[1]) if found and found[1] else None, (left, top, right, bottom)


def _line(tx: Tx, model_id: UUID) -> list[rows.Model]:
    """Read a model and what it descends from, as far as that is here."""
    found: list[rows.Model] = []
    next_id: UUID | None = model_id
    while next_id is not None and len(found) < MOST_LINE and tx.models.there(next_id):
        found.append(tx.models.get(next_id))
        next_id = found[-1].parent_id
    return found


def _photo(tx: Tx, photo_id: UUID, dataset_id: UUID | None) -> rows.Photo:
    photo = tx.photos.get(photo_id)
    if photo.dataset_id != dataset_id:
        raise BadParams(
            f"photograph {photo_id} is of another archive than the one that the picture was learnt from",
            pointer="query:photos",
            remedy="GET /samples/{id}/originals lists those that it resembles.",
        )
    if photo.state not in SEEN:
        raise WrongState(
            f"Photograph {photo_id} is {photo.state}, and is printed no more.",
            remedy="Choose another one.",
            state=photo.state,
        )
    return photo


def _file(store: Store, decoders: Decoders, photo: rows.Photo) -> Sized:
    """Find the largest picture of a photograph, and its size."""
    from PIL import Image

    try:
        key = photo.image_key or developed(store, decoders, photo)
    except Rejected:  # its original can no longer be read; a smaller picture of it can
        key = None
    key = key or photo.small_key or photo.thumb_key
    if key is None:
        raise WrongState(
            f"Photograph {photo.id} has no picture: it is {photo.state}.",
            remedy="Choose another one.",
            state=photo.state,
        )
    path = store.objects.path(key)
    with Image.open(path) as found:  # its head alone is read
        return path, *found.size
