"""Whose turn it is: pictures that wait to be drawn, fair between those who look.

Views take turns, a picture each; of one view, what it asked for in its latest turn comes first, and of that what came
first. A sheet waits as the many pictures that it is, so nobody waits for the whole of another one's.

Pictures of one kind are handed out together, as many as are quick together, in the order of their turns. Whoever waits
for another kind waits for one such batch, and is in front of all who were in it.
"""

from __future__ import annotations

import itertools
from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from jobs.errors import Busy

MOST_OF_VIEW = 256  # requests of one view that wait
RETRY_S = 1

Drawn = NDArray[np.uint8]
_NUMBERS = itertools.count()


class Brush(Protocol):
    """Draws pictures of one kind; what equal brushes draw may be drawn together."""

    @property
    def most(self) -> int:
        """How many it draws together, 1 or more."""

    def draw(self, wanted: Sequence[Any], /) -> Sequence[Drawn]:
        """Draw what is wanted, at most `most`, in this order."""


@dataclass(eq=False, kw_only=True)
class Ask:
    """What one request asks for: pictures, with what they are drawn, and what is to be made of all of them."""

    view: str
    turn: int
    brush: Brush
    wanted: Sequence[Any]
    finish: Callable[[Sequence[Drawn]], Any]
    answer: Future[Any] = field(default_factory=Future)
    given: int = 0  # of what is wanted: handed out to be drawn
    drawn: list[Drawn] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def rank(self) -> tuple[int, int]:
        """Its place among those of its view; the highest is next."""
        return self.turn, -self.number

    def fail(self, error: BaseException) -> None:
        """Answer with an error, unless nobody waits any more."""
        with suppress(InvalidStateError):  # cancelled, or answered by another thread just now
            self.answer.set_exception(error)


Batch = Mapping[Ask, Sequence[Any]]  # what is wanted of each request, all with equal brushes


class Turns:
    """Holds what waits. Used from any thread."""

    def __init__(self, *, most_of_view: int = MOST_OF_VIEW) -> None:
        self._most_of_view = most_of_view
        self._views: OrderedDict[str, list[Ask]] = OrderedDict()  # whose turn it is first; each by rank
        self._there = Condition()
        self._closed = False

    def put(self, ask: Ask) -> None:
        """Let it wait. Beyond what a view may have waiting, the request that would come last is answered Busy."""
        last = None
        with self._there:
            waiting = self._views.setdefault(ask.view, [])
            insort(waiting, ask, key=lambda each: each.rank)
            if len(waiting) > self._most_of_view:
                last = waiting.pop(0)
            self._there.notify()
        if last is not None:
            last.fail(
                Busy(
                    f"this view has {self._most_of_view} requests waiting, and newer ones came",
                    retry_after_s=RETRY_S,
                    remedy="Ask for what is on the screen, and give up what has left it.",
                )
            )

    def next(self) -> Batch:
        """Wait for pictures that are to be drawn now; none once closed.

        It is the caller who appends to `drawn`; a request all of whose pictures are handed out waits no more.
        """
        with self._there:
            self._there.wait_for(lambda: self._views or self._closed)
            return {} if self._closed else self._batch()

    def drop(self, ask: Ask) -> None:
        """Forget a request that nobody waits for."""
        with self._there:
            waiting = self._views.get(ask.view, [])
            if ask in waiting:
                waiting.remove(ask)
            if not waiting:
                self._views.pop(ask.view, None)

    def close(self) -> None:
        """Have `next` answer with none."""
        with self._there:
            self._closed = True
            self._there.notify_all()

    def _batch(self) -> Batch:
        """Take a picture of the view whose turn it is, and of each view whose next one is of that kind, again and
        again until there are enough."""
        brush = next(iter(self._views.values()))[-1].brush
        batch: dict[Ask, list[Any]] = {}
        left = brush.most
        while left and (fitting := [view for view, waiting in self._views.items() if waiting[-1].brush == brush]):
            for view in fitting[:left]:
                self._take(view, batch)
                left -= 1
        return batch

    def _take(self, view: str, batch: dict[Ask, list[Any]]) -> None:
        waiting = self._views[view]
        ask = waiting[-1]
        batch.setdefault(ask, []).append(ask.wanted[ask.given])
        ask.given += 1
        if ask.given == len(ask.wanted):
            waiting.pop()
        if waiting:
            self._views.move_to_end(view)
        else:
            del self._views[view]
