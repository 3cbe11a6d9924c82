"""Paint a head: skin, lips, brows, beard, clothes, eyes, hair.

Places on the face are written in the coordinates of the undeformed mesh (decimetres), so paint follows the shape.
"""

from dataclasses import dataclass

import numpy as np

from demo.faces.beard import beard
from demo.faces.field import linear, mix, noise, ramp, unit
from demo.faces.hair import THETA, Style, scalp_angles
from demo.faces.mesh import Floats, Ints, Part
from demo.faces.person import Person

LIPSTICKS = ((0.70, 0.16, 0.19), (0.58, 0.14, 0.22), (0.78, 0.36, 0.38), (0.55, 0.24, 0.23))
IRISES = {
    "brown": (0.27, 0.15, 0.08),
    "dark": (0.17, 0.09, 0.06),
    "blue": (0.30, 0.42, 0.58),
    "green": (0.29, 0.40, 0.26),
    "hazel": (0.42, 0.32, 0.17),
    "grey": (0.42, 0.46, 0.50),
}
IRIS_ANGLE = 0.52  # radians from the gaze to the limbus


@dataclass(slots=True)
class Material:
    """What light meets at each of P pixels."""

    albedo: Floats  # [P, 3] linear
    normal: Floats  # [P, 3] unit, in camera space
    gloss: Floats  # [P] strength of the highlight
    sharpness: Floats  # [P] exponent of the highlight
    softness: Floats  # [P] how far light reaches around: skin is soft


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The pixels of everything but hair."""

    part: Ints  # [P]
    rest: Floats  # [P, 3] undeformed position
    position: Floats  # [P, 3] in camera space
    normal: Floats  # [P, 3] in camera space
    masks: Floats  # [P, 3] lips, eyelids, ears
    hollow: Floats  # [P] how concave the surface is, 0 where flat


@dataclass(frozen=True, kw_only=True, slots=True)
class Eyes:
    """Both eyes in camera space."""

    centres: Floats  # [2, 3], the person's left one first
    gaze: Floats  # [3]


def paint_body(
    body: Body, person: Person, style: Style, *, eyes: Eyes, ends: Floats, rng: np.random.Generator
) -> Material:
    """Paint all but the hair sheet; `ends` is the hairline by column of `hair.THETA`, in degrees."""
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
        gloss=0.24 * (1 - 0.7 * shaved) + 0.2 * lips,
        sharpness=14 + 16 * lips,
        softness=np.where(body.part == Part.SKIN, 0.4, 0.12).astype(np.float32),
    )
    _dress(material, body, rng=rng)
    material.albedo[body.part == Part.TEETH] = linear((0.86, 0.82, 0.75))
    material.albedo[body.part == Part.LASH] = person.skin * 0.22
    material.gloss[body.part == Part.LASH] = 0
    _paint_eyes(material, body, person, eyes=eyes, rng=rng)
    return material


def _hair_on_skin(person: Person) -> Floats:
    """Short hair shows the skin below, and is darker than the same hair in bulk."""
    blended: Floats = person.hair * 0.7 + person.skin * 0.06 + 0.003
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
    red = rng.uniform(0.2, 0.8)
    albedo = tint((1.1, 1.04, 1.0), 0.12 * noise(32, u, v) + 0.08 * noise(128, u, v))
    albedo = tint((1.12, 0.80, 0.76), red * spot(0.5, 6.97, wide=0.28, high=0.22))
    albedo = tint((1.10, 0.82, 0.78), red * 0.8 * spot(0, 6.95, wide=0.14, high=0.14))
    albedo = tint((0.80, 0.72, 0.74), rng.uniform(0.2, 0.7) * spot(0.28, 7.1, wide=0.17, high=0.07))
    albedo = tint((0.88, 0.78, 0.73), red * 0.6 * body.masks[:, 2])
    if rng.random() < 0.2 and person.melanin < 0.5:
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
    height = (
        7.50 + rng.normal(0, 0.012) + rng.uniform(0.01, 0.055) * np.sin(np.clip(along, 0, 1.1) * 2.5) - 0.03 * along
    )
    width = rng.uniform(0.04, 0.075) * (1 + 0.3 * person.masculinity) * (1 - 0.6 * np.clip(along, 0, 1) ** 1.6)
    share = np.exp(-1.2 * ((y - height) / width) ** 2)
    share = share * ramp(along, -0.15, 0.15) * ramp(along, 1.1, 0.85) * ramp(z, 0.6, 1.1)
    share = share * np.clip(0.85 + 0.2 * noise(128, side * 1.3 - y * 0.9, y * 0.35), 0, 1) * rng.uniform(0.55, 0.9)
    # Brows stay darker than grey or blond hair, else they vanish or look chalked on.
    colour = np.minimum(person.hair * 0.6, person.skin * 0.55) + 0.003
    return mix(albedo, colour.astype(np.float32), share * (body.part == Part.SKIN))


def _roots(body: Body, style: Style, *, ends: Floats, rng: np.random.Generator) -> Floats:
    """How much hair colours the scalp: all of a shaved head's hair, and a soft edge under a hair sheet."""
    theta, phi = scalp_angles(body.rest)
    edge = np.interp(theta, THETA, ends) + 1.5 * noise(128, theta * 0.8, phi * 0.01)
    ears = ramp(body.masks[:, 2], 0.2, 0.5)
    share = ramp(phi, edge + 1, edge - 6) if style.sheet else ramp(phi, edge + 2, edge - 11)
    strength = 0.9 if style.sheet else rng.uniform(0.05, 0.3) if style.bald else rng.uniform(0.6, 0.9)
    rooted: Floats = np.clip(share * strength * (1 - ears), 0, 1)
    return rooted


def _dress(material: Material, body: Body, *, rng: np.random.Generator) -> None:
    """Clothe what lies below a neckline: round, or cut to a V, with a hem and sometimes a pattern."""
    x, y, z = body.rest.T
    neckline, depth = rng.uniform(5.6, 6.02), rng.uniform(0, 0.45)
    cut = np.exp(-((x / 0.5) ** 2)) if rng.random() < 0.6 else np.clip(1 - np.abs(x) / 0.55, 0, 1)
    below = neckline - depth * cut * ramp(z, 0.2, 0.8) - y
    clothed = (below > 0) & (body.part == Part.SKIN)
    grey = rng.uniform(0.08, 0.8)
    first = linear(np.clip(grey + rng.normal(0, 0.09, 3), 0.04, 0.9))
    second = linear(np.clip(rng.uniform(0.1, 0.8) + rng.normal(0, 0.09, 3), 0.04, 0.9))
    kind = rng.random()
    if kind < 0.2:
        other = np.sin(y * rng.uniform(15, 30)) > 0
    elif kind < 0.35:
        other = noise(32, x * 0.3, y * 0.3) > 0.5
    else:
        other = below < 0.05
        second = first * 0.75
    material.albedo[clothed] = np.where(other[clothed, None], second, first)
    material.gloss[clothed] = 0.04
    material.softness[clothed] = 0.2


def _paint_eyes(material: Material, body: Body, person: Person, *, eyes: Eyes, rng: np.random.Generator) -> None:
    """White, iris, limbus and pupil by the angle to the gaze; both eyes get one iris colour."""
    names = list(IRISES)[:2] if person.melanin > 0.45 else list(IRISES)
    shares = [0.5, 0.5] if person.melanin > 0.45 else [0.32, 0.18, 0.2, 0.1, 0.12, 0.08]
    iris = linear(IRISES[str(rng.choice(names, p=shares))])
    pupil = rng.uniform(0.18, 0.25)
    for eye, sign in enumerate((1, -1)):
        pixels = (body.part == Part.EYE) & (np.sign(body.rest[:, 0]) == sign)
        direction = unit(body.position[pixels] - eyes.centres[eye])
        angle = np.arccos(np.clip(direction @ eyes.gaze, -1, 1))
        colour = np.tile(linear((0.88, 0.86, 0.84)), (len(angle), 1))
        shade = (0.85 + 0.5 * ramp(angle, 0.15, 0.45)) * (1 - 0.6 * ramp(angle, IRIS_ANGLE - 0.12, IRIS_ANGLE))
        colour = mix(colour, iris * shade[:, None], ramp(angle, IRIS_ANGLE + 0.04, IRIS_ANGLE - 0.03))
        colour = mix(colour, np.full(3, 0.006, np.float32), ramp(angle, pupil + 0.04, pupil - 0.03))
        # The upper lid shades the top of the eye.
        lid = 0.75 + 0.25 * ramp(body.rest[pixels, 1], 7.36, 7.27)
        material.albedo[pixels] = colour * lid[:, None]
        material.normal[pixels] = direction
        material.gloss[pixels] = 1.8
        material.sharpness[pixels] = 60
