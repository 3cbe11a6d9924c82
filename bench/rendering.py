"""Exploring: a tile against the bare generator, within the renderer and end to end; large pictures; fifty who pan."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from statistics import median
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import torch

from bench.peer import PACKAGE, environment
from bench.service import until_it_answers
from bench.versus import OURS, THEIRS, Side, ratio, rounds
from gan.config import NetConfig
from gan.generate import Prepared
from gan.generator import Generator, truncate
from gan.model import load_generator, save_model
from jobs.ids import new_id
from jobs.picture import Order
from jobs.point import Anchor, Point
from renderer.__main__ import configure_log
from renderer.drawing import Renderer
from renderer.turns import Ask, Drawn
from store.objects import folder_hash
from store.rows import Model
from store.settings import Settings
from store.store import Store
from tests.waiting import until
from worker.starting import SPINS

ROUNDS = 15
PSI = 0.7
LARGE, LARGE_ROUNDS = 1024, 7
NETS = {64: (4096, 128), 256: (16384, 512), 1024: (32768, 512)}  # channel_base, channel_max
CLIENTS, IN_FLIGHT, PAN_S = 50, 4, 20.0
_SEEDS = itertools.count(1)


def speed(count: int = ROUNDS) -> Iterator[str]:
    """Medians of interleaved rounds, each of a place that was not asked for before."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Settings(data=Path(folder))) as store:
        store.migrate()
        models = {resolution: made(store, resolution) for resolution in NETS}
        yield f"Batch 1, random weights, {count} interleaved rounds; bare: the generator's own call for a z, mapping,"
        yield "truncation and `Prepared`, in the renderer's thread; a new plane: of an anchor not asked for before,"
        yield "whose field is drawn too."
        yield ""
        yield "| resolution | bare | within the renderer | on a new plane | end to end | coarse 5×5, end to end |"
        yield "| --- | --- | --- | --- | --- | --- |"
        with ExitStack() as stack:
            http = stack.enter_context(served(folder))
            here = stack.enter_context(within(store))
            for resolution, model in models.items():
                yield _line(resolution, store, model, count, http, here)
            yield ""
            yield from panning(http, models[64])
    yield ""
    yield from _large(count)


def _line(resolution: int, store: Store, model: Model, count: int, http: httpx.Client, here: "Here") -> str:
    with tempfile.TemporaryDirectory() as laid:
        G = load_generator(store.objects.folder(model.files, Path(laid) / "model"))
    bare, z = Bare(G=G, draw_w=Prepared(G.synthesis)), torch.randn(1, G.z_dim)
    kinds: dict[str, Callable[[], object]] = {
        "bare": lambda: here.draw(bare, z),
        "within": lambda: here.ask(Order(model_id=model.id, point=nearby())),
        "new plane": lambda: here.ask(Order(model_id=model.id, point=point())),
        "end to end": lambda: tile(http, model.id),
        "coarse": lambda: coarse(http, model.id),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(count + 1):  # the first is to warm up
        for name in kinds if number % 2 else reversed(kinds):
            began = time.perf_counter()
            kinds[name]()
            times[name].append(1000 * (time.perf_counter() - began))
    times["bare"] = bare.times_ms
    bare_ms, inside, new, whole, sheet = (median(each[1:]) for each in times.values())
    return (
        f"| {resolution} px | {bare_ms:.1f} ms | {inside:.1f} ms, **{inside / bare_ms:.2f}×** | {new:.1f} ms | "
        f"{whole:.1f} ms, **1.15× {whole - 1.15 * bare_ms:+.1f} ms** | {sheet:.0f} ms |"
    )


def _large(count: int) -> Iterator[str]:
    """Pictures a second of the renderer, against the peer's generator and the bare operators of ours."""
    given = {"resolution": LARGE, "channel_base": NETS[LARGE][0], "channel_max": NETS[LARGE][1]}
    with ExitStack() as stack:
        peer = stack.enter_context(Side(environment(), THEIRS, task="drawing", **given))
        own = stack.enter_context(Side(sys.executable, OURS, task="rendering", resolution=LARGE))
        bare = stack.enter_context(Side(sys.executable, OURS, task="bare", **given))
        rounds([peer, own, bare], min(count, LARGE_ROUNDS))
        yield (
            f"- {LARGE} px, from an order to a WebP of it: {1 / median(own.seconds):.2f} pictures a second, "
            f"**{ratio(peer, own)}** times the generator alone of {PACKAGE}, **{ratio(bare, own)}** of the bare "
            "convolutions and filters"
        )


def point() -> Point:
    """A place where nobody was."""
    return Point(anchor=Anchor(seed=next(_SEEDS)), x=0.3, y=-0.2)


def nearby() -> Point:
    """The same, on a plane on which one is already."""
    return Point(anchor=Anchor(seed=0), x=next(_SEEDS) * 1e-3, y=-0.2)


def tile(http: httpx.Client, model_id: UUID, **more: Any) -> None:
    """Ask for a tile of a place where nobody was."""
    http.get(f"/models/{model_id}/tile", params={"point": nearby().canonical, **more}).raise_for_status()


def coarse(http: httpx.Client, model_id: UUID) -> None:
    """Ask for the coarse sheet of a screen."""
    grid = {"step": 0.35, "columns": 5, "rows": 5}
    asked = {"point": json.loads(point().canonical), "grid": grid, "size": 64, "coarse": True}
    http.post(f"/models/{model_id}/render", json=asked).raise_for_status()


@dataclass(frozen=True, kw_only=True, eq=False)
class Bare:
    """A brush that draws a z as it is, and notes how long that takes by itself."""

    G: Generator
    draw_w: Prepared
    times_ms: list[float] = field(default_factory=list)
    most: int = 1

    def draw(self, wanted: Sequence[torch.Tensor]) -> Sequence[Drawn]:
        """Draw."""
        began = time.perf_counter()
        with torch.no_grad():
            ws = truncate(self.G.mapping(wanted[0]), self.G.mapping.w_avg, PSI)
            self.draw_w(ws, noise_mode="const")
        self.times_ms.append(1000 * (time.perf_counter() - began))
        return [np.zeros((1, 1, 3), dtype=np.uint8)]


@dataclass(frozen=True, kw_only=True)
class Here:
    """A renderer in this process, its loop in a thread."""

    renderer: Renderer
    loop: asyncio.AbstractEventLoop

    def ask(self, order: Order) -> bytes:
        """Have an order drawn and encoded."""
        asked: Coroutine[Any, Any, bytes] = self.renderer.picture(order)
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result()

    def draw(self, brush: Bare, z: torch.Tensor) -> None:
        """Draw with a brush of ours, in the thread that draws all: each thread has workers of its own in OpenMP."""
        asked = Ask(view="", turn=0, brush=brush, wanted=[z], finish=len)
        self.renderer.turns.put(asked)
        asked.answer.result()


@contextmanager
def within(store: Store) -> Iterator[Here]:
    """A renderer in this process, which logs to standard error."""
    configure_log("warning")
    renderer, loop = Renderer(store, device=torch.device("cpu")), asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(loop.run_forever)
        try:
            yield Here(renderer=renderer, loop=loop)
        finally:
            renderer.close()
            loop.call_soon_threadsafe(loop.stop)


@contextmanager
def served(data: str) -> Iterator[httpx.Client]:
    """The interface and a renderer, each a process, on this data folder."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        "GOMP_SPINCOUNT": SPINS,  # as `reverie up` starts a renderer
        **os.environ,
        "REVERIE_DATA": data,
        "REVERIE_PORT": str(port),
        "REVERIE_LOG_LEVEL": "warning",
    }
    parts = [subprocess.Popen([sys.executable, "-m", part], env=env) for part in ("api", "renderer")]
    try:
        address = f"http://127.0.0.1:{port}"
        until_it_answers(f"{address}/healthz")
        with httpx.Client(base_url=address, timeout=60) as http:
            until(lambda: http.get("/readyz").json()["renderers"], within_s=60)
            yield http
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait()


def panning(http: httpx.Client, model: Model) -> Iterator[str]:
    """Fifty clients, each with four requests in flight at a time, of which every tenth is given up."""
    began = time.perf_counter()
    found = asyncio.run(_all_panning(str(http.base_url), model.id))
    rate = sum(len(seconds_of) for seconds_of, _ in found) / (time.perf_counter() - began)  # to the last answer
    times = sorted(1000 * seconds for seconds_of, _ in found for seconds in seconds_of)
    drawn = sorted(len(seconds_of) for seconds_of, _ in found)
    fair = 1000 * CLIENTS * IN_FLIGHT / rate  # of so many who wait all the time, if each waited as long as all others
    yield (
        f"- {CLIENTS} clients panning at 64 px for {PAN_S:.0f} s, {IN_FLIGHT} requests in flight each, a tenth "
        "given up: "
        f"{rate:.0f} tiles a second, {sum(errors for _, errors in found)} errors, median "
        f"{median(times):.0f} ms, p95 **{times[int(0.95 * len(times))]:.0f} ms**, where a fair share is {fair:.0f} ms; "
        f"{drawn[0]} to {drawn[-1]} tiles a client"
    )


async def _all_panning(address: str, model_id: UUID) -> list[tuple[list[float], int]]:
    limits = httpx.Limits(max_connections=CLIENTS * IN_FLIGHT)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:
        return await asyncio.gather(*(_pan(http, model_id, f"view-{number}") for number in range(CLIENTS)))


async def _pan(http: httpx.AsyncClient, model_id: UUID, view: str) -> tuple[list[float], int]:
    """The seconds that each tile of a client took, and how many were refused."""
    times: list[float] = []
    errors, until = 0, time.perf_counter() + PAN_S

    async def hand() -> None:
        nonlocal errors
        for number in itertools.count():
            began = time.perf_counter()
            if began > until:
                return
            asked = http.get(f"/models/{model_id}/tile", params={"point": point().canonical, "view": view})
            try:
                answer = await asyncio.wait_for(asked, 0.02 if number % 10 == 9 else 60)
            except TimeoutError:
                continue
            errors += not answer.is_success
            times.append(time.perf_counter() - began)

    await asyncio.gather(*(hand() for _ in range(IN_FLIGHT)))
    return times, errors


def made(store: Store, resolution: int) -> Model:
    """Register a model with random weights."""
    base, most = NETS[resolution]
    with tempfile.TemporaryDirectory() as folder:
        G = Generator(NetConfig(resolution=resolution, channel_base=base, channel_max=most))
        saved, model_id = save_model(Path(folder) / "model", G_ema=G), new_id()
        facts = json.loads((saved / "model.json").read_text())
        files = store.objects.put_folder(saved, kind="models", id=model_id)
    with store.begin() as tx:
        return tx.models.add(
            Model(
                id=model_id,
                name=f"Random, {resolution} px",
                resolution=resolution,
                facts=facts,
                licence="CC0-1.0",
                terms="",
                hash=folder_hash(files),
                files={name: stored.key for name, stored in files.items()},
                size_bytes=sum(stored.size_bytes for stored in files.values()),
            )
        )
