"""A map of 50,000 photographs: how long its layout takes and what it holds, what is sent, and how smoothly it moves."""

import gzip
import json
import multiprocessing
import resource
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from uuid import UUID

import numpy as np
from playwright.sync_api import Page

from bench.grid import FRAMES, filled, opened, served, smooth
from jobs.events import Artifact
from jobs.ids import new_id
from jobs.place import Place
from kinds.index.files import BOXES, PART_WIDTH, VERSION, WIDTH, Found, packed, packed_parts
from kinds.map.files import read_map
from store.maps import MapRow
from store.rows import FeatureFile
from store.settings import Settings
from store.store import Store

COUNT = 50_000
OF_A_FILE = 256
SCENES = 40
NEW = 500  # photographs that come later
MOVES, MOVE_PX = 120, 9
TURN_PX = 120
TURNS = 14  # of a wheel, until pictures are seen
SHOWN = "() => document.querySelector('.map-stage canvas')?.dataset.shown"
RESTED = "() => /^(points|pictures)$/.test(document.querySelector('.map-stage canvas')?.dataset.shown ?? '')"


def laying(count: int = COUNT) -> Iterator[str]:
    """Fill a store, lay out its map, let some more come, ask for it, and move about on it in a window of 1440 × 900."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(data=Path(name))
        dataset = filled(settings, count=count)
        with Store.open(settings) as store:
            files = looked(store, dataset)
            yield f"{count:,} synthetic photographs of {SCENES} scenes; SQLite; a window of 1440 × 900."
            yield ""
            yield "| what | measured |"
            yield "| --- | --- |"
            few = max(1, count - NEW * count // COUNT)
            took, held, first = apart(Path(name) / "first", files, first=few)
            yield f"| layout of {few:,}, in a process of its own | **{took:.0f} s**, {held / 2**20:,.0f} MiB at most |"
            took, held, second = apart(Path(name) / "second", files, before=first)
            yield f"| {count - few:,} more, beside them | {took:.0f} s, {held / 2**20:,.0f} MiB at most |"
            keep(store, dataset, second)
        with served(name) as address:
            yield from _sent(f"{address}/datasets/{dataset}/map")
            with opened() as page:
                yield from _moved(page, f"{address}/#/archives/{dataset}/map")


def looked(store: Store, dataset: UUID) -> list[Path]:
    """Give each photograph features, some around each of several middles, as a look would have found them."""
    with store.read() as tx:
        ids = [one.photo_id for one in tx.features.sources(dataset)]
    chance = np.random.default_rng(0)
    middles = chance.gamma(0.5, size=(SCENES, WIDTH)).astype(np.float32)
    store.settings.scratch.mkdir(parents=True, exist_ok=True)
    paths = []
    for at in range(0, len(ids), OF_A_FILE):
        some = ids[at : at + OF_A_FILE]
        found = middles[chance.integers(SCENES, size=len(some))]
        found = found + chance.gamma(0.5, size=found.shape).astype(np.float32)
        file_id = new_id()
        parts = np.ones((len(some), len(BOXES), PART_WIDTH), np.float32)  # a map does not read them
        seen = Found(rows=packed(some, found, found), parts=packed_parts(some, parts))
        files = [
            store.objects.put_file(path, kind="features", id=file_id, consume=True)
            for path in seen.write(store.settings.scratch, str(file_id))
        ]
        stored = files[0]
        file = FeatureFile(
            id=file_id,
            dataset_id=dataset,
            key=stored.key,
            parts_key=files[1].key,
            version=VERSION,
            size_bytes=sum(one.size_bytes for one in files),
        )
        with store.begin() as tx:
            if not tx.features.add(file, some):
                raise RuntimeError("the photographs were looked at already")
            tx.features.sort(dataset, [{"photo_id": id, "heap": 0, "place": 0, "nearest": 700_000} for id in some])
        paths.append(store.objects.path(stored.key))
    return paths


def apart(folder: Path, files: list[Path], *, first: int = 0, before: Path | None = None) -> tuple[float, int, Path]:
    """Lay out in a fresh process: the time, the memory at its peak, and the file."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_laid, folder, files, first=first, before=before).result()


def _laid(folder: Path, files: list[Path], *, first: int, before: Path | None) -> tuple[float, int, Path]:
    from kinds.map.params import MapParams
    from kinds.map.run import run

    folder.mkdir()
    (folder / "samples.jsonl").write_text("")
    some = files[: -(-first // OF_A_FILE)] if first else files
    told = {
        "photos": 0,
        "features": [str(file) for file in some],
        "seen": [],
        "before": str(before) if before else None,
    }
    place = Place(
        scratch=folder,
        cache=folder,
        inputs={"map": folder / "samples.jsonl"},
        facts={"map": told},
        resume_point=None,
        stop=lambda: False,
    )
    began = time.perf_counter()
    events = list(run(MapParams(dataset_id=UUID(int=1)), place))
    took = time.perf_counter() - began
    file = next(event.files["map"] for event in events if isinstance(event, Artifact))
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file


def keep(store: Store, dataset: UUID, file: Path) -> None:
    """Keep a map as a worker does."""
    points = read_map(file)
    map_id, samples = new_id(), int(points["invented"].sum())
    stored = store.objects.put_file(file, kind="maps", id=map_id, consume=True)
    row = MapRow(
        id=map_id,
        dataset_id=dataset,
        key=stored.key,
        photos=len(points) - samples,
        samples=samples,
        size_bytes=stored.size_bytes,
    )
    with store.begin() as tx:
        tx.maps.put(row)


def _sent(address: str) -> Iterator[str]:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    times = []
    for _ in range(4):
        began = time.perf_counter()
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            body = answer.read()
        times.append(1000 * (time.perf_counter() - began))
    plain = gzip.decompress(body)
    points = json.loads(plain)["points"]
    yield f"| the answer, {points:,} points | **{len(body) / 1e6:.2f} MB** in gzip, {len(plain) / 1e6:.2f} MB without |"
    yield f"| asked for | first time {times[0]:.0f} ms, again {min(times[1:]):.0f} ms |"


def _moved(page: Page, address: str) -> Iterator[str]:
    page.goto(address)
    page.wait_for_function(RESTED)
    shown_ms = page.evaluate("performance.now()")
    yield f"| shown after navigation | {shown_ms:.0f} ms |"
    page.mouse.move(720, 600)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(MOVES):
        turn = 1 if step % 40 < 20 else -1
        page.mouse.move(720 + turn * MOVE_PX * (step % 20), 600 + turn * 4 * (step % 20))
    page.mouse.up()
    yield smooth(page, "dragged as points")
    page.evaluate(FRAMES)
    for _ in range(TURNS):
        page.mouse.wheel(0, -TURN_PX * 4)
        page.wait_for_timeout(30)
    yield smooth(page, "wheel, from all to pictures")
    page.wait_for_function(RESTED)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(MOVES):
        page.mouse.move(720 + MOVE_PX * (step % 30), 600)
    page.mouse.up()
    yield smooth(page, f"dragged as {str(page.evaluate(SHOWN)).partition(',')[0]}")
