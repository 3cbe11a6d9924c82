"""Echoes: the moments that they are looked for in, and what of them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import new_id
from kinds.echoes.files import Damaged, Remembered, names_of, photos_of, read
from kinds.echoes.moments import chosen
from kinds.echoes.params import EchoesParams
from kinds.index.files import VERSION
from store.echoes import EchoRow
from store.rows import Job, Model, snapshot_id
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper


def lay_echoes(store: Store, job: Job, training_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the moments of a training that nobody has looked at, and the photographs that it saw.

    Of what is known that stays which was drawn likewise, from the same weights, and compared with all of them. What can
    no longer be read goes. Raises: NotFound, without the training or its archive.
    """
    drawn = _drawn(job)
    with store.read() as tx:
        training = tx.jobs.get(training_id)
        if training.dataset_id is None:
            raise NotFound("This training has no archive to compare with.")
        dataset_id = tx.datasets.get(training.dataset_id).id
        revision = (training.pins.get("dataset") or {}).get("revision")
        photos = tx.echoes.compared(dataset_id, revision=revision)
        features = [file for file in tx.features.files(dataset_id) if file.version == VERSION]
        moments = _moments(tx, training_id)
        rows = [row for row in tx.echoes.of_training(training_id) if row.drawn == drawn and row.version == VERSION]
    known = {row.step for row in _whole(store, rows, photos) if (row.step, row.hash) in moments}
    into.mkdir(parents=True)
    (into / "photos.txt").write_text("\n".join(map(str, photos)), encoding="ascii")
    laid = []
    for step, model in sorted((model.step or 0, model) for model in moments.values()):
        if step not in known:
            with suppress(NotFound):  # deleted since it was listed
                store.objects.folder(model.files, into / str(step))
                laid.append({"step": step, "hash": model.hash, "frame": model.facts.get("frame")})
    facts = {
        "moments": laid,
        "known": len(known),
        "resolution": max((model.resolution for model in moments.values()), default=0),
        "files": [path for file in features if (path := _there(store, file.key))],
    }
    return into, facts


def keep_echoes(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what moments remember; with the last one goes what was drawn otherwise, or of other moments."""
    for artifact in made:
        while not _kept(keeper, artifact):  # a photograph was withdrawn meanwhile
            pass
        artifact.files["echoes"].unlink()
        if artifact.facts["last"]:
            keeper.write(lambda tx: _tidy(tx, keeper))


def _kept(keeper: Keeper, artifact: Artifact) -> bool:
    """Keep what a moment remembers of the photographs that are there; False to see anew which they are."""
    training_id, dataset_id = _training(keeper.job), _dataset(keeper.job)
    remembered = read(artifact.files["echoes"])
    with keeper.store.read() as tx:
        there = set(tx.features.shown(dataset_id, photos_of(remembered.near)))
    kept = remembered.without({photo for photo in photos_of(remembered.near) if photo not in there})
    row = _row(keeper, artifact, kept, training_id=training_id, dataset_id=dataset_id)
    added: list[bool] = []

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        tx.echoes.hold(dataset_id)
        added.append(len(tx.features.shown(dataset_id, list(there))) == len(there))
        if not added[-1]:
            tx.discard(row.key)
        elif tx.echoes.put(row):
            told = {"training_id": str(training_id), "model_id": str(row.model_id), "step": row.step}
            keeper.told(tx, "echoes", {**told, "photos": row.photos, "pictures": row.pictures})

    keeper.write(change)
    return added[-1]


def _row(keeper: Keeper, artifact: Artifact, kept: Remembered, *, training_id: UUID, dataset_id: UUID) -> EchoRow:
    id, facts = new_id(), artifact.facts
    pictures, truncation_psi = _drawn(keeper.job)
    file = kept.write(keeper.scratch / f"{id}.npy")
    stored = keeper.file(file, kind="echoes", id=id)
    return EchoRow(
        id=id,
        training_id=training_id,
        dataset_id=dataset_id,
        model_id=snapshot_id(training_id, int(facts["step"])),
        step=int(facts["step"]),
        hash=facts["hash"],
        version=VERSION,
        pictures=pictures,
        truncation_psi=truncation_psi,
        photos=len(kept.near),
        steps=facts["steps"],
        key=stored.key,
        size_bytes=stored.size_bytes,
    )


def _tidy(tx: Tx, keeper: Keeper) -> None:
    """Let go of moments that are not told of any more."""
    training_id = _training(keeper.job)
    tx.jobs.hold(keeper.job.id, keeper.job.attempt)
    steps = [step for step, _ in _moments(tx, training_id)]
    tx.echoes.keep_only(training_id, steps, drawn=_drawn(keeper.job), version=VERSION)


def _moments(tx: Tx, training_id: UUID) -> dict[tuple[int, str], Model]:
    """Give the moments that are looked at, by their steps and the hashes of their weights."""
    models = {model.step: model for model in tx.models.of_job(training_id) if model.step is not None}
    return {(step, models[step].hash): models[step] for step in chosen(sorted(models))}


def _whole(store: Store, rows: Sequence[EchoRow], photos: Sequence[UUID]) -> list[EchoRow]:
    """Give the rows that speak of all these photographs; those whose files cannot be read go."""
    wanted, whole, spoiled = {photo.bytes for photo in photos}, [], []
    for row in rows:
        try:
            if wanted <= set(names_of(read(store.objects.path(row.key)).near["photo"])):
                whole.append(row)
        except (NotFound, FileNotFoundError, Damaged):
            spoiled.append(row.id)
    if spoiled:
        with store.begin() as tx:
            tx.echoes.drop(spoiled)
    return whole


def _drawn(job: Job) -> tuple[int, float]:
    params = EchoesParams.model_validate(job.params)
    return params.count, params.truncation_psi


def _training(job: Job) -> UUID:
    return EchoesParams.model_validate(job.params).training_id


def _dataset(job: Job) -> UUID:
    if job.dataset_id is None:
        raise ValueError("a job that looks for echoes names the dataset")
    return job.dataset_id


def _there(store: Store, key: str) -> str:
    try:
        return str(store.objects.path(key))
    except NotFound:  # let go since it was listed
        return ""
