"""Projection: how near a model comes to what it has drawn itself, and to what it has never seen."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan import device
from gan.generate import generate, to_uint8
from gan.generator import Generator
from gan.metrics import extractor
from gan.model import load_generator
from kinds.cost import REMEMBERED
from latent.looker import Looker, distances
from latent.memory import Memory, looked, remembered
from latent.projection import Wanted, as_picture, away, everywhere, project, start_of, strange
from latent.spread import spread

BASES = Path(__file__).parents[1] / "demo" / "bases"
SEEDS, FEW = 10, 3  # pictures of faces at the usual truncation; of each other kind
STEPS = (100, 100)
OTHERS = (2, 4, 8, 14, 17)  # layers that the search does not see; the last one is what pictures are told apart by
TRUNCATIONS = (0.7, 1.0)


def finding(count: int = SEEDS) -> Iterator[str]:
    """Find pictures of *Faces* in *Faces* again, and look there for those of *Objects*, which it has never seen."""
    on = device.configure()
    faces, objects = (load_generator(BASES / name, on) for name in ("faces_64", "objects_64"))
    finder = Finder(faces, on)
    yield (
        f"{sum(STEPS)} steps. *Loss* is the distance that the search makes small, on layers 1, 3, 5, 11 and 16 of the "
        "feature network; *judge* one on layers 2, 4, 8, 14 and 17, which it does not see; both fall from what the "
        "mean w draws. Shares are of the distance of unrelated pictures. Guesses of w correlate by "
        f"{finder.memory.quality:.2f} with the truth, for pictures that were left out."
    )
    yield ""
    yield "| picture | judge: mean w | in W | in W+ | loss: mean w | start | in W | in W+ | share in W | in W+ | s |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for name, G, psi, most in (
        ("faces", faces, 0.7, count),
        ("faces", faces, 1.0, FEW),
        ("objects", objects, 0.7, FEW),
    ):
        falls = []
        for seed in range(most):
            (picture,) = generate(G, [seed], truncation_psi=psi)
            found = finder.find(as_picture(to_uint8(picture), on))
            falls.append([1 - found.judged[i] / found.judged[0] for i in (1, 2)])
            yield f"| {name} {seed}, truncation {psi} | {found.line}"
        in_w, in_w_plus = np.median(falls, axis=0)
        yield (
            f"| **{name}, truncation {psi}: median fall of the judge {in_w:.1%} in W, {in_w_plus:.1%} in W+** "
            "| | | | | | | | | | |"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Distances of what was found: of the mean w, in W, in W+; losses also of the start, after the mean w."""

    judged: Sequence[float]
    losses: Sequence[float]
    unrelated: float
    took_s: float

    @property
    def line(self) -> str:
        """A row of the table, after its name."""
        shares = [f"{self.losses[i] / self.unrelated:.2f}" for i in (2, 3)]
        numbers = [f"{one:.4f}" for one in (*self.judged, *self.losses)]
        return " | ".join([*numbers, *shares, f"{self.took_s:.0f}"]) + " |"


class Finder:
    """Looks for pictures in one model."""

    def __init__(self, G: Generator, on: torch.device) -> None:
        self._G, network, self._of = G, extractor(on), spread(G)
        self._looker = Looker(network, G.resolution)
        self._judge = Looker(network, G.resolution, layers=OTHERS)
        self.memory: Memory = remembered(self._of, list(looked(G, self._looker, self._of, count=REMEMBERED)))

    def find(self, picture: Tensor) -> Found:
        """Look for a picture `[1, 3, R, R]`."""
        G, wanted = self._G, Wanted(picture, self._looker)
        began, start = time.perf_counter(), start_of(G, wanted, self.memory)
        in_w = start
        for step in project(G, wanted, of=self._of, start=start, steps=STEPS):
            in_w = step.ws[0, 0] if step.done == STEPS[0] else in_w
        took_s = time.perf_counter() - began
        places = [everywhere(G, G.mapping.w_avg), everywhere(G, in_w), step.ws]
        losses = [away(G, ws, wanted) for ws in (places[0], everywhere(G, start), *places[1:])]
        return Found(
            judged=[self._judged(ws, picture) for ws in places],
            losses=losses,
            unrelated=strange(G, wanted, self._of),
            took_s=took_s,
        )

    @torch.no_grad()
    def _judged(self, ws: Tensor, picture: Tensor) -> float:
        drawn = self._G.synthesis(ws, noise_mode="const").clamp(-1, 1)
        return float(distances(self._judge.look(drawn), self._judge.look(picture)))
