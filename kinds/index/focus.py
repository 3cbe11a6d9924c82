"""Where a photograph is looked at: the middle of the square that shows most of its faces and of what stands out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kinds.index.faces import Faces

LOOK_SIDE = 480  # pixels of the long side that faces are looked for in
MAP_SIDE = 64  # ... of the map of what matters
FACE_SHARE = 3.0  # what all faces weigh, to 1 of all that stands out
AROUND = 0.4  # of a face's side, that belongs to it on each side: hair, chin, neck
MIDDLE = 0.6  # how much less counts what lies at the edge
AS_GOOD = 0.97  # of the best square: then the one nearest the middle is taken

Map = NDArray[np.float64]  # [H, W], of sum 1
Focus = tuple[float, float]  # from left and top, 0 to 1


def focus(picture: Image.Image, faces: Faces) -> Focus:
    """Find where the largest square in an RGB picture should have its middle."""
    small = picture.copy()
    small.thumbnail((LOOK_SIDE, LOOK_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    found = faces(np.asarray(small))
    small.thumbnail((MAP_SIDE, MAP_SIDE), Image.Resampling.BILINEAR)
    matters = _share(standing_out(small) * _central(small.height)[:, None] * _central(small.width))
    if len(found):
        scale = max(small.size) / min(LOOK_SIDE, max(picture.size))
        matters = matters + FACE_SHARE * _faces_map(found * scale, matters.shape)
    side = min(matters.shape)
    across, down = (_middle(matters.sum(axis), side) for axis in (0, 1))
    return across, down


def standing_out(picture: Image.Image) -> Map:
    """Say how much each pixel stands out: by how far its colour is from the mean one, and by how much changes there.

    The first is Achanta et al. 2009, "Frequency-tuned Salient Region Detection", equation 4, squared; each weighs half.
    """
    lab = np.asarray(picture.convert("LAB")).astype(np.float64)
    lab[..., 1:] = (lab[..., 1:] + 128) % 256  # a and b are signed, and Pillow's bytes wrap around
    colour = np.square(_smooth(lab) - lab.mean(axis=(0, 1))).sum(axis=2)
    down, across = np.diff(lab, axis=0, append=lab[-1:]), np.diff(lab, axis=1, append=lab[:, -1:])
    change = _smooth(np.sqrt((np.square(down) + np.square(across)).sum(axis=2))[..., None])[..., 0]
    return (_share(colour) + _share(change)) / 2


def _central(count: int) -> NDArray[np.float64]:
    """Weigh what lies in the middle more: who took the picture pointed there."""
    at = (np.arange(count) + 0.5) / count * 2 - 1
    weight: NDArray[np.float64] = 1 - MIDDLE * at**2
    return weight


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the mean of 3 × 3 pixels of `[H, W, C]`."""
    wide = np.pad(values, ((1, 1), (1, 1), (0, 0)), "edge")
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    mean: NDArray[np.float64] = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return mean


def _share(values: NDArray[np.float64]) -> Map:
    share: Map = values / max(values.sum(), 1e-12)
    return share


def _faces_map(found: NDArray[np.float32], shape: tuple[int, ...]) -> Map:
    """Lay each face's weight, which is its side, over it and what is around it."""
    map = np.zeros(shape)
    for left, top, right, bottom, _ in found:
        side = max(right - left, bottom - top)
        more = AROUND * side
        rows = slice(max(0, int(top - more)), max(1, round(bottom + more)))
        columns = slice(max(0, int(left - more)), max(1, round(right + more)))
        map[rows, columns] += side / max(1, map[rows, columns].size)
    return _share(map)


def _middle(profile: NDArray[np.float64], side: int) -> float:
    """Find the middle of the window of `side` that holds most of a profile, 0 to 1."""
    held = np.convolve(profile, np.ones(side), "valid")
    good = np.flatnonzero(held >= AS_GOOD * held.max())
    first = good[np.abs(good - (len(held) - 1) / 2).argmin()]
    return float((first + side / 2) / len(profile))
