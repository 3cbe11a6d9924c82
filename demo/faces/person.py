"""Invent a person: everything that must agree across shape, hair and paint.

The blend of the three mesh families (named in the files `african`, `asian`, `caucasian`) steers skin and hair colour
loosely, masculinity steers haircuts, beards, lipstick and headscarves: choices made here, so that most heads look
plausible.
"""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import linear
from demo.faces.mesh import Floats

FAMILIES = ("african", "asian", "caucasian")
FAMILY_MELANIN = np.array([0.8, 0.36, 0.18])
# Display colours from the least to the most melanin.
SKIN_RAMP = np.array(
    [
        [0.90, 0.75, 0.67],
        [0.87, 0.70, 0.60],
        [0.79, 0.60, 0.48],
        [0.65, 0.46, 0.35],
        [0.48, 0.32, 0.24],
        [0.33, 0.22, 0.17],
    ]
)
HAIR_COLOURS = {
    "black": (0.11, 0.095, 0.09),
    "dark brown": (0.19, 0.13, 0.10),
    "brown": (0.30, 0.20, 0.135),
    "light brown": (0.42, 0.30, 0.20),
    "dark blond": (0.56, 0.43, 0.28),
    "blond": (0.72, 0.59, 0.40),
    "red": (0.50, 0.25, 0.13),
    "grey": (0.43, 0.415, 0.40),
    # No lighter than this: under a strong light white hair would burn out to a hole in the picture.
    "white": (0.58, 0.57, 0.55),
}
DARK_SHARES = {"black": 0.55, "dark brown": 0.35, "brown": 0.10}
LIGHT_SHARES = {
    "black": 0.12,
    "dark brown": 0.22,
    "brown": 0.22,
    "light brown": 0.17,
    "dark blond": 0.12,
    "blond": 0.09,
    "red": 0.06,
}
OLD_SHARES = {"grey": 0.5, "white": 0.3, "brown": 0.2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """The traits of one invented person; shares lie in 0..1."""

    families: tuple[float, ...]  # in the order of FAMILIES; they sum to 1
    masculinity: float
    child: float  # child, young, old sum to 1
    young: float
    old: float
    muscle: float
    weight: float
    melanin: float
    skin: Floats  # [3] linear light
    hair: Floats  # [3] linear light
    grey: bool


def invent(rng: np.random.Generator) -> Person:
    """Draw a person."""
    families = rng.dirichlet([0.5] * 3)
    masculinity = float(rng.beta(0.45, 0.45))
    child, young, old = _age(rng)
    melanin = float(np.clip(families @ FAMILY_MELANIN + rng.normal(0, 0.1), 0, 1))
    steps = np.arange(len(SKIN_RAMP)) / (len(SKIN_RAMP) - 1)
    tone = np.array([np.interp(melanin, steps, SKIN_RAMP[:, channel]) for channel in range(3)])
    # Rosier or more golden, never greener: blue and green move together, red against them.
    undertone = rng.normal(0.01, 0.025) * np.array([0.5, -0.5, -0.6])
    skin = linear(np.clip(tone * (1 + undertone + rng.normal(0, 0.02)), 0, 1))
    grey = old > 0.5 and rng.random() < 0.7
    return Person(
        families=tuple(families.tolist()),
        masculinity=masculinity,
        child=child,
        young=young,
        old=old,
        muscle=float(rng.beta(2.5, 3.5)),
        weight=float(rng.beta(2.5, 3.5)),
        melanin=melanin,
        skin=skin,
        hair=_hair_colour(rng, melanin=melanin, grey=grey),
        grey=grey,
    )


def _age(rng: np.random.Generator) -> tuple[float, float, float]:
    kind, share = rng.random(), float(rng.random())
    if kind < 0.12:
        return 1 - 0.4 * share, 0.4 * share, 0.0
    if kind < 0.6:
        return 0.0, 1.0, 0.0
    # The oldest shapes fold so deeply that at this size the folds read as blotches.
    return 0.0, 1 - 0.85 * share, 0.85 * share


def _hair_colour(rng: np.random.Generator, *, melanin: float, grey: bool) -> Floats:
    shares = OLD_SHARES if grey else DARK_SHARES if melanin > 0.5 else LIGHT_SHARES
    name = str(rng.choice(list(shares), p=list(shares.values())))
    tinted: Floats = linear(HAIR_COLOURS[name]) * np.float32(np.exp(rng.normal(0, 0.12)))
    return tinted
