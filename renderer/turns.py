"""Whose turn it is: pictures that wait to be drawn, fair between those who look.

Views take turns, a picture each; of one view, what it asked for in its latest turn comes first, and of that what came
first. A sheet waits as the many pictures that it is, so nobody waits for the whole of another one's.
"""

from __future__ import annotations

import itertools
from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.errors import Busy

MOST_OF_VIEW = 256  # requests of one view that wait
RETRY_S = 1

Drawn = NDArray[np.uint8]
_NUMBERS = itertools.count()


@dataclass(eq=False, kw_only=True)
class Ask:
    """What one request asks for: pictures to draw, one by one, and what is to be made of all of them."""

    view: str
    turn: int
    tiles: Sequence[Callable[[], Drawn]]
    finish: Callable[[Sequence[Drawn]], Any]
    answer: Future[Any] = field(default_factory=Future)
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

    def next(self) -> Ask | None:
        """Wait for a request of which a picture is to be drawn now; None once closed.

        It is the caller who appends what was drawn to `drawn`; with its last picture a request waits no more.
        """
        with self._there:
            self._there.wait_for(lambda: self._views or self._closed)
            if self._closed:
                return None
            view, waiting = next(iter(self._views.items()))
            ask = waiting[-1]
            if len(ask.drawn) + 1 >= len(ask.tiles):
                waiting.pop()
            self._settle(view)
            return ask

    def drop(self, ask: Ask) -> None:
        """Forget a request that nobody waits for."""
        with self._there:
            waiting = self._views.get(ask.view, [])
            if ask in waiting:
                waiting.remove(ask)
            if not waiting:
                self._views.pop(ask.view, None)

    def close(self) -> None:
        """Have `next` answer None."""
        with self._there:
            self._closed = True
            self._there.notify_all()

    def _settle(self, view: str) -> None:
        """Put a view that had its turn behind the others, or away if nothing of it waits."""
        if self._views[view]:
            self._views.move_to_end(view)
        else:
            del self._views[view]
