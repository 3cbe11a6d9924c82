"""Exploring: a tile against the bare generator, within the renderer and end to end; fifty who pan at once."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket
from statistics import median
from typing import Any
from uuid import UUID

import httpx
import torch

from bench.service import until_it_answers
from gan.config import NetConfig
from gan.generate import Prepared
from gan.generator import Generator
from gan.model import load_generator, save_model
from jobs.ids import new_id
from jobs.picture import Order
from jobs.point import Anchor, Point
from renderer.drawing import Renderer
from store.objects import folder_hash
from store.rows import Model
from store.settings import Settings
from store.store import Store

ROUNDS = 15
NETS = {64: (4096, 128), 256: (16384, 512), 1024: (32768, 512)}  # channel_base, channel_max
CLIENTS, IN_FLIGHT, PAN_S = 50, 4, 20.0
_SEEDS = itertools.count(1)


def speed(rounds: int = ROUNDS) -> Iterator[str]:
    """Medians of interleaved rounds, each of a place that was not asked for before."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Settings(data=Path(folder))) as store:
        store.migrate()
        models = {resolution: made(store, resolution) for resolution in NETS}
        yield f"Batch 1, random weights, {rounds} interleaved rounds; bare: `Prepared` of a w that is there already."
        yield ""
        yield "| resolution | bare | within the renderer | end to end | coarse 5×5 at 64 px, end to end |"
        yield "| --- | --- | --- | --- | --- |"
        with ExitStack() as stack:
            http = stack.enter_context(served(folder))
            ask = stack.enter_context(within(store))
            for resolution, model in models.items():
                yield _line(resolution, store, model, rounds, http, ask)
            yield ""
            yield from panning(http, models[64])


def _line(resolution: int, store: Store, model: Model, rounds: int, http: httpx.Client, ask: "Ask") -> str:
    with tempfile.TemporaryDirectory() as laid:
        G = load_generator(store.objects.folder(model.files, Path(laid) / "model"))
    draw, ws = Prepared(G.synthesis), torch.randn(1, G.num_ws, G.w_dim)
    kinds: dict[str, Callable[[], object]] = {
        "bare": lambda: draw(ws, noise_mode="const"),
        "within": lambda: ask(Order(model_id=model.id, point=point())),
        "end to end": lambda: tile(http, model.id),
        "coarse": lambda: coarse(http, model.id),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(rounds + 1):  # the first is to warm up
        for name in kinds if number % 2 else reversed(kinds):
            began = time.perf_counter()
            kinds[name]()
            times[name].append(1000 * (time.perf_counter() - began))
    bare, *others = (median(each[1:]) for each in times.values())
    inside, whole, sheet = others
    return (
        f"| {resolution} px | {bare:.1f} ms | {inside:.1f} ms, **{inside / bare:.2f}×** | {whole:.1f} ms, "
        f"**1.15× {whole - 1.15 * bare:+.1f} ms** | {sheet:.0f} ms |"
    )


def point() -> Point:
    """A place where nobody was."""
    return Point(anchor=Anchor(seed=next(_SEEDS)), x=0.3, y=-0.2)


def tile(http: httpx.Client, model_id: UUID, **more: Any) -> None:
    """Ask for a tile of a place where nobody was."""
    http.get(f"/models/{model_id}/tile", params={"point": point().canonical, **more}).raise_for_status()


def coarse(http: httpx.Client, model_id: UUID) -> None:
    """Ask for the coarse sheet of a screen."""
    grid = {"step": 0.35, "columns": 5, "rows": 5}
    asked = {"point": json.loads(point().canonical), "grid": grid, "size": 64, "coarse": True}
    http.post(f"/models/{model_id}/render", json=asked).raise_for_status()


Ask = Callable[[Order], bytes]


@contextmanager
def within(store: Store) -> Iterator[Ask]:
    """A renderer in this process, its loop in a thread."""
    renderer, loop = Renderer(store, device=torch.device("cpu")), asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(loop.run_forever)

        def ask(order: Order) -> bytes:
            asked: Coroutine[Any, Any, bytes] = renderer.picture(order)
            return asyncio.run_coroutine_threadsafe(asked, loop).result()

        try:
            yield ask
        finally:
            renderer.close()
            loop.call_soon_threadsafe(loop.stop)


@contextmanager
def served(data: str) -> Iterator[httpx.Client]:
    """The interface and a renderer, each a process, on this data folder."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "REVERIE_DATA": data, "REVERIE_PORT": str(port), "REVERIE_LOG_LEVEL": "warning"}
    parts = [subprocess.Popen([sys.executable, "-m", part], env=env) for part in ("api", "renderer")]
    try:
        address = f"http://127.0.0.1:{port}"
        until_it_answers(f"{address}/healthz")
        with httpx.Client(base_url=address, timeout=60) as http:
            while http.get("/readyz").json()["renderers"] == 0:
                time.sleep(0.1)
            yield http
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait()


def panning(http: httpx.Client, model: Model) -> Iterator[str]:
    """Fifty clients, each with four requests in flight at a time, of which every tenth is given up."""
    found = asyncio.run(_all_panning(str(http.base_url), model.id))
    times = sorted(1000 * seconds for seconds_of, _ in found for seconds in seconds_of)
    drawn = sorted(len(seconds_of) for seconds_of, _ in found)
    yield (
        f"- {CLIENTS} clients panning at 64 px for {PAN_S:.0f} s, {IN_FLIGHT} requests in flight each, a tenth "
        "given up: "
        f"{len(times) / PAN_S:.0f} tiles a second, {sum(errors for _, errors in found)} errors, median "
        f"{median(times):.0f} ms, p95 {times[int(0.95 * len(times))]:.0f} ms; {drawn[0]} to {drawn[-1]} tiles a client"
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
