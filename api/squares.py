"""Squares as a training sees them, from a process beside this one: the interface itself decodes nothing."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.limits import Limits

T = TypeVar("T")
AHEAD = 6  # views that are asked for before their turn


def squares(
    views: Iterable[tuple[T, Mapping[str, Any]]], *, resolution: int
) -> Generator[tuple[T, bytes | None], None, None]:
    """Yield for each view, as `kinds.ingest.square` reads it, what came with it and an uncompressed PNG.

    None in its place, where the picture is gone: its photograph was withdrawn meanwhile. Closing this ends the process.
    """
    with Decoders(1, max_pixels=Limits().max_pixels) as decoders:
        asked: deque[tuple[T, Future[bytes]]] = deque()
        for what, view in views:
            asked.append((what, decoders.square(view, resolution=resolution)))
            if len(asked) > AHEAD:
                yield _answered(*asked.popleft(), resolution=resolution)
        while asked:
            yield _answered(*asked.popleft(), resolution=resolution)


def _answered(what: T, cut: Future[bytes], *, resolution: int) -> tuple[T, bytes | None]:
    try:
        return what, _png(cut.result(), resolution)
    except FileNotFoundError:
        return what, None
    except Undecoded as error:
        raise RuntimeError(f"a square cannot be cut: {error}") from error


def _png(pixels: bytes, side: int) -> bytes:
    from PIL import Image  # its start is not worth it before somebody asks

    written = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(written, "PNG", compress_level=0)
    return written.getvalue()
