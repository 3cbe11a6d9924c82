"""A minute of film with music: what it takes beside its bare frames, and how evenly it goes."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from bench.evenness import FPS, MODEL, SEEDS, nowhere, recipe, table
from gan import device
from gan.config import NetConfig
from gan.generator import Generator
from gan.model import load_generator, save_model
from jobs.events import Artifact, Made, Progress
from jobs.journey import Recipe
from jobs.place import Place
from jobs.point import Anchor, Point
from jobs.route import Route
from kinds.journey.params import JourneyParams
from kinds.journey.run import run
from latent.journey import Flight
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space

SIDE, LASTS_S = 256, 60.0
EACH, BARE = 150, 12  # after so many frames of the film, so many of them are drawn bare
TOGETHER = 4  # frames that are drawn together, in case that is quicker


def filming(frames: int = round(FPS * LASTS_S)) -> Iterator[str]:
    """Make a film of `frames` frames at 256 px, then look how evenly films of two bases at 64 px go."""
    yield f"{SIDE} px, {FPS} frames a second, {frames:,} frames, {len(SEEDS)} keyframes, a loop, one speed, with music."
    yield ""
    yield "| what | measured |"
    yield "| --- | --- |"
    yield from _speed(recipe(duration_s=frames / FPS, speed="constant", compose={"seed": 1}))
    yield from table()


class Bare:
    """Draws frames of a film and nothing else; each of 4 together, where that is quicker than one after another."""

    def __init__(self, model: Path, asked: Recipe) -> None:
        G = load_generator(model, device.configure())
        self._flight, self._pen, space = Flight({MODEL: G}, Route(asked), nowhere), Pen(G), Space(G, planes=Planes())
        self._four = [space.latents(Point(anchor=Anchor(seed=seed)), nowhere) for seed in SEEDS[:TOGETHER]]
        self._flight.frame(0)  # the first one makes the network ready
        self.alone_s: list[float] = []
        self.together_s: list[float] = []

    def each_s(self, first: int, count: int) -> float:
        """Give the seconds of a frame among `count` from `first` on, as the quicker way has it now."""
        alone = [_took(partial(self._flight.frame, first + n * count // BARE)) for n in range(BARE)]
        together = [_took(lambda: self._pen.draw_together(self._four)) / TOGETHER for _ in range(BARE // TOGETHER)]
        self.alone_s.append(statistics.median(alone))
        self.together_s.append(statistics.median(together))
        return min(self.alone_s[-1], self.together_s[-1])


@dataclass(slots=True)
class Watch:
    """Times a film, and stands still between while frames are drawn bare: what else the machine does, both feel."""

    parts: dict[str, float] = field(default_factory=dict)  # seconds by what the film is at
    ratios: list[float] = field(default_factory=list)  # of drawing its frames, against drawing them bare
    bare_s: float = 0.0
    since: float = 0.0

    def lap(self, part: str) -> float:
        """Count what has gone by to a part of the film."""
        now = time.perf_counter()
        took, self.since = now - self.since, now
        self.parts[part] = self.parts.get(part, 0.0) + took
        return took

    def stretch(self, bare: Bare, first: int, count: int) -> None:
        """End a stretch of drawing: draw some of its frames bare, and go on."""
        took, each_s = self.lap("drawing"), bare.each_s(first, count)
        self.ratios.append(took / (count * each_s))
        self.bare_s += count * each_s
        self.since = time.perf_counter()


def _speed(asked: Recipe) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        torch.manual_seed(0)
        config = NetConfig(resolution=SIDE, channel_base=16_384, channel_max=256)
        model = save_model(folder / "model", G_ema=Generator(config), D=None, facts={})
        bare, watch = Bare(model, asked), Watch()
        film = _film(model, folder / "scratch", asked, bare, watch)
        took_s = sum(watch.parts.values())
        yield f"| a frame, bare | {statistics.median(bare.alone_s) * 1e3:.0f} ms |"
        yield f"| a frame, bare, of {TOGETHER} together | {statistics.median(bare.together_s) * 1e3:.0f} ms |"
        yield f"| the film | {took_s:.0f} s, {film.stat().st_size / 1e6:.1f} MB |"
        for part, part_s in watch.parts.items():
            yield f"| of it {part} | {part_s:.1f} s, {part_s / watch.bare_s:.3f} of its frames bare |"
        yield f"| drawing and encoding against its frames bare, the median | {statistics.median(watch.ratios):.3f} |"
        yield f"| rendering against its frames bare | **{took_s / watch.bare_s:.2f}** (≤ 1.1) |"


def _film(model: Path, scratch: Path, asked: Recipe, bare: Bare, watch: Watch) -> Path:
    """Make the film as a job does, its clock on `watch`."""
    scratch.mkdir()
    place = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model},
        facts={"model": {}, "film": {}},
        resume_point=None,
        stop=lambda: False,
    )
    made, drawn, counted = list[Path](), 0, 0
    watch.since = time.perf_counter()
    for event in run(JourneyParams(recipe=asked), place):
        if isinstance(event, Progress) and event.phase == "drawing":
            drawn += 1
            if drawn == asked.frames or drawn - counted == EACH:
                watch.stretch(bare, counted, drawn - counted)
                counted = drawn
        elif isinstance(event, Artifact) and event.type is Made.PACE:
            watch.lap("measuring")
        elif isinstance(event, Artifact) and event.type is Made.FILM_PART:
            shutil.move(event.files["part"], scratch)
        elif isinstance(event, Artifact) and event.type is Made.FILM:
            watch.lap("sound and joining")
            made.append(event.files["film"])
    return made[0]


def _took(does: Callable[[], object]) -> float:
    began = time.perf_counter()
    does()
    return time.perf_counter() - began
