"""Shapes, and shapes with a painted surface. Lengths are about a hand's width; y points up, z to the camera."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from demo.faces.mesh import Floats, Ints
from demo.faces.raster import vertex_normals


@dataclass(frozen=True, slots=True)
class Surface:
    """How a material answers light; each 0..1."""

    gloss: float = 0.5  # strength of what it mirrors
    roughness: float = 0.3  # how blurred that is
    metal: float = 0.0  # mirrors in its own colour and has no body
    clear: float = 0.0  # shows what lies behind, as glass does
    soft: float = 0.0  # light wraps around it, as around wax, cloth and leaves


@dataclass(frozen=True, slots=True)
class Shape:
    """A bare surface."""

    vertices: Floats  # [V, 3]
    normals: Floats  # [V, 3] unit
    triangles: Ints  # [T, 3]
    u: Floats  # [V] 0..1, around or across
    v: Floats  # [V] 0..1, along


@dataclass(frozen=True, slots=True)
class Mesh:
    """A painted thing, or a part of it."""

    vertices: Floats  # [V, 3]
    normals: Floats  # [V, 3] unit
    triangles: Ints  # [T, 3]
    paint: Floats  # [V, 3] linear
    surface: Floats  # [V, 5], the fields of Surface in order


def grid(points: Floats, *, around: bool = False) -> Shape:
    """Span `[R, C, 3]` points with triangles; `around` joins the last column to the first."""
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    if around:
        index = np.concatenate([index, index[:, :1]], axis=1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    vertices = np.ascontiguousarray(points.reshape(-1, 3), np.float32)
    across = np.linspace(0, 1, columns, endpoint=not around, dtype=np.float32)
    along = np.linspace(0, 1, rows, dtype=np.float32)
    return Shape(vertices, vertex_normals(vertices, triangles), triangles, np.tile(across, rows), along.repeat(columns))


def dress(shape: Shape, paint: Floats, surface: Surface) -> Mesh:
    """Paint a shape; `paint` is `[3]` or `[V, 3]`."""
    count = len(shape.vertices)
    row = [surface.gloss, surface.roughness, surface.metal, surface.clear, surface.soft]
    return Mesh(
        shape.vertices,
        shape.normals,
        shape.triangles,
        np.broadcast_to(paint, (count, 3)).astype(np.float32),
        np.tile(np.array(row, np.float32), (count, 1)),
    )


def join(parts: Sequence[Mesh]) -> Mesh:
    """Put parts together into one mesh."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32),
        np.concatenate([part.paint for part in parts]),
        np.concatenate([part.surface for part in parts]),
    )


def rotation(axis: str, angle: float) -> Floats:
    """Give the turn by `angle` radians about "x", "y" or "z", `[3, 3]`."""
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    turn = np.eye(3, dtype=np.float32)
    turn[first, first] = turn[second, second] = np.cos(angle)
    turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
    return turn


def moved(mesh: Mesh, by: Sequence[float] = (0, 0, 0), *, turn: Floats | None = None) -> Mesh:
    """Turn a mesh about the origin, then shift it."""
    turn = np.eye(3, dtype=np.float32) if turn is None else turn
    vertices = (mesh.vertices @ turn.T + np.array(by, np.float32)).astype(np.float32)
    return replace(mesh, vertices=vertices, normals=(mesh.normals @ turn.T).astype(np.float32))
