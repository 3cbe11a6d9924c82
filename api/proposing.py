"""Proposing a journey: which places, in which order, and when."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from uuid import UUID

from fastapi import Request

from api.journeyed import short, whole
from api.renderers import Renderers
from api.schemas.journeys import Proposal
from jobs.errors import BadParams, Conflict, NotFound
from jobs.journey import Keyframe, Recipe
from jobs.point import Anchor, Point
from jobs.touring import Tour, Toured
from store.searches import KIND as SEARCH
from store.store import Store
from store.tx import Tx

LEAST_S = 0.1  # of a stretch, as a share of what each would have if all were as long
PER_S = 1000  # moments that a time may be


async def proposed(request: Request, store: Store, body: Proposal) -> Recipe:
    """Find a short way through places, each stretch as long as it is far.

    Raises: NotFound, Conflict, BadParams; what `Renderers.ask` raises.
    """
    renderers: Renderers = request.app.state.renderers

    def places() -> list[Keyframe]:
        with store.read() as tx:
            tx.models.get(body.model_id)
            return _places(tx, body)

    found = await renderers.in_thread(places)
    if body.from_.seeds is None and len(found) < 2:
        raise BadParams("a journey goes from one place to another", pointer="#/from", remedy="Give two or more.")
    asked = Tour(
        model_id=body.model_id,
        points=tuple(keyframe.point for keyframe in found),
        count=body.from_.seeds or 0,
        seed=body.seed,
        loop=body.loop,
    )
    toured = Toured.model_validate_json(bytes((await renderers.ask("tours", asked)).body))
    recipe = _timed(body, found, toured)

    def told() -> Recipe:
        with store.read() as tx:
            return short(tx, recipe)

    return await renderers.in_thread(told)


def _timed(body: Proposal, places: Sequence[Keyframe], toured: Toured) -> Recipe:
    """Give each stretch a share of the time by how far it is; none is so short that it would be a jump.

    The film goes at one speed: these times stand in for those that follow from how long the way looks, once it is made.
    """
    if places:
        keyframes = [places[number] for number in toured.order]
    else:
        keyframes = [Keyframe(at_s=0.0, model_id=body.model_id, point=_seed(seed)) for seed in toured.order]
    mean = sum(toured.apart) / max(len(toured.apart), 1)
    shares = [max(apart, LEAST_S * mean) or 1.0 for apart in toured.apart]
    total, at, timed = sum(shares), 0.0, []
    for keyframe, share in zip(keyframes, [*shares, 0.0], strict=False):
        timed.append(keyframe.model_copy(update={"at_s": floor(at * PER_S) / PER_S}))
        at += body.duration_s * share / total
    rows = [dict(keyframe) for keyframe in timed]
    return Recipe.model_validate(
        {"duration_s": body.duration_s, "loop": body.loop, "speed": "constant", "keyframes": rows}
    )


def _places(tx: Tx, body: Proposal) -> list[Keyframe]:
    """Give keyframes that say all by themselves, without a time. Raises: NotFound, Conflict."""
    asked = body.from_
    if asked.points is not None:
        points = list(asked.points)
    elif asked.samples is not None:
        points = [_sample(id) for id in dict.fromkeys(asked.samples)]
    elif asked.photos is not None:
        points = [_sample(_found(tx, body.model_id, id)) for id in dict.fromkeys(asked.photos)]
    elif asked.map is not None:
        there = {sample.id for sample in tx.samples.there(asked.map)}
        ids = dict.fromkeys(asked.map)
        points = [_sample(id if id in there else _found(tx, body.model_id, id)) for id in ids]
    else:
        points = []
    rows = [Keyframe(at_s=float(number), model_id=body.model_id, point=point) for number, point in enumerate(points)]
    return list(whole(tx, Recipe(duration_s=1800.0, loop=False, keyframes=tuple(rows))).keyframes)


def _sample(id: UUID) -> Point:
    return Point(anchor=Anchor(sample=id))


def _seed(seed: int) -> Point:
    return Point(anchor=Anchor(seed=seed))


def _found(tx: Tx, model_id: UUID, photo_id: UUID) -> UUID:
    """Name the sample that was found for a photograph in this model, the latest one.

    Raises: NotFound, for a photograph that is not there; Conflict, with the `job` to post, where nobody has looked.
    """
    photo = tx.photos.get(photo_id)
    if photo.clean_key is None:
        raise NotFound(f"There is no picture of the photograph {photo_id}: it is {photo.state}.")
    sample_id = tx.searches.found(photo_id, model_id)
    if sample_id is None:
        raise Conflict(
            f"Nobody has looked for {photo.name} in this model yet.",
            remedy="POST /jobs with this job, then try again; or leave the photograph out.",
            job={"kind": SEARCH, "model_id": str(model_id), "photo_id": str(photo_id)},
            photo_id=str(photo_id),
        )
    return sample_id
