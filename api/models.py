"""Models: bases and the snapshots of trainings."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import shapes
from api.deps import Opened, Where
from api.files import send_file
from api.problems import answers
from api.schemas.base import Page
from api.schemas.models import Model, ModelChanges, ModelNode
from jobs.errors import NotFound

router = APIRouter(prefix="/models", tags=["models"])


@router.get("", responses=answers(422))
def list_models(
    store: Opened,
    where: Where,
    dataset: UUID | None = Query(None, description="Models that learnt from this dataset."),
    job: UUID | None = Query(None, description="Snapshots of this training."),
    bundled: bool | None = Query(None, description="Those that came with Reverie, or all others."),
    kept: bool | None = Query(None, description="Moments that the owner kept."),
    imported: bool | None = Query(None, description="Those that were brought from elsewhere, or all others."),
    hash: str | None = Query(None, pattern="^[0-9a-f]{1,64}$", description="Of these weights, as a recipe names them."),
) -> Page[Model]:
    """List models, newest first."""
    with store.read() as tx:
        page = tx.models.page(
            dataset_id=dataset,
            job_id=job,
            bundled=bundled,
            kept=kept,
            imported=imported,
            hash=hash,
            limit=where.limit,
            cursor=where.cursor,
        )
    return Page(items=[shapes.model(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/tree")
def tree(store: Opened) -> list[ModelNode]:
    """List the tree of models, oldest first: bases, what was brought or kept, ends of trainings, and all ancestors."""
    with store.read() as tx:
        nodes = tx.models.tree()
        names = tx.datasets.names()
    return [
        shapes.node(model, children=count, dataset=names.get(model.dataset_id) if model.dataset_id else None)
        for model, count in nodes
    ]


@router.get("/{model_id}", responses=answers(404, 422))
def look(model_id: UUID, store: Opened) -> Model:
    """Look at one model."""
    with store.read() as tx:
        return shapes.model(tx.models.get(model_id))


@router.patch("/{model_id}", responses=answers(400, 404, 409, 422))
def change(model_id: UUID, body: ModelChanges, store: Opened) -> Model:
    """Rename a model, or keep its moment."""
    with store.begin() as tx:
        if body.name is not None:
            tx.models.rename(model_id, body.name)
        if body.kept is not None:
            tx.models.keep(model_id, kept=body.kept)
        return shapes.model(tx.models.get(model_id))


@router.delete("/{model_id}", status_code=204, responses=answers(404, 409, 422))
def delete(
    model_id: UUID,
    store: Opened,
    sure: bool = Query(False, description="Also if others descend from it, which stay whole."),
) -> None:
    """Delete a model with its weights. One that drew pictures that are still there, or that a job needs, stays."""
    with store.begin() as tx:
        tx.models.delete(model_id, sure=sure)


@router.get(
    "/{model_id}/sheet",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def sheet(model_id: UUID, request: Request, store: Opened) -> Response:
    """Send the pictures that the model draws from the sheet's latents."""
    with store.read() as tx:
        row = tx.models.get(model_id)
    if row.sheet_key is None:
        raise NotFound(f"model {model_id} has no sheet", remedy="Draw pictures from it with a generate job.")
    return send_file(request, store, key=row.sheet_key)
