"""Samples to take elsewhere: many as one zip, which is written while it is sent."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.deps import Opened
from api.file_names import Unique, safe_part
from api.outgoing import LEFT_OUT
from api.problems import answers
from api.schemas.samples import MOST
from api.sought import Sought
from api.streamed import Streamed
from api.zips import Entry, zipped
from jobs.errors import BadParams, Conflict, NotFound
from store.lists import pieces
from store.pages import LIMIT
from store.rows import Sample
from store.shelves import Wanted
from store.store import Store

router = APIRouter(prefix="/samples", tags=["samples"])
RECIPES = "recipes.jsonl"
IN_MEMORY_BYTES = 2**20  # of the recipes; more of them lie on disk until they are sent
_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}}}


@router.get("/zip", response_class=Response, responses={**_ZIP, **answers(409, 422)})
def listed(store: Opened, words: Sought) -> Response:
    """Send all samples of a list as one zip of PNGs, with a line of JSON for each in recipes.jsonl."""
    wanted = words.wanted()
    with store.read() as tx:
        some = tx.samples.page(wanted, limit=1).items
        name = tx.albums.get(wanted.album_id).name if wanted.album_id is not None and some else "pictures"
    if not some:
        raise Conflict("no picture meets all of this", remedy="Loosen a word, or draw some.")
    return _sent(store, _walked(store, wanted), name)


@router.post("/zip", response_class=Response, responses={**_ZIP, **answers(400, 404, 422)})
def chosen(
    store: Opened,
    samples: Annotated[str, Form(max_length=40 * MOST, description="Ids of samples, with commas between them.")],
) -> Response:
    """Send these samples as one zip. It takes a form, so that a browser writes the answer straight to disk."""
    try:
        ids = [UUID(text.strip()) for text in samples.split(",")]
    except ValueError as error:
        raise BadParams("samples are ids with commas between them.", pointer="#/samples") from error
    if len(ids) > MOST:
        raise BadParams(
            f"{len(ids):,} samples are more than {MOST:,}.",
            pointer="#/samples",
            remedy="Put them into an album, and take that.",
        )
    with store.read() as tx:
        tx.samples.some(ids)  # all are there
    return _sent(store, _named(store, ids), "pictures")


def _sent(store: Store, samples: Iterable[Sample], name: str) -> Response:
    return Streamed(zipped(_entries(store, samples)), filename=f"{name}.zip", media_type="application/zip")


def _walked(store: Store, wanted: Wanted) -> Iterator[Sample]:
    """Walk a list, with no transaction open between two pages."""
    cursor: str | None = None
    while True:
        with store.read() as tx:
            page = tx.samples.page(wanted, limit=LIMIT, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _named(store: Store, ids: Iterable[UUID]) -> Iterator[Sample]:
    for some in pieces(list(ids), most=LIMIT):
        with store.read() as tx:
            there = tx.samples.there(some)  # one may have been deleted meanwhile
        yield from there


def _entries(store: Store, samples: Iterable[Sample]) -> Iterator[Entry]:
    """Name each picture; last what all of them were drawn from, and those whose bytes the disk has lost."""
    names, lost = Unique(), list[str]()
    recipes_name = names.take(RECIPES)
    with SpooledTemporaryFile(IN_MEMORY_BYTES) as recipes:
        for sample in samples:
            name = names.take(f"{safe_part(str(sample.recipe.get('seed', 'picture')))}-{sample.id.hex[-6:]}.png")
            try:
                source = store.objects.open(sample.image_key)
            except NotFound:
                lost.append(name)
                continue
            line = {"file": name, "id": str(sample.id), "tags": list(sample.tags), "recipe": sample.recipe}
            recipes.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            yield Entry(name=name, source=source, size_bytes=0, at=sample.created_at)
        size_bytes = recipes.tell()
        recipes.seek(0)
        yield Entry(name=recipes_name, source=cast(IO[bytes], recipes), size_bytes=size_bytes)
    if lost:
        told = "\n".join(["The bytes of these pictures are gone from the disk of the server:", *lost, ""]).encode()
        yield Entry(name=names.take(LEFT_OUT), source=io.BytesIO(told), size_bytes=len(told))
