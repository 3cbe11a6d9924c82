"""What of the light reaches a point: depth maps from every direction that light comes from. Compiled loops."""
# mypy: disallow-untyped-decorators=False

import numpy as np
from numba import njit

from demo.faces.mesh import Floats, Ints

FAR = np.float32(-1e9)


@njit(cache=True, fastmath=True)
def map_depth(points: Floats, depth: Floats, triangles: Ints, nearest: Floats) -> None:
    """Keep the largest depth at each pixel of `nearest` `[S, S]`; points: `[V, 2]` pixels; depth: `[V]`."""
    side = nearest.shape[0]
    zero, half = np.float32(0), np.float32(0.5)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = points[a, 0], points[a, 1]
        ux, uy, vx, vy = points[b, 0] - ax, points[b, 1] - ay, points[c, 0] - ax, points[c, 1] - ay
        area = ux * vy - uy * vx
        if abs(area) < 1e-7:
            continue
        left = max(0, int(np.ceil(ax + min(zero, ux, vx) - half)))
        right = min(side - 1, int(np.floor(ax + max(zero, ux, vx) - half)))
        top = max(0, int(np.ceil(ay + min(zero, uy, vy) - half)))
        bottom = min(side - 1, int(np.floor(ay + max(zero, uy, vy) - half)))
        za, zb, zc = depth[a], depth[b] - depth[a], depth[c] - depth[a]
        for y in range(top, bottom + 1):
            py = y + 0.5 - ay
            for x in range(left, right + 1):
                px = x + 0.5 - ax
                second = (px * vy - py * vx) / area
                third = (ux * py - uy * px) / area
                if second < -1e-5 or third < -1e-5 or second + third > 1.00001:
                    continue
                z = za + second * zb + third * zc
                if z > nearest[y, x]:
                    nearest[y, x] = z


@njit(cache=True, fastmath=True)
def map_all(vertices: Floats, triangles: Ints, frames: Floats, scale: float, maps: Floats) -> None:
    """Fill `maps` `[L, S, S]` (FAR on entry); frames: `[L, 3, 3]`, rows right, up, towards the light."""
    count, side = vertices.shape[0], maps.shape[1]
    points, depth = np.empty((count, 2), np.float32), np.empty(count, np.float32)
    for light in range(frames.shape[0]):
        f = frames[light]
        for i in range(count):
            x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
            points[i, 0] = (x * f[0, 0] + y * f[0, 1] + z * f[0, 2]) * scale + side / 2
            points[i, 1] = (x * f[1, 0] + y * f[1, 1] + z * f[1, 2]) * scale + side / 2
            depth[i] = x * f[2, 0] + y * f[2, 1] + z * f[2, 2]
        map_depth(points, depth, triangles, maps[light])


@njit(cache=True, fastmath=True, inline="always")
def reached(nearest: Floats, f: Floats, x: float, y: float, z: float, scale: float, bias: float) -> float:
    """How much light comes to (x, y, z) along one frame, 0..1, smooth between the pixels of its map."""
    side = nearest.shape[0]
    across = (x * f[0, 0] + y * f[0, 1] + z * f[0, 2]) * scale + side / 2 - 0.5
    upward = (x * f[1, 0] + y * f[1, 1] + z * f[1, 2]) * scale + side / 2 - 0.5
    if across < 0 or upward < 0 or across >= side - 1 or upward >= side - 1:
        return 1.0
    depth = x * f[2, 0] + y * f[2, 1] + z * f[2, 2] + bias
    column, row = int(across), int(upward)
    right, below = across - column, upward - row
    lit = 0.0
    for j in range(2):
        for i in range(2):
            share = (right if i else 1 - right) * (below if j else 1 - below)
            excess = (nearest[row + j, column + i] - depth) / bias
            lit += share * min(1.0, max(0.0, 1 - excess))
    return lit
