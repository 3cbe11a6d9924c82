"""Haircuts: where the hair starts, where it ends, how it falls; and which one a person wears."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from demo.faces.field import noise, ramp
from demo.faces.mesh import Floats
from demo.faces.person import Person
from demo.faces.scalp import AROUND, THETA


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """A haircut; angles in degrees of phi, lengths in decimetres."""

    bald: bool = False
    sheet: bool = True  # False: the hair is only painted on the scalp (shaved, bald)
    hairline: float = 74.0
    receding: float = 0.0
    sideburn: float = 108.0
    fringe: float | None = None  # how far it hangs below the hairline
    fringe_side: float = 0.0  # to which side it is swept, and how much
    parting: float | None = None  # theta in radians
    thickness: float = 0.12
    taper: float = 0.8  # how much thinner it is at its end
    top: float = 0.0  # extra thickness on the crown
    length: float = 0.0  # how far it falls beyond the widest point of the head
    opening: float = 60.0  # theta in degrees at which the fall begins, to each side of the face
    wave: float = 0.0
    wave_rate: float = 4.0
    flare: float = 0.0  # outward, for each decimetre of fall
    tuck: float = 0.0  # inward at the very end, as in a bob
    lump: float = 0.4
    curly: bool = False
    bun: float = 0.0  # radius of a knot of hair, 0 for none
    bun_high: bool = True
    tip: float = 0.2  # over what length the strands thin out
    phase: float = 0.0  # shifts the noise, so that two heads of one style differ


def choose_style(person: Person, rng: np.random.Generator) -> Style:
    """Draw a haircut that is common for such a person."""
    plain = Style(
        hairline=rng.uniform(70, 77),
        receding=rng.uniform(0, 5),
        sideburn=rng.uniform(104, 114),
        thickness=rng.uniform(0.1, 0.2),
        top=rng.uniform(0, 0.1),
        lump=rng.uniform(0.2, 0.5),
        parting=rng.choice([-1, 1]) * rng.uniform(0.25, 0.7) if rng.random() < 0.5 else None,
        phase=rng.random(),
    )
    cuts = FEMININE if person.masculinity < 0.5 + rng.normal(0, 0.1) else MASCULINE
    shares = np.array(list(cuts.values()))
    chosen = list(cuts)[int(rng.choice(len(cuts), p=shares / shares.sum()))]
    style = chosen(plain, rng)
    if style.bald and (person.child or person.masculinity < 0.5):
        style = _crop(plain, rng)
    if person.masculinity > 0.5 and person.old > 0.3 and not style.length:
        style = replace(
            style,
            receding=style.receding + rng.uniform(0, 16),
            hairline=style.hairline - rng.uniform(0, 12),
            fringe=None,
        )
    return style


def _crop(plain: Style, rng: np.random.Generator) -> Style:
    """Short at the sides, longer on top; at times combed to the brow, at times up."""
    fringe = rng.uniform(4, 14) if rng.random() < 0.4 else None
    side = rng.normal(0, 0.6)
    return replace(
        plain, fringe=fringe, fringe_side=side, top=rng.uniform(0.04, 0.26), thickness=rng.uniform(0.08, 0.15)
    )


def _quiff(plain: Style, rng: np.random.Generator) -> Style:
    return replace(plain, top=rng.uniform(0.2, 0.36), thickness=rng.uniform(0.05, 0.1), taper=0.3, parting=None)


def _shaved(plain: Style, rng: np.random.Generator) -> Style:
    return replace(plain, sheet=False)


def _bald(plain: Style, rng: np.random.Generator) -> Style:
    return replace(plain, sheet=False, bald=True)


def _curls(plain: Style, rng: np.random.Generator) -> Style:
    """Full round curls, close or wide."""
    return replace(
        plain,
        thickness=rng.uniform(0.16, 0.46),
        lump=rng.uniform(0.4, 0.8),
        taper=0.5,
        curly=True,
        tip=0.16,
        parting=None,
    )


def _long(plain: Style, rng: np.random.Generator) -> Style:
    """Past the shoulders, straight or waved."""
    waved = rng.random() < 0.55
    cut = replace(
        plain,
        length=rng.uniform(1.0, 2.6),
        opening=rng.uniform(38, 56),
        thickness=rng.uniform(0.16, 0.28),
        wave=rng.uniform(0.03, 0.1) if waved else 0.0,
        wave_rate=rng.uniform(3.5, 6),
        flare=rng.uniform(0.05, 0.16) if waved else rng.uniform(0, 0.08),
        lump=rng.uniform(0.4, 0.7) if waved else 0.2,
        tip=rng.uniform(0.2, 0.4),
    )
    return _frame(cut, rng)


def _bob(plain: Style, rng: np.random.Generator) -> Style:
    """To the chin or the neck, turned in at its end."""
    cut = replace(
        plain,
        length=rng.uniform(0.45, 1.0),
        opening=rng.uniform(44, 60),
        thickness=rng.uniform(0.14, 0.24),
        flare=rng.uniform(0, 0.12),
        tuck=rng.uniform(0.05, 0.3),
        tip=rng.uniform(0.12, 0.25),
        lump=0.25,
    )
    return _frame(cut, rng)


def _shag(plain: Style, rng: np.random.Generator) -> Style:
    """Men's hair to the jaw or the shoulders."""
    return replace(
        plain,
        length=rng.uniform(0.4, 1.3),
        opening=rng.uniform(58, 70),
        thickness=rng.uniform(0.1, 0.18),
        wave=0.05,
        tip=0.35,
    )


def _long_curls(plain: Style, rng: np.random.Generator) -> Style:
    return replace(
        plain,
        length=rng.uniform(0.5, 1.6),
        opening=rng.uniform(44, 58),
        thickness=rng.uniform(0.22, 0.36),
        flare=rng.uniform(0.05, 0.2),
        lump=0.7,
        curly=True,
        tip=0.3,
    )


def _updo(plain: Style, rng: np.random.Generator) -> Style:
    """Combed back, mostly into a knot that shows."""
    return replace(
        plain,
        thickness=rng.uniform(0.05, 0.12),
        lump=0.2,
        bun=rng.uniform(0.24, 0.42) if rng.random() < 0.75 else 0.0,
        bun_high=bool(rng.random() < 0.6),
    )


def _pixie(plain: Style, rng: np.random.Generator) -> Style:
    return replace(
        plain,
        fringe=rng.uniform(8, 22),
        fringe_side=rng.normal(0, 1),
        thickness=rng.uniform(0.1, 0.18),
        top=rng.uniform(0, 0.14),
        sideburn=rng.uniform(110, 120),
        tip=0.16,
    )


def _frame(style: Style, rng: np.random.Generator) -> Style:
    """Frame the forehead: with a fringe, straight or swept, or not at all."""
    kind = rng.random()
    if kind < 0.25:
        return replace(style, fringe=rng.uniform(18, 27), fringe_side=rng.normal(0, 0.2), parting=None)
    if kind < 0.5:
        return replace(style, fringe=rng.uniform(10, 18), fringe_side=rng.choice([-1, 1]) * rng.uniform(0.7, 1.2))
    return style


Cut = Callable[[Style, np.random.Generator], Style]
FEMININE: dict[Cut, float] = {
    _long: 0.36,
    _bob: 0.2,
    _updo: 0.15,
    _long_curls: 0.09,
    _curls: 0.07,
    _pixie: 0.11,
    _shaved: 0.02,
}
MASCULINE: dict[Cut, float] = {
    _crop: 0.47,
    _quiff: 0.1,
    _shaved: 0.09,
    _bald: 0.08,
    _curls: 0.09,
    _shag: 0.06,
    _pixie: 0.05,
}


def strand_ends(style: Style) -> Floats:
    """Give, for each column, the phi in degrees at which the hair leaves the scalp."""
    line = style.hairline
    knots = [line, line + 1, line + 3 - style.receding, line + 13, line + 32, style.sideburn, 94, 101, 126, 134]
    ends = np.interp(AROUND, [0, 22, 42, 60, 76, 88, 104, 118, 135, 180], knots)
    turn = THETA / (2 * np.pi) + style.phase
    uneven = noise(32, turn, 0.02)
    ends = ends + 0.8 * uneven
    if style.fringe is not None:
        swept = np.clip(1 + style.fringe_side * np.sin(1.5 * THETA), 0, 1.7)
        ends = np.maximum(ends, (line + style.fringe * swept) * ramp(AROUND, 70, 46) + 1.2 * uneven)
    if style.length > 0:
        falling = ramp(AROUND, style.opening, style.opening + 16)
        widest = np.interp(AROUND, [0, 60, 90, 180], [84, 88, 95, 100])
        ends = ends * (1 - falling) + np.where(falling > 0, np.maximum(widest, np.minimum(ends, 100)), ends) * falling
    smoothed = np.convolve(np.concatenate([ends[-4:-1], ends, ends[1:4]]), np.full(7, 1 / 7), mode="valid")
    return smoothed.astype(np.float32)
