"""What a job would cost, told before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

REMEMBERED, REMEMBER_S = 1_000, 0.02  # pictures of a model's own, each drawn small and looked at
NARROW, WIDE = 128, 256  # channels that the second holds for; pictures of a network from so many on are smaller ones


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word to the owner about what to expect: a code for programs, a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """An estimate. `photos_seen` and `times_each_seen` are 0 where nothing is learnt."""

    seconds: float
    disk_bytes: int
    memory_bytes: int
    sentence: str
    photos_seen: int = 0
    times_each_seen: float = 0.0
    snapshots: tuple[int, ...] = ()
    notices: tuple[Word, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {**asdict(self), "snapshots": list(self.snapshots), "notices": [asdict(word) for word in self.notices]}


def speed(facts: Mapping[str, Any], *, kind: str, pace: str | None = None) -> float:
    """Say how fast this installation works: nominal seconds of a kind's work done in one second.

    Nominal seconds are those of two idle cores. Workers measure the speed of each `pace` of a kind (`facts["host"]`);
    that of the kind stands for a pace that is not known, and 1 for one of which nothing is.
    """
    measured = facts.get("host", {})
    return float(measured.get(f"{pace or kind}_work_per_s") or measured.get(f"{kind}_work_per_s") or 1.0)


def remember_s(architecture: Mapping[str, Any]) -> float:
    """Estimate in nominal seconds what it takes to look at what a model draws (`kinds.memories`)."""
    wide = max(int(architecture.get("channel_max", NARROW)), 1)
    return REMEMBERED * REMEMBER_S * max(wide / NARROW, 0.5) ** 2 / (1 if wide < WIDE else 2)
