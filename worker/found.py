"""Pictures that a model draws are kept as samples; those that were looked for, only while their photograph is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from jobs.errors import NotFound
from jobs.events import Artifact
from store.rows import Sample, sample_id
from store.searches import PREVIEW
from store.tx import Tx
from worker.tracing import traced

if TYPE_CHECKING:
    from worker.keep import Keeper


_COLUMNS = ("position", "recipe", "width", "height", "average", "blur")


def sample_of(keeper: Keeper, artifact: Artifact) -> Sample:
    """Store the files of a picture, and give its row."""
    job, facts = keeper.job, artifact.facts
    if job.model_id is None:
        raise ValueError("a job that draws pictures names its model")
    id = sample_id(job.id, int(facts["position"]))
    image = keeper.file(artifact.files["image"], kind="samples", id=id)
    thumb = keeper.file(artifact.files["thumb"], kind="samples", id=id)
    return Sample(
        id=id,
        model_id=job.model_id,
        job_id=job.id,
        dataset_id=job.dataset_id,
        **{name: facts[name] for name in _COLUMNS},
        sha256=image.sha256,
        image_key=image.key,
        thumb_key=thumb.key,
        **traced(facts),
    )


def keep_found(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what was found of a picture."""
    job, rows = keeper.job, [sample_of(keeper, artifact) for artifact in made]

    def change(tx: Tx) -> None:
        _check_there(tx, keeper)
        tx.samples.add_many(job.id, job.attempt, rows)
        for row in rows:
            keeper.told(tx, "found", {"sample_id": str(row.id), "model_id": str(row.model_id)})

    keeper.write(change, files=[key for row in rows for key in row.keys])


def keep_previews(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what is found so far, each in the place of the one before."""
    for artifact in made:
        _preview(keeper, artifact)


def _preview(keeper: Keeper, artifact: Artifact) -> None:
    job, row = keeper.job, keeper.picture(artifact, "image", type=PREVIEW)

    def change(tx: Tx) -> None:
        _check_there(tx, keeper)
        kept = tx.artifacts.add(row)
        tx.artifacts.drop(job.id, PREVIEW, but=kept.id)
        keeper.told(tx, "preview", {"artifact_id": str(kept.id), **row.facts})

    keeper.write(change, files=[row.key])


def _check_there(tx: Tx, keeper: Keeper) -> None:
    """Keep nothing of a photograph that was withdrawn meanwhile. Raises: NotFound."""
    photo_id = keeper.job.params.get("photo_id")
    if photo_id is None:
        return
    dataset_id = tx.photos.get(UUID(photo_id)).dataset_id
    # Locked: a withdrawal that comes now finds what is kept here, and takes it along.
    if any(photo.state == "withdrawn" for photo in tx.photos.some(dataset_id, [UUID(photo_id)], lock=True)):
        raise NotFound("The photograph was withdrawn, and nothing of the search was kept.")
