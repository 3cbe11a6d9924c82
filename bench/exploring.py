"""How soon a place is there in the explorer, coarse and sharp, and how smoothly it is panned, in a real Chromium."""

import json
import statistics
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from bench.grid import FRAMES, opened
from tests.running import running

PLACES = 15
PANS = 12
MOVE_PX, MOVES, MOVE_MS = 24, 24, 16
WARM_MS = 120_000
SHARP = "() => document.querySelector('canvas')?.dataset.drawn === 'sharp'"
LONG = """() => {
  window.long_ms = [];
  new PerformanceObserver((list) => window.long_ms.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: 'longtask' });
}"""
GO = """(seed) => {
  performance.clearMarks();
  const began = performance.now();
  location.hash = location.hash.replace(/at=[^&]*/, `at=${seed}`);
  return began;
}"""
MARK = "(name) => performance.getEntriesByName(`plane ${name}`)[0]?.startTime"


def wandering(places: int = PLACES) -> Iterator[str]:
    """Go to places that nobody has seen before, in a page and a renderer that are warm; then pan by hand."""
    with tempfile.TemporaryDirectory() as name, running(Path(name), renderers=1) as address, opened() as page:
        models = json.load(urllib.request.urlopen(f"{address}/models?bundled=true"))["items"]  # noqa: S310 - our own
        page.goto(f"{address}/#/explore/{models[0]['id']}?at=1&z=124")
        page.wait_for_function(SHARP, timeout=WARM_MS)
        yield f"{models[0]['name']}, {models[0]['resolution']} px; a window of 1440 × 900, pictures of 124 px."
        yield ""
        yield "| what | measured |"
        yield "| --- | --- |"
        took: dict[str, list[float]] = {}
        for seed in range(100, 100 + places):
            began = page.evaluate(GO, seed)
            for what in ("first", "coarse", "sharp"):
                mark = page.wait_for_function(MARK, arg=what, timeout=WARM_MS, polling="raf").json_value()
                took.setdefault(what, []).append(mark - began)
        said = {"first": "coarse 5×5 in the middle", "coarse": "coarse, all in sight", "sharp": "sharp, all in sight"}
        for what, times in took.items():
            median = f"median **{statistics.median(times):.0f} ms**, longest {max(times):.0f} ms"
            yield f"| {said[what]}, at a place not seen before | {median} |"
        yield from _panned(page)


def _panned(page: Page) -> Iterator[str]:
    page.evaluate(LONG)
    page.evaluate(FRAMES)
    for pan in range(PANS):
        x, y = (1000, 600) if pan % 2 == 0 else (700, 150)
        way = (-1, -0.5) if pan % 2 == 0 else (0.4, 1)
        page.mouse.move(x, y)
        page.mouse.down()
        for move in range(1, MOVES + 1):
            page.mouse.move(x + way[0] * MOVE_PX * move, y + way[1] * MOVE_PX * move * 0.6)
            page.wait_for_timeout(MOVE_MS)
        page.mouse.up()
        page.wait_for_timeout(600)
    frames = page.evaluate("() => (cancelAnimationFrame(window.measuring), window.frames_ms.slice(1))")
    long = page.evaluate("() => window.long_ms")
    late = sum(took > 50 for took in frames)
    yield (
        f"| {PANS} pans, each let go in movement | {len(frames):,} frames, median {statistics.median(frames):.1f} ms, "
        f"{100 * late / len(frames):.1f} % over 50 ms, longest {max(frames):.0f} ms |"
    )
    yield f"| tasks of over 50 ms on the main thread meanwhile | **{len(long)}**{_longest(long)} |"


def _longest(long: list[float]) -> str:
    return f", longest {max(long):.0f} ms" if long else ""
