"""`reverie up` as a person starts it: a process of its own, on a data folder of its own."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.waiting import until

START_S = 120  # a bound for busy machines; longer than `reverie up` waits for its parts to end


class Up:
    """One `reverie up` and what it said."""

    def __init__(self, data: Path, *arguments: str, renderers: int = 0, **environment: str) -> None:
        self.data = data
        self.said = data.with_name(f"said-{uuid.uuid4().hex[:8]}.txt")
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "up", "--data", str(data), *(arguments or ("--port", "0"))],
                stdout=said,
                stderr=subprocess.STDOUT,
                env=os.environ | {"REVERIE_RENDERERS": str(renderers)} | environment,
            )

    def answers(self) -> httpx.Client:
        """Wait until it answers, and give a client of it."""

        def address() -> str | None:
            assert self.process.poll() is None, self.said.read_text()
            text = self.said.read_text()
            return text.rpartition("Reverie is at ")[2].split()[0] if "Reverie is at" in text else None

        return httpx.Client(base_url=until(address, within_s=START_S), timeout=20)

    def parts(self) -> dict[str, psutil.Process]:
        """Find the processes that it has started, by their names."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # a zombie counts as gone
                line = " ".join(child.cmdline())
                name = next(
                    (name for name in ("valkey-server", "-m api", "-m worker", "-m renderer") if name in line), None
                )
                if name is not None:
                    found[name.removeprefix("-m ").removesuffix("-server")] = child
        return found

    def interrupt(self) -> int:
        """Press Ctrl-C, and wait for the end."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(START_S)


def family(data: Path) -> list[str]:
    """Name the living processes that serve `data`."""
    found = []
    for process in psutil.process_iter():
        try:
            serves = process.environ().get("REVERIE_DATA") == str(data) or str(data) in process.cmdline()
            if serves and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start `reverie up`; whatever the test does, none of it outlives the test."""
    started: list[Up] = []

    def begin(*arguments: str, data: Path | None = None, renderers: int = 0, **environment: str) -> Up:
        up = Up(data or tmp_path / "data", *arguments, renderers=renderers, **environment)
        started.append(up)
        return up

    yield begin
    for up in started:
        up.process.kill()
        up.process.wait()
    until(lambda: not any(family(up.data) for up in started), within_s=START_S)


def lock_of(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "lock").read_text())
    return found
