"""What recipes of journeys refer to: samples become places, and places of samples that are there are told shortly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jobs.errors import BadParams, NotFound
from jobs.journey import Keyframe, Recipe
from jobs.point import Anchor, Point
from jobs.route import Lengths, on_beats
from store.rows import Sample
from store.searches import KIND as SEARCH
from store.tx import Tx


def whole(tx: Tx, recipe: Recipe, *, keep: bool = False) -> Recipe:
    """Have each keyframe say all by itself, be samples deleted or not; check times, and that its models are there.

    `keep`: it is to be kept, so its photographs are locked until the commit: one withdrawal or this comes first.
    Raises: NotFound, for a sample or a model that is not there; BadParams, as well for a withdrawn photograph.
    """
    recipe.check_apart()
    samples = {sample.id: sample for sample in tx.samples.there(recipe.samples)}
    check_models(tx, recipe)
    if recipe.soundtrack is not None and not tx.soundtracks.there(recipe.soundtrack.id):
        raise BadParams(
            f"there is no soundtrack {recipe.soundtrack.id}",
            pointer="#/recipe/soundtrack/id",
            remedy="It was deleted, perhaps. Choose another, or none.",
        )
    found = recipe.with_keyframes(_whole(tx, one, number, samples) for number, one in enumerate(recipe.keyframes))
    check_photos(tx, found, lock=keep)
    return found


def check_photos(tx: Tx, recipe: Recipe, *, lock: bool) -> None:
    """Raises: BadParams, for a place that was found for a photograph which was withdrawn."""
    gone = tx.photos.withdrawn(recipe.photo_ids, lock=lock)
    for number, keyframe in enumerate(recipe.keyframes):
        if gone.intersection(keyframe.photo_ids):
            raise BadParams(
                f"the photograph that the place of keyframe {number + 1} was found for was withdrawn",
                pointer=f"#/recipe/keyframes/{number}",
                remedy="Take this keyframe out: nothing of the photograph is kept, its place neither.",
            )


def check_models(tx: Tx, recipe: Recipe) -> None:
    """Raises: BadParams, for a model that is not there."""
    for number, keyframe in enumerate(recipe.keyframes):
        if not tx.models.there(keyframe.model_id):
            raise BadParams(
                f"there is no model {keyframe.model_id}",
                pointer=f"#/recipe/keyframes/{number}/model_id",
                remedy="It was deleted, perhaps. Choose another for this keyframe.",
            )


def short(tx: Tx, recipe: Recipe) -> Recipe:
    """Tell a keyframe that came of a sample by that one, where it is there still: its latents may be long."""
    of = [keyframe.sample_id for keyframe in recipe.keyframes if keyframe.sample_id is not None]
    there = {sample.id for sample in tx.samples.there(of)}
    return recipe.with_keyframes(
        keyframe
        if keyframe.sample_id not in there
        else keyframe.model_copy(
            update={"point": keyframe.point.model_copy(update={"anchor": Anchor(sample=keyframe.sample_id)})}
        )
        for keyframe in recipe.keyframes
    )


def on_time(tx: Tx, recipe: Recipe) -> Recipe:
    """Move keyframes to the beats of the music, where the recipe wants that. Raises: NotFound, Conflict."""
    if recipe.soundtrack is None or recipe.soundtrack.snap == "none":
        return recipe
    heard = tx.soundtracks.ready(recipe.soundtrack.id).heard or {}
    return on_beats(recipe, beats=heard.get("beats"), bars=heard.get("bars"))


def lengths_of(tx: Tx, recipe: Recipe) -> Lengths | None:
    """Read how long the stretches of a whole recipe are, where that was measured."""
    return tx.journeys.lengths(path_of(tx, recipe))


def path_of(tx: Tx, recipe: Recipe) -> str:
    """Name the way of a whole recipe. Raises: NotFound, for a model that is not there."""
    return recipe.path_hash({id: tx.models.get(id).hash for id in recipe.model_ids})


def _whole(tx: Tx, keyframe: Keyframe, number: int, samples: dict[UUID, Sample]) -> Keyframe:
    point, photos = keyframe.point, list(keyframe.photo_ids)
    for id in point.samples:
        if id not in samples:
            raise NotFound(
                f"There is no sample {id}, which keyframe {number + 1} is told by.",
                remedy="It was deleted, perhaps. Choose another place for this keyframe.",
            )
        photos += _photos_of(tx, samples[id])
    if not point.has_samples:
        return keyframe
    told = {"photo_ids": tuple(dict.fromkeys(photos))}
    of = point.anchor.sample
    if of is None or not point.is_its_anchor:
        return keyframe.model_copy(update={**told, "point": point.resolved(lambda id: samples[id].recipe)})
    found = Point.of_recipe(samples[of].recipe)
    said: dict[str, Any] = {name: getattr(point, name) for name in ("psi", "noise") if name in point.model_fields_set}
    standing = found.model_copy(update={"anchor": point.resolved(lambda id: samples[id].recipe).anchor, **said})
    if not found.is_its_anchor:  # then the anchor holds the whole point
        standing = Point(anchor=standing.anchor, psi=standing.psi, noise=standing.noise)
    if found.noise.mode == "random" and found.noise.seed is None and "noise" not in said:
        standing = standing.model_copy(update={"noise": found.noise.model_copy(update={"seed": found.noise_seed})})
    return keyframe.model_copy(update={**told, "point": standing, "sample_id": of})


def _photos_of(tx: Tx, sample: Sample) -> Sequence[UUID]:
    """Name the photograph that a sample was found for."""
    if sample.job_id is None:
        return ()
    try:
        job = tx.jobs.get(sample.job_id)
    except NotFound:
        return ()
    photo = job.params.get("photo_id") if job.kind == SEARCH else None
    return () if photo is None else (UUID(photo),)
