"""Two stores that are asked for the same, in turn."""

import random
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import httpx

from bench.filling import id_of, nearness, rating
from store import sample_tables as s
from store.pages import Order

ROUNDS = 300
LIMIT = 50


class Asked(NamedTuple):
    """One store, and what it is asked for."""

    client: httpx.Client
    words: Mapping[str, Any]
    samples: int


class Round(NamedTuple):
    """Milliseconds that both stores took, in turn: of few samples, of many."""

    few: list[float]
    many: list[float]

    @property
    def ratio(self) -> float:
        return _p99(self.many) / _p99(self.few)

    @property
    def line(self) -> str:
        told = (f"{statistics.median(one):.1f}, {_p99(one):.1f} ms" for one in self)
        return f"{' | '.join(told)} | {self.ratio:.2f}"


def measured(asked: Sequence[Asked], name: str, order: str) -> Round:
    """Ask each store for pages from anywhere in its list."""
    chance = random.Random(name)  # noqa: S311 - drawn alike each time
    took = Round([], [])
    for _ in range(ROUNDS):
        for one, milliseconds in zip(asked, took, strict=True):
            words = {**one.words, **_place(chance.random(), one.samples, order)}
            began = time.perf_counter()
            one.client.get("/samples", params=words).raise_for_status()
            milliseconds.append(1000 * (time.perf_counter() - began))
    return took


def _p99(took: list[float]) -> float:
    return sorted(took)[round(0.99 * len(took)) - 1]


def _place(share: float, count: int, order: str) -> Mapping[str, Any]:
    """Give the cursor of a place in the list, which is one in every list; a tenth of the time its start."""
    if share < 0.1:
        return {"order": order, "limit": LIMIT}
    nth = int(share * (count - 1))
    of = s.samples.c
    name = {"newest": "samples", "oldest": "samples-up", "best": "samples-best", "original": "samples-original"}[order]
    by = Order(name=name, columns=[*{"best": [of.rating], "original": [of.nearness]}.get(order, []), of.id])
    row = {"rating": rating(nth), "nearness": nearness(nth), "id": id_of(nth)}
    return {"order": order, "limit": LIMIT, "cursor": by.cursor_of(row)}
