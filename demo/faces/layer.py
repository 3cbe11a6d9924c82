"""One rasterised mesh, and the values at its pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.faces.camera import Camera
from demo.faces.mesh import Floats, Ints
from demo.faces.raster import FAR, gather, rasterise


@dataclass(frozen=True, slots=True)
class Layer:
    """Which triangle is nearest at each pixel, and where in it."""

    triangles: Ints  # [T, 3]
    owner: Ints  # [side, side], -1 where there is none
    corners: Floats  # [side, side, 3]
    nearest: Floats  # [side, side]

    @classmethod
    def draw(cls, camera: Camera, placed: Floats, triangles: Ints, *, side: int) -> "Layer":
        """Rasterise `triangles` of the vertices `placed` `[V, 3]` in camera space."""
        owner = np.full((side, side), -1, np.int32)
        corners = np.zeros((side, side, 3), np.float32)
        nearest = np.full((side, side), FAR, np.float32)
        rasterise(camera.project(placed), np.ascontiguousarray(placed[:, 2]), triangles, owner, corners, nearest)
        return cls(triangles, owner, corners, nearest)

    def in_front_of(self, nearest: Floats) -> tuple[Ints, Ints]:
        """Give rows and columns of the pixels that are drawn and nearer than `nearest` `[side, side]`."""
        rows, columns = np.nonzero((self.owner >= 0) & (self.nearest > nearest))
        return rows, columns

    def gather(self, rows: Ints, columns: Ints, attributes: Sequence[Floats]) -> Floats:
        """Interpolate vertex attributes, each `[V, k]`, at the pixels; gives `[P, K]` side by side."""
        joined = np.ascontiguousarray(np.concatenate(attributes, axis=1), np.float32)
        pixels: Floats = gather(rows, columns, self.owner, self.corners, self.triangles, joined)
        return pixels
