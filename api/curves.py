"""A training in numbers, from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.schemas.jobs import CurvePoint, Curves
from store import rows

MOST = 400
_WHERE = {"step", "model_id"}  # of a measures event: where it stands, not what it measures


def curves_of(
    progress: Sequence[rows.Event],
    measures: Sequence[rows.Event],
    *,
    later: Mapping[int | None, Mapping[str, Any]] | None = None,
) -> Curves:
    """Draw the curves of a job from its `progress` and `measures` events, each in the order of their `seq`.

    Where a later attempt runs steps again, what the lost one said of them is dropped. `later` is what its moments are
    known to measure by now, by their step: some were measured after the job had ended.
    """
    told = [(event.attempt, int(event.body["done"]), _with_speed(event.body)) for event in progress if _measured(event)]
    looked = [(event.attempt, int(event.body["step"]), _distances(event.body)) for event in measures]
    known = {point.step: point for point in _points(looked)}
    for step, of_moment in (later or {}).items():
        if step is not None:
            known[step] = CurvePoint(step=step, metrics=dict(of_moment))
    return Curves(progress=thinned(_points(told)), measures=thinned([known[step] for step in sorted(known)]))


def _measured(event: rows.Event) -> bool:
    return bool(event.body.get("metrics"))


def _distances(body: Mapping[str, Any]) -> Mapping[str, float | None]:
    return {name: value for name, value in body.items() if name not in _WHERE}


def _with_speed(body: Mapping[str, Any]) -> Mapping[str, float | None]:
    speed = body.get("pictures_per_s")
    return {**body["metrics"], **({"pictures_per_s": speed} if speed is not None else {})}


def _points(told: Iterable[tuple[int, int, Mapping[str, float | None]]]) -> list[CurvePoint]:
    """Order (attempt, step, metrics), which come as they were told, by step."""
    by_step: dict[int, Mapping[str, float | None]] = {}
    latest = 0
    for attempt, step, metrics in told:
        if attempt > latest:
            latest = attempt
            by_step = {earlier: by_step[earlier] for earlier in by_step if earlier < step}
        by_step[step] = metrics
    return [CurvePoint(step=step, metrics=dict(by_step[step])) for step in sorted(by_step)]


def thinned(points: Sequence[CurvePoint], *, most: int = MOST) -> list[CurvePoint]:
    """Keep at most `most` points, evenly, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    last = len(points) - 1
    return [points[round(index * last / (most - 1))] for index in range(most)]
