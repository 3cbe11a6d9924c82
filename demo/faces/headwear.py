"""Knitted caps and headscarves: sheets of cloth, cut and laid as hair is."""

from dataclasses import dataclass, replace

import numpy as np

from demo.faces.field import linear, mix, noise, ramp
from demo.faces.mesh import Floats, Part
from demo.faces.person import Person
from demo.faces.style import Style
from demo.faces.surface import Body, Material

CLOTHS = (
    (0.16, 0.17, 0.2),
    (0.24, 0.28, 0.38),
    (0.5, 0.48, 0.46),
    (0.45, 0.2, 0.2),
    (0.3, 0.36, 0.3),
    (0.7, 0.66, 0.6),
    (0.55, 0.42, 0.45),
)


@dataclass(frozen=True, slots=True)
class Headwear:
    """A piece of cloth over the hair."""

    cut: Style
    colour: Floats  # [3] linear
    wrapped: bool  # a headscarf also covers the neck


def choose_headwear(person: Person, rng: np.random.Generator) -> Headwear | None:
    """Draw a cap or a scarf, for most heads none."""
    kind = rng.random()
    colour = linear(CLOTHS[rng.integers(len(CLOTHS))])
    still = Style(phase=rng.random(), lump=0.12, taper=0.25, tip=0.03, hairline=rng.uniform(78, 86), sideburn=104)
    if kind < 0.04:
        return Headwear(replace(still, thickness=0.2, top=rng.uniform(0.05, 0.2)), colour, wrapped=False)
    if kind < 0.07 and person.masculinity < 0.4 and not person.child:
        scarf = replace(still, thickness=0.15, hairline=75, length=1.0, opening=48, tip=0.05, tuck=0.1, flare=0.06)
        return Headwear(scarf, colour, wrapped=True)
    return None


def press(style: Style, headwear: Headwear | None) -> Style:
    """Give the haircut as it lies below `headwear`: flat, and out of sight below a scarf."""
    if headwear is None:
        return style
    return replace(
        style, thickness=min(style.thickness, 0.1), top=0.0, bun=0.0, sheet=style.sheet and not headwear.wrapped
    )


def wrap_neck(material: Material, body: Body, colour: Floats) -> None:
    """Lay a headscarf's cloth around the neck and under the chin."""
    x, y, z = body.rest.T
    below_chin = ramp(y, 6.44, 6.38) * ramp(z, 1.24, 1.14)
    behind_jaw = ramp(y, 6.95, 6.75) * ramp(z, 0.72, 0.6)
    share = np.maximum.reduce([below_chin, behind_jaw, ramp(y, 6.16, 6.1)]) * (body.part == Part.SKIN)
    folds = 1 + 0.12 * noise(16, x * 0.1 + y * 0.25, y * 0.5 - x * 0.1)
    material.albedo = mix(material.albedo, (colour * folds[:, None]).astype(np.float32), share)
    material.gloss = material.gloss * (1 - share)
