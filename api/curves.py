"""A training in numbers, from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.schemas.jobs import CurvePoint, Curves
from store import rows

MOST = 400
_WHERE = {"step", "model_id"}  # of a measures event: where it stands, not what it measures


def curves_of(events: Iterable[rows.Event]) -> Curves:
    """Draw the curves of a job from its `progress` and `measures` events, in the order of their `seq`.

    By step, the latest attempt wins: what a lost attempt said of a step is replaced when the step is run again.
    """
    progress: dict[int, Mapping[str, float | None]] = {}
    measures: dict[int, Mapping[str, float | None]] = {}
    for event in events:
        if event.type == "progress" and event.body.get("metrics"):
            progress[int(event.body["done"])] = _with_speed(event.body)
        elif event.type == "measures":
            measures[int(event.body["step"])] = {k: v for k, v in event.body.items() if k not in _WHERE}
    return Curves(progress=thinned(_points(progress)), measures=thinned(_points(measures)))


def _with_speed(body: Mapping[str, Any]) -> Mapping[str, float | None]:
    speed = body.get("pictures_per_s")
    return {**body["metrics"], **({"pictures_per_s": speed} if speed is not None else {})}


def _points(by_step: Mapping[int, Mapping[str, float | None]]) -> list[CurvePoint]:
    return [CurvePoint(step=step, metrics=dict(by_step[step])) for step in sorted(by_step)]


def thinned(points: Sequence[CurvePoint], *, most: int = MOST) -> list[CurvePoint]:
    """Keep at most `most` points, evenly, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    last = len(points) - 1
    return [points[round(index * last / (most - 1))] for index in range(most)]
