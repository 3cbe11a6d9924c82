"""How each file of a dataset stands, as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import Opened
from api.photos import States
from api.problems import answers
from api.streamed import Streamed
from store.pages import LIMIT
from store.rows import Photo
from store.store import Store

router = APIRouter(prefix="/datasets", tags=["photos"])
COLUMNS = ("name", "state", "reason", "duplicate_of", "width", "height", "size_bytes", "taken_at", "id")
MARK = "\ufeff"  # without it Excel takes the text for another than UTF-8
# What a spreadsheet begins a formula with, in its wide forms too, and what hides such a beginning from a glance.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@router.get(
    "/{dataset_id}/photos.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}, **answers(404, 422)},
)
def table(dataset_id: UUID, store: Opened, state: States = None) -> Response:
    """Send the list of files, each once, as a table (RFC 4180, UTF-8 with a mark); a text is never a formula."""
    with store.read() as tx:
        name = tx.datasets.get(dataset_id).name
    pieces = _lines(store, dataset_id, state or ())
    return Streamed(pieces, filename=f"{name} files.csv", media_type="text/csv; charset=utf-8; header=present")


def _lines(store: Store, dataset_id: UUID, states: Sequence[str]) -> Generator[bytes, None, None]:
    cursor: str | None = None
    start = MARK + _written([COLUMNS])
    while True:
        with store.read() as tx:
            page = tx.photos.page(dataset_id, states=states, limit=LIMIT, cursor=cursor)
            twins = tx.photos.names([photo.duplicate_of for photo in page.items if photo.duplicate_of])
        yield (start + _written([_row(photo, twins) for photo in page.items])).encode()
        start, cursor = "", page.next_cursor
        if cursor is None:
            return


def _row(photo: Photo, twins: Mapping[UUID, str]) -> list[object]:
    return [
        _text(photo.name),
        photo.state,
        _text(photo.reason),
        _text(twins.get(photo.duplicate_of)) if photo.duplicate_of else "",
        photo.width,
        photo.height,
        photo.size_bytes,
        photo.taken_at.isoformat() if photo.taken_at else "",
        photo.id,
    ]


def _text(text: str | None) -> str:
    """Write a text that came from outside so that no spreadsheet computes it."""
    if not text:
        return ""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _written(rows: Sequence[Sequence[object]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
