"""The child process of an attempt: in a group of its own, heard line by line, ended as a group."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading

import psutil

from jobs.events import JobEvent
from worker import protocol
from worker.protocol import End
from worker.starting import Started

_AHEAD = 64  # events that a child may be ahead of what is stored


class Child:
    """One running child. `next` gives its events in order; None once it has ended."""

    def __init__(self, process: Started) -> None:
        self._process = process
        self._said: queue.Queue[JobEvent | End | None] = queue.Queue(_AHEAD)
        self._speaking = threading.Lock()
        self._beats = 0
        self._given_up = threading.Event()
        threading.Thread(target=self._listen, name="child", daemon=True).start()

    @property
    def pid(self) -> int:
        """Give its process id, which is its group's."""
        return self._process.pid

    def next(self, timeout_s: float) -> JobEvent | End | None:
        """Wait for the next event. Raises: TimeoutError."""
        try:
            return self._said.get(timeout=timeout_s) if timeout_s > 0 else self._said.get_nowait()
        except queue.Empty as error:
            raise TimeoutError from error

    def beat(self) -> None:
        """Tell it that its worker is there."""
        self._beats += 1
        self._say(protocol.beat(self._beats))

    def stop(self, *, interrupt: bool) -> None:
        """Ask it to end soon."""
        self._say(protocol.stop(interrupt=interrupt))

    def used_s(self) -> float:
        """Sum the processor time that it and what it has started have used so far."""
        total = 0.0
        with contextlib.suppress(psutil.Error):
            child = psutil.Process(self.pid)
            for process in (child, *child.children(recursive=True)):
                with contextlib.suppress(psutil.Error):  # it has ended meanwhile
                    total += sum(process.cpu_times()[:4])  # user and system, its own and of those that ended
        return total

    def kill(self) -> None:
        """End it and whatever it has started, now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> int:
        """End it if need be, and give its exit status; negative: the signal that ended it."""
        self._given_up.set()
        self.kill()
        with self._speaking, contextlib.suppress(OSError):
            self._process.stdin.close()
        return self._process.wait()

    def wait(self) -> int:
        """Wait for an end that has been announced or noticed, and give the exit status."""
        return self._process.wait()

    def _say(self, line: bytes) -> None:
        with self._speaking, contextlib.suppress(OSError, ValueError):  # its end is noticed by `next`
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _listen(self) -> None:
        with self._process.stdout as pipe:
            for line in pipe:
                if not line.endswith(b"\n"):
                    break  # cut off by its death
                self._put(protocol.read(line))
        self._put(None)

    def _put(self, said: JobEvent | End | None) -> None:
        while not self._given_up.is_set():
            with contextlib.suppress(queue.Full):
                self._said.put(said, timeout=0.5)
                return
