"""How long a step takes and what it holds, estimated from the networks' shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Any

from kinds.cost import speed

FLOPS_PER_S = 140e9  # of the count below, on two idle cores
STEP_S = 0.1  # what a step takes however small the networks are
PICTURE_S = 0.025  # one picture drawn and looked at by the feature network


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What an estimate needs of the networks; a block at resolution r has min(base / r, maximum) channels."""

    resolution: int
    channel_base: int
    channel_max: int

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> Shape:
        """Read it from a model's `architecture`."""
        names = ("resolution", "channel_base", "channel_max")
        return cls(**{name: int(architecture[name]) for name in names})

    def width(self, resolution: int) -> int:
        """Give the channels of the block at `resolution`."""
        return min(self.channel_base // resolution, self.channel_max)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Give the resolutions of the blocks, 8 first."""
        return tuple(2**i for i in range(3, int(log2(self.resolution)) + 1))

    @property
    def picture_flops(self) -> float:
        """Count the multiply-adds of the 3×3 convolutions that one picture of training meets, twice.

        A block's two convolutions stand in G and D alike; a step runs G forward twice and backward once, D forward
        three times and backward three times: about 15 forward passes of one network, R1 and path length shared out.
        """
        pairs = ((self.width(r // 2), self.width(r), r) for r in self.blocks)
        forward = sum(2 * 9 * (c * c * r * r + b * c * r * r / 4) for b, c, r in pairs)
        return 15 * (forward + 2 * 9 * self.width(4) ** 2 * 16)

    @property
    def parameters(self) -> int:
        """Count the weights of one network, to the nearest tenth or so."""
        pairs = ((self.width(r // 2), self.width(r)) for r in self.blocks)
        return int(sum(9 * (b * c + c * c) + b * c for b, c in pairs) + 30 * self.width(4) ** 2 + 200_000)

    @property
    def picture_bytes(self) -> int:
        """Estimate what one picture of a batch holds in memory between forward and backward, G and D together."""
        return int(60 * sum(self.width(r) * r * r for r in self.blocks))


def pace_of(precision: str | None) -> str:
    """Name what the speed of trainings is kept under: in float32 they take half as long again on many machines."""
    return f"train_{precision or 'float32'}"


def step_s(shape: Shape, *, batch: int) -> float:
    """Estimate one step in nominal seconds, those of two idle cores."""
    return STEP_S + batch * shape.picture_flops / FLOPS_PER_S


def measure_s(pictures: int) -> float:
    """Estimate one measuring in nominal seconds."""
    return pictures * PICTURE_S


def seconds_a_step(shape: Shape, *, batch: int, pace: str, facts: Mapping[str, Any]) -> float:
    """Estimate one step on this installation, in seconds."""
    return step_s(shape, batch=batch) / speed(facts, kind="train", pace=pace)
