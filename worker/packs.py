"""Heirloom packs: what goes along with a model, and the zip that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import BadParams, NotFound
from jobs.events import Artifact
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.point import Point
from kinds.export.params import MOST_PICTURES, ExportParams
from store.packs import PACK, favourites_of
from store.rows import ArtifactRow, Job, Model, Sample
from store.store import Store
from store.tx import Tx
from store.videos import Video
from worker.paths import path_of

if TYPE_CHECKING:
    from worker.keep import Keeper

MOST_LINEAGE = 32


def lay_pack(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the pictures as lines of JSON; tell of the archive, of what the model descends from, and of directions.

    A picture that was deleted since the job was posted is left out; so is one whose file is gone.
    """
    params = ExportParams.model_validate(job.params)
    named = params.chosen
    with store.read() as tx:
        model = tx.models.get(model_id)
        wanted = favourites_of(model)
        ids = tx.samples.ids(wanted, limit=MOST_PICTURES, cursor=None) if named is None else None
        samples = tx.samples.there(named if ids is None else ids.items)  # type: ignore[arg-type]  # one of them is
        more = tx.samples.overview(wanted, every=MOST_PICTURES).total - len(ids.items) if ids is not None else 0
        films = tx.packs.films(model.id, params.travelled)
        unfilmed = list(_unfilmed(tx, films, params.travelled or ()))
        facts: dict[str, Any] = {
            "made": job.created_at.date().isoformat(),
            "archive": _archive(tx, model),
            "lineage": _lineage(tx, model),
            "more": max(more, 0),
            "films": [*_films(store, films), *unfilmed],
            "photos": _photos(tx, samples, films, unfilmed),
        }
    facts["directions"] = _directions(store, samples)
    with into.with_suffix(".jsonl").open("w", encoding="utf-8") as listed:
        for sample in samples:
            if image := path_of(store, sample.image_key):
                thumb = path_of(store, sample.thumb_key) if sample.thumb_key else ""
                line = {"sample": str(sample.id), "image": image, "thumb": thumb, "recipe": dict(sample.recipe)}
                shown = {name: getattr(sample, name) for name in ("width", "height", "average")}
                listed.write(json.dumps(line | shown) + "\n")
    return into.with_suffix(".jsonl"), facts


def keep_packs(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store a pack; one of an attempt before goes."""
    job, artifact = keeper.job, made[-1]
    artifact_id = new_id()
    stored = keeper.file(artifact.files["pack"], kind="artifacts", id=artifact_id)
    row = ArtifactRow(
        id=artifact_id,
        job_id=job.id,
        attempt=job.attempt,
        type=PACK,
        step=0,
        key=stored.key,
        sha256=stored.sha256,
        media_type="application/zip",
        facts={**artifact.facts, "size_bytes": stored.size_bytes},
    )
    photos = [UUID(photo) for photo in artifact.facts.get("photos") or ()]

    def change(tx: Tx) -> None:
        _check_there(tx, photos)
        kept = tx.artifacts.add(row)
        keeper.told(tx, "pack", {"export_id": str(kept.id), "size_bytes": stored.size_bytes})

    keeper.write(change, files=[stored.key])


def _check_there(tx: Tx, photos: Sequence[UUID]) -> None:
    """Keep no pack with what was found for a photograph that was withdrawn meanwhile. Raises: NotFound."""
    if tx.photos.withdrawn(photos, lock=True):  # those whose archive was deleted are none: what was made of them stays
        raise NotFound(
            "A photograph was withdrawn meanwhile, and the pack held what was found for it; nothing was kept.",
            remedy="Ask for the pack again.",
        )


def _films(store: Store, films: Iterable[Video]) -> Iterator[dict[str, Any]]:
    """Tell of films; one whose file is gone is left out."""
    for film in films:
        if file := path_of(store, film.key):
            told = {"name": film.name, "form": film.form, "recipe": dict(film.recipe)}
            yield {**told, "file": file, "poster": path_of(store, film.poster_key)}


def _unfilmed(tx: Tx, films: Iterable[Video], named: Iterable[UUID]) -> Iterator[dict[str, Any]]:
    """Tell of journeys that were named and have no film. Raises: NotFound."""
    filmed = {film.journey_id for film in films}
    for journey_id in named:
        if journey_id not in filmed:
            journey = tx.journeys.get(journey_id)
            yield {"name": journey.name, "form": None, "recipe": dict(journey.recipe)}


def _photos(
    tx: Tx, samples: Iterable[Sample], films: Iterable[Video], unfilmed: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Name the photographs that pictures, films and the keyframes of journeys were found for."""
    found = {photo for film in films for photo in film.photos}
    for journey in unfilmed:
        found |= {str(photo) for photo in Recipe.model_validate(journey["recipe"]).photo_ids}
    for job_id in {sample.job_id for sample in samples if sample.job_id is not None}:
        with suppress(NotFound):
            photo = tx.jobs.get(job_id).params.get("photo_id")
            found |= {str(photo)} if photo else set()
    return sorted(found)


def _archive(tx: Tx, model: Model) -> dict[str, Any] | None:
    """How many photographs an archive has, and of which years; None where there is none any more."""
    if model.dataset_id is None or model.dataset_id not in tx.datasets.names():
        return None
    photos = tx.maps.photos(model.dataset_id)
    years = sorted(f"{photo.taken_at.year:04}" for photo in photos if photo.taken_at is not None)
    first, last = (years[0], years[-1]) if years else (None, None)
    return {"name": tx.datasets.get(model.dataset_id).name, "photos": len(photos), "first": first, "last": last}


def _lineage(tx: Tx, model: Model) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    at = model.parent_id
    while at is not None and len(found) < MOST_LINEAGE and tx.models.there(at):
        before = tx.models.get(at)
        found.append({"name": before.name, "spdx": before.licence, "terms": before.terms})
        at = before.parent_id
    return found


def _directions(store: Store, samples: Iterable[Sample]) -> Mapping[str, Any]:
    """Tell of each direction that a recipe goes along where its vector lies; those that are gone are left out."""
    wanted: set[UUID] = set()
    for sample in samples:
        with suppress(BadParams):
            wanted |= Point.of_recipe(sample.recipe).directions
    with store.read() as tx:
        rows = tx.directions.some(wanted) if wanted else []
    told = {}
    for row in rows:
        with suppress(NotFound):
            file = str(store.objects.path(row.key))
            told[str(row.id)] = {"file": file, "deviation": row.deviation, "layers": list(row.layers)}
    return told
