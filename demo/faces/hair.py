"""Hair as a sheet of strands lifted off the scalp: where it starts, where it ends, how it falls.

The scalp is measured once on the undeformed head by rays from the skull's centre, as triangles and barycentric
weights, so that it follows any shape. Angles: `theta` around the head (0 at the front, in (-pi, pi]), `phi` down from
the crown, both in a frame tilted back by TILT.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from demo.faces.field import noise, ramp, unit
from demo.faces.mesh import Floats, Head, Ints, Part
from demo.faces.person import Person

CENTRE = np.array([0.0, 7.5, 0.55])
TILT = np.radians(15)
RADIUS = 0.95  # decimetres: turns an angle on the skull into the length of a strand
COLUMNS, ROWS, STRAND_POINTS = 180, 30, 34
THETA = np.linspace(-np.pi, np.pi, COLUMNS, dtype=np.float32)
PHI = np.radians(np.linspace(3, 148, ROWS))
AROUND = np.degrees(np.abs(THETA))


@dataclass(frozen=True, slots=True)
class Scalp:
    """For each ray, the triangle that it leaves the head by and the weights of its corners."""

    triangles: Ints  # [COLUMNS, ROWS, 3] vertex indices
    weights: Floats  # [COLUMNS, ROWS, 3]


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """A haircut; angles in degrees of phi, lengths in decimetres."""

    bald: bool = False
    sheet: bool = True  # False: the hair is only painted on the scalp (shaved, bald)
    hairline: float = 62.0
    receding: float = 0.0
    sideburn: float = 105.0
    ragged: float = 1.0
    fringe: float | None = None  # how far it hangs below the hairline
    fringe_side: float = 0.0
    thickness: float = 0.12
    taper: float = 0.75  # how much thinner it is at its end
    top: float = 0.0  # extra thickness on the crown
    length: float = 0.0  # how far it falls beyond the widest point of the head
    opening: float = 60.0  # theta at which the fall begins, to each side of the face
    wave: float = 0.0
    wave_rate: float = 4.0
    flare: float = 0.0
    lump: float = 0.5
    curly: bool = False
    phase: float = 0.0  # shifts the noise, so that two heads of one style differ


@dataclass(frozen=True, slots=True)
class Sheet:
    """The hair of one head as a mesh."""

    vertices: Floats  # [H, 3]
    triangles: Ints  # [T, 3]
    tangents: Floats  # [H, 3], along the strand
    strands: Floats  # [H, 3]: theta in 0..1, length from the crown (decimetres), share of the strand in 0..1
    ends: Floats = field(repr=False)  # [COLUMNS]: phi in degrees where each strand leaves the scalp


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


def choose_style(person: Person, rng: np.random.Generator) -> Style:
    """Draw a haircut that is common for such a person."""
    short = Style(
        hairline=rng.uniform(58, 67),
        receding=rng.uniform(0, 4),
        sideburn=rng.uniform(96, 112),
        ragged=rng.uniform(0.4, 1.4),
        fringe_side=rng.normal(),
        thickness=rng.uniform(0.08, 0.19),
        lump=rng.uniform(0.3, 0.8),
        phase=rng.random(),
    )
    kind = rng.random()
    if kind < 0.72 * (1 - person.masculinity) + 0.06:
        style = _long(short, rng)
    elif kind < 0.79:
        fringe = rng.uniform(4, 14) if rng.random() < 0.4 else None
        style = replace(short, fringe=fringe, thickness=rng.uniform(0.05, 0.18), top=rng.uniform(0, 0.28))
    elif kind < 0.88:
        # Full round curls.
        style = replace(short, thickness=rng.uniform(0.22, 0.5), lump=rng.uniform(0.4, 0.8), taper=0.4, curly=True)
    elif kind < 0.93 or person.child:
        style = replace(short, sheet=False)
    else:
        style = replace(short, sheet=False, bald=True)
    if not style.sheet and person.masculinity < 0.5:
        style = replace(short, thickness=rng.uniform(0.1, 0.22), fringe=rng.uniform(4, 14))
    if person.masculinity > 0.5 and person.old > 0.3 and not style.length:
        style = replace(
            style, receding=style.receding + rng.uniform(0, 12), hairline=style.hairline - rng.uniform(0, 8)
        )
    return style


def _long(short: Style, rng: np.random.Generator) -> Style:
    low, high = ((0.3, 0.9), (0.9, 1.7), (1.7, 2.8))[rng.integers(3)]
    return replace(
        short,
        length=rng.uniform(low, high),
        opening=rng.uniform(36, 56),
        thickness=rng.uniform(0.12, 0.24),
        wave=rng.uniform(0, 0.09) if rng.random() < 0.6 else 0.0,
        wave_rate=rng.uniform(3, 6),
        flare=rng.uniform(-0.05, 0.12),
        ragged=rng.uniform(0.3, 1.0),
        lump=rng.uniform(0.2, 0.5),
        fringe=rng.uniform(6, 18) if rng.random() < 0.4 else None,
    )


def strand_ends(style: Style) -> Floats:
    """Give, for each column, the phi in degrees at which the hair leaves the scalp."""
    line = style.hairline
    knots = [line, line - 1, line - style.receding, line + 14, line + 37, style.sideburn, 92, 100, 128, 136]
    ends = np.interp(AROUND, [0, 25, 45, 62, 78, 92, 104, 118, 135, 180], knots)
    turn = THETA / (2 * np.pi) + style.phase
    uneven = style.ragged * (0.6 * noise(128, turn * 2, 0.01) + noise(64, turn, 0.02))
    ends = ends + uneven
    if style.fringe is not None:
        hang = line + style.fringe * (1 + 0.3 * style.fringe_side * np.sin(THETA))
        ends = np.maximum(ends, hang * ramp(AROUND, 62, 40) + 1.3 * uneven)
    if style.length > 0:
        falling = ramp(AROUND, style.opening, style.opening + 14)
        widest = np.interp(AROUND, [0, 60, 90, 180], [82, 84, 92, 100])
        ends = ends * (1 - falling) + np.where(falling > 0, widest, ends) * falling
    smooth: Floats = ends.astype(np.float32)
    return smooth


def comb(scalp: Scalp, style: Style, *, vertices: Floats) -> Sheet:
    """Lay the hair of `style` on a deformed head's `vertices` `[V, 3]`."""
    surface, outward = _surface(scalp, vertices)
    ends = strand_ends(style)
    falls = np.zeros(COLUMNS, np.float32)
    if style.length > 0:
        uneven = 1 + 0.05 * noise(32, THETA / (2 * np.pi) + style.phase, 0.1)
        falls = ramp(AROUND, style.opening, style.opening + 14) * style.length * uneven
    share = np.linspace(0, 1, STRAND_POINTS, dtype=np.float32)[None, :]
    lying = np.radians(ends)[:, None]  # [COLUMNS, 1]
    along = share * (lying * RADIUS + falls[:, None])  # [COLUMNS, STRAND_POINTS], length from the crown
    phi = np.minimum(along / RADIUS, lying)
    fall = np.maximum(along - lying * RADIUS, 0)
    points, out = _on_surface(surface, outward, phi)
    points = points + out * _lift(style, phi=phi, along=along, falls=falls, out=out)[..., None]
    points = _let_fall(points, out, fall=fall, style=style)
    tangents = np.diff(points, axis=1, prepend=2 * points[:, :1] - points[:, 1:2])
    turn = np.broadcast_to(THETA[:, None] / (2 * np.pi) + 0.5, along.shape)
    strands = np.stack([turn, along, np.broadcast_to(share, along.shape)], axis=-1)
    return Sheet(
        vertices=points.reshape(-1, 3).astype(np.float32),
        triangles=_GRID,
        tangents=unit(tangents).reshape(-1, 3).astype(np.float32),
        strands=strands.reshape(-1, 3).astype(np.float32),
        ends=ends,
    )


def _grid() -> Ints:
    index = np.arange(COLUMNS * STRAND_POINTS, dtype=np.int32).reshape(COLUMNS, STRAND_POINTS)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    halves = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    return np.concatenate(halves)


_GRID = _grid()


def _surface(scalp: Scalp, vertices: Floats) -> tuple[Floats, Floats]:
    """Give the scalp's points and outward directions `[COLUMNS, ROWS, 3]`, evened out over the ears."""
    points = (vertices[scalp.triangles] * scalp.weights[..., None]).sum(2)
    for _ in range(2):
        around = np.concatenate([points[-2:-1], points, points[1:2]])  # the first column is the last one again
        points = (around[:-2] + 2 * around[1:-1] + around[2:]) / 4
        points[:, 1:-1] = (points[:, :-2] + 2 * points[:, 1:-1] + points[:, 2:]) / 4
    middle = np.array([0, points[..., 1].mean(), points[..., 2].mean()], np.float32)
    return points, unit(points - middle)


def _on_surface(surface: Floats, outward: Floats, phi: Floats) -> tuple[Floats, Floats]:
    place = np.clip((phi - PHI[0]) / (PHI[1] - PHI[0]), 0, ROWS - 1.001)
    row = place.astype(np.int64)
    part = (place - row)[..., None]
    column = np.arange(COLUMNS)[:, None]
    points = surface[column, row] * (1 - part) + surface[column, row + 1] * part
    out = outward[column, row] * (1 - part) + outward[column, row + 1] * part
    return points, out


def _lift(style: Style, *, phi: Floats, along: Floats, falls: Floats, out: Floats) -> Floats:
    """How far each point stands off the scalp, `[COLUMNS, STRAND_POINTS]` decimetres."""
    turn = THETA[:, None] / (2 * np.pi)
    lumps = 0.3 * noise(16, turn, phi * 0.25 + style.phase) + 0.15 * noise(64, turn, along * 0.12 + style.phase)
    thickness = style.thickness * (1 + style.lump * lumps) + style.top * np.clip(out[..., 1], 0, 1) ** 2
    share = np.linspace(0, 1, STRAND_POINTS, dtype=np.float32)[None, :]
    tapered = np.where(falls[:, None] > 0.05, 1, 1 - style.taper * ramp(share, 0.55, 1.0))
    lift: Floats = np.maximum(thickness * tapered, 0.015)
    return lift


def _let_fall(points: Floats, out: Floats, *, fall: Floats, style: Style) -> Floats:
    """Let what is longer than the head hang down: straight, waved, flared, over the shoulders."""
    sideways = out * np.array([1, 0, 1], np.float32)
    turn = THETA[:, None] / (2 * np.pi) + style.phase
    swing = style.wave * np.sin(fall * style.wave_rate + 1.2 * noise(16, turn, 0.3)) * np.minimum(fall, 1)
    points = points + sideways * (swing + style.flare * fall)[..., None]
    points[..., 1] -= fall
    over = np.clip(fall - 1.0, 0, 2)[..., None] * np.array([0.12, 0, 0.10], np.float32)
    lying: Floats = points + over * np.sign(points)
    return lying
