"""Waiting for a fact, with a bound; the only way in which a test waits."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLate(AssertionError):
    """A condition did not come true within its bound."""


def until(condition: Callable[[], T | None], within_s: float = 10, *, every_s: float = 0.02) -> T:
    """Call `condition` until it answers something true, and return that.

    An exception from `condition` ends the wait: a condition says "not yet" by answering something false.
    Raises: TooLate, with the last answer, after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise TooLate(f"after {within_s} s the condition still answered {answer!r}")
        time.sleep(every_s)
