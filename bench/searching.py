"""How soon the originals of a picture are found, as wholes and by part, in archives of a thousand photographs and more.

The rows are made of noise around centres, and lie in files as an index job leaves them: what a comparison takes does
not depend on what the numbers say. How well photographs are found is `archaeology`'s to say.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image, ImageOps

from jobs.originals import cells
from kinds.index.files import BOXES, PART_WIDTH, WIDTH, Found, packed, packed_parts
from kinds.index.heaps import Floats
from kinds.index.looking import Looker, Seen
from kinds.index.near import Archive, Mapped, Query, nearest, nearest_parts, regions
from kinds.index.run import KEPT_EVERY

COUNTS = (1_000, 10_000, 50_000)
AROUND = 50  # photographs of one centre
ROUNDS = 60
BUDGET_MS = {"whole": 50, "by part": 300}


def archives(most: int = COUNTS[-1]) -> Iterator[str]:
    """Search archives of these sizes, warm: p50 and p95 of each question, and the memory that it takes."""
    budget = ", ".join(f"{name} {ms} ms" for name, ms in BUDGET_MS.items())
    yield f"{ROUNDS} questions of each, warm; the budget at 50,000 photographs is p95: {budget}."
    yield ""
    yield "| photographs | files, mapped | whole: p50, p95 | 16 parts: p50, p95 | one part: p50, p95 | memory |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for count in (count for count in COUNTS if count <= most):
        with tempfile.TemporaryDirectory() as name:
            paths = [_written(Path(name), at, min(KEPT_EVERY, count - at)) for at in range(0, count, KEPT_EVERY)]
            yield _searched(paths)
    yield ""
    yield _looked()


def _searched(paths: list[tuple[Path, Path]]) -> str:
    process = psutil.Process()
    before = process.memory_info()
    began = time.perf_counter()
    archive = Archive.of([Mapped.read(*pair) for pair in paths])
    mapped_s = time.perf_counter() - began
    seen = [_seen(np.array([number, number]), seed=10**9 + number) for number in range(ROUNDS)]
    asked: list[Callable[[Seen], object]] = [
        lambda seen: nearest(archive, _query(seen), most=8),
        lambda seen: nearest_parts(archive, _regions(seen, 16), most=3),
        lambda seen: nearest_parts(archive, _regions(seen, 1), most=4),
    ]
    times = [_times(question, seen) for question in asked]
    after = process.memory_info()
    size = sum(one.size_bytes for one in archive.files) / 1e6
    own = (after.rss - after.shared - before.rss + before.shared) / 1e6
    return (
        f"| {len(archive):,} | {len(paths)}, {mapped_s:.2f} s | {' | '.join(times)} | "
        f"{size:.0f} MB of files in the page cache, {own:.0f} MB beside |"
    )


def _query(seen: Seen) -> Query:
    whole, small = (one / np.linalg.norm(one, axis=-1, keepdims=True) for one in (seen.whole, seen.small))
    return Query(whole=whole, small=small, window=_regions(seen, 1)[0])


def _regions(seen: Seen, count: int) -> Floats:
    """Take what windows show for what parts show: vectors of length 1, `[count, 2, 128]`."""
    parts = seen.parts[:, :count].transpose(1, 0, 2)
    vectors: Floats = parts / np.linalg.norm(parts, axis=-1, keepdims=True)
    return vectors


def _times(question: Callable[[Seen], object], pictures: list[Seen]) -> str:
    question(pictures[0])  # warm
    took = []
    for seen in pictures:
        began = time.perf_counter()
        question(seen)
        took.append(time.perf_counter() - began)
    median, p95 = (1000 * float(np.quantile(took, share)) for share in (0.5, 0.95))
    return f"{median:.0f}, {p95:.0f} ms"


def _looked() -> str:
    """What looking takes before a search: a picture of 64 px as it is and mirrored, at two sizes, and its 16 parts."""
    looker, picture = Looker(), Image.effect_noise((64, 64), 60).convert("RGB")
    both = [picture, ImageOps.mirror(picture)]
    looker.looked(both)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        looker.looked(both)
        regions(looker, picture, cells(4, 4))
        took.append(time.perf_counter() - began)
    median, p95 = (1000 * float(np.quantile(took, share)) for share in (0.5, 0.95))
    return f"- looking at a picture that was not asked about before: median {median:.0f} ms, p95 {p95:.0f} ms"


def _written(folder: Path, at: int, count: int) -> tuple[Path, Path]:
    """Write the two files of some photographs, as an index job does."""
    seen = _seen(np.arange(at, at + count) // AROUND, seed=at)
    photos = [UUID(int=number + 1) for number in range(at, at + count)]
    found = Found(rows=packed(photos, seen.whole, seen.small), parts=packed_parts(photos, seen.parts))
    return found.write(folder, f"{at:07d}")


def _seen(centres: NDArray[np.int64], *, seed: int) -> Seen:
    """What is seen in photographs around these centres: those of one centre are half the same."""
    whole, small = (_around(centres, (WIDTH,), [part, seed]) for part in (0, 1))
    parts = _around(centres, (len(BOXES), PART_WIDTH), [2, seed])
    return Seen(whole=whole, small=small, parts=parts - 2)  # parts lie around nothing, and features above it


def _around(centres: NDArray[np.int64], shape: tuple[int, ...], seed: list[int]) -> Floats:
    each, place = np.unique(centres, return_inverse=True)
    middles = np.stack(
        [np.random.default_rng([seed[0], number]).standard_exponential(shape, np.float32) for number in each.tolist()]
    )
    noise: Floats = np.random.default_rng([3, *seed]).standard_exponential((len(centres), *shape), np.float32)
    return noise + middles[place]
