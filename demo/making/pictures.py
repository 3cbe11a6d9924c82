"""Draw the pictures of a recipe into dataset folders, in several processes, resumable chunk by chunk."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from demo.making.recipe import Pictures
from demo.making.subjects import SUBJECTS, Draw
from gan.dataset import write_pictures

PROCESSES = 2


class Drawn(NamedTuple):
    """Dataset folders."""

    seen: Path
    held_back: Path


def folders(subject: str, pictures: Pictures, cache: Path) -> Drawn:
    """Where the pictures of a recipe lie: other folders for each revision, number and size."""
    whole = cache / f"{subject}-{pictures.size}px-r{pictures.revision}-s{pictures.first_seed}-n{pictures.count}"
    return Drawn(whole, whole / f"held-back-{pictures.held_back}")


def draw_pictures(subject: str, pictures: Pictures, cache: Path, *, processes: int = PROCESSES) -> Iterator[int]:
    """Draw what is missing and write both datasets; yields the number of pictures that are there.

    Chunks that an earlier call finished are kept beside the dataset and used; whole datasets are left as they are.
    """
    where = folders(subject, pictures, cache)
    ends = {where.seen: (0, pictures.count), where.held_back: (pictures.count, pictures.count + pictures.held_back)}
    total = pictures.count + pictures.held_back
    missing = {folder: span for folder, span in ends.items() if not (folder / "pictures.json").exists()}
    chunks = where.seen / "chunks"
    if missing:
        SUBJECTS[subject].open(cache)  # fetches once what each process then finds
        chunks.mkdir(parents=True, exist_ok=True)
        yield from _draw_chunks(subject, pictures, cache, chunks, range(0, total, pictures.chunk), processes)
    for folder, (first, last) in missing.items():
        if last > first:
            rows = _rows(chunks, pictures.chunk, first, last)
            write_pictures(folder, rows, resolution=pictures.size, photos=range(last - first))
    yield total


def _draw_chunks(
    subject: str, pictures: Pictures, cache: Path, chunks: Path, starts: range, processes: int
) -> Iterator[int]:
    missing = [start for start in starts if not _chunk(chunks, start).exists()]
    done = (len(starts) - len(missing)) * pictures.chunk
    yield done
    # Spawned, not forked: numba's threads do not survive a fork.
    with ProcessPoolExecutor(processes, get_context("spawn"), _open, (subject, cache)) as pool:
        for work in as_completed([pool.submit(_draw_chunk, pictures, chunks, start) for start in missing]):
            work.result()
            done += pictures.chunk
            yield done


def _chunk(chunks: Path, start: int) -> Path:
    return chunks / f"{start:06d}.npy"


def _open(subject: str, cache: Path) -> None:
    global _draw  # one for each process, which lives for this pool only
    _draw = SUBJECTS[subject].open(cache)


_draw: Draw


def _draw_chunk(pictures: Pictures, chunks: Path, start: int) -> None:
    seeds = range(pictures.first_seed + start, pictures.first_seed + start + pictures.chunk)
    rows = [_draw(seed, pictures.size).transpose(2, 0, 1) for seed in seeds]
    target = _chunk(chunks, start)
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as file:
        np.save(file, np.stack(rows))  # [chunk, 3, R, R]
    temporary.replace(target)


def _rows(chunks: Path, chunk: int, first: int, last: int) -> Iterator[NDArray[np.uint8]]:
    for start in range(first - first % chunk, last, chunk):
        rows = np.load(_chunk(chunks, start), allow_pickle=False)
        yield from rows[max(first - start, 0) : last - start]
