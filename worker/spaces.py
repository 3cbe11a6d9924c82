"""What was found in a model's space is kept, and what was made of two models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.events import Artifact
from store.objects import folder_hash
from store.rows import Direction, Model, direction_id, imported_id
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


def _direction(keeper: Keeper, artifact: Artifact, told: Mapping[str, Any]) -> Direction:
    model_id = keeper.job.model_id
    if model_id is None:
        raise ValueError("a job that finds directions names its model")
    id = direction_id(model_id, told["kind"], told["position"])
    return Direction(
        id=id,
        model_id=model_id,
        kind=told["kind"],
        position=told["position"],
        name=told["name"],
        follows=UUID(told["follows"]) if told["follows"] else None,
        layers=told["layers"],
        deviation=told["deviation"],
        share=told["share"],
        key=keeper.file(artifact.files[told["file"]], kind="directions", id=id).key,
    )


def keep_blends(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store models that were blended of two."""
    for artifact in made:
        _blend(keeper, artifact)


def _blend(keeper: Keeper, artifact: Artifact) -> None:
    job, facts, model_id = keeper.job, artifact.facts, imported_id(keeper.job.id)
    sheet = keeper.file(artifact.files["sheet"], kind="models", id=model_id)
    folder = artifact.files["folder"]
    files = {path.name: keeper.file(path, kind="models", id=model_id) for path in sorted(folder.iterdir())}
    model = Model(
        id=model_id,
        name=facts["name"],
        parent_id=job.model_id,
        kept=True,  # it was made to be kept
        job_id=job.id,
        resolution=int(facts["model"]["resolution"]),
        facts=facts["model"],
        licence=facts["licence"],
        terms=facts["terms"],
        hash=folder_hash(files),
        files={name: stored.key for name, stored in files.items()},
        sheet_key=sheet.key,
        size_bytes=sum(stored.size_bytes for stored in files.values()),
    )

    def change(tx: Tx) -> None:
        kept = tx.models.add_import(model, attempt=job.attempt)
        keeper.told(tx, "model", {"model_id": str(kept.id), "name": kept.name})

    keeper.write(change)
