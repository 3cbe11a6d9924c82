"""Eyes that read as eyes at five pixels' width: white, iris, pupil, one highlight, and the line of the upper lashes."""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import linear, mix, ramp, unit
from demo.faces.mesh import Floats, Ints, Part
from demo.faces.person import Person
from demo.faces.surface import Body, Material

IRISES = {
    "brown": (0.30, 0.17, 0.09),
    "dark": (0.20, 0.11, 0.07),
    "blue": (0.33, 0.46, 0.60),
    "green": (0.32, 0.42, 0.28),
    "hazel": (0.44, 0.33, 0.18),
    "grey": (0.45, 0.49, 0.52),
}
SHARES = (0.34, 0.16, 0.2, 0.1, 0.12, 0.08)
IRIS_ANGLE = 0.5  # radians from the gaze to the limbus
LASHES = 0.034  # decimetres: two thirds of a pixel in a picture of 64
LID_REACH = 0.09  # decimetres that lid and lashes shade


@dataclass(frozen=True, kw_only=True, slots=True)
class Eyes:
    """Both eyes in camera space."""

    centres: Floats  # [2, 3], the person's left one first
    gaze: Floats  # [3]
    key: Floats  # [3], towards the key light, which the highlight mirrors


def below_lid(parts: Ints, *, scale: float) -> Floats:
    """Give, for each pixel of `parts` `[side, side]`, the decimetres to the upper edge of its eye, at most LID_REACH.

    Measured in the picture, so that the lash line is whole whatever lids, squint and turn made of the eye.
    """
    eye = parts == Part.EYE
    open_above, distance = eye.copy(), np.zeros(parts.shape, np.float32)
    for _ in range(int(LID_REACH * scale) + 1):
        open_above[1:] &= open_above[:-1].copy()
        open_above[0] = False
        distance += open_above
    below: Floats = np.minimum((distance + 0.5) / scale, LID_REACH)
    return below


def paint_eyes(material: Material, body: Body, person: Person, *, eyes: Eyes, rng: np.random.Generator) -> None:
    """Paint the eyes by the angle to the gaze; both get one iris colour."""
    dark = person.melanin > 0.45
    names, shares = (list(IRISES)[:2], (0.5, 0.5)) if dark else (list(IRISES), SHARES)
    iris = linear(IRISES[str(rng.choice(names, p=shares))])
    pupil = rng.uniform(0.2, 0.26)
    mirrored = np.array([0.5 * np.sign(eyes.key[0]), 0.62, 0], np.float32)
    for eye, sign in enumerate((1, -1)):
        pixels = (body.part == Part.EYE) & (np.sign(body.rest[:, 0]) == sign)
        direction = unit(body.position[pixels] - eyes.centres[eye])
        angle = np.arccos(np.clip(direction @ eyes.gaze, -1, 1))
        colour = np.tile(linear((0.9, 0.87, 0.84)), (len(angle), 1))
        shade = (0.9 + 0.5 * ramp(angle, 0.2, 0.45)) * (1 - 0.65 * ramp(angle, IRIS_ANGLE - 0.13, IRIS_ANGLE))
        colour = mix(colour, iris * shade[:, None], ramp(angle, IRIS_ANGLE + 0.05, IRIS_ANGLE - 0.03))
        colour = mix(colour, np.full(3, 0.004, np.float32), ramp(angle, pupil + 0.05, pupil - 0.04))
        under = body.below_lid[pixels]
        colour = colour * (0.72 + 0.28 * ramp(under, LASHES, LID_REACH))[:, None]
        spot = np.arccos(np.clip(direction @ unit(eyes.gaze + 0.42 * mirrored), -1, 1))
        colour = mix(colour, np.full(3, 1.3, np.float32), 0.9 * ramp(spot, 0.19, 0.1))
        colour = mix(colour, (person.skin * 0.08).astype(np.float32), ramp(under, LASHES * 1.4, LASHES * 0.8))
        material.albedo[pixels] = colour
        material.normal[pixels] = direction
        material.gloss[pixels] = 0
