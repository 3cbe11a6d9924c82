"""The wish to stop, as it comes from outside: Ctrl-C, SIGTERM, a closed terminal."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType
from typing import Self

_WISHES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Counts the wishes to stop, and sleeps until one comes, a child ends, or time is over.

    Children live in sessions of their own, so that a Ctrl-C reaches this process alone and it can end them in order.
    """

    def __init__(self) -> None:
        self.wishes = 0

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._before = {number: signal.getsignal(number) for number in (*_WISHES, signal.SIGCHLD)}
        for number in _WISHES:
            signal.signal(number, self._wished)
        # Without a handler of its own SIGCHLD would not wake the sleeper.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def __bool__(self) -> bool:
        return self.wishes > 0

    def sleep(self, seconds: float) -> None:
        """Sleep, at most this long."""
        ready, _, _ = select.select([self._read], [], [], max(0.0, seconds))
        if ready:
            os.read(self._read, 4096)

    def _wished(self, number: int, frame: FrameType | None) -> None:
        self.wishes += 1
