"""Draw one head from a seed: invent, shape, comb, pose, rasterise, paint, light, and shrink to a picture."""

from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.faces.backdrop import draw_backdrop
from demo.faces.camera import gaze, pose
from demo.faces.eyes import Eyes, below_lid
from demo.faces.field import unit
from demo.faces.glasses import choose_glasses, wear
from demo.faces.hair import Sheet, comb, tie_knot
from demo.faces.headwear import Headwear, choose_headwear, press, wrap_neck
from demo.faces.layer import Layer
from demo.faces.light import Light, Shadow, cast_shadow, draw_light, shade
from demo.faces.mesh import Floats, Head, Ints, Part, read_head
from demo.faces.paint import paint_body
from demo.faces.person import Person, invent
from demo.faces.raster import vertex_normals
from demo.faces.scalp import Scalp, measure_scalp
from demo.faces.shape import deform, draw_strengths
from demo.faces.strands import Canvas, Dye, Lit, draw_sheet, triangles_of
from demo.faces.style import Style, choose_style, strand_ends
from demo.faces.surface import Body, Material

SUPERSAMPLING = 3


class Aspect(IntEnum):
    """Each aspect of a head draws from a generator of its own: a change in one leaves the others as they are."""

    PERSON = 0
    SHAPE = 1
    HAIR = 2
    POSE = 3
    LIGHT = 4
    PAINT = 5
    BACKDROP = 6
    GLASSES = 7
    HEADWEAR = 8


@dataclass(frozen=True, slots=True)
class Studio:
    """What is read and measured once and then draws any number of heads."""

    head: Head
    scalp: Scalp
    edges: Ints  # [E, 2], each pair of joined vertices once
    degree: Floats  # [V, 1], how many edges a vertex has

    @classmethod
    def open(cls, meshes: Path) -> "Studio":
        """Read the meshes (see `wheel.fetch_meshes`)."""
        head = read_head(meshes)
        sides = np.concatenate([head.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
        edges = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int32)
        degree = np.bincount(edges.ravel(), minlength=len(head.vertices)).astype(np.float32)[:, None]
        return cls(head, measure_scalp(head), edges, np.maximum(degree, 1))

    def neighbours_mean(self, values: Floats) -> Floats:
        """Average `[V, K]` over the neighbours of each vertex."""
        count = len(values)
        sums = [
            np.bincount(self.edges[:, 0], column[self.edges[:, 1]], count)
            + np.bincount(self.edges[:, 1], column[self.edges[:, 0]], count)
            for column in values.T
        ]
        mean: Floats = (np.stack(sums, axis=1) / self.degree).astype(np.float32)
        return mean

    def hollow(self, vertices: Floats, normals: Floats) -> Floats:
        """How far each vertex lies below its neighbours, `[V, 1]`, scaled so that a fold gives about .5."""
        rise = ((self.neighbours_mean(vertices) - vertices) * normals).sum(1, keepdims=True)
        fine = np.clip(rise, -0.03, 0.03)
        broad = self.neighbours_mean(self.neighbours_mean(fine))
        hollow: Floats = 5 * fine + 14 * broad
        return hollow


def render(studio: Studio, seed: int, *, size: int = 64) -> NDArray[np.uint8]:
    """Draw the head of `seed`: uint8 `[size, size, 3]`, the same bytes each time on one machine."""
    rng = {aspect: np.random.default_rng((seed, aspect)) for aspect in Aspect}
    side = size * SUPERSAMPLING
    head = studio.head
    person = invent(rng[Aspect.PERSON])
    style = choose_style(person, rng[Aspect.HAIR])
    vertices = deform(head, draw_strengths(head, person, rng[Aspect.SHAPE]))
    normals = vertex_normals(vertices, head.triangles)
    centres = _eye_centres(head, vertices)
    camera = pose(vertices, centres, side=side, rng=rng[Aspect.POSE])
    headwear = choose_headwear(person, rng[Aspect.HEADWEAR])
    worn = _worn(studio.scalp, press(style, headwear), headwear, person=person, vertices=vertices)
    sheets = [sheet for sheet, _, _ in worn]

    backdrop = draw_backdrop(side, rng[Aspect.BACKDROP])
    light = draw_light(backdrop, rng[Aspect.LIGHT])
    placed = camera.place(vertices)
    scene = np.concatenate([placed, *(camera.place(sheet.vertices) for sheet in sheets)])
    shadow = cast_shadow(light, scene, np.concatenate([head.triangles, triangles_of(sheets, len(placed))]))
    eyes = Eyes(centres=camera.place(centres), gaze=gaze(camera, rng[Aspect.POSE]), key=light.key)

    layer = Layer.draw(camera, placed, head.triangles, side=side)
    canvas = Canvas(backdrop.copy(), layer.nearest)
    attributes = [placed, normals @ camera.rotation.T, head.vertices, head.masks, studio.hollow(vertices, normals)]
    rows, columns = np.nonzero(layer.owner >= 0)
    body = _body(head, layer, rows, columns, attributes=attributes, scale=camera.scale)
    ends = strand_ends(replace(style, fringe=None, length=0.0))
    material = paint_body(body, person, style, eyes=eyes, ends=ends, rng=rng[Aspect.PAINT])
    if headwear and headwear.wrapped:
        wrap_neck(material, body, headwear.colour)
    canvas.colour[rows, columns] = _shade_body(body, material, light, shadow)
    bare = canvas.colour[rows, columns][body.part == Part.SKIN]
    for sheet, cut, dye in worn:
        draw_sheet(canvas, sheet, cut, dye=dye, camera=camera, lit=Lit(light, shadow))
    if glasses := choose_glasses(rng[Aspect.GLASSES]):
        wear(canvas, glasses, centres=centres, camera=camera, light=light)
    return _develop(canvas.colour, bare, size=size, rng=rng[Aspect.LIGHT])


def _worn(
    scalp: Scalp, style: Style, headwear: Headwear | None, *, person: Person, vertices: Floats
) -> list[tuple[Sheet, Style, Dye]]:
    """Lay hair and headwear: each sheet with its cut and its colours."""
    worn = []
    hair = Dye(person.hair, person.skin * 0.5)
    if style.bun:
        worn.append((tie_knot(scalp, style, vertices=vertices), style, hair))
    if style.sheet:
        worn.append((comb(scalp, style, vertices=vertices), style, hair))
    if headwear:
        cloth = Dye(headwear.colour, headwear.colour, woven=True)
        worn.append((comb(scalp, headwear.cut, vertices=vertices), headwear.cut, cloth))
    return worn


def _eye_centres(head: Head, vertices: Floats) -> Floats:
    eye = head.vertices_of(Part.EYE)
    left = head.vertices[eye, 0] > 0
    centres: Floats = np.stack([vertices[eye[left]].mean(0), vertices[eye[~left]].mean(0)])
    return centres


def _body(head: Head, layer: Layer, rows: Ints, columns: Ints, *, attributes: list[Floats], scale: float) -> Body:
    pixels = layer.gather(rows, columns, attributes)
    parts = np.where(layer.owner >= 0, head.part[layer.owner], -1)
    return Body(
        part=parts[rows, columns],
        position=pixels[:, 0:3],
        normal=unit(pixels[:, 3:6]),
        rest=pixels[:, 6:9],
        masks=pixels[:, 9:12],
        hollow=pixels[:, 12],
        below_lid=below_lid(parts, scale=scale)[rows, columns],
    )


def _shade_body(body: Body, material: Material, light: Light, shadow: Shadow) -> Floats:
    lit = shadow.lit(body.position, body.normal)
    # Wet and clear, an eye is never quite dark; teeth behind lips would lose their row to the lips' shadow.
    lit = np.where((body.part == Part.EYE) | (body.part == Part.TEETH), 0.7 + 0.3 * lit, lit)
    hollow = np.where(body.part == Part.SKIN, body.hollow, 0)
    hollow = np.where(body.part == Part.TEETH, 0.3, hollow)
    return shade(material, light, lit=lit, hollow=hollow)


def _bend(light: Floats) -> Floats:
    bent: Floats = 1.25 * light * (1 + light / 4) / (1 + light)
    return bent


def _develop(canvas: Floats, skin: Floats, *, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shrink, expose for the skin, bend the highlights, and give display values."""
    picture = canvas.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING, 3).mean((1, 3))
    wanted = rng.uniform(0.85, 1.12) * 0.6
    exposure = np.clip(wanted / max(0.12, float(np.median(skin.mean(1))) ** 0.5), 0.7, 1.6)
    picture = picture * exposure
    luminance = picture.mean(-1, keepdims=True)
    # Half by channel, half by luminance: by channel alone, bright skin turns from rose to a greenish ivory.
    picture = 0.5 * _bend(picture) + 0.5 * picture * _bend(luminance) / np.maximum(luminance, 1e-4)
    developed: NDArray[np.uint8] = (np.clip(picture, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return developed
