"""The scalp, measured once on the undeformed head, so that hair follows any shape.

Rays from the skull's centre give triangles and barycentric weights. Angles: `theta` around the head (0 at the front, in
(-pi, pi]), `phi` down from the crown, both in a frame tilted back by TILT.
"""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import unit
from demo.faces.mesh import Floats, Head, Ints, Part

CENTRE = np.array([0.0, 7.5, 0.55])
TILT = np.radians(15)
RADIUS = 0.95  # decimetres: turns an angle on the skull into the length of a strand
COLUMNS, ROWS = 180, 30
THETA = np.linspace(-np.pi, np.pi, COLUMNS, dtype=np.float32)
PHI = np.radians(np.linspace(3, 148, ROWS))
AROUND = np.degrees(np.abs(THETA))


@dataclass(frozen=True, slots=True)
class Scalp:
    """For each ray, the triangle that it leaves the head by and the weights of its corners."""

    triangles: Ints  # [COLUMNS, ROWS, 3] vertex indices
    weights: Floats  # [COLUMNS, ROWS, 3]

    def surface(self, vertices: Floats) -> tuple[Floats, Floats]:
        """Give the scalp's points and outward directions `[COLUMNS, ROWS, 3]`, evened out over the ears."""
        points = (vertices[self.triangles] * self.weights[..., None]).sum(2)
        for _ in range(2):
            around = np.concatenate([points[-2:-1], points, points[1:2]])  # the first column is the last one again
            points = (around[:-2] + 2 * around[1:-1] + around[2:]) / 4
            points[:, 1:-1] = (points[:, :-2] + 2 * points[:, 1:-1] + points[:, 2:]) / 4
        middle = np.array([0, points[..., 1].mean(), points[..., 2].mean()], np.float32)
        return points, unit(points - middle)


def measure_scalp(head: Head) -> Scalp:
    """Cast the rays; takes about half a second."""
    skin = np.flatnonzero(head.part == Part.SKIN)
    corners = head.vertices[head.triangles[skin]].astype(np.float64)  # [S, 3, 3]
    upper = corners[:, :, 1].min(1) > 5.5
    skin, corners = skin[upper], corners[upper]
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    start = CENTRE - corners[:, 0]
    cross = np.cross(start, edge1)
    reach = (edge2 * cross).sum(1)
    directions = _directions()
    hit = np.zeros(len(directions), np.int64)
    weights = np.zeros((len(directions), 3), np.float32)
    for ray, direction in enumerate(directions):  # Möller and Trumbore 1997, all triangles at once
        p = np.cross(direction, edge2)
        det = (edge1 * p).sum(1)
        det = np.where(np.abs(det) < 1e-12, 1e-12, det)
        u, v, distance = (start * p).sum(1) / det, (cross @ direction) / det, reach / det
        inside = np.flatnonzero((u >= -1e-4) & (v >= -1e-4) & (u + v <= 1.0002) & (distance > 0.5))
        if inside.size:
            first = inside[np.argmin(distance[inside])]
            hit[ray] = skin[first]
            weights[ray] = 1 - u[first] - v[first], u[first], v[first]
        else:  # a gap between triangles: the neighbour's hit is near enough
            hit[ray], weights[ray] = hit[ray - 1], weights[ray - 1]
    shape = (COLUMNS, ROWS, 3)
    return Scalp(head.triangles[hit].reshape(shape), weights.reshape(shape))


def _directions() -> Floats:
    theta, phi = np.meshgrid(THETA, PHI, indexing="ij")
    level = np.stack([np.sin(theta) * np.sin(phi), np.cos(phi), np.cos(theta) * np.sin(phi)], axis=-1)
    cos, sin = np.cos(TILT), np.sin(TILT)
    tilted = [level[..., 0], cos * level[..., 1] + sin * level[..., 2], -sin * level[..., 1] + cos * level[..., 2]]
    rays: Floats = np.stack(tilted, axis=-1).reshape(-1, 3)
    return rays


def scalp_angles(rest: Floats) -> tuple[Floats, Floats]:
    """Give theta (radians) and phi (degrees) of undeformed points `[P, 3]`."""
    x, y, z = unit(rest - CENTRE.astype(np.float32)).T
    cos, sin = np.cos(TILT), np.sin(TILT)
    level_y, level_z = cos * y - sin * z, sin * y + cos * z
    theta: Floats = np.arctan2(x, level_z)
    phi: Floats = np.degrees(np.arccos(np.clip(level_y, -1, 1)))
    return theta, phi
