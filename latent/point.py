"""From a point to what the synthesis draws: anchor -> z on the plane -> mapping -> mix -> shift -> truncation -> noise.

A point whose picture is kept is mapped by itself, so that its bits depend on nothing else that is drawn. What is only
looked at is mapped in one batch with what lies on the same plane: its last bits depend on how many those are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
import torch
from torch import Tensor

from gan.generate import latents as of_seeds
from gan.generator import Generator, NoiseMode, NoiseSource, one_hot, truncate
from gan.randomness import Stream, counted, noise_of
from jobs.errors import BadParams
from jobs.point import Anchor, Mix, Point
from latent.plane import Numbers, Planes


@dataclass(frozen=True, kw_only=True)
class Direction:
    """A way through W: `step` `[W]` of one standard deviation, taken by the layers `first` to `last` (all: None)."""

    step: Tensor
    first: int = 0
    last: int | None = None


DirectionOf = Callable[[UUID], Direction]
Places = Sequence[tuple[float, float]]  # x, y of each, on one plane


@dataclass(frozen=True, kw_only=True)
class Latents:
    """What a synthesis draws: ws `[1, L, W]`, truncated, and noise."""

    ws: Tensor
    noise_mode: NoiseMode
    noise_seed: int

    def noise(self) -> NoiseSource:
        """The numbers of random noise, from 4 px up; those of a generate job for the same seed."""
        return noise_of_all([self])


def noise_of_all(latents: Sequence[Latents]) -> NoiseSource:
    """The numbers of random noise of several pictures, each as by itself."""
    return noise_of([counted(each.noise_seed, Stream.GENERATE) for each in latents], latents[0].ws.device)


def layers_of(name: str, num_ws: int) -> tuple[int, int]:
    """The first of the layers that make shape, form or colour, and the first one after them.

    Up to 8 px, up to 32 px, and all beyond, as Karras et al. 2019 (section 3.1) part them; of a network of few layers
    each is a third.
    """
    ends = (0, min(4, round(num_ws / 3)), min(8, round(2 * num_ws / 3)), num_ws)
    part = ("shape", "form", "colour").index(name)
    return ends[part], ends[part + 1]


@lru_cache(maxsize=4096)
def plane_seed(anchor: Anchor) -> int:
    """The seed of an anchor's plane: each has its own, known by the anchor's canonical JSON."""
    return int.from_bytes(hashlib.sha256(anchor.canonical.encode()).digest()[:8], "big")


@lru_cache(maxsize=1024)
def z_of_seed(seed: int, z_dim: int) -> Numbers:
    """z `[Z]` of a seed, as a generate job draws it; not to be written to."""
    return of_seeds([seed], z_dim)[0].numpy()


class Space:
    """The latent space of one generator. For one thread, as its `planes` are."""

    def __init__(self, G: Generator, *, planes: Planes) -> None:
        self._G, self._planes = G, planes

    def of_my_own(self) -> Space:
        """Give another of the same generator, for another thread."""
        return Space(self._G, planes=Planes())

    @torch.no_grad()
    def latents(self, point: Point, direction_of: DirectionOf) -> Latents:
        """Give what to draw of a point without samples (`Point.resolved`).

        Raises: BadParams, if latents, labels or layers are none of this generator's; what `direction_of` raises.
        """
        return self._latents(point, [(point.x, point.y)], direction_of)[0]

    @torch.no_grad()
    def together(self, points: Sequence[Point], direction_of: DirectionOf) -> list[Latents]:
        """As `latents` of each, within 1e-5; what lies on one plane is mapped at once. Raises: as `latents`."""
        planes: dict[Point, list[int]] = {}
        for number, point in enumerate(points):
            planes.setdefault(point.model_copy(update={"x": 0.0, "y": 0.0}), []).append(number)
        found: dict[int, Latents] = {}
        for plane, numbers in planes.items():
            places = [(points[number].x, points[number].y) for number in numbers]
            found |= zip(numbers, self._latents(plane, places, direction_of), strict=True)
        return [found[number] for number in range(len(points))]

    def _latents(self, point: Point, places: Places, direction_of: DirectionOf) -> list[Latents]:
        """What to draw at places of the plane of a point, wherever on it that is."""
        ws = truncate(self._ws(point, places, None, direction_of), self._G.mapping.w_avg, point.psi)
        mode, seed = point.noise.mode, point.noise_seed
        return [Latents(ws=each, noise_mode=mode, noise_seed=seed) for each in ws.split(1)]

    def label(self, point: Point) -> int:
        """The label that is drawn; 0 of a generator without labels. Raises: BadParams."""
        return self._label(point.anchor, point.class_label)

    def _ws(self, point: Point, places: Places, label: int | None, direction_of: DirectionOf) -> Tensor:
        """ws `[N, L, W]` before truncation; `label`, where given, is that of the point which this one is part of."""
        label = point.class_label if label is None else label
        ws = self._on_plane(point.anchor, places, label, direction_of)
        for mix in point.mix:
            ws = self._mixed(ws, mix, label, direction_of)
        for shift in point.shift:
            way = direction_of(shift.direction)
            if len(way.step) != self._G.w_dim:
                raise BadParams(
                    f"a direction has {len(way.step)} numbers; this model's w has {self._G.w_dim}",
                    pointer="#/point/shift",
                    remedy="Take directions of this model, or of one that was trained from it.",
                )
            last = self._G.num_ws if way.last is None else way.last + 1
            ws = ws.clone()
            ws[:, way.first : last] += way.step.to(ws) * shift.amount
        return ws

    def _mixed(self, ws: Tensor, mix: Mix, label: int | None, direction_of: DirectionOf) -> Tensor:
        num_ws = self._G.num_ws
        if isinstance(mix.layers, str):
            first, end = layers_of(mix.layers, num_ws)
        else:
            first, end = mix.layers[0], mix.layers[1] + 1
        if end > num_ws:
            raise BadParams(f"layer {end - 1} is mixed in; this model has 0 to {num_ws - 1}", pointer="#/point/mix")
        other = self._on_plane(mix.of, [(mix.x, mix.y)], label, direction_of).expand_as(ws)
        return torch.cat([ws[:, :first], other[:, first:end], ws[:, end:]], dim=1)  # [N, L, W]

    def _on_plane(self, anchor: Anchor, places: Places, label: int | None, direction_of: DirectionOf) -> Tensor:
        z, seed = self._z(anchor), plane_seed(anchor)
        if z is not None:
            zs = [self._planes.around(z, seed, x, y) for x, y in places]
            return self._mapped(zs, self._label(anchor, label))
        ws = self._fixed(anchor, label, direction_of).expand(len(places), -1, -1)
        if all(place == (0, 0) for place in places):
            return ws
        # An anchor in W has no z: it moves by what the mapping makes of the field, w0 + M(G(p)) - M(G(0)).
        of, z_dim = self._label(anchor, label), self._G.z_dim
        there = self._mapped([self._planes.field(seed, z_dim, x, y) for x, y in places], of)  # [N, L, W]
        return ws + (there - self._mapped([self._planes.field(seed, z_dim, 0.0, 0.0)], of))

    def _z(self, anchor: Anchor) -> Numbers | None:
        """The z `[Z]` of an anchor; None of one that has none, such as a sum."""
        if anchor.seed is not None:
            return z_of_seed(anchor.seed, self._G.z_dim)
        if anchor.z is not None:
            if len(anchor.z) != self._G.z_dim:
                raise _wrong("z", len(anchor.z), self._G.z_dim)
            return np.array(anchor.z, dtype=np.float32)
        inner = anchor.point
        if inner is None or inner.mix or inner.shift or (z := self._z(inner.anchor)) is None:
            return None
        return self._planes.around(z, plane_seed(inner.anchor), inner.x, inner.y)

    def _fixed(self, anchor: Anchor, label: int | None, direction_of: DirectionOf) -> Tensor:
        """ws `[1, L, W]` of an anchor without a z."""
        G = self._G
        if anchor.w is not None:
            if len(anchor.w) not in (1, G.num_ws):
                raise _wrong("w", len(anchor.w), G.num_ws, what="rows")
            if wrong := [len(row) for row in anchor.w if len(row) != G.w_dim]:
                raise _wrong("w", wrong[0], G.w_dim)
            return torch.tensor(anchor.w).to(G.mapping.w_avg)[None].expand(1, G.num_ws, -1)
        if anchor.point is not None:
            inner = anchor.point
            return self._ws(inner, [(inner.x, inner.y)], label, direction_of)
        if anchor.sum is None:
            raise ValueError("a sample is resolved before its latents are asked for")
        ws = sum(term.weight * self._on_plane(term.of, [(0, 0)], label, direction_of) for term in anchor.sum)
        lacking = 1 - sum(term.weight for term in anchor.sum)
        return ws if lacking == 0 else ws + lacking * G.mapping.w_avg  # type: ignore[return-value]

    def _mapped(self, zs: Sequence[Numbers], label: int) -> Tensor:
        w_avg = self._G.mapping.w_avg
        c = one_hot([label] * len(zs), self._G.config.c_dim, w_avg.device)
        ws: Tensor = self._G.mapping(torch.from_numpy(np.stack(zs)).to(w_avg.device), c)
        return ws

    def _label(self, anchor: Anchor, label: int | None) -> int:
        """The label of what is drawn: the one given, else that of the anchor, which a seed has as in a generate job."""
        c_dim = self._G.config.c_dim
        if label is not None:
            if label >= c_dim:
                known = f"it knows the labels 0 to {c_dim - 1}" if c_dim else "it knows no labels"
                raise BadParams(f"class_label is {label}, and {known}", pointer="#/point/class_label")
            return label
        if anchor.point is not None:
            return self._label(anchor.point.anchor, anchor.point.class_label)
        return (anchor.seed or 0) % max(c_dim, 1)


def _wrong(name: str, given: int, wanted: int, *, what: str = "numbers") -> BadParams:
    return BadParams(
        f"{name} has {given} {what}; this model's has {wanted}",
        pointer="#/point/anchor",
        remedy="Take latents of this model, or of one that was trained from it.",
    )
