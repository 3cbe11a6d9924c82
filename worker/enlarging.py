"""Enlarging: the pictures and weights that it takes, and what of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PIL import Image

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import derived_id
from store.enlargements import Enlargement
from store.rows import Job
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper

COLUMNS = ("factor", "words", "width", "height", "print", "recipe", "blur")


def lay_drawn(store: Store, job: Job, sample_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Give a sample's picture, and the recipe that it was drawn from."""
    with store.read() as tx:
        sample = tx.samples.get(sample_id)
    facts = {"recipe": dict(sample.recipe), "width": sample.width, "height": sample.height}
    return store.objects.path(sample.image_key), facts


def lay_clean_photo(store: Store, job: Job, photo_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Give a photograph's pixels, without what its file said beside them. Raises: NotFound, if it was withdrawn."""
    with store.read() as tx:
        photo = tx.photos.get(photo_id)
    key = photo.image_key or photo.clean_key
    if key is None:
        raise NotFound(f"There is no picture of this photograph any more: it is {photo.state}.")
    path = store.objects.path(key)
    with Image.open(path) as picture:  # large ones are kept smaller than they came
        return path, {"width": picture.width, "height": picture.height}


def lay_enlarger(store: Store, job: Job, enlarger_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Give weights that an owner has brought. Raises: NotFound, if they were deleted since."""
    with store.read() as tx:
        found = tx.enlargements.enlarger(enlarger_id)
    return store.objects.path(found.key), {"sha256": found.sha256, "architecture": dict(found.architecture)}


def keep_enlarged(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store a picture that was made larger; of a photograph that was withdrawn meanwhile, or a sample that was deleted,
    nothing.
    """
    job, artifact = keeper.job, made[-1]
    id = derived_id(job.id, "enlarged", 0)
    file = keeper.file(artifact.files["file"], kind="enlargements", id=id)
    view = keeper.file(artifact.files["view"], kind="enlargements", id=id)
    sample_id, photo_id = (_id(job.params.get(name)) for name in ("sample_id", "photo_id"))
    row = Enlargement(
        id=id,
        job_id=job.id,
        sample_id=sample_id,
        photo_id=photo_id,
        made_with=artifact.facts["with"],
        sha256=file.sha256,
        key=file.key,
        view_key=view.key,
        size_bytes=file.size_bytes,
        **{name: artifact.facts[name] for name in COLUMNS},
    )

    def change(tx: Tx) -> None:
        check_picture(tx, job)
        tx.jobs.hold(job.id, job.attempt)
        tx.enlargements.add(row)
        told = {"enlargement_id": str(id), "width": row.width, "height": row.height}
        of = {"sample_id": str(sample_id)} if sample_id else {"photo_id": str(photo_id)}
        keeper.told(tx, "enlarged", told | of)

    keeper.write(change, files=[file.key, view.key])


def check_picture(tx: Tx, job: Job) -> None:
    """Lock what a job enlarges, and see that it is there still. Raises: NotFound."""
    sample_id, photo_id = (_id(job.params.get(name)) for name in ("sample_id", "photo_id"))
    if sample_id is not None:
        tx.samples.hold([sample_id])
    elif photo_id is not None:
        dataset_id = tx.photos.get(photo_id).dataset_id
        # Locked: a withdrawal that comes now finds what is kept here, and takes it along.
        found = tx.photos.some(dataset_id, [photo_id], lock=True)
        if not found or any(photo.clean_key is None for photo in found):
            raise NotFound("The photograph was withdrawn, and nothing of what was made of it was kept.")


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
