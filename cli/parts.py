"""The processes that `reverie up` starts, restarts and ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_S = 60.0  # after so long without an end, the next end is the first one again
LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1


@dataclass(kw_only=True)
class Part:
    """One process that should live as long as `reverie up`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    ends: int = 0  # in a row, none of them after a healthy time
    due: float = 0.0  # when to start, on the monotonic clock
    _started: float = field(default=0.0, repr=False)

    def start(self) -> None:
        """Start it, in a session of its own; it gets SIGTERM should this process die in any way."""
        self._started = time.monotonic()
        parent = os.getpid()
        with self._opened_log() as log:
            try:
                self.process = subprocess.Popen(
                    self.command,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=self.pass_fds,
                    preexec_fn=lambda: tie_to(parent),  # this process has one thread
                )
            except OSError as error:
                with suppress(OSError):
                    log.write(f"{self.command[0]}: {error.strerror}\n".encode())
                self._plan()

    def _opened_log(self) -> IO[bytes]:
        """Open the log to go on, or nothing where the disk takes no more: the part is worth more than its log."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
                self.log.replace(self.log.with_suffix(".old.log"))
            return self.log.open("ab", buffering=0)
        except OSError:
            return Path(os.devnull).open("ab", buffering=0)

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def ended(self) -> int | None:
        """Give the exit status once when it has ended, and plan the next start."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.process = None
        self._plan()
        return status

    def _plan(self) -> None:
        self.ends = 1 if time.monotonic() - self._started > HEALTHY_S else self.ends + 1
        self.due = time.monotonic() + self.pause_s

    @property
    def pause_s(self) -> float:
        """How long to wait before the next start: longer with each end in a row."""
        return float(min(FIRST_PAUSE_S * 2 ** (self.ends - 1), LONGEST_PAUSE_S)) if self.ends else 0.0

    def ask(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        if self.alive and self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill(self) -> None:
        """End it and all that it started, now."""
        if self.process is not None and self.alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self, lines: int = 5) -> str:
        """Give the end of its log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def tie_to(parent: int) -> None:
    """Runs in the new process, before its program: get SIGTERM when the parent is gone, however it went (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
