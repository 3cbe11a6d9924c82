"""Squares as a training sees them, from a process beside this one: the interface itself decodes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from typing import IO, Any, TypeVar

T = TypeVar("T")
AHEAD = 6  # views that are asked for before their turn; a pipe takes their lines however long the paths are


def squares(
    views: Iterable[tuple[T, Mapping[str, Any]]], *, resolution: int
) -> Generator[tuple[T, bytes | None], None, None]:
    """Yield for each view, as `kinds.train.squares` reads it, what came with it and an uncompressed PNG.

    None in its place, where the image is gone: its photograph was withdrawn meanwhile. Closing this ends the process.
    """
    with _process(resolution) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            asked: deque[T] = deque()
            for what, view in views:
                process.stdin.write(json.dumps(view).encode() + b"\n")
                process.stdin.flush()
                asked.append(what)
                if len(asked) > AHEAD:
                    yield asked.popleft(), _answer(process.stdout)
            while asked:
                yield asked.popleft(), _answer(process.stdout)
        finally:
            process.kill()


def _process(resolution: int) -> subprocess.Popen[bytes]:
    quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-m", "kinds.train.squares", str(resolution)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | quiet,
    )


def _answer(source: IO[bytes]) -> bytes | None:
    size_bytes = int.from_bytes(_exactly(source, 4), "big")
    return _exactly(source, size_bytes) if size_bytes else None


def _exactly(source: IO[bytes], count: int) -> bytes:
    found = source.read(count)
    if len(found) < count:
        raise RuntimeError("the process that cuts squares ended in the middle: a stored picture may be damaged")
    return found
