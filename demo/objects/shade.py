"""The light that leaves each pixel: sky and key light through their depth maps, and what glossy surfaces mirror."""
# mypy: disallow-untyped-decorators=False

import numpy as np
from numba import njit

from demo.faces.mesh import Floats
from demo.objects.visible import reached

# Rows of the table `room` `[10, 3]` that describes what a mirror sees.
KEY, RIGHT, UP, KEY_COLOUR, SKY, WALL, FLOOR, STRIP, STRIP_COLOUR, SIZES = range(10)


@njit(cache=True, fastmath=True, inline="always")
def _step(x: float, start: float, end: float) -> float:
    t = min(1.0, max(0.0, (x - start) / (end - start)))
    return t * t * (3 - 2 * t)


@njit(cache=True, fastmath=True, inline="always")
def _softbox(room: Floats, x: float, y: float, z: float, blur: float) -> float:
    """The window-like key light as a mirror sees it: a rectangle with soft edges and a crossbar."""
    if x * room[KEY, 0] + y * room[KEY, 1] + z * room[KEY, 2] <= 0:
        return 0.0
    across = x * room[RIGHT, 0] + y * room[RIGHT, 1] + z * room[RIGHT, 2]
    upward = x * room[UP, 0] + y * room[UP, 1] + z * room[UP, 2]
    wide, tall = room[SIZES, 0], room[SIZES, 1]
    inside = _step(abs(across), wide + blur, max(0.0, wide - blur)) * _step(
        abs(upward), tall + blur, max(0.0, tall - blur)
    )
    dimmed: float = inside * (wide / (wide + 0.5 * blur)) * (tall / (tall + 0.5 * blur))
    return dimmed


@njit(cache=True, fastmath=True)
def shade(
    pixels: Floats,
    eye: Floats,
    frames: Floats,
    colours: Floats,
    maps: Floats,
    keys: int,
    room: Floats,
    scale: float,
    bias: float,
    level: float,
    seen: Floats,
    places: Floats,
) -> Floats:
    """Give linear RGB `[P, 3]`.

    pixels: `[P, 14]`, position, normal, paint, Surface; eye: `[3]`; frames, colours, maps: of the L directions of light
    (`[L, 3, 3]`, `[L, 3]`, `[L, S, S]`), the first `keys` of which are the key light's; scale: pixels of a map for one
    unit; bias: a length; level: y of the ground; seen: `[H, W, 3]`, the picture behind glass; places: `[P, 2]`, row and
    column of each pixel.
    """
    count, lights = pixels.shape[0], frames.shape[0]
    out = np.zeros((count, 3), np.float32)
    height, width = seen.shape[0], seen.shape[1]
    for p in range(count):
        x, y, z = pixels[p, 0], pixels[p, 1], pixels[p, 2]
        nx, ny, nz = pixels[p, 3], pixels[p, 4], pixels[p, 5]
        length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
        vx, vy, vz = eye[0] - x, eye[1] - y, eye[2] - z
        far = np.sqrt(vx * vx + vy * vy + vz * vz) + 1e-9
        vx, vy, vz = vx / far, vy / far, vz / far
        if nx * vx + ny * vy + nz * vz < 0:
            length = -length
        nx, ny, nz = nx / length, ny / length, nz / length
        facing = min(1.0, nx * vx + ny * vy + nz * vz)  # rounding may pass 1, whose powers below are then not numbers
        gloss, rough, metal, clear, soft = (pixels[p, 9], pixels[p, 10], pixels[p, 11], pixels[p, 12], pixels[p, 13])
        red, green, blue, key, sky, all_sky = 0.0, 0.0, 0.0, 0.0, 0.0, 1e-6
        px, py, pz = x + nx * bias, y + ny * bias, z + nz * bias
        for light in range(lights):
            f = frames[light]
            cosine = (nx * f[2, 0] + ny * f[2, 1] + nz * f[2, 2] + soft) / (1 + soft)
            if cosine <= 0:
                continue
            lit = reached(maps[light], f, px, py, pz, scale, bias)
            lit = lit + (1 - lit) * 0.25 * soft
            if light < keys:
                key += lit
            else:
                sky += lit * cosine
                all_sky += cosine
            red += colours[light, 0] * cosine * lit
            green += colours[light, 1] * cosine * lit
            blue += colours[light, 2] * cosine * lit
        key, open_sky = key / keys, sky / all_sky
        below = (0.5 - 0.5 * ny) * min(1.0, 0.25 + 1.5 * max(0.0, y - level) * scale / maps.shape[1])
        edge = (1 - facing) ** 5 * (1 - 0.75 * rough)
        rx, ry, rz = 2 * facing * nx - vx, 2 * facing * ny - vy, 2 * facing * nz - vz
        blur = 0.03 + 0.7 * rough
        window = _softbox(room, rx, ry, rz, blur) * key
        strip = max(0.0, rx * room[STRIP, 0] + ry * room[STRIP, 1] + rz * room[STRIP, 2])
        strip = _step(strip, 0.93 - 0.5 * rough, 0.99) * (1 - 0.7 * rough)
        rim = max(0.0, nx * room[STRIP, 0] + ny * room[STRIP, 1] + nz * room[STRIP, 2]) ** 1.5
        rim *= (1 - facing) ** 1.2 * open_sky
        up, down = _step(ry, -0.1, 0.9), _step(ry, 0.05 + 0.3 * rough, -0.12 - 0.3 * rough)
        for k in range(3):
            paint = pixels[p, 6 + k]
            light_k = red if k == 0 else (green if k == 1 else blue)
            body = paint * (light_k + below * room[FLOOR, k] + rim * room[STRIP_COLOUR, k])
            far_off = room[WALL, k] + (room[SKY, k] - room[WALL, k]) * up
            far_off = (far_off + (room[FLOOR, k] - far_off) * down) * (0.25 + 0.75 * open_sky)
            mirrored = far_off + window * room[KEY_COLOUR, k] + strip * room[STRIP_COLOUR, k]
            dielectric = gloss * (0.045 + 0.9 * edge)
            share = dielectric + (paint + (1 - paint) * edge - dielectric) * metal
            if clear > 0:
                bend = 0.1 * height * (1 - facing)
                row = min(height - 1.0, max(0.0, places[p, 0] + ny * bend))
                column = min(width - 1.0, max(0.0, places[p, 1] - nx * bend))
                through = seen[int(row), int(column), k]
                thick = 0.6 + 2.2 * (1 - facing) ** 2
                body += (through * paint ** (0.55 * thick) * (1 - 0.35 * (1 - facing) ** 3) - body) * clear
            out[p, k] = body * (1 - metal) * (1 - dielectric) + mirrored * share
    return out
