"""How soon 50,000 photographs are there to be chosen among, and how smoothly they scroll, in a real Chromium."""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from socket import socket
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.service import until_it_answers
from kinds.ingest.decode import THUMB_SIDE
from kinds.looks import looks
from store.rows import Archive, Photo, photo_id
from store.settings import Settings
from store.store import Store
from workshop import chromium

PHOTOS = Path(__file__).parent.parent / "demo" / "archive" / "landscapes.zip"
COUNT = 50_000
AT_ONCE = 1000  # rows
WHEEL_PX, WHEEL_MS = 1500, 16
JUMPS = 20
ROUNDS = 15
FLAGS = ["--no-sandbox", "--headless=shell", "--no-zygote"]
# Each visible picture is there; the time is the page's own.
PAINTED = """() => {
  const seen = [...document.querySelectorAll('.grid-room li')].filter((cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  return seen.length > 5 && seen.every((cell) => cell.querySelector('img')?.complete) && performance.now();
}"""
WHOLE = "() => document.querySelector('.time-rail button') && performance.now()"  # one can go anywhere
FRAMES = """() => {
  window.frames_ms = [];
  window.most = 0;
  let last = performance.now();
  const frame = (now) => {
    window.frames_ms.push(now - last);
    last = now;
    window.most = Math.max(window.most, document.querySelectorAll('*').length);
    window.measuring = requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def curating() -> Iterator[str]:
    """Fill a store, open its grid, scroll it by wheel and by jumps, and read pages at its start, middle and end."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(data=Path(name))
        began = time.perf_counter()
        dataset = filled(settings, count=COUNT)
        yield f"{COUNT:,} photographs, SQLite, filled in {time.perf_counter() - began:.0f} s; a window of 1440 × 900."
        yield ""
        yield "| what | measured |"
        yield "| --- | --- |"
        with served(name) as address:
            yield from _pages(address, dataset)
            with opened() as page:
                yield from _looked_at(page, f"{address}/#/archives/{dataset}")


def filled(settings: Settings, *, count: int) -> UUID:
    """Make a dataset of photographs of 45 years, some without a date, that share a few hundred files; gives its id."""
    chance = Random(0)  # noqa: S311 - drawn alike each time
    begin = datetime(1974, 1, 1, tzinfo=UTC)
    with Store.open(settings) as store:
        store.migrate()
        with store.begin() as tx:
            dataset = tx.datasets.add(name="Fifty thousand")
            job = tx.jobs.add(kind="train", params={}, dataset_id=dataset.id)
            archive = tx.archives.add(
                dataset_id=dataset.id, job_id=job.id, filename="all.zip", size_bytes=1, sha256="0" * 64, key=""
            )
            tx.archives.set_state(archive.id, "ready")
        with tempfile.TemporaryDirectory() as scratch:
            models = _models(store, archive, Path(scratch))
        for start in range(0, count, AT_ONCE):
            rows = []
            for position in range(start, min(count, start + AT_ONCE)):
                taken_at = begin + timedelta(minutes=chance.randrange(45 * 525_960)) if chance.random() < 0.95 else None
                model = models[position % len(models)]
                name = f"{position:05}.jpg"
                rows.append(
                    replace(model, id=photo_id(archive.id, position), position=position, name=name, taken_at=taken_at)
                )
            with store.begin() as tx:
                tx.photos.add_many(rows)
    return dataset.id


def _models(store: Store, archive: Archive, folder: Path) -> list[Photo]:
    """Store small pictures, each as it is and mirrored; give a photo of each."""
    models: list[Photo] = []
    with zipfile.ZipFile(PHOTOS) as packed:
        for name in [name for name in packed.namelist() if name.endswith(".jpg")]:
            small = Image.open(io.BytesIO(packed.read(name))).convert("RGB")
            width, height = small.size
            small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
            for picture in (small, small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
                file = folder / f"{len(models)}.jpg"
                picture.save(file, quality=82)
                id = photo_id(archive.id, len(models))
                key = store.objects.put_file(file, kind="photos", id=id, consume=True).key
                told: dict[str, Any] = {"width": width, "height": height, **looks(picture)}
                models.append(
                    Photo(
                        id=id,
                        dataset_id=archive.dataset_id,
                        archive_id=archive.id,
                        position=0,
                        name="",
                        state="ready",
                        image_key=key,
                        thumb_key=key,
                        **told,
                    )
                )
    return models


@contextmanager
def served(data: str) -> Iterator[str]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "REVERIE_DATA": data, "REVERIE_PORT": str(port), "REVERIE_LOG_LEVEL": "error"}
    server = subprocess.Popen([sys.executable, "-m", "api"], env=env)
    try:
        until_it_answers(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def opened() -> Iterator[Page]:
    folder = chromium.folder()
    told: dict[str, str | float | bool] = {"LD_LIBRARY_PATH": str(folder / "lib")}
    env = {**os.environ, **told, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=folder / "chromium", args=FLAGS, env=env)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def _pages(address: str, dataset: UUID) -> Iterator[str]:
    """Ask for pages of 100 in turn: median of several, in milliseconds."""
    words = [("order", "oldest"), *(("state", state) for state in ("ready", "repaired", "excluded"))]
    extent = f"{address}/datasets/{dataset}/photos/index?{urlencode([*words, ('every', '100')])}"
    index, took = _asked(extent)
    again = statistics.median(_asked(extent)[1] for _ in range(ROUNDS))
    yield f"| order and extent of all | first time {took:.0f} ms, again {again:.1f} ms |"
    starts = index["starts"]
    places = {"start": None, "middle": starts[len(starts) // 2], "end": starts[-1]}
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for place, cursor in places.items():
            where = [*words, ("limit", "100"), *([("cursor", cursor)] if cursor else [])]
            found.setdefault(place, []).append(_asked(f"{address}/datasets/{dataset}/photos?{urlencode(where)}")[1])
    medians = {place: statistics.median(times) for place, times in found.items()}
    yield "| a page of 100 | " + ", ".join(f"{took:.1f} ms at the {place}" for place, took in medians.items()) + " |"


def _looked_at(page: Page, address: str) -> Iterator[str]:
    painted = []
    for _ in range(3):
        page.goto("about:blank")
        page.goto(address)
        painted.append(page.wait_for_function(PAINTED, polling="raf").json_value())
    first, *again = painted
    yield f"| first pictures painted after navigation | **{first:.0f} ms**; opened again {min(again):.0f} ms |"
    whole_ms = page.wait_for_function(WHOLE, polling="raf").json_value()
    yield f"| all of it there to go to, opened again | {whole_ms:.0f} ms |"
    page.mouse.move(500, 600)
    page.evaluate(FRAMES)
    whole = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    for _ in range(round(whole / WHEEL_PX) + 1):
        page.mouse.wheel(0, WHEEL_PX)
        page.wait_for_timeout(WHEEL_MS)
    page.wait_for_function(PAINTED, polling="raf")
    yield smooth(page, f"wheel, {whole:,} px to the end")
    chance = Random(1)  # noqa: S311 - drawn alike each time
    page.evaluate(FRAMES)
    waits = []
    for _ in range(JUMPS):
        began = page.evaluate(f"scrollTo(0, {chance.random()} * {whole}), performance.now()")
        page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
        waits.append(page.wait_for_function(PAINTED, polling="raf").json_value() - began)
    yield smooth(page, f"{JUMPS} jumps")
    yield f"| pictures painted after a jump | median {statistics.median(waits):.0f} ms, longest {max(waits):.0f} ms |"


def smooth(page: Page, what: str) -> str:
    frames, most = page.evaluate("cancelAnimationFrame(window.measuring), [window.frames_ms.slice(1), window.most]")
    late = sum(took > 50 for took in frames)
    return (
        f"| {what} | {len(frames):,} frames, median {statistics.median(frames):.1f} ms, "
        f"**{100 * late / len(frames):.1f} %** over 50 ms, longest {max(frames):.0f} ms; at most {most:,} nodes |"
    )


def _asked(address: str) -> tuple[Any, float]:
    began = time.perf_counter()
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
        found = answer.read()
    return json.loads(found), 1000 * (time.perf_counter() - began)
