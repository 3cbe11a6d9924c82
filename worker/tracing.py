"""Lays out what pictures are compared with, and keeps how near they are to photographs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from jobs.events import Artifact
from jobs.originality import SKETCH_VERSION as VERSION
from kinds.index.sketches import archive_id
from kinds.index.tracing import read_sketched, sketched
from store.rows import Job, Sample
from store.store import Store
from store.tracing import Sketch, Traced
from store.tx import Tx
from worker.paths import path_of

if TYPE_CHECKING:
    from worker.keep import Keeper


def lay_squares(store: Store, job: Job, dataset_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the squares of a dataset, with those that have no sketch, and the samples that are to be looked at."""
    into.mkdir(parents=True)
    with store.read() as tx:
        lacking = tx.tracing.squares(dataset_id, version=VERSION)
        known = tx.tracing.sketches(dataset_id, version=VERSION)
        calibrated = tx.tracing.calibration(dataset_id)
    id = archive_id([*(one.view_id for one in lacking), *(one.view_id for one in known)])
    with (into / "lacking.jsonl").open("w", encoding="utf-8") as listed:
        for one in lacking:
            if image := path_of(store, one.key):
                line = {"view": str(one.view_id), "photo": str(one.photo_id), "image": image}
                listed.write(json.dumps({**line, "width": one.width, "box": list(one.box)}) + "\n")
    _write(into / "sketches.npy", known)
    with store.read() as tx, (into / "samples.jsonl").open("w", encoding="utf-8") as listed:
        for sample in tx.tracing.unseen(dataset_id, by=id):
            if image := path_of(store, sample.key):
                listed.write(json.dumps({"sample": str(sample.sample_id), "image": image}) + "\n")
    same = calibrated is not None and calibrated.id == id
    return into, {"id": str(id), "calibrated": {"steps": calibrated.steps} if calibrated and same else None}


def lay_originals(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the sketches of the photographs that a model has learnt from; where nobody compared them, nothing."""
    with store.read() as tx:
        dataset_id = tx.models.get(model_id).dataset_id
        return lay_sketches(tx, dataset_id, into)


def lay_sketches(tx: Tx, dataset_id: UUID | None, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the sketches of a dataset, and how near its photographs are to each other.

    Nothing, where nobody compared them, or all that were have been withdrawn or moved away since.
    """
    by = tx.tracing.calibration(dataset_id) if dataset_id is not None else None
    if dataset_id is None or by is None or by.steps is None:
        return into, {}
    known = tx.tracing.sketches(dataset_id, version=VERSION)
    if not known:
        return into, {}
    _write(into.with_suffix(".npy"), known)
    return into.with_suffix(".npy"), {"id": str(by.id), "steps": list(by.steps)}


def keep_sketches(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what squares look like from afar."""
    dataset_id = _dataset(keeper)
    for artifact in made:
        path = artifact.files["sketches"]
        rows = read_sketched(path)
        found = [
            Sketch(view_id=_id(row["view"]), photo_id=_id(row["photo"]), body=row["body"].tobytes()) for row in rows
        ]

        def change(tx: Tx, found: Sequence[Sketch] = found) -> None:
            tx.jobs.hold(keeper.job.id, keeper.job.attempt)
            tx.tracing.add(dataset_id, found, version=VERSION)

        keeper.write(change)
        path.unlink()


def keep_calibration(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store how near the photographs of an archive are to each other."""
    dataset_id, facts = _dataset(keeper), made[-1].facts

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        tx.tracing.calibrate(dataset_id, id=UUID(facts["id"]), photos=facts["photos"], steps=facts["steps"])

    keeper.write(change)


def keep_traces(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store how near samples are to photographs."""
    dataset_id = _dataset(keeper)
    for artifact in made:
        by = UUID(artifact.facts["by"])
        found = [
            Traced(
                sample_id=UUID(one["sample"]),
                nearest_id=UUID(one["photo"]),
                likeness=one["likeness"],
                nearness=one["percent"],
            )
            for one in artifact.facts["traces"]
        ]

        def change(tx: Tx, found: Sequence[Traced] = found, by: UUID = by) -> None:
            tx.jobs.hold(keeper.job.id, keeper.job.attempt)
            tx.tracing.trace(dataset_id, found, by=by)

        keeper.write(change)


def traced(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of a new sample that say how near it is, of what its artifact tells."""
    found = facts.get("traced")
    if found is None:
        return {}
    return {
        "nearness": int(found["percent"]),
        "nearest_id": UUID(found["photo"]),
        "likeness": round(found["likeness"] * 1_000_000),
        "traced_by": UUID(found["by"]),
    }


def still(tx: Tx, samples: Sequence[Sample]) -> list[Sample]:
    """Leave out how near samples are where the photograph was withdrawn meanwhile."""
    return tx.tracing.still(samples) if any(sample.nearest_id for sample in samples) else [*samples]


def _dataset(keeper: Keeper) -> UUID:
    if keeper.job.dataset_id is None:
        raise ValueError("a job that compares photographs names their dataset")
    return keeper.job.dataset_id


def _id(value: np.void) -> UUID:
    return UUID(bytes=value.tobytes())


def _write(file: Path, known: Sequence[Sketch]) -> None:
    rows = sketched([(one.view_id, one.photo_id, one.body) for one in known])
    np.save(file, rows, allow_pickle=False)
