"""Heirloom packs: list them, take them away, delete them. An `export` job makes one."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Opened, Where
from api.files import send_file
from api.problems import answers
from api.schemas.base import Page
from api.schemas.packs import Export
from store.rows import ArtifactRow

router = APIRouter(prefix="/exports", tags=["exports"])


@router.get("", responses=answers(422))
def list_exports(store: Opened, where: Where, model: UUID | None = None) -> Page[Export]:
    """List heirloom packs, newest first; of one model, if asked."""
    with store.read() as tx:
        page = tx.packs.page(model_id=model, limit=where.limit, cursor=where.cursor)
    return Page(items=[_shaped(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/{export_id}", responses=answers(404, 422))
def look(export_id: UUID, store: Opened) -> Export:
    """Look at one heirloom pack."""
    with store.read() as tx:
        return _shaped(tx.packs.get(export_id))


@router.get(
    "/{export_id}/file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        206: {"description": "The part that was asked for"},
        304: {"description": "Unchanged"},
        **answers(404, 416, 422),
    },
)
def file(export_id: UUID, request: Request, store: Opened) -> Response:
    """Send a heirloom pack as a zip; a download that broke off goes on with a Range."""
    with store.read() as tx:
        row = tx.packs.get(export_id)
    return send_file(request, store, key=row.key, save_as=_filename(row))


@router.delete("/{export_id}", status_code=204, responses=answers(404, 422))
def delete(export_id: UUID, store: Opened) -> None:
    """Delete a heirloom pack; what went into it stays."""
    with store.begin() as tx:
        tx.packs.delete(export_id)


def _filename(row: ArtifactRow) -> str:
    return f"{row.facts['name']} heirloom.zip".replace("/", "_")


def _shaped(row: ArtifactRow) -> Export:
    return Export(
        id=row.id,
        job_id=row.job_id,
        model_id=UUID(row.facts["model"]["id"]),
        name=row.facts["name"],
        filename=_filename(row),
        size_bytes=row.facts["size_bytes"],
        sha256=row.sha256,
        files=row.facts["files"],
        pictures=row.facts["pictures"],
        films=row.facts["films"],
        created_at=row.created_at,
    )
