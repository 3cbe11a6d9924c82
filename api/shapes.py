"""Rows as answers: the one place that knows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from api.schemas.datasets import Archive, Counts, Dataset, Month, Photo, PhotoIndex, View
from api.schemas.directions import Direction
from api.schemas.jobs import Job, Preview
from api.schemas.models import Model, ModelFile, ModelNode
from api.schemas.samples import Sample
from store import rows
from store.listing import Overview


def archive(row: rows.Archive) -> Archive:
    """Answer an archive."""
    return Archive.model_validate(row, from_attributes=True)


def dataset(
    row: rows.Dataset,
    *,
    counts: Mapping[str, int],
    usable_views: int,
    labels: int = 0,
    busy: bool,
    unfinished: bool = False,
    cover: Sequence[UUID],
) -> Dataset:
    """Answer a dataset; `busy` while an archive of it is being read, `unfinished` where not all came that was to."""
    state = "unfinished" if unfinished else "ready" if sum(counts.values()) else "empty"
    return Dataset.model_validate(
        {
            "id": row.id,
            "name": row.name,
            "framing": row.framing,
            "aspect": row.aspect,
            "revision": row.revision,
            "created_at": row.created_at,
            "counts": Counts.model_validate(counts),
            "usable_views": usable_views,
            "labelled_by": row.labelled_by,
            "labels": labels,
            "state": "ingesting" if busy else state,
            "cover": list(cover),
        }
    )


def photo(row: rows.Photo, views: Sequence[rows.View] = (), label: str | None = None) -> Photo:
    """Answer a photograph with the squares that training sees of it, and its label."""
    squares = [View(box=list(view.box), frame=view.frame, by_hand=view.by_hand) for view in views]
    return Photo.model_validate(row, from_attributes=True).model_copy(update={"views": squares, "label": label})


def photo_index(found: Overview, *, every: int) -> PhotoIndex:
    """Answer a list of photographs from afar."""
    months = [Month(month=month, count=count) for month, count in found.months]
    told = {"starts": found.starts, "albums": found.albums}
    return PhotoIndex.model_validate({"total": found.total, "every": every, "months": months, **told})


def model(row: rows.Model) -> Model:
    """Answer a model."""
    named = {name: getattr(row, name) for name in Model.model_fields if name != "sheet"}
    return Model.model_validate({**named, "sheet": row.sheet_key is not None})


def node(row: rows.Model, *, children: int, dataset: str | None) -> ModelNode:
    """Answer a model of the tree."""
    return ModelNode.model_validate({**dict(model(row)), "children": children, "dataset_name": dataset})


def direction(row: rows.Direction) -> Direction:
    """Answer a direction."""
    return Direction.model_validate(row, from_attributes=True)


def model_file(row: rows.ModelFile) -> ModelFile:
    """Answer a model file."""
    return ModelFile.model_validate(row, from_attributes=True)


def job(row: rows.Job, *, preview: UUID | None = None) -> Job:
    """Answer a job; `preview` is its newest sheet."""
    named = {name: getattr(row, name) for name in Job.model_fields if name not in ("preset", "preview")}
    shown = Preview(artifact_id=preview) if preview is not None else None
    return Job.model_validate({**named, "preset": row.params.get("preset"), "preview": shown})


def sample(row: rows.Sample) -> Sample:
    """Answer a sample."""
    return Sample.model_validate(row, from_attributes=True)
