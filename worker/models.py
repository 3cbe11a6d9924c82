"""Models that were brought as a file, or blended of two, are kept: each is a folder, with a sheet of what it draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import Conflict
from jobs.events import Artifact
from store.objects import folder_hash
from store.rows import Model, imported_id
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper


def keep_models(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store models that were brought as a file."""
    for artifact in made:
        _brought(keeper, artifact)


def keep_blends(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store models that were blended of two."""
    for artifact in made:
        _blend(keeper, artifact)


def _brought(keeper: Keeper, artifact: Artifact) -> None:
    file, model_id = artifact.facts["file"], imported_id(keeper.job.id)
    with keeper.store.read() as tx:
        _check_first(tx, model_id, file["sha256"])
    model = _stored(keeper, artifact)

    def change(tx: Tx) -> None:
        _check_first(tx, model_id, file["sha256"])
        kept = _add(keeper, tx, model)
        tx.model_files.became(
            UUID(keeper.job.params["file_id"]), kept.id, size_bytes=file["size_bytes"], sha256=file["sha256"]
        )

    keeper.write(change)


def _blend(keeper: Keeper, artifact: Artifact) -> None:
    model = _stored(keeper, artifact, parent_id=keeper.job.model_id, kept=True)  # it was made to be kept

    def change(tx: Tx) -> None:
        _add(keeper, tx, model)

    keeper.write(change)


def _stored(keeper: Keeper, artifact: Artifact, **told: Any) -> Model:
    """Take a folder and its sheet over into the objects; gives the row of the model that they are."""
    facts, model_id = artifact.facts, imported_id(keeper.job.id)
    sheet = keeper.file(artifact.files["sheet"], kind="models", id=model_id)
    paths = sorted(artifact.files["folder"].iterdir())
    files = {path.name: keeper.file(path, kind="models", id=model_id) for path in paths}
    return Model(
        id=model_id,
        name=facts["name"],
        job_id=keeper.job.id,
        resolution=int(facts["model"]["resolution"]),
        facts=facts["model"],
        licence=facts["licence"],
        terms=facts["terms"],
        hash=folder_hash(files),
        files={name: stored.key for name, stored in files.items()},
        sheet_key=sheet.key,
        size_bytes=sum(stored.size_bytes for stored in files.values()),
        **told,
    )


def _add(keeper: Keeper, tx: Tx, model: Model) -> Model:
    kept = tx.models.add_import(model, attempt=keeper.job.attempt)
    keeper.told(tx, "model", {"model_id": str(kept.id), "name": kept.name})
    return kept


def _check_first(tx: Tx, model_id: UUID, sha256: str) -> None:
    """Refuse to make a second model of a file that was sent by hand while it was fetched. Raises: Conflict."""
    made = tx.model_files.made(sha256)
    if made is not None and made != model_id:
        name = tx.models.get(made).name
        raise Conflict(
            f"this file is here already: it is the model {name}", remedy="Use that model.", model_id=str(made)
        )
