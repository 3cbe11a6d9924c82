"""How evenly journeys go: what the eye sees change from frame to frame, along straight lines and at measured speeds."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan import device
from gan.generator import Generator, truncate
from gan.metrics import extractor
from gan.model import load_generator
from jobs.journey import Recipe
from jobs.route import Route
from latent.journey import Flight
from latent.looker import Looker
from latent.pace import apart, measured
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Direction, Space

BASES = Path(__file__).parent.parent / "demo" / "bases"
SEEDS = (3, 14, 15, 92, 65, 35)
MODEL = UUID(int=1)
FPS, LASTS_S = 30, 20.0
ROUNDED = 6  # frames of a step where pictures are rounded: less would be told from rounding alone

Steps = NDArray[np.float64]


def recipe(*, duration_s: float, fps: int = FPS, **values: Any) -> Recipe:
    """A loop through places, all as far apart in time."""
    keyframes = [
        {"at_s": number * duration_s / len(SEEDS), "model_id": MODEL, "point": {"anchor": {"seed": seed}}}
        for number, seed in enumerate(SEEDS)
    ]
    return Recipe.model_validate({"duration_s": duration_s, "fps": fps, "keyframes": keyframes, **values})


def nowhere(_: UUID) -> Direction:
    """Give a direction, of which the places here take none."""
    raise KeyError


def table(bases: tuple[str, ...] = ("faces_64", "objects_64")) -> Iterator[str]:
    """Make films of each base along several ways, and look how evenly they go."""
    for base in bases:
        yield ""
        yield (
            f"{base}, {LASTS_S:g} s at {FPS} frames a second; how far it is to the eye from frame to frame, as the "
            f"network draws them, and of 8 bits from each {ROUNDED}th to the next:"
        )
        yield ""
        yield "| way | mean | coefficient of variation | within stretches | last to first, by the median | of 8 bits |"
        yield "| --- | --- | --- | --- | --- | --- |"
        on = device.configure()
        yield from _rows(load_generator(BASES / base, on), Looker(extractor(on), 64))


def _rows(G: Generator, look: Looker) -> Iterator[str]:
    asked = recipe(duration_s=LASTS_S)
    lengths = list(measured(Flight({MODEL: G}, Route(asked), nowhere).views, look, len(SEEDS)))
    routes: Mapping[str, Route] = {
        speed: Route(asked.model_copy(update={"speed": speed}), lengths=lengths)
        for speed in ("plain", "even", "constant")
    }
    straight: Steps | None = None
    for name, route, pictures in [
        ("straight lines in W", Route(asked), _straight(G, asked)),
        *((f"speed: {speed}", route, _frames(G, route)) for speed, route in routes.items()),
    ]:
        frames = list(pictures)
        steps = apart(iter(frames), look)
        straight = steps if straight is None else straight
        yield _row(name, steps, _rounded(frames, look), route, straight)


def _row(name: str, steps: Steps, rounded: Steps, route: Route, straight: Steps) -> str:
    edges = [round(one.at_s * FPS) for one in route.keyframes] + [len(steps)]
    within = [_cv(steps[a + 1 : b - 1]) for a, b in pairwise(edges)]
    return (
        f"| {name} | {steps.mean():.4f} | **{_cv(steps):.3f}**, {_cv(steps) / _cv(straight):.2f} of straight lines' "
        f"| {np.mean(within):.3f} | {steps[-1] / np.median(steps):.2f} | {_cv(rounded):.3f} |"
    )


def _rounded(frames: Sequence[Tensor], look: Looker) -> Steps:
    """Give the distances of some frames of 8 bits."""
    return apart(((one.clamp(-1, 1) + 1).mul(127.5).round() / 127.5 - 1 for one in frames[::ROUNDED]), look)


def _frames(G: Generator, route: Route) -> Iterator[Tensor]:
    """Draw a film, and its first frame once more."""
    flight, count = Flight({MODEL: G}, route, nowhere), route.recipe.frames
    return (flight.unrounded(number % count) for number in range(count + 1))


@torch.no_grad()
def _straight(G: Generator, asked: Recipe) -> Iterator[Tensor]:
    """Plain linear interpolation in W, at even steps; its first frame once more."""
    space, pen = Space(G, planes=Planes()), Pen(G)
    ws = [space.latents(one.point.model_copy(update={"psi": 1.0}), nowhere).ws for one in asked.keyframes]
    each = asked.frames // len(ws)
    for number in range(each * len(ws) + 1):
        here, there = ws[number // each % len(ws)], ws[(number // each + 1) % len(ws)]
        w = truncate(torch.lerp(here, there, number % each / each), G.mapping.w_avg, asked.keyframes[0].strength)
        yield pen.unrounded(w, noise_mode="const", noise=None)


def _cv(steps: Steps) -> float:
    return float(steps.std() / steps.mean())
