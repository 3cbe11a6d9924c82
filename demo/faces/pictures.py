"""Render the heads of a recipe into a dataset folder, in two processes, resumable chunk by chunk."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.faces.draw import Studio, render
from demo.faces.recipe import Heads
from gan.dataset import write_pictures

PROCESSES = 2


def render_dataset(heads: Heads, *, meshes: Path, folder: Path) -> Iterator[int]:
    """Render what is missing of `heads` and write the dataset to `folder`; yields the number of heads that are there.

    Chunks that an earlier call finished are kept in `folder/chunks` and used; a whole dataset is left as it is.
    """
    if (folder / "pictures.json").exists():
        yield heads.count
        return
    chunks = folder / "chunks"
    chunks.mkdir(parents=True, exist_ok=True)
    starts = range(0, heads.count, heads.chunk)
    missing = [start for start in starts if not _chunk(chunks, start).exists()]
    done = sum(_length(heads, start) for start in starts if start not in missing)
    yield done
    # Spawned, not forked: numba's threads do not survive a fork.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _open_studio, (meshes,)) as pool:
        works = {pool.submit(_render_chunk, heads, chunks, start): start for start in missing}
        for work in as_completed(works):
            work.result()
            done += _length(heads, works[work])
            yield done
    write_pictures(
        folder,
        _read_chunks(chunks, starts),
        resolution=heads.size,
        photos=range(heads.count),
    )


def _length(heads: Heads, start: int) -> int:
    return min(heads.chunk, heads.count - start)


def _chunk(chunks: Path, start: int) -> Path:
    return chunks / f"{start:06d}.npy"


def _open_studio(meshes: Path) -> None:
    global _studio  # one for each process, which lives for this pool only
    _studio = Studio.open(meshes)


_studio: Studio


def _render_chunk(heads: Heads, chunks: Path, start: int) -> None:
    rows = [
        render(_studio, heads.first_seed + start + k, size=heads.size).transpose(2, 0, 1)
        for k in range(_length(heads, start))
    ]
    target = _chunk(chunks, start)
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as file:
        np.save(file, np.stack(rows))  # [chunk, 3, R, R]
    temporary.replace(target)


def _read_chunks(chunks: Path, starts: range) -> Iterator[NDArray[np.uint8]]:
    for start in starts:
        yield from np.load(_chunk(chunks, start), allow_pickle=False)
