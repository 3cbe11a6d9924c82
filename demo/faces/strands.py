"""Paint sheets of hair and cloth onto the picture: strands, sheen, and edges that fade."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from demo.faces.camera import Camera
from demo.faces.field import mix, noise, ramp, unit
from demo.faces.hair import Sheet, parting_distance
from demo.faces.layer import Layer
from demo.faces.light import Light, Shadow, shade, strand_shine
from demo.faces.mesh import Floats, Ints
from demo.faces.raster import vertex_normals
from demo.faces.style import Style
from demo.faces.surface import Material


@dataclass(slots=True)
class Canvas:
    """A picture that is being drawn."""

    colour: Floats  # [side, side, 3] linear
    nearest: Floats  # [side, side], the depth of what is drawn there


@dataclass(frozen=True, slots=True)
class Strands:
    """The pixels of a hair sheet."""

    position: Floats  # [P, 3] in camera space
    normal: Floats  # [P, 3] in camera space, towards the camera
    tangent: Floats  # [P, 3] in camera space
    turn: Floats  # [P] theta in 0..1
    along: Floats  # [P] decimetres from the crown
    whole: Floats  # [P] 1, falling to 0 at the very tip
    inside: Floats  # [P] 1 where the inner side is seen


@dataclass(frozen=True, slots=True)
class Dye:
    """The colours of a sheet."""

    colour: Floats  # [3] linear, of hair or cloth
    scalp: Floats  # [3] linear, what a parting shows
    woven: bool = False  # cloth: without sheen, with a whole edge


@dataclass(frozen=True, slots=True)
class Lit:
    """The light of a picture, and where it does not reach."""

    light: Light
    shadow: Shadow


def draw_sheet(canvas: Canvas, sheet: Sheet, style: Style, *, dye: Dye, camera: Camera, lit: Lit) -> None:
    """Draw `sheet` onto `canvas`: its core first, then the tips over it."""
    placed = camera.place(sheet.vertices)
    triangles = np.concatenate([sheet.core, sheet.tips])
    normals = vertex_normals(sheet.vertices, triangles) @ camera.rotation.T
    blur = (0.055 if style.curly else 0.03) * camera.scale
    attributes = [placed, normals, sheet.tangents @ camera.rotation.T, sheet.strands]
    layers = [Layer.draw(camera, placed, part, side=len(canvas.colour)) for part in (sheet.core, sheet.tips)]
    outline = _outline(layers, canvas.nearest, blur=blur)
    for layer in layers:
        rows, columns = layer.in_front_of(canvas.nearest)
        strands = _strands(layer.gather(rows, columns, attributes))
        colour = _paint(strands, style, dye=dye, lit=lit)
        cover = _cover(strands, style, dye, outline=outline[rows, columns])
        canvas.colour[rows, columns] = mix(canvas.colour[rows, columns], colour, cover)
        canvas.nearest[rows, columns] = np.where(
            cover > 0.5, layer.nearest[rows, columns], canvas.nearest[rows, columns]
        )


def _strands(pixels: Floats) -> Strands:
    normal = unit(pixels[:, 3:6])
    inside = normal[:, 2] < 0
    return Strands(
        position=pixels[:, 0:3],
        normal=np.where(inside[:, None], -normal, normal),
        tangent=unit(pixels[:, 6:9]),
        turn=pixels[:, 9],
        along=pixels[:, 10],
        whole=pixels[:, 11],
        inside=inside.astype(np.float32),
    )


def _outline(layers: Sequence[Layer], nearest: Floats, *, blur: float) -> Floats:
    """Give `[side, side]`: about .5 where the sheet ends before something far behind it, 1 well inside."""
    drawn = np.maximum.reduce([layer.owner for layer in layers]) >= 0
    blurred = Image.fromarray((drawn * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))
    front = np.maximum.reduce([layer.nearest for layer in layers])
    outline: Floats = np.maximum(np.asarray(blurred, np.float32) / 255, nearest > front - 0.4)
    return outline


def _cover(strands: Strands, style: Style, dye: Dye, *, outline: Floats) -> Floats:
    """How much of what lies behind each pixel the hair covers: less at tips and along its outline."""
    fine = noise(128, strands.turn * 2.5 + style.phase, strands.along * 0.05)
    tips = ramp(strands.whole + 0.11 * fine * (1 - strands.whole), 0, 0.95) if not dye.woven else 1
    cover: Floats = tips * ramp(outline + (0.08 if style.curly else 0.05) * fine, 0.3, 0.85)
    return cover


def _grain(strands: Strands, style: Style, dye: Dye) -> Floats:
    turn, along = strands.turn + style.phase, strands.along
    if dye.woven:
        ribs = 0.0 if style.length else 0.4 * np.sin(turn * 260)  # a scarf is smooth, a cap is knitted
        knit: Floats = 0.6 * noise(16, turn, along * 0.2) + ribs
        return knit
    if style.curly:
        curls: Floats = 0.7 * noise(64, turn * 2, along * 0.35) + 0.4 * noise(128, turn * 2, along * 0.5)
        return curls
    swing = turn + 0.02 * noise(16, turn, along * 0.12)
    locks: Floats = 0.6 * noise(64, swing * 1.6, along * 0.025) + 0.4 * noise(256, swing * 2, along * 0.02)
    return locks


def _paint(strands: Strands, style: Style, *, dye: Dye, lit: Lit) -> Floats:
    grain = _grain(strands, style, dye)
    across = unit(np.cross(strands.tangent, strands.normal))
    normal = unit(strands.normal + (0.28 if style.curly else 0.14) * grain[:, None] * across)
    tone = np.exp(0.26 * grain) * (1 - 0.55 * strands.inside)
    if not dye.woven:
        tone = tone * (0.82 + 0.3 * ramp(strands.along, 0.3, 2.2))  # roots are darker than what the sun has seen
    theta = (strands.turn - 0.5) * (2 * np.pi)
    parted = np.exp(-((parting_distance(style, theta, strands.along) / 0.025) ** 2)) * ramp(strands.along, 0.4, 0.9)
    albedo = mix(dye.colour * tone[:, None], dye.scalp, 0.32 * parted)
    still = np.zeros(len(normal), np.float32)
    material = Material(
        albedo=albedo.astype(np.float32),
        normal=normal.astype(np.float32),
        gloss=still,
        sharpness=still + 1,
        softness=still + 0.45,
    )
    reached = 0.25 + 0.75 * lit.shadow.lit(strands.position, normal)
    colour = shade(material, lit.light, lit=reached, hollow=0.25 * strands.inside)
    if dye.woven:
        return colour
    shine = 0.5 * strand_shine(strands.tangent, lit.light, shift=0.1 * grain - 0.12, power=30)
    glow = strand_shine(strands.tangent, lit.light, shift=0.14 * grain + 0.14, power=9)
    strength = (reached * (1 - strands.inside) * (0.4 if style.curly else 1.0))[:, None]
    sheen = 0.035 * shine[:, None] + 0.3 * glow[:, None] * dye.colour
    shaded: Floats = (colour + strength * sheen * lit.light.key_colour).astype(np.float32)
    return shaded


def triangles_of(sheets: list[Sheet], first: int) -> Ints:
    """Number the core triangles of `sheets` on from vertex `first`, for a mesh that holds them one after another."""
    numbered = []
    for sheet in sheets:
        numbered.append(sheet.core + first)
        first += len(sheet.vertices)
    return np.concatenate(numbered) if numbered else np.zeros((0, 3), np.int32)
