"""Draw one head from a seed: invent, shape, comb, pose, rasterise, paint, light, and shrink to a picture."""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.faces.field import noise, ramp, unit
from demo.faces.hair import Scalp, Sheet, Style, choose_style, comb, measure_scalp, strand_ends
from demo.faces.light import Light, Shadow, cast_shadow, draw_backdrop, draw_light, shade, strand_shine
from demo.faces.mesh import Floats, Head, Ints, Part, read_head
from demo.faces.paint import Body, Eyes, Material, paint_body
from demo.faces.person import Person, invent
from demo.faces.raster import FAR, gather, rasterise, vertex_normals
from demo.faces.shape import deform, draw_strengths

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
        fine = np.clip(rise, -0.05, 0.05)
        broad = self.neighbours_mean(self.neighbours_mean(fine))
        hollow: Floats = 8 * fine + 14 * broad
        return hollow


@dataclass(frozen=True, slots=True)
class Camera:
    """A turn of the head and a weak perspective."""

    rotation: Floats  # [3, 3]
    focus: Floats  # [3], the point that the picture is centred on
    distance: float
    scale: float  # pixels for a decimetre
    middle: tuple[float, float]  # pixels

    def place(self, points: Floats) -> Floats:
        """Give camera space `[V, 3]`: x right, y up, z towards the camera."""
        placed: Floats = ((points - self.focus) @ self.rotation.T).astype(np.float32)
        return placed

    def project(self, placed: Floats) -> Floats:
        """Give pixels `[V, 2]`, y down."""
        near = (self.distance / (self.distance - placed[:, 2]) * self.scale)[:, None]
        pixels: Floats = (placed[:, :2] * near * [1, -1] + self.middle).astype(np.float32)
        return pixels


@dataclass(frozen=True, slots=True)
class Layer:
    """One rasterised mesh."""

    owner: Ints
    corners: Floats
    nearest: Floats


def render(studio: Studio, seed: int, *, size: int = 64) -> NDArray[np.uint8]:
    """Draw the head of `seed`: uint8 `[size, size, 3]`, the same bytes each time on one machine."""
    rng = {aspect: np.random.default_rng((seed, aspect)) for aspect in Aspect}
    side = size * SUPERSAMPLING
    head = studio.head
    person = invent(rng[Aspect.PERSON])
    style = choose_style(person, rng[Aspect.HAIR])
    vertices = deform(head, draw_strengths(head, person, rng[Aspect.SHAPE]))
    normals = vertex_normals(vertices, head.triangles)
    sheet = comb(studio.scalp, style, vertices=vertices) if style.sheet else None
    centres = _eye_centres(head, vertices)
    camera = _pose(vertices, centres, side=side, rng=rng[Aspect.POSE])
    eyes = Eyes(centres=camera.place(centres), gaze=_gaze(camera, rng[Aspect.POSE]))

    backdrop = draw_backdrop(side, rng[Aspect.BACKDROP])
    light = draw_light(backdrop, rng[Aspect.LIGHT])
    placed = camera.place(vertices)
    worn = camera.place(sheet.vertices) if sheet else np.zeros((0, 3), np.float32)
    hair_triangles = sheet.triangles + len(placed) if sheet else np.zeros((0, 3), np.int32)
    shadow = cast_shadow(light, np.concatenate([placed, worn]), np.concatenate([head.triangles, hair_triangles]))

    canvas = backdrop.copy()
    skin_layer = _rasterise(camera, placed, head.triangles, side=side)
    attributes = [placed, normals @ camera.rotation.T, head.vertices, head.masks, studio.hollow(vertices, normals)]
    rows, columns = np.nonzero(skin_layer.owner >= 0)
    pixels = _gather(skin_layer, rows, columns, triangles=head.triangles, attributes=attributes)
    body = Body(
        part=head.part[skin_layer.owner[rows, columns]],
        position=pixels[:, 0:3],
        normal=unit(pixels[:, 3:6]),
        rest=pixels[:, 6:9],
        masks=pixels[:, 9:12],
        hollow=pixels[:, 12],
    )
    material = paint_body(body, person, style, eyes=eyes, ends=strand_ends(style), rng=rng[Aspect.PAINT])
    canvas[rows, columns] = _shade_body(body, material, light, shadow)
    if sheet:
        _draw_hair(canvas, sheet, style, person=person, camera=camera, light=light, shadow=shadow, behind=skin_layer)
    return _develop(canvas, canvas[rows, columns][body.part == Part.SKIN], size=size, rng=rng[Aspect.LIGHT])


def _eye_centres(head: Head, vertices: Floats) -> Floats:
    eye = head.vertices_of(Part.EYE)
    left = head.vertices[eye, 0] > 0
    centres: Floats = np.stack([vertices[eye[left]].mean(0), vertices[eye[~left]].mean(0)])
    return centres


def _pose(vertices: Floats, centres: Floats, *, side: int, rng: np.random.Generator) -> Camera:
    yaw = np.clip(rng.normal(0, 0.3), -0.8, 0.8)
    pitch = np.clip(rng.normal(0, 0.11), -0.3, 0.3)
    roll = rng.normal(0, 0.06)
    around_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    around_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    eyes_y = float(centres[:, 1].mean())
    to_crown = float(vertices[:, 1].max()) - eyes_y
    middle = side * (0.5 + rng.normal(0, 0.015, 2))
    return Camera(
        rotation=(around_z @ around_x @ around_y).astype(np.float32),
        focus=np.array([0, eyes_y - 0.1, 0.5], np.float32),
        distance=rng.uniform(9, 18),
        scale=side * rng.uniform(0.3, 0.36) * 1.2 / to_crown,
        middle=(float(middle[0]), float(middle[1])),
    )


def _gaze(camera: Camera, rng: np.random.Generator) -> Floats:
    """Look about halfway to the camera from where the head points."""
    head_to_camera = camera.rotation.T @ np.array([0, 0, 1], np.float32)
    wander = np.array([rng.normal(0, 0.1), rng.normal(0, 0.05), 0])
    gaze: Floats = camera.rotation @ unit((np.array([0, 0, 0.4]) + 0.6 * head_to_camera + wander).astype(np.float32))
    return gaze


def _rasterise(camera: Camera, placed: Floats, triangles: Ints, *, side: int) -> Layer:
    layer = Layer(
        np.full((side, side), -1, np.int32),
        np.zeros((side, side, 3), np.float32),
        np.full((side, side), FAR, np.float32),
    )
    depth = np.ascontiguousarray(placed[:, 2])
    rasterise(camera.project(placed), depth, triangles, layer.owner, layer.corners, layer.nearest)
    return layer


def _gather(layer: Layer, rows: Ints, columns: Ints, *, triangles: Ints, attributes: list[Floats]) -> Floats:
    joined = np.ascontiguousarray(np.concatenate(attributes, axis=1), np.float32)
    pixels: Floats = gather(rows, columns, layer.owner, layer.corners, triangles, joined)
    return pixels


def _shade_body(body: Body, material: Material, light: Light, shadow: Shadow) -> Floats:
    lit = shadow.lit(body.position)
    lit = np.where(body.part == Part.EYE, 0.6 + 0.4 * lit, lit)  # wet and clear, an eye is never quite dark
    hollow = np.where(body.part == Part.SKIN, body.hollow, 0)
    hollow = np.where(body.part == Part.TEETH, 0.4, hollow)
    return shade(material, light, lit=lit, hollow=hollow)


def _draw_hair(
    canvas: Floats,
    sheet: Sheet,
    style: Style,
    *,
    person: Person,
    camera: Camera,
    light: Light,
    shadow: Shadow,
    behind: Layer,
) -> None:
    """Draw the hair sheet onto `canvas`, strand by strand at its ends."""
    placed = camera.place(sheet.vertices)
    layer = _rasterise(camera, placed, sheet.triangles, side=len(canvas))
    rows, columns = np.nonzero((layer.owner >= 0) & (layer.nearest > behind.nearest))
    normals = vertex_normals(sheet.vertices, sheet.triangles) @ camera.rotation.T
    attributes = [placed, normals, sheet.tangents @ camera.rotation.T, sheet.strands]
    pixels = _gather(layer, rows, columns, triangles=sheet.triangles, attributes=attributes)
    turn, along, share = pixels[:, 9], pixels[:, 10], pixels[:, 11]
    fine = noise(256, turn * 2.2 + style.phase, along * 0.04)
    kept = ramp(share, 0.9, 1.02) < 0.72 + 0.3 * fine  # strands end at different lengths
    rows, columns, pixels = rows[kept], columns[kept], pixels[kept]
    position, normal, tangent = pixels[:, 0:3], unit(pixels[:, 3:6]), unit(pixels[:, 6:9])
    turn, along = pixels[:, 9], pixels[:, 10]
    if style.curly:
        grain = 0.8 * noise(64, turn * 2 + style.phase, along * 0.5) + 0.6 * noise(128, turn, along * 0.4)
    else:
        swing = turn + style.phase + 0.012 * noise(16, turn, along * 0.15)
        grain = 0.55 * noise(256, swing * 2.2, along * 0.02) + 0.45 * noise(64, swing * 2.2, along * 0.04)
    seen_inside = normal[:, 2] < 0
    normal = np.where(seen_inside[:, None], -normal, normal)
    normal = unit(normal + 0.2 * grain[:, None] * unit(np.cross(tangent, normal)))
    tone = np.exp(0.3 * grain) * np.where(seen_inside, 0.35, 1)
    material = Material(
        albedo=(person.hair * tone[:, None]).astype(np.float32),
        normal=normal.astype(np.float32),
        gloss=np.zeros(len(normal), np.float32),
        sharpness=np.ones(len(normal), np.float32),
        softness=np.full(len(normal), 0.2, np.float32),
    )
    lit = shadow.lit(position)
    colour = shade(material, light, lit=lit, hollow=np.zeros(len(normal), np.float32))
    if not style.curly:
        shine = strand_shine(tangent, light, shift=0.08 * grain) * lit * ~seen_inside
        colour += 0.1 * shine[:, None] * (0.1 + 1.8 * person.hair) * light.key_colour
    canvas[rows, columns] = colour


def _develop(canvas: Floats, skin: Floats, *, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shrink, expose for the skin, bend the highlights, and give display values."""
    picture = canvas.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING, 3).mean((1, 3))
    wanted = rng.uniform(0.85, 1.12) * 0.62
    exposure = np.clip(wanted / max(0.12, float(np.median(skin.mean(1))) ** 0.5), 0.7, 1.6)
    picture = picture * exposure
    picture = 1.25 * picture * (1 + picture / 4) / (1 + picture)
    developed: NDArray[np.uint8] = (np.clip(picture, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return developed
