"""What was found in a model's space is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.events import Artifact
from store.rows import Direction, direction_id
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper


def keep_directions(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store directions; those that the model has already stay as they are."""
    told = [(artifact, one) for artifact in made for one in artifact.facts["directions"]]
    found = [_direction(keeper, artifact, one) for artifact, one in told]
    turned = {direction.id for direction, (_, one) in zip(found, told, strict=True) if one["turned"]}

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        new = tx.directions.add_many(found, turned=turned)
        keeper.told(tx, "directions", {"model_id": str(keeper.job.model_id), "found": len(found), "new": new})

    keeper.write(change)


_COLUMNS = ("kind", "position", "name", "layers", "deviation", "share")


def _direction(keeper: Keeper, artifact: Artifact, told: Mapping[str, Any]) -> Direction:
    model_id = keeper.job.model_id
    if model_id is None:
        raise ValueError("a job that finds directions names its model")
    id = direction_id(model_id, told["kind"], told["position"])
    return Direction(
        id=id,
        model_id=model_id,
        follows=UUID(told["follows"]) if told["follows"] else None,
        **{name: told[name] for name in _COLUMNS},
        key=keeper.file(artifact.files[told["file"]], kind="directions", id=id).key,
    )
