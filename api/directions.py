"""Directions in a model's space: list them, name them, delete them. A `directions` job finds them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api import shapes
from api.deps import Opened
from api.problems import answers
from api.schemas.directions import Direction, DirectionChanges

router = APIRouter(tags=["directions"])


@router.get("/models/{model_id}/directions", responses=answers(404, 422))
def list_directions(model_id: UUID, store: Opened) -> list[Direction]:
    """List the directions in a model's space, kind by kind, the strongest first; none before a job has found them."""
    with store.read() as tx:
        tx.models.get(model_id)
        return [shapes.direction(row) for row in tx.directions.of_model(model_id)]


@router.patch("/directions/{direction_id}", responses=answers(400, 404, 422))
def change(direction_id: UUID, body: DirectionChanges, store: Opened) -> Direction:
    """Name a direction, or take its name away."""
    with store.begin() as tx:
        return shapes.direction(tx.directions.rename(direction_id, body.name))


@router.delete("/directions/{direction_id}", status_code=204, responses=answers(404, 422))
def delete(direction_id: UUID, store: Opened) -> None:
    """Delete a direction. A recipe that goes along it can then not be drawn again; a new job finds it again."""
    with store.begin() as tx:
        tx.directions.delete(direction_id)
