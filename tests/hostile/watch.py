"""Watches what the processes of a Reverie take, from beside it."""

from __future__ import annotations

import contextlib
import re
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK_S = 0.2


@dataclass(slots=True)
class Watch:
    """The most that was seen, in bytes by process id: address space of decoders, memory of what reads archives."""

    space: dict[int, int] = field(default_factory=dict)
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)

    def look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error, OSError):
                command = process.cmdline()
                if "kinds.ingest.decoder" in command:
                    self.space[process.pid] = _peak(process.pid, "VmPeak")
                    self.limits[process.pid] = process.rlimit(resource.RLIMIT_AS)
                elif "worker.child" in command:
                    self.read[process.pid] = _peak(process.pid, "VmHWM")


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch all processes below this one while the block lasts."""
    watch, over = Watch(), threading.Event()

    def go_on() -> None:
        while not over.wait(LOOK_S):
            watch.look()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def _peak(pid: int, what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return 1024 * int(found[1]) if found else 0  # a process that has ended and was not yet waited for has none
