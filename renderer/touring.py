"""Finding a short way through places of a model that is warm."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import torch
from torch import Tensor

from jobs.point import Anchor, Point
from jobs.touring import CANDIDATES, Tour, Toured
from latent.farthest import farthest
from latent.point import Direction
from latent.tour import tour
from renderer.warm import Warm, WarmModel
from renderer.ways import ways_of
from store.store import Store

LAST_SEED = 2**32 - 1


async def toured(store: Store, warm: Warm, asked: Tour) -> Toured:
    """Order places so that the way through them is short in W. Raises: as `Warm.get`; NotFound, BadParams."""
    model = await warm.get(asked.model_id)
    return await asyncio.to_thread(_toured, store, model, asked)


def _toured(store: Store, model: WarmModel, asked: Tour) -> Toured:
    if not asked.points:
        return _far_apart(model, asked)
    ways = ways_of(store, frozenset[UUID]().union(*(point.directions for point in asked.points)))
    space = model.space.of_my_own()
    places = torch.cat([space.latents(point, ways.__getitem__).ws.mean(dim=1) for point in asked.points])  # [N, W]
    order = tour(places, loop=asked.loop)
    return Toured(order=tuple(order), apart=_apart(places[order], loop=asked.loop))


def _far_apart(model: WarmModel, asked: Tour) -> Toured:
    first = min(asked.seed, LAST_SEED - asked.count * CANDIDATES)
    seeds = range(first, first + asked.count * CANDIDATES)
    points = [Point(anchor=Anchor(seed=seed)) for seed in seeds]
    space = model.space.of_my_own()
    places = torch.cat([space.latents(point, _none).ws.mean(dim=1) for point in points])  # [N, W]
    chosen = list(farthest(places, asked.count))
    kept = places[chosen]
    order = tour(kept, loop=asked.loop)
    return Toured(order=tuple(seeds[chosen[place]] for place in order), apart=_apart(kept[order], loop=asked.loop))


def _apart(places: Tensor, *, loop: bool) -> tuple[float, ...]:
    after = places.roll(-1, dims=0) if loop else places[1:]
    before = places if loop else places[:-1]
    found: Sequence[float] = (after - before).norm(dim=1).tolist()
    return tuple(found)


def _none(_: UUID) -> Direction:
    raise KeyError("a seed goes along no direction")
