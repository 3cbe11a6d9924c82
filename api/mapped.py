"""What a map tells of its pictures, as columns of bytes: what is not there any more is left out."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.originality import UNKNOWN as UNLOOKED
from kinds.map.files import Points, ids_of
from store.datasets import USABLE

STEPS = 65_535  # of the grid that places are told on
NONE = 65_535  # no date, no album
UNKNOWN = 255  # originality
LEFT_OUT = 2  # a flag
GREY = (128, 128, 128)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The columns, and how many pictures of each sort are there."""

    photos: int
    samples: int
    told: dict[str, Any]


def shown(points: Points, *, photos: Sequence[Any], samples: Sequence[Any]) -> Shown:
    """Tell of the points of a map whose photographs or samples are there."""
    rows: dict[Any, Any] = {row.id: row for row in photos} | {row.id: row for row in samples}
    found = [rows.get(id) for id in ids_of(points["id"])]
    there = np.array([row is not None for row in found], bool)
    points, kept = points[there], [row for row in found if row is not None]
    invented = points["invented"].astype(bool)
    of_photos = [row for row, drawn in zip(kept, invented, strict=True) if not drawn]
    first, last = _days(of_photos)
    albums = [name for name, _ in Counter(row.album for row in of_photos if row.album).most_common(NONE)]
    originality = _originality(kept, invented)
    left, top, step = _grid(points)
    told = {
        "points": len(points),
        "photos": len(of_photos),
        "samples": int(invented.sum()),
        "left": left,
        "top": top,
        "step": step,
        "first_day": first,
        "last_day": last,
        "albums": albums,
        "rated": int((originality != UNKNOWN).sum()),
        "ids": _packed(np.frombuffer(points["id"].tobytes(), np.uint8)),
        "x": _packed(np.rint((points["x"] - left) / step).astype("<u2")),
        "y": _packed(np.rint((points["y"] - top) / step).astype("<u2")),
        "flags": _packed(_flags(kept, invented)),
        "day": _packed(_day_column(kept, invented, first)),
        "album": _packed(_album_column(kept, invented, albums)),
        "originality": _packed(originality),
        "colour": _packed(np.array([_rgb(row.average) for row in kept], np.uint8)),
        "shape": _packed(_shapes(kept)),
    }
    return Shown(photos=len(of_photos), samples=int(invented.sum()), told=told)


def _grid(points: Points) -> tuple[float, float, float]:
    """Give the left and top edge, and a step that is the same in both directions."""
    if not len(points):
        return 0.0, 0.0, 1.0
    left, top = float(points["x"].min()), float(points["y"].min())
    span = max(float(points["x"].max()) - left, float(points["y"].max()) - top)
    return left, top, span / STEPS if span > 0 else 1.0


def _flags(kept: Sequence[Any], invented: NDArray[np.bool_]) -> NDArray[np.uint8]:
    out = [not drawn and row.state not in USABLE for row, drawn in zip(kept, invented, strict=True)]
    return invented.astype(np.uint8) + LEFT_OUT * np.array(out, np.uint8)


def _days(photos: Sequence[Any]) -> tuple[date | None, date | None]:
    days = [row.taken_at.date() for row in photos if row.taken_at is not None]
    if not days:
        return None, None
    last = max(days)
    return max(min(days), last - timedelta(days=NONE - 1)), last  # a clock that was never set is no century of its own


def _day_column(kept: Sequence[Any], invented: NDArray[np.bool_], first: date | None) -> NDArray[np.uint16]:
    days = np.full(len(kept), NONE, "<u2")
    if first is not None:
        for at, (row, drawn) in enumerate(zip(kept, invented, strict=True)):
            if not drawn and row.taken_at is not None:
                days[at] = max((row.taken_at.date() - first).days, 0)
    return days


def _album_column(kept: Sequence[Any], invented: NDArray[np.bool_], albums: Sequence[str]) -> NDArray[np.uint16]:
    number = {name: at for at, name in enumerate(albums)}
    told = [NONE if drawn else number.get(row.album, NONE) for row, drawn in zip(kept, invented, strict=True)]
    return np.array(told, "<u2")


def _originality(kept: Sequence[Any], invented: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Say what was found of each sample when it was looked at."""
    known = (drawn and row.nearness < UNLOOKED for row, drawn in zip(kept, invented, strict=True))
    told = [row.nearness if told else UNKNOWN for row, told in zip(kept, known, strict=True)]
    return np.array(told, np.uint8)


def _rgb(average: str | None) -> tuple[int, ...]:
    return tuple(bytes.fromhex(average[1:])) if average else GREY


def _shapes(kept: Sequence[Any]) -> NDArray[np.uint8]:
    ratios = np.array([(row.width or 1) / (row.height or 1) for row in kept], float)
    told: NDArray[np.uint8] = np.rint(128 + 32 * np.log2(ratios)).clip(0, 255).astype(np.uint8)
    return told


def _packed(column: NDArray[Any]) -> str:
    return base64.b64encode(column.tobytes()).decode()
