"""What looking for echoes costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.echoes.params import EchoesParams

PIXELS_PER_S = 400e3  # drawn, on two cores
LOOK_S = 0.035  # a picture, as it is and mirrored
PAIRS_PER_S = 6e6  # of a picture and a photograph, compared in two sizes, as it is and mirrored
CALIBRATED = 2_000  # photographs, at most, that are compared with all others
START_S = 6.0  # a child process, the tensor library, weights
PROCESS_BYTES = 700_000_000
SEEN_BYTES = 65_000  # a picture, looked at: four vectors, twice while they are compared, and how like it the others are
NEAR_BYTES = 180  # a photograph, of a moment
ROW_BYTES, PICTURE_BYTES = 25, 72  # of a photograph and of a picture in a file


def cost(params: EchoesParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from how many moments are looked at, and how many photographs their pictures are compared with."""
    told = facts.get("echoes", {})
    photos, resolution = int(told.get("photos", 0)), int(told.get("resolution", 64))
    moments = int(told.get("moments", 1)) - int(told.get("known", {}).get(known_as(params), 0))
    pictures, moments = params.count, max(moments, 0)
    work = work_s(moments=moments, pictures=pictures, photos=photos, resolution=resolution)
    seen = f"{pictures:,} pictures of each of {moments:,} moments are drawn and looked at; none of them is kept."
    return Cost(
        seconds=START_S + work / speed(facts, kind="echoes"),
        disk_bytes=moments * (photos * ROW_BYTES + pictures * PICTURE_BYTES),
        memory_bytes=PROCESS_BYTES + pictures * SEEN_BYTES + photos * NEAR_BYTES,
        sentence=seen if moments else "All moments were looked at already; only what came since is compared.",
    )


def known_as(params: EchoesParams) -> str:
    """Name what was asked for, as the facts count it."""
    return key_of(params.count, params.truncation_psi)


def key_of(pictures: int, truncation_psi: float) -> str:
    """Name how many pictures are drawn, and how far from the mean."""
    return f"{pictures}/{truncation_psi:g}"


def work_s(*, moments: int, pictures: int, photos: int, resolution: int) -> float:
    """Estimate a job in nominal seconds."""
    each = moment_s(pictures=pictures, photos=photos, resolution=resolution)
    return calibrating_s(photos) + moments * each


def moment_s(*, pictures: int, photos: int, resolution: int) -> float:
    """Estimate looking at one moment, in nominal seconds."""
    return drawing_s(pictures, resolution=resolution) + pictures * photos / PAIRS_PER_S


def drawing_s(pictures: int, *, resolution: int) -> float:
    """Estimate drawing pictures and looking at them, in nominal seconds."""
    return pictures * (resolution**2 / PIXELS_PER_S + LOOK_S)


def calibrating_s(photos: int) -> float:
    """Estimate comparing photographs with each other, in nominal seconds."""
    return min(photos, CALIBRATED) * photos / PAIRS_PER_S
