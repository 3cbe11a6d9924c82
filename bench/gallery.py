"""How soon 100,000 invented pictures are there to be browsed, and how smoothly they scroll, in a real Chromium."""

import io
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Page

from bench.exploring import LONG
from bench.filling import fill
from bench.grid import FRAMES, PAINTED, PHOTOS, opened, served, smooth
from kinds.looks import looks
from kinds.recipe import THUMB_SIDE
from store.settings import Settings
from store.store import Store

COUNT = 100_000
WHEEL_PX, WHEEL_MS, WHEELS = 160, 16, 400  # some 10,000 px a second: a strong flick
JUMPS = 20
OPENED = 5
WHOLE = "() => /[0-9] pictures/.test(document.querySelector('.tools')?.textContent ?? '') && performance.now()"
EMPTY = """() => {
  window.empty_ms = [];
  let since = null;
  const look = (now) => {
    const waits = [...document.querySelectorAll('.grid-coming')].some((cell) => {
      const { top, bottom } = cell.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    if (waits) since ??= now;
    else if (since !== null) (window.empty_ms.push(now - since), (since = null));
    window.looking = requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def browsing(count: int = COUNT) -> Iterator[str]:
    """Fill a store, open its gallery, scroll it from the start, in the middle and at the end, and jump in it."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(data=Path(name))
        began = time.perf_counter()
        fill(settings, count, looks=_looks(settings))
        yield f"{count:,} samples, SQLite, filled in {time.perf_counter() - began:.0f} s; a window of 1440 × 900."
        yield ""
        yield "| what | measured |"
        yield "| --- | --- |"
        with served(name) as address, opened() as page:
            yield from _opened(page, f"{address}/#/gallery")
            yield from _scrolled(page)
            yield from _jumped(page)
            yield _memory(page)


def _opened(page: Page, address: str) -> Iterator[str]:
    painted, whole = list[float](), list[float]()
    for _ in range(OPENED):
        page.goto("about:blank")
        page.goto(address)
        painted.append(page.wait_for_function(PAINTED, polling="raf").json_value())
        whole.append(page.wait_for_function(WHOLE, polling="raf").json_value())
    first, *again = painted
    yield f"| first screen painted | **{first:.0f} ms**; again median {statistics.median(again):.0f} ms |"
    yield f"| its extent known | median {statistics.median(whole):.0f} ms, longest {max(whole):.0f} ms |"
    yield _memory(page)


def _scrolled(page: Page) -> Iterator[str]:
    whole = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    page.mouse.move(500, 600)
    for share, where in ((0, "the start"), (0.5, "the middle"), (1 - WHEELS * WHEEL_PX / whole, "the end")):
        page.evaluate(f"scrollTo(0, {share * whole})")
        page.wait_for_function(PAINTED, polling="raf")
        _begin(page)
        for _ in range(WHEELS):
            page.mouse.wheel(0, WHEEL_PX)
            page.wait_for_timeout(WHEEL_MS)
        page.wait_for_function(PAINTED, polling="raf")
        yield from _told(page, f"wheel, {WHEELS * WHEEL_PX:,} px from {where} on")


def _jumped(page: Page) -> Iterator[str]:
    whole, chance = page.evaluate("document.documentElement.scrollHeight - innerHeight"), Random(1)  # noqa: S311
    _begin(page)
    waits = []
    for _ in range(JUMPS):
        began = page.evaluate(f"scrollTo(0, {chance.random()} * {whole}), performance.now()")
        page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
        waits.append(page.wait_for_function(PAINTED, polling="raf").json_value() - began)
    yield from _told(page, f"{JUMPS} jumps")
    yield f"| pictures painted after a jump | median {statistics.median(waits):.0f} ms, longest {max(waits):.0f} ms |"


def _begin(page: Page) -> None:
    for measure in (LONG, FRAMES, EMPTY):
        page.evaluate(measure)


def _told(page: Page, what: str) -> Iterator[str]:
    yield smooth(page, what)
    long, empty = page.evaluate("cancelAnimationFrame(window.looking), [window.long_ms, window.empty_ms]")
    longest = f", longest {max(long):.0f} ms" if long else ""
    yield f"| tasks of over 50 ms meanwhile | **{len(long)}**{longest} |"
    places = (
        f"{len(empty)} times, median {statistics.median(empty):.0f} ms, longest {max(empty):.0f} ms"
        if empty
        else "none"
    )
    yield f"| places without a picture's colour meanwhile | {places} |"


def _memory(page: Page) -> str:
    line = page.context.new_cdp_session(page)
    line.send("HeapProfiler.collectGarbage")
    line.send("Performance.enable")
    found = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    line.detach()
    heap = found["JSHeapUsedSize"] / 2**20
    return f"| memory of the page now | {heap:.1f} MiB of JavaScript, {found['Nodes']:,.0f} nodes |"


def _looks(settings: Settings) -> Sequence[Mapping[str, Any]]:
    """Store small pictures, each as it is and mirrored; give how a sample of each looks."""
    found: list[Mapping[str, Any]] = []
    with Store.open(settings) as store, tempfile.TemporaryDirectory() as name, zipfile.ZipFile(PHOTOS) as packed:
        for entry in (entry for entry in packed.namelist() if entry.endswith(".jpg")):
            small = Image.open(io.BytesIO(packed.read(entry))).convert("RGB")
            small = small.resize((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
            for picture in (small, small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
                file = Path(name) / f"{len(found)}.webp"
                picture.save(file, quality=85)
                key = store.objects.put_file(file, kind="samples", id=UUID(int=len(found)), consume=True).key
                keys = {"image_key": key, "thumb_key": key}
                found.append({"width": THUMB_SIDE, "height": THUMB_SIDE, **keys, **looks(picture)})
    return found
