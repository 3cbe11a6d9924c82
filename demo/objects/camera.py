"""A camera that looks slightly down on a thing and frames it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.faces.field import unit
from demo.faces.mesh import Floats
from demo.objects.mesh import rotation

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Camera:
    """A perspective view; camera space is x right, y up, z towards the camera, its origin at `target`."""

    turn: Floats  # [3, 3], world to camera
    target: Floats  # [3]
    distance: float
    scale: float  # pixels for one unit at the target
    middle: tuple[float, float]  # pixels, where the target is seen

    @property
    def eye(self) -> Floats:
        """Where the camera stands, `[3]`."""
        place: Floats = (self.target + self.turn[2] * self.distance).astype(np.float32)
        return place

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Give pixels `[V, 2]`, y down, and depth `[V]`, larger is nearer."""
        placed = (points - self.target) @ self.turn.T
        near = (self.distance / (self.distance - placed[:, 2]) * self.scale)[:, None]
        pixels = placed[:, :2] * near * [1, -1] + self.middle
        return pixels.astype(np.float32), np.ascontiguousarray(placed[:, 2], np.float32)

    def ground(self, rows: Floats, columns: Floats, *, level: float) -> tuple[Floats, Marks]:
        """Give where the rays through pixels meet the plane y = level, `[P, 3]`, and whether they do so ahead `[P]`."""
        plane = np.stack([columns + 0.5 - self.middle[0], self.middle[1] - rows - 0.5, np.zeros(len(rows))], axis=1)
        along = unit(plane / self.scale @ self.turn + self.target - self.eye)
        falls = along[:, 1] < -1e-3
        length = (level - self.eye[1]) / np.where(falls, along[:, 1], -1)
        return (self.eye + along * length[:, None]).astype(np.float32), falls


def frame(vertices: Floats, side: int, rng: np.random.Generator, *, pitch: tuple[float, float]) -> Camera:
    """Frame `vertices` `[V, 3]`: centred, filling 60 to 76 % of the picture; pitch: range of looking down, radians."""
    low, high = vertices.min(0), vertices.max(0)
    target = ((low + high) / 2).astype(np.float32)
    extent = float((high - low).max())
    rough = Camera(rotation("x", rng.uniform(*pitch)), target, extent * rng.uniform(3, 5.5), 1, (0, 0))
    seen, _ = rough.project(vertices)
    corner, opposite = seen.min(0), seen.max(0)
    wide, tall = (opposite - corner).tolist()
    # What is slender may be longer than what is round, or it would look small.
    measure = max(0.72 * max(wide, tall) + 0.28 * float(np.sqrt(wide * tall)), 0.9 * max(wide, tall))
    scale = side * rng.uniform(0.64, 0.76) / measure
    shift = side * (0.5 + rng.normal(0, 0.01, 2)) - scale * (corner + opposite) / 2
    return Camera(rough.turn, target, rough.distance, scale, (float(shift[0]), float(shift[1])))
