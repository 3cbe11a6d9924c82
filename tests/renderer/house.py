"""Renderers for tests: one within the process, whose drawing can be held up, and real processes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from renderer.app import create_app, facts
from renderer.drawing import Renderer
from renderer.originals import MOST_WAITING, Originals
from renderer.presence import present
from renderer.turns import Ask, Drawn
from store.rows import WorkerRow
from store.store import Store
from tests.api.serving import answering
from tests.waiting import until
from workshop.stages import ROOT

START_S = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Gate:
    """A brush that waits."""

    begun: threading.Event
    gate: threading.Event
    most: int = 1

    def draw(self, _: Sequence[Any]) -> Sequence[Drawn]:
        self.begun.set()
        self.gate.wait()
        return [np.zeros((1, 1, 3), dtype=np.uint8)]


@dataclass(frozen=True, kw_only=True)
class Within:
    """A renderer in a thread of the test, at an address."""

    renderer: Renderer
    originals: Originals
    address: str

    @contextmanager
    def held(self, view: str = "gate", *, now: bool = True) -> Iterator[None]:
        """Have its drawing wait while the block lasts: `now`, or once it is the turn of `view`."""
        begun, gate = threading.Event(), threading.Event()
        gated = Gate(begun=begun, gate=gate)
        self.renderer.turns.put(Ask(view=view, turn=0, brush=gated, wanted=[None], finish=len))
        if now:
            begun.wait()
        try:
            yield
        finally:
            gate.set()


@contextmanager
def within(store: Store, *, most_searches: int = MOST_WAITING, **options: Any) -> Iterator[Within]:
    """Serve a renderer in this process, known to the store."""
    renderer = Renderer(store, device=torch.device("cpu"), **options)
    originals = Originals(renderer, most_waiting=most_searches)
    with answering(create_app(renderer, originals)) as (host, port):
        address = f"http://{host}:{port}"
        presence = present(store, device="cpu", facts=lambda: {"address": address, **facts(renderer)})
        presence.start()
        until(lambda: presence.worker_id in {row.id for row in seen(store)})
        try:
            yield Within(renderer=renderer, originals=originals, address=address)
        finally:
            presence.close()


@dataclass(frozen=True, kw_only=True)
class Running:
    """A renderer in a process of its own."""

    process: subprocess.Popen[bytes]
    row: WorkerRow

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(store: Store, **settings: Any) -> Iterator[Running]:
    """Run `python -m renderer` on the store while the block lasts."""
    told = store.settings.model_dump() | {"threads": torch.get_num_threads()} | settings
    env = {f"REVERIE_{name.upper()}": str(value) for name, value in told.items() if value is not None}
    known = {row.id for row in seen(store)}
    with (store.settings.folder.parent / "renderer.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "renderer"], cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=log
        )

    def there() -> WorkerRow | None:
        assert process.poll() is None, (store.settings.folder.parent / "renderer.log").read_text()
        return next((row for row in seen(store) if row.id not in known), None)

    try:
        yield Running(process=process, row=until(there, START_S))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(START_S)


def seen(store: Store) -> list[WorkerRow]:
    """The renderers that are known."""
    with store.read() as tx:
        return tx.workers.seen(within_s=60, role="renderer")
