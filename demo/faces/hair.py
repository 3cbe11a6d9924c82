"""Hair as sheets of strands lifted off the scalp, cut and laid by a Style; hats and knots are such sheets too."""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import noise, ramp, unit
from demo.faces.mesh import Floats, Ints
from demo.faces.scalp import AROUND, COLUMNS, PHI, RADIUS, ROWS, THETA, Scalp
from demo.faces.style import Style, strand_ends

CORE_POINTS, TIP_POINTS = 28, 7
STRAND_POINTS = CORE_POINTS + TIP_POINTS
KNOT_SIDE = 20  # columns and rows of a bun


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of hair or cloth as a mesh.

    Strands thin out in `tips`, which are drawn over everything else: a see-through end must not hide the hair behind.
    """

    vertices: Floats  # [H, 3]
    core: Ints  # [T, 3] triangles
    tips: Ints  # [T, 3] triangles
    tangents: Floats  # [H, 3], along the strand
    strands: Floats  # [H, 3]: theta in 0..1, length from the crown (decimetres), how whole the strand is (0 at its end)


def comb(scalp: Scalp, style: Style, *, vertices: Floats) -> Sheet:
    """Lay the hair of `style` on a deformed head's `vertices` `[V, 3]`."""
    surface, outward = scalp.surface(vertices)
    lying = np.radians(strand_ends(style))[:, None]  # [COLUMNS, 1]
    falls = _falls(style)[:, None]
    total = lying * RADIUS + falls
    tip = np.minimum(np.where(falls > 0.1, style.tip, min(style.tip, 0.24)), 0.5 * total)
    core = np.linspace(0, 1, CORE_POINTS, dtype=np.float32) * (total - tip)
    whole = np.linspace(1, 0, TIP_POINTS + 1, dtype=np.float32)[1:]
    along = np.concatenate([core, total - tip * whole], axis=1)  # [COLUMNS, STRAND_POINTS]
    phi = np.minimum(along / RADIUS, lying)
    fall = np.maximum(along - lying * RADIUS, 0)
    points, out = _on_surface(surface, outward, phi)
    points = points + out * _lift(style, phi=phi, along=along, share=along / total, falls=falls, out=out)[..., None]
    points = _let_fall(points, out, fall=fall, share=fall / np.maximum(falls, 0.1), style=style)
    tangents = np.diff(points, axis=1, prepend=2 * points[:, :1] - points[:, 1:2])
    turn = np.broadcast_to(THETA[:, None] / (2 * np.pi) + 0.5, along.shape)
    wholeness = np.broadcast_to(np.concatenate([np.ones(CORE_POINTS, np.float32), whole]), along.shape)
    return _sheet(points, tangents, np.stack([turn, along, wholeness], axis=-1), core_points=CORE_POINTS)


def tie_knot(scalp: Scalp, style: Style, *, vertices: Floats) -> Sheet:
    """Tie a bun, on the crown or low at the back of a deformed head's `vertices` `[V, 3]`."""
    surface, _ = scalp.surface(vertices)
    top, back = float(surface[..., 1].max()), float(surface[..., 2].min())
    centre = (0, top + 0.3 * style.bun, back + 0.6) if style.bun_high else (0, top - 0.75, back - 0.4 * style.bun)
    around, down = np.meshgrid(np.linspace(-np.pi, np.pi, KNOT_SIDE), np.linspace(0.01, 3.13, KNOT_SIDE), indexing="ij")
    ball = np.stack([np.sin(around) * np.sin(down), 0.8 * np.cos(down), np.cos(around) * np.sin(down)], axis=-1)
    bumps = 1 + 0.08 * noise(32, around / 6.28 + style.phase, down / 6.28)
    points = np.array(centre) + ball * style.bun * bumps[..., None]
    tangents = np.stack([np.cos(around), 0.4 * np.ones_like(around), -np.sin(around)], axis=-1)
    strands = np.stack([down / 3, around * style.bun, np.ones_like(around)], axis=-1)
    return _sheet(points, tangents, strands, core_points=KNOT_SIDE)


def _sheet(points: Floats, tangents: Floats, strands: Floats, *, core_points: int) -> Sheet:
    columns, rows = points.shape[:2]
    index = np.arange(columns * rows, dtype=np.int32).reshape(columns, rows)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    cells = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2)  # [columns - 1, rows - 1, 2, 3]
    return Sheet(
        vertices=points.reshape(-1, 3).astype(np.float32),
        core=cells[:, : core_points - 1].reshape(-1, 3),
        tips=cells[:, core_points - 1 :].reshape(-1, 3),
        tangents=unit(tangents.reshape(-1, 3)).astype(np.float32),
        strands=strands.reshape(-1, 3).astype(np.float32),
    )


def _falls(style: Style) -> Floats:
    if style.length <= 0:
        return np.zeros(COLUMNS, np.float32)
    uneven = 1 + 0.04 * noise(32, THETA / (2 * np.pi) + style.phase, 0.1)
    falls: Floats = ramp(AROUND, style.opening, style.opening + 16) * style.length * uneven
    return falls


def _on_surface(surface: Floats, outward: Floats, phi: Floats) -> tuple[Floats, Floats]:
    place = np.clip((phi - PHI[0]) / (PHI[1] - PHI[0]), 0, ROWS - 1.001)
    row = place.astype(np.int64)
    part = (place - row)[..., None]
    column = np.arange(COLUMNS)[:, None]
    points = surface[column, row] * (1 - part) + surface[column, row + 1] * part
    out = outward[column, row] * (1 - part) + outward[column, row + 1] * part
    return points, out


def parting_distance(style: Style, theta: Floats, along: Floats) -> Floats:
    """Give how far (decimetres) points of the scalp lie from the parting; far away, if there is none."""
    if style.parting is None:
        return np.full(np.shape(theta), 9, np.float32)
    turned = np.abs(theta - style.parting)
    distance: Floats = np.where(turned < 1.2, RADIUS * np.sin(np.minimum(along / RADIUS, 1.6)) * turned, 9)
    return distance


def _lift(style: Style, *, phi: Floats, along: Floats, share: Floats, falls: Floats, out: Floats) -> Floats:
    """How far each point stands off the scalp, `[COLUMNS, STRAND_POINTS]` decimetres."""
    turn = THETA[:, None] / (2 * np.pi)
    if style.curly:
        lumps = 0.25 * noise(16, turn, phi * 0.2 + style.phase) + 0.12 * noise(32, turn * 2, along * 0.2 + style.phase)
    else:
        lumps = 0.25 * noise(8, turn, phi * 0.1 + style.phase) + 0.1 * noise(16, turn * 2, along * 0.06)
    thickness = style.thickness * (1 + style.lump * lumps) + style.top * np.clip(out[..., 1], 0, 1) ** 2
    thickness = thickness * (1 - 0.45 * np.exp(-((parting_distance(style, THETA[:, None], along) / 0.14) ** 2)))
    tapered = 1 - style.taper * ramp(share, 0.6, 1.0) * (1 - ramp(falls, 0, 0.3))
    lift: Floats = np.maximum(thickness * tapered, 0.02)
    return lift


def _let_fall(points: Floats, out: Floats, *, fall: Floats, share: Floats, style: Style) -> Floats:
    """Let what is longer than the head hang down: straight, waved, flared or tucked in, over the shoulders."""
    sideways = out * np.array([1, 0, 1], np.float32)
    turn = THETA[:, None] / (2 * np.pi) + style.phase
    swing = style.wave * np.sin(fall * style.wave_rate + 1.5 * noise(8, turn, 0.3)) * np.minimum(fall, 1)
    tucked = style.tuck * ramp(share, 0.35, 1.0)
    # Hair clings to the neck below the jaw and lies on the shoulders lower down.
    cling = 0.08 * ramp(fall, 0.1, 0.9) - 0.25 * ramp(fall, 1.0, 1.8)
    points = points + sideways * (swing + style.flare * fall - tucked - cling)[..., None]
    points[..., 1] -= fall * np.where(fall > 1.2, 0.97, 1)
    return points
