"""Films of journeys: their pieces are kept as they come, so that the next attempt goes on after them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import new_id
from jobs.journey import Recipe
from kinds.journey.resuming import gone_on_from
from store.journeys import PART
from store.rows import ArtifactRow, Job
from store.store import Store
from store.tx import Tx
from store.videos import Video, video_id

if TYPE_CHECKING:
    from worker.keep import Keeper

_MEDIA = {"mp4": "video/mp4", "webm": "video/webm"}
_COLUMNS = ("media_type", "width", "height", "frames", "duration_s", "has_sound", "partial")


def lay_film(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Say how long the way is, where that is known, and which pieces of the film there are."""
    with store.read() as tx:
        lengths = tx.journeys.lengths(job.params.get("path") or "")
        parts = tx.artifacts.of_job(job.id, PART)
    pieces: list[dict[str, Any]] = [
        {"path": str(store.objects.path(part.key)), "frames": part.facts["frames"]}
        for number, part in enumerate(parts)
        if part.step == number
    ]
    whole = gone_on_from(pieces, Recipe.model_validate(job.params["recipe"]))
    return into, {"lengths": lengths, "pieces": whole}


def keep_paces(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Keep how long a way is, for the preview and for other films along it."""
    path = keeper.job.params["path"]
    lengths = made[-1].facts["lengths"]
    keeper.write(lambda tx: tx.journeys.keep_lengths(path, lengths))


def keep_parts(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store pieces of a film."""
    for artifact in made:
        _part(keeper, artifact)


def keep_films(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store a film; its pieces go when the job ends."""
    for artifact in made:
        _film(keeper, artifact)


def _part(keeper: Keeper, artifact: Artifact) -> None:
    job, facts, artifact_id = keeper.job, dict(artifact.facts), new_id()
    stored = keeper.file(artifact.files["part"], kind="artifacts", id=artifact_id)
    row = ArtifactRow(
        id=artifact_id,
        job_id=job.id,
        attempt=job.attempt,
        type=PART,
        step=facts["step"],
        key=stored.key,
        sha256=stored.sha256,
        media_type=_MEDIA.get(facts["form"], "application/zip"),
        facts=facts,
    )

    def change(tx: Tx) -> None:
        _check_there(tx, job)
        tx.artifacts.add(row)
        tx.jobs.got_further(job.id)  # the next attempt begins after it
        frames = int(facts["all_frames"])
        keeper.told(tx, "film", {"frames": frames, "duration_s": frames / job.params["recipe"]["fps"]})

    keeper.write(change, files=[stored.key])


def _film(keeper: Keeper, artifact: Artifact) -> None:
    job, facts, id = keeper.job, artifact.facts, video_id(keeper.job.id)
    recipe = Recipe.model_validate(job.params["recipe"])
    film = keeper.file(artifact.files["film"], kind="videos", id=id)
    poster = keeper.file(artifact.files["poster"], kind="videos", id=id)
    journey_id = job.params.get("journey_id")

    def change(tx: Tx) -> None:
        _check_there(tx, job)
        there = journey_id is not None and tx.journeys.there(UUID(journey_id))
        video = Video(
            id=id,
            journey_id=UUID(journey_id) if there else None,
            job_id=job.id,
            name=recipe.name,
            form=recipe.form,
            fps=recipe.fps,
            recipe=recipe.as_json(),
            photos=sorted(map(str, recipe.photo_ids)),
            key=film.key,
            poster_key=poster.key,
            sha256=film.sha256,
            size_bytes=film.size_bytes,
            **{name: facts[name] for name in _COLUMNS},
        )
        tx.videos.add(video, models=recipe.model_ids, attempt=job.attempt)
        told = {"frames": video.frames, "duration_s": video.duration_s, "video_id": str(id)}
        keeper.told(tx, "film", told)

    keeper.write(change, files=[film.key, poster.key])


def _check_there(tx: Tx, job: Job) -> None:
    """Keep nothing of a film through a place that was found for a photograph which was withdrawn. Raises: NotFound."""
    keyframes = job.params["recipe"]["keyframes"]
    wanted = {UUID(photo) for keyframe in keyframes for photo in keyframe.get("photo_ids") or ()}
    if tx.photos.withdrawn(wanted, lock=True):
        raise NotFound(
            "A photograph that a place of this film was found for was withdrawn, and nothing of the film was kept.",
            remedy="Make the film again without that keyframe.",
        )
