"""Paint a head: skin, lips, brows, beard and roots of hair; clothes and eyes have files of their own.

Places on the face are written in the coordinates of the undeformed mesh (decimetres), so paint follows the shape.
"""

import numpy as np

from demo.faces.beard import beard
from demo.faces.clothes import dress
from demo.faces.eyes import Eyes, paint_eyes
from demo.faces.field import linear, mix, noise, ramp
from demo.faces.mesh import Floats, Part
from demo.faces.person import Person
from demo.faces.scalp import THETA, scalp_angles
from demo.faces.style import Style
from demo.faces.surface import Body, Material

LIPSTICKS = ((0.70, 0.16, 0.19), (0.58, 0.14, 0.22), (0.78, 0.36, 0.38), (0.55, 0.24, 0.23))


def paint_body(
    body: Body, person: Person, style: Style, *, eyes: Eyes, ends: Floats, rng: np.random.Generator
) -> Material:
    """Paint all but the hair sheet; `ends` is the hairline by column of `scalp.THETA`, in degrees."""
    skin = (body.part == Part.SKIN).astype(np.float32)
    albedo = np.tile(person.skin.astype(np.float32), (len(skin), 1))
    lips = ramp(body.masks[:, 0], 0.3, 0.7) * skin
    albedo = _complexion(albedo, body, person, rng=rng)
    albedo = _make_up(albedo, body, person, lips=lips, rng=rng)
    albedo = _brows(albedo, body, person, rng=rng)
    shaved = beard(body.rest, person, rng) * (1 - lips) * skin * (1 - ramp(body.masks[:, 2], 0.2, 0.6))
    albedo = mix(albedo, _hair_on_skin(person), shaved)
    albedo = mix(albedo, _hair_on_skin(person), _roots(body, style, ends=ends, rng=rng) * skin)
    material = Material(
        albedo=albedo,
        normal=body.normal.copy(),
        gloss=0.11 * (1 - 0.8 * shaved) + 0.16 * lips,
        sharpness=14 + 16 * lips,
        softness=np.where(body.part == Part.SKIN, 0.4, 0.12).astype(np.float32),
    )
    dress(material, body, rng=rng)
    material.albedo[body.part == Part.TEETH] = linear((0.86, 0.82, 0.75))
    upper = ramp(body.rest[:, 1], 7.25, 7.29)  # lower lashes as dark as upper ones would ring the eye
    lash = body.part == Part.LASH
    material.albedo[lash] = person.skin * (0.6 - 0.45 * upper[lash, None])
    material.gloss[body.part == Part.LASH] = 0
    material.normal[body.part == Part.TEETH] = (0, 0, 1)  # a row, not single teeth: those would sparkle
    paint_eyes(material, body, person, eyes=eyes, rng=rng)
    return material


def _hair_on_skin(person: Person) -> Floats:
    """Short hair shows the skin below, and is darker than the same hair in bulk."""
    blended: Floats = person.hair * 0.7 + person.skin * np.array([0.10, 0.06, 0.06]) + 0.002
    return blended


def _complexion(albedo: Floats, body: Body, person: Person, *, rng: np.random.Generator) -> Floats:
    x, y, z = body.rest.T
    side, front = np.abs(x), ramp(z, 0.6, 1.1)

    def spot(at_x: float, at_y: float, *, wide: float, high: float) -> Floats:
        around: Floats = np.exp(-(((side - at_x) / wide) ** 2) - ((y - at_y) / high) ** 2) * front
        return around

    def tint(colour: tuple[float, float, float], share: Floats) -> Floats:
        tinted: Floats = albedo * (1 + share[:, None] * (np.array(colour, np.float32) - 1))
        return tinted

    u, v = x * 0.23 + z * 0.11 + rng.random(), y * 0.21 + rng.random()
    red = rng.uniform(0.25, 0.75)
    albedo = tint((1.1, 1.04, 1.0), 0.06 * noise(32, u, v) + 0.03 * noise(128, u, v))
    albedo = tint((1.12, 0.80, 0.76), red * spot(0.5, 6.97, wide=0.28, high=0.22))
    albedo = tint((1.10, 0.82, 0.78), red * 0.8 * spot(0, 6.95, wide=0.14, high=0.14))
    albedo = tint((0.80, 0.72, 0.74), rng.uniform(0.2, 0.7) * spot(0.28, 7.1, wide=0.17, high=0.07))
    albedo = tint((0.88, 0.78, 0.73), red * 0.6 * body.masks[:, 2])
    inside = ramp(z, 1.30, 1.12) * ramp(side, 0.45, 0.35) * ramp(np.abs(y - 6.66), 0.30, 0.22)
    albedo = tint((0.22, 0.08, 0.08), inside)  # of an open mouth
    if rng.random() < 0.15 and person.melanin < 0.5:
        freckles = ramp(noise(256, u * 2, v * 2) + 0.4 * noise(64, u, v), 1.0, 1.7)
        freckles = freckles * np.exp(-(((y - 7.05) / 0.35) ** 2)) * front
        albedo = tint((0.74, 0.60, 0.50), freckles * rng.uniform(0.4, 0.9))
    return albedo


def _make_up(albedo: Floats, body: Body, person: Person, *, lips: Floats, rng: np.random.Generator) -> Floats:
    y = body.rest[:, 1]
    lids = ramp(body.masks[:, 1], 0.25, 0.7) * (body.part == Part.SKIN)
    made_up = rng.random() < 0.5 * (1 - person.masculinity) * (1 - person.child)
    colour = person.skin * np.array([0.84, 0.53, 0.51])
    if made_up:
        colour = linear(LIPSTICKS[rng.integers(len(LIPSTICKS))]) * (1 - 0.35 * person.melanin)
    albedo = mix(albedo, colour.astype(np.float32), lips * (0.8 if made_up else 0.68))
    if made_up and rng.random() < 0.5:
        shadow = linear(rng.uniform(0.15, 0.5, 3)) * 0.8
        albedo = mix(albedo, shadow, 0.4 * lids * (y > 7.27))
    rim = 0.6 * ramp(body.masks[:, 1], 0.35, 0.8) * np.exp(-(((y - 7.285) / 0.05) ** 2))
    lined: Floats = albedo * (1 - 0.5 * (rim * (body.part == Part.SKIN))[:, None])
    return lined


def _brows(albedo: Floats, body: Body, person: Person, *, rng: np.random.Generator) -> Floats:
    """Two arcs at y = 7.48, from |x| = .1 to .55, thin at their outer end."""
    x, y, z = body.rest.T
    side = np.abs(x)
    inner, outer = rng.uniform(0.07, 0.12), rng.uniform(0.5, 0.57)
    along = (side - inner) / (outer - inner)
    arch = rng.uniform(0.02, 0.05) * np.sin(np.clip(along, 0, 1.1) * 2.5)
    height = 7.52 + rng.normal(0, 0.012) + arch - 0.01 * along
    width = rng.uniform(0.045, 0.075) * (0.82 + 0.4 * person.masculinity) * (1 - 0.6 * np.clip(along, 0, 1) ** 1.6)
    width = width * (0.65 + 0.35 * ramp(along, 0.0, 0.3))
    share = np.exp(-1.1 * np.abs((y - height) / width) ** 2.6)
    share = share * ramp(along, -0.15, 0.15) * ramp(along, 1.1, 0.85) * ramp(z, 0.6, 1.1)
    share = share * np.clip(0.92 + 0.1 * noise(128, side * 1.3 - y * 0.9, y * 0.35), 0, 1) * rng.uniform(0.65, 0.9)
    # Brows stay darker than grey or blond hair, else they vanish or look chalked on.
    colour = np.minimum(person.hair * 0.7, person.skin * 0.4) + 0.002
    return mix(albedo, colour.astype(np.float32), share * (body.part == Part.SKIN))


def _roots(body: Body, style: Style, *, ends: Floats, rng: np.random.Generator) -> Floats:
    """How much hair colours the scalp: all of a shaved head's hair, and a soft edge under a hair sheet."""
    theta, phi = scalp_angles(body.rest)
    edge = np.interp(theta, THETA, ends)
    ears = ramp(body.masks[:, 2], 0.2, 0.5)
    share = ramp(phi, edge + 5, edge - 6) if style.sheet else ramp(phi, edge + 3, edge - 12)
    strength = 0.7 if style.sheet else rng.uniform(0.05, 0.3) if style.bald else rng.uniform(0.6, 0.9)
    rooted: Floats = np.clip(share * strength * (1 - ears), 0, 1)
    return rooted
