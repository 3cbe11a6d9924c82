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
from jobs.journey import LEAST_S, Keyframe, Recipe
from jobs.point import Anchor, Point
from jobs.touring import Tour, Toured
from store.searches import KIND as SEARCH
from store.store import Store
from store.tx import Tx

LEAST_SHARE = 0.1  # of a stretch, as a share of what each would have if all were as long
PER_S, ROUNDING = 1000, 1e-6  # moments of a second that a time may be; sums of floats fall short of whole ones


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
    check_time(body, body.from_.seeds or len(found))
    asked = Tour(
        model_id=body.model_id,
        points=tuple(keyframe.point for keyframe in found),
        count=body.from_.seeds or 0,
        seed=body.seed,
        loop=body.loop,
    )
    toured = Toured.model_validate_json(bytes((await renderers.ask("tours", asked)).body))
    recipe = timed(body, found, toured)

    def told() -> Recipe:
        with store.read() as tx:
            return short(tx, recipe)

    return await renderers.in_thread(told)


def check_time(body: Proposal, count: int) -> None:
    """Raises: BadParams, for more places than the time has room for."""
    needed_s = round(LEAST_S * (count if body.loop else count - 1), 3)
    if body.duration_s < needed_s:
        raise BadParams(
            f"{count} places in {body.duration_s:g} s: from one to the next it takes {LEAST_S:g} s at the least",
            pointer="#/duration_s",
            remedy=f"Give {needed_s:g} s or more, or fewer places.",
        )


def timed(body: Proposal, places: Sequence[Keyframe], toured: Toured) -> Recipe:
    """Give each stretch a share of the time by how far it is; none is so short that it would be a jump.

    The film goes at one speed: these times stand in for those that follow from how long the way looks, once it is made.
    """
    if places:
        keyframes = [places[number] for number in toured.order]
    else:
        keyframes = [Keyframe(at_s=0.0, model_id=body.model_id, point=_seed(seed)) for seed in toured.order]
    mean = sum(toured.apart) / max(len(toured.apart), 1)
    shares = [max(apart, LEAST_SHARE * mean) or 1.0 for apart in toured.apart]
    lasts, at, found = _lasting(shares, body.duration_s), 0.0, []
    for keyframe, lasts_s in zip(keyframes, [*lasts, 0.0], strict=False):
        found.append(keyframe.model_copy(update={"at_s": floor(at * PER_S + ROUNDING) / PER_S}))
        at = min(at + lasts_s, body.duration_s)
    rows = [dict(keyframe) for keyframe in found]
    return Recipe.model_validate(
        {"duration_s": body.duration_s, "loop": body.loop, "speed": "constant", "keyframes": rows}
    )


def _lasting(shares: Sequence[float], duration_s: float) -> list[float]:
    """Give each stretch its share of the time; where one would be too short, all get the least first."""
    total = sum(shares)
    if duration_s * min(shares) / total >= LEAST_S:
        return [duration_s * share / total for share in shares]
    left_s = max(duration_s - LEAST_S * len(shares), 0.0)
    return [LEAST_S + left_s * share / total for share in shares]


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
