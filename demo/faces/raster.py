"""Compiled loops over triangles and pixels; everything else here is numpy over whole arrays."""
# mypy: disallow-untyped-decorators=False

import numpy as np
from numba import njit

from demo.faces.mesh import Floats, Ints

FAR = -1e9


@njit(cache=True, fastmath=True)
def rasterise(points: Floats, depth: Floats, triangles: Ints, owner: Ints, corners: Floats, nearest: Floats) -> None:
    """Draw triangles into buffers; the larger depth wins.

    points: `[V, 2]` pixels, y down; depth: `[V]`; triangles: `[T, 3]`.
    Written: owner `[H, W]`, the triangle at each pixel (-1 on entry); corners `[H, W, 3]`, barycentric weights;
    nearest `[H, W]`, the depth (FAR on entry). One call after another on the same buffers draws one scene.
    """
    height, width = owner.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by, cx, cy = points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        left, right = max(0, int(np.floor(min(ax, bx, cx)))), min(width - 1, int(np.ceil(max(ax, bx, cx))))
        top, bottom = max(0, int(np.floor(min(ay, by, cy)))), min(height - 1, int(np.ceil(max(ay, by, cy))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                px, py = x + 0.5 - ax, y + 0.5 - ay
                second = (px * (cy - ay) - py * (cx - ax)) / area
                third = ((bx - ax) * py - (by - ay) * px) / area
                first = 1 - second - third
                if first < -1e-6 or second < -1e-6 or third < -1e-6:
                    continue
                z = first * depth[a] + second * depth[b] + third * depth[c]
                if z > nearest[y, x]:
                    nearest[y, x] = z
                    owner[y, x] = t
                    corners[y, x, 0], corners[y, x, 1], corners[y, x, 2] = first, second, third


@njit(cache=True, fastmath=True)
def gather(rows: Ints, columns: Ints, owner: Ints, corners: Floats, triangles: Ints, attributes: Floats) -> Floats:
    """Interpolate vertex attributes `[V, K]` at the pixels `(rows, columns)` `[P]`; gives `[P, K]`."""
    count, width = rows.shape[0], attributes.shape[1]
    gathered = np.zeros((count, width), np.float32)
    for p in range(count):
        y, x = rows[p], columns[p]
        t = owner[y, x]
        for k in range(width):
            gathered[p, k] = (
                corners[y, x, 0] * attributes[triangles[t, 0], k]
                + corners[y, x, 1] * attributes[triangles[t, 1], k]
                + corners[y, x, 2] * attributes[triangles[t, 2], k]
            )
    return gathered


@njit(cache=True, fastmath=True)
def vertex_normals(vertices: Floats, triangles: Ints) -> Floats:
    """Average the normals of the triangles around each vertex, weighted by their area; gives unit vectors `[V, 3]`."""
    normals = np.zeros_like(vertices)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = (
            vertices[b, 0] - vertices[a, 0],
            vertices[b, 1] - vertices[a, 1],
            vertices[b, 2] - vertices[a, 2],
        )
        vx, vy, vz = (
            vertices[c, 0] - vertices[a, 0],
            vertices[c, 1] - vertices[a, 1],
            vertices[c, 2] - vertices[a, 2],
        )
        for k in (a, b, c):
            normals[k, 0] += uy * vz - uz * vy
            normals[k, 1] += uz * vx - ux * vz
            normals[k, 2] += ux * vy - uy * vx
    for i in range(vertices.shape[0]):
        length = np.sqrt(normals[i, 0] ** 2 + normals[i, 1] ** 2 + normals[i, 2] ** 2) + 1e-9
        for k in range(3):
            normals[i, k] /= length
    return normals
