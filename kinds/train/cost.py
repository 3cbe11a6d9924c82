"""What a training costs, and what the archive will get for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, Word, speed
from kinds.train.params import TrainParams
from kinds.train.speed import Shape, measure_s, step_s

START_S = 8.0  # a child process, the tensor library, weights, pictures
PROCESS_BYTES = 450_000_000
NAMED = 3  # labels of few photographs that a notice names
ENOUGH_PHOTOS = 500  # below it the network soon repeats itself


def cost(params: TrainParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from resolved parameters and the facts of dataset (`photos`, `usable_views`), model and host."""
    shape, steps, batch = _shape(params, facts), params.value("steps"), params.value("batch")
    moments = params.value("snapshot_steps")
    views = max(1, int(facts.get("dataset", {}).get("usable_views", 1)))
    times = steps * batch / views
    weights = shape.parameters
    return Cost(
        seconds=START_S + work_s(params, shape) / speed(facts, kind="train", pace=params.pace),
        # fp16 of G and D a snapshot, its sheet; two resume points of 4 + 3 times the weights in fp32; the pictures.
        disk_bytes=len(moments) * (4 * weights + 40 * shape.resolution**2)
        + 2 * 7 * 4 * weights
        + views * 3 * shape.resolution**2,
        memory_bytes=PROCESS_BYTES + 7 * 4 * weights + batch * shape.picture_bytes,
        photos_seen=steps * batch,
        times_each_seen=round(times, 2),
        sentence=_sentence(times),
        snapshots=tuple(moments),
        notices=(*_notices(facts.get("dataset", {})), *_small_labels(params, facts.get("dataset", {}))),
    )


def work_s(params: TrainParams, shape: Shape) -> float:
    """Estimate all steps and measurings of a training in nominal seconds."""
    steps, batch = params.value("steps"), params.value("batch")
    steps_s: float = steps * step_s(shape, batch=batch)
    return steps_s + measurings(params) * measure_s(params.measure_pictures or 0)


def measurings(params: TrainParams) -> int:
    """Count how often pictures are looked at: once a measured snapshot, and the photographs once."""
    moments = len(params.value("snapshot_steps"))
    return {"all": moments + 1, "ends": min(2, moments) + 1, "none": 0}[params.value("measure")]


def _shape(params: TrainParams, facts: Mapping[str, Any]) -> Shape:
    if params.from_scratch:
        return Shape(
            resolution=params.value("resolution"),
            channel_base=params.value("channel_base"),
            channel_max=params.value("channel_max"),
        )
    return Shape.of(facts["model"]["architecture"])


def _sentence(times: float) -> str:
    if times < 0.95:
        return f"About {max(1, round(times * 100))} in 100 of your photographs will be seen, once each."
    if times < 1.5:
        return "Each photograph will be seen about once."
    return f"Each photograph will be seen about {round(times):,} times."


def _notices(dataset: Mapping[str, Any]) -> tuple[Word, ...]:
    photos = dataset.get("photos", dataset.get("usable_views"))
    if photos is None or photos >= ENOUGH_PHOTOS:
        return ()
    text = (
        f"{photos} photographs. The network will soon repeat itself; "
        f"from about {ENOUGH_PHOTOS} on it begins to dream. You can train all the same."
    )
    return (Word(code="few_photos", text=text),)


def _small_labels(params: TrainParams, dataset: Mapping[str, Any]) -> tuple[Word, ...]:
    small = list(dataset.get("small_labels", ()))
    if not params.conditional or not small:
        return ()
    named = ", ".join(f"“{name}”" for name in small[:NAMED])
    others = f" and {len(small) - NAMED:,} others" if len(small) > NAMED else ""
    text = f"There are few photographs of {named}{others}; what these are will hardly be learnt. Labels can be merged."
    return (Word(code="small_labels", text=text),)
