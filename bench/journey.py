"""A minute of film: what it takes beside its bare frames, and how evenly it goes."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray

from gan import device
from gan.config import NetConfig
from gan.generate import to_uint8
from gan.generator import Generator, truncate
from gan.metrics import extractor
from gan.model import load_generator, save_model
from jobs.events import Artifact, Made
from jobs.journey import Recipe
from jobs.place import Place
from jobs.route import Route
from kinds.journey.params import JourneyParams
from kinds.journey.run import run
from latent.journey import Flight
from latent.looker import Looker
from latent.pace import apart, measured
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Direction, Space

SIDE, FPS, LASTS_S = 256, 30, 60.0
SEEDS = (3, 14, 15, 92, 65, 35)
MODEL = UUID(int=1)
BASE = Path(__file__).parent.parent / "demo" / "bases" / "faces_64"
BARE = 150  # frames that are drawn bare, spread over the film
LOOKED_FPS = 5  # of the table of speeds: steps large enough to be told from rounding


def filming(frames: int = round(FPS * LASTS_S)) -> Iterator[str]:
    """Make a film of `frames` frames at 256 px, then look how evenly one of the faces base at 64 px goes."""
    yield f"{SIDE} px, {FPS} frames a second, {frames:,} frames, {len(SEEDS)} keyframes, a loop."
    yield ""
    yield "| what | measured |"
    yield "| --- | --- |"
    yield from _speed(frames)
    yield ""
    yield f"The faces base at 64 px; how far it is to the eye from frame to frame, {LOOKED_FPS} a second:"
    yield ""
    yield "| way | mean | coefficient of variation | within stretches | last to first, by the median |"
    yield "| --- | --- | --- | --- | --- |"
    yield from _evenness()


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


def _speed(frames: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        torch.manual_seed(0)
        config = NetConfig(resolution=SIDE, channel_base=16_384, channel_max=256)
        model = save_model(folder / "model", G_ema=Generator(config), D=None, facts={})
        asked = recipe(duration_s=frames / FPS)
        bare_s = _bare(model, asked)
        yield f"| a frame, bare | {bare_s * 1e3:.0f} ms |"
        began = time.perf_counter()
        film = _film(model, folder / "scratch", asked)
        took = time.perf_counter() - began
        yield f"| the film | {took:.0f} s, {film.stat().st_size / 1e6:.1f} MB |"
        yield f"| rendering against its frames bare | **{took / (bare_s * frames):.2f}** (≤ 1.1) |"


def _bare(model: Path, asked: Recipe) -> float:
    """Seconds of a frame of the film that is drawn and neither measured nor encoded; the median."""
    on = device.configure()
    flight = Flight({MODEL: load_generator(model, on)}, Route(asked), nowhere)
    took = []
    for number in np.linspace(0, asked.frames - 1, min(BARE, asked.frames)).round():
        began = time.perf_counter()
        flight.frame(int(number))
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _film(model: Path, scratch: Path, asked: Recipe) -> Path:
    scratch.mkdir()
    place = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model},
        facts={"model": {}, "film": {}},
        resume_point=None,
        stop=lambda: False,
    )
    made: list[Path] = []
    for event in run(JourneyParams(recipe=asked), place):
        if isinstance(event, Artifact) and event.type is Made.FILM_PART:
            shutil.move(event.files["part"], scratch)
        elif isinstance(event, Artifact) and event.type is Made.FILM:
            made.append(event.files["film"])
    return made[0]


def _evenness() -> Iterator[str]:
    on = device.configure()
    G, look = load_generator(BASE, on), Looker(extractor(on), 64)
    asked = recipe(duration_s=LASTS_S, fps=24)
    linear = asked.with_keyframes(one.model_copy(update={"ease": "linear"}) for one in asked.keyframes)
    flight = Flight({MODEL: G}, Route(asked), nowhere)
    lengths = list(measured(flight.glances, look, len(SEEDS), device=on))
    timed = _by_length(linear, lengths)
    ways = {
        "straight lines in W": _straight(G, linear),
        "even, the same times": _frames(G, Route(linear, lengths=lengths)),
        "even, smooth": _frames(G, Route(asked, lengths=lengths)),
        "even, times by length": _frames(G, Route(timed, lengths=lengths)),
    }
    for name, pictures in ways.items():
        steps = apart(np.concatenate([pictures, pictures[:1]]), look, on)
        own = timed if name.endswith("length") else linear
        edges = [round(one.at_s * LOOKED_FPS) for one in own.keyframes] + [len(steps)]
        within = [_cv(steps[a + 1 : b - 1]) for a, b in pairwise(edges)]
        yield (
            f"| {name} | {steps.mean():.4f} | **{_cv(steps):.3f}** | {np.mean(within):.3f} "
            f"| {steps[-1] / np.median(steps):.2f} |"
        )


def _by_length(asked: Recipe, lengths: Sequence[Sequence[float]]) -> Recipe:
    """Give each stretch as much time as it is long."""
    ends = np.cumsum([stretch[-1] for stretch in lengths])
    times = [0.0, *(ends[:-1] / ends[-1] * asked.duration_s).tolist()]
    return asked.with_keyframes(
        one.model_copy(update={"at_s": at_s}) for one, at_s in zip(asked.keyframes, times, strict=True)
    )


def _frames(G: Generator, route: Route) -> NDArray[np.uint8]:
    flight = Flight({MODEL: G}, route, nowhere)
    every = route.recipe.fps / LOOKED_FPS
    return np.stack([flight.frame(round(number * every)) for number in range(round(LASTS_S * LOOKED_FPS))])


@torch.no_grad()
def _straight(G: Generator, asked: Recipe) -> NDArray[np.uint8]:
    """Plain linear interpolation in W, at even steps."""
    space, pen = Space(G, planes=Planes()), Pen(G)
    whole = [one.point.model_copy(update={"psi": 1.0}) for one in asked.keyframes]
    ws = [space.latents(point, nowhere).ws for point in whole]
    each = round(LASTS_S * LOOKED_FPS) // len(ws)
    found = []
    for here, there in zip(ws, [*ws[1:], ws[0]], strict=True):
        for number in range(each):
            w = truncate(torch.lerp(here, there, number / each), G.mapping.w_avg, asked.keyframes[0].strength)
            found.append(to_uint8(pen.whole(w, noise_mode="const", noise=None)[0]))
    return np.stack(found)


def _cv(steps: NDArray[np.float64]) -> float:
    return float(steps.std() / steps.mean())
