"""Films so far, each put together once for a number of pieces: a player asks for many parts of one file."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from uuid import UUID

from starlette.types import Receive, Scope, Send

from api.files import StoredFile
from jobs.ids import new_id

MOST = 4  # films that are kept though nobody is being sent them
KEPT_S = 60.0  # after the last who looked


@dataclass(slots=True)
class Held:
    """A file, how many are being sent it, and when the last one was."""

    path: Path
    users: int
    used_at: float


class SoFar:
    """The films that were asked for last, as files of `folder`, where a sweep finds what a crash leaves. Any thread."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._held: dict[tuple[UUID, str], Held] = {}  # those used last at the end
        self._lock, self._joining = Lock(), Lock()

    def take(self, job_id: UUID, pieces: str, make: Callable[[Path], object]) -> Path:
        """Give the film that is made of these pieces, and hold it until `give_back`; `make` writes it.

        Raises: what `make` raises; nothing half-made stays then.
        """
        key = (job_id, pieces)
        with self._joining:  # of those who ask at once the first one makes it, the others wait for that
            if (found := self._again(key)) is not None:
                return found
            path = self._folder / new_id().hex
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                make(path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            with self._lock:
                self._held[key] = Held(path, 1, monotonic())
            self.tidy(shorter=job_id)
            return path

    def give_back(self, path: Path) -> None:
        """Say that somebody was sent a film."""
        with self._lock:
            for held in self._held.values():
                if held.path == path:
                    held.users, held.used_at = held.users - 1, monotonic()
        self.tidy()

    def tidy(self, *, shorter: UUID | None = None, idle_s: float = KEPT_S) -> None:
        """Let go of what nobody has asked for in a while, of the oldest of too many, and of shorter films of a job."""
        with self._lock:
            latest = next((key for key in reversed(self._held) if key[0] == shorter), None)
            idle = [key for key, held in self._held.items() if not held.users]
            old = set(idle[: max(0, len(idle) - self._most)])
            for key in idle:
                outdone = key[0] == shorter and key != latest
                if key in old or outdone or monotonic() - self._held[key].used_at >= idle_s:
                    self._held.pop(key).path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            for held in self._held.values():
                held.path.unlink(missing_ok=True)
            self._held.clear()

    def _again(self, key: tuple[UUID, str]) -> Path | None:
        with self._lock:
            held = self._held.pop(key, None)
            if held is None or not held.path.exists():  # swept, where the clock was changed
                return None
            held.users += 1
            self._held[key] = held
            with contextlib.suppress(OSError):
                os.utime(held.path)  # a sweep goes by that
            return held.path


class Shared(StoredFile):
    """A film of `SoFar`: given back once it was sent, and gone a while after the last who looked."""

    so_far: SoFar

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or the part of it that was asked for."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.so_far.give_back(Path(self.path))
            asyncio.get_running_loop().call_later(KEPT_S + 1, self.so_far.tidy)
