"""Starts the process of a child: anew, or as a fork of a nursery, which has the tensor library loaded."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO

from kinds.orphans import PARENT
from worker.nursery import MOST_BYTES

# Threads of the tensor library that wait for each other turn only so often before they sleep: on a busy machine they
# would take the core from the very thread that they wait for: 0.77 s a pass against 1.32 s, on two cores at load 6.
SPINS = "1000"
LIGHT = ("ingest", "gather")  # kinds that run without the tensor library: they start as soon anew, and stay small
FORKS = sys.platform.startswith("linux")  # elsewhere what the system's own libraries hold does not outlive a fork
IDLE_S = 600.0  # a nursery holds some 200 MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A process that has begun on its task, in a session of its own. `wait` gives its exit status; again the same."""

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]
    wait: Callable[[], int]


class Starter:
    """Starts one child after the other, for one thread.

    `threads`: of the tensor library. `idle_s`: after so long without a task the nursery ends.
    """

    def __init__(self, *, threads: int, idle_s: float = IDLE_S) -> None:
        told = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), PARENT: str(os.getpid())}
        self._environment = {"GOMP_SPINCOUNT": SPINS, **os.environ, **told}
        self._nursery: _Nursery | None = None
        self._idle_s = idle_s
        self._used_at = 0.0

    def start(self, kind: str, task_file: Path) -> Started:
        """Start a child on a task of a kind."""
        if not FORKS or kind in LIGHT:
            return _anew(task_file, self._environment)
        self._used_at = time.monotonic()
        self._nursery = self._nursery or _Nursery(self._environment)
        try:
            return self._nursery.bear(kind, task_file)
        except OSError:  # the system has ended it meanwhile; the next task finds a new one
            self.close()
            return _anew(task_file, self._environment)

    def rest(self) -> None:
        """Called when there is nothing to do: after a long rest, give the library's memory back."""
        if self._nursery is not None and time.monotonic() - self._used_at >= self._idle_s:
            self.close()

    def close(self) -> None:
        """End the nursery, and any child of it."""
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None


def _anew(task_file: Path, environment: Mapping[str, str]) -> Started:
    process = subprocess.Popen(
        [sys.executable, "-m", "worker.child", str(task_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both are pipes")
    return Started(pid=process.pid, stdin=process.stdin, stdout=process.stdout, wait=process.wait)


class _Nursery:
    """A running `worker.nursery`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "worker.nursery"], stdin=other.fileno(), env=environment, start_new_session=True
            )

    def bear(self, kind: str, task_file: Path) -> Started:
        """Have a child forked. Raises: OSError, when the nursery is gone."""
        said, stdin = os.pipe()
        stdout, says = os.pipe()
        try:
            message = json.dumps({"kind": kind, "task": str(task_file)}).encode()
            socket.send_fds(self._socket, [message], [said, says])
            pid = self._answer()["pid"]
        except BaseException:
            os.close(stdin)
            os.close(stdout)
            raise
        finally:
            os.close(said)
            os.close(says)
        return Started(
            pid=pid, stdin=os.fdopen(stdin, "wb"), stdout=os.fdopen(stdout, "rb"), wait=cache(partial(self._wait, pid))
        )

    def _wait(self, pid: int) -> int:
        try:
            self._socket.sendall(json.dumps({"wait": pid}).encode())
            return self._answer()["status"]
        except OSError:
            return -signal.SIGKILL  # the nursery was ended, and the child with it

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _answer(self) -> dict[str, int]:
        heard = self._socket.recv(MOST_BYTES)
        if not heard:
            raise ConnectionResetError("the nursery has ended")
        answer: dict[str, int] = json.loads(heard)
        return answer
