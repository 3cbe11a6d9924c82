"""Where everything stands on a print: A4, lying, in millimetres from its upper left corner.

One layout is painted twice, as pixels (`api.prints.pixels`) and as a PDF (`api.prints.document`), and looks alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.prints.letters import MM_OF_PT, SANS, SERIF, broken, width_mm

WIDTH, HEIGHT = 297.0, 210.0
MARGIN = 14.0
TOP, BOTTOM = 17.0, 142.0  # of what the pictures may take
GAP = 10.0  # between pictures
BORDER = 2.0  # of a photograph's white paper
RADIUS = 2.2  # of an invented picture
GROUND, PAPER, HAIR = "#f6f3ee", "#ffffff", "#cdc8bf"
INK, INK_2, INK_3 = "#1e1b18", "#4f4841", "#655d54"
LIT, MARK, EDGE = "#f0a35c", "#ffffff", "#1e1b18"
PROOF = "Resemblance, never proof."

Box = tuple[float, float, float, float]  # left, top, right, bottom; of a picture in shares of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A picture on a print: its file, its size in pixels, and what stands below it."""

    file: Path
    width: int
    height: int
    caption: str
    below: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """A part of the invented picture, and the part of a photograph, by its place in the list, that it resembles."""

    part: Box
    photo: int
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a print shows and says. `facts` are words with what is said of each; `aside` is small, at the foot."""

    title: str
    invented: Shown
    photos: Sequence[Shown]
    facts: Sequence[tuple[str, str]]
    recipe: str
    joined: Sequence[Joined] = field(default=())
    aside: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A line of text, on its baseline."""

    x: float
    y: float
    text: str
    font: str = SANS
    size_pt: float = 9.0
    colour: str = INK_2


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture in a box of the page, in mm; with corners cut round, it is an invented one."""

    shown: Shown
    box: Box
    radius: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A filled box."""

    box: Box
    colour: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """A line through points, closed or open: from a to d with its handles b and c where `curved`."""

    points: Sequence[tuple[float, float]]
    colour: str
    width: float
    curved: bool = False


Mark = Text | Picture | Sheet | Stroke


def laid(told: Told) -> list[Mark]:
    """Lay everything out, in the order in which it is painted."""
    places = _places(told)
    marks: list[Mark] = [Text(x=MARGIN, y=12.4, text=told.title, font=SERIF, size_pt=15, colour=INK)]
    marks.append(_ending(PROOF, x=WIDTH - MARGIN, y=12.2, size_pt=11))
    for shown, place in zip(_in_order(told), places, strict=True):
        marks += _picture(shown, place, photo=shown is not told.invented)
    marks += _joins(told, places)
    return [*marks, *_foot(told)]


def _in_order(told: Told) -> list[Shown]:
    """The invented picture stands in the middle, or last beside a single photograph."""
    return [*told.photos[:1], told.invented, *told.photos[1:]]


def _places(told: Told) -> list[Box]:
    """Find boxes for the pictures, side by side: the invented one is the largest, all are centred on one line."""
    shares = [_share(shown, invented=shown is told.invented) for shown in _in_order(told)]
    room = WIDTH - 2 * MARGIN - GAP * (len(shares) - 1)
    sizes = []
    for shown, share in zip(_in_order(told), shares, strict=True):
        border = 0.0 if shown is told.invented else BORDER
        wide, high = room * share / sum(shares), (BOTTOM - TOP) * (1.0 if shown is told.invented else 0.88)
        scale = min((wide - 2 * border) / shown.width, (high - 2 * border) / shown.height)
        sizes.append((shown.width * scale + 2 * border, shown.height * scale + 2 * border))
    gap = min(3 * GAP, (WIDTH - 2 * MARGIN - sum(wide for wide, _ in sizes)) / (len(sizes) - 1))
    x = (WIDTH - sum(wide for wide, _ in sizes) - gap * (len(sizes) - 1)) / 2
    middle = (TOP + BOTTOM) / 2
    places = []
    for wide, high in sizes:
        places.append((x, middle - high / 2, x + wide, middle + high / 2))
        x += wide + gap
    return places


def _share(shown: Shown, *, invented: bool) -> float:
    """Weigh how much of the width a picture gets: a wide one more, that it may not be small, the invented one most."""
    wide = max(0.75, min(1.25, math.sqrt(shown.width / shown.height)))
    return wide * (1.42 if invented else 1.0)


def _inner(place: Box, *, photo: bool) -> Box:
    border = BORDER if photo else 0.0
    return place[0] + border, place[1] + border, place[2] - border, place[3] - border


def _picture(shown: Shown, place: Box, *, photo: bool) -> Iterator[Mark]:
    left, _, right, bottom = place
    if photo:
        yield Sheet(box=(place[0] - 0.1, place[1] - 0.1, right + 0.1, bottom + 0.1), colour=HAIR)
        yield Sheet(box=place, colour=PAPER)
    yield Picture(shown=shown, box=_inner(place, photo=photo), radius=0.0 if photo else RADIUS)
    width = max(right - left, 52.0)
    left = min(max(MARGIN, (left + right - width) / 2), WIDTH - MARGIN - width) if right - left < width else left
    y = bottom + 6.0
    for line in broken(shown.caption, SERIF, 11.5, width=width, most=3):
        yield Text(x=left, y=y, text=line, font=SERIF, size_pt=11.5, colour=INK)
        y += 5.0
    for line in broken(shown.below, SANS, 9, width=width, most=2):
        yield Text(x=left, y=y, text=line, colour=INK_2)
        y += 4.0


def _joins(told: Told, places: Sequence[Box]) -> Iterator[Mark]:
    """Box parts and what they resemble, each pair joined by a line; the first one is lit."""
    of_photo = [places[0], *places[2:]]
    own = _inner(places[1], photo=False)
    for number, join in enumerate(told.joined):
        colour = MARK if number and len({one.part for one in told.joined}) > 1 else LIT
        here, there = _within(join.part, own), _within(join.box, _inner(of_photo[join.photo], photo=True))
        lines = [(_corners(here), False), (_corners(there), False), (_line(here, there), True)]
        for points, curved in lines:
            yield Stroke(points=points, colour=EDGE, width=1.0 if not curved else 0.8, curved=curved)
        for points, curved in lines:
            yield Stroke(points=points, colour=colour, width=0.65 if not curved else 0.45, curved=curved)


def _within(box: Box, place: Box) -> Box:
    wide, high = place[2] - place[0], place[3] - place[1]
    return place[0] + box[0] * wide, place[1] + box[1] * high, place[0] + box[2] * wide, place[1] + box[3] * high


def _corners(box: Box) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def _line(here: Box, there: Box) -> list[tuple[float, float]]:
    """A curve between the sides of two boxes that face each other."""
    start, end = (here, there) if here[0] < there[0] else (there, here)
    a, d = (start[2], (start[1] + start[3]) / 2), (end[0], (end[1] + end[3]) / 2)
    bend = abs(d[0] - a[0]) / 2
    return [a, (a[0] + bend, a[1]), (d[0] - bend, d[1]), d]


def _foot(told: Told) -> Iterator[Mark]:
    """How the picture was made, below a hairline, and its recipe."""
    top, word, said = 168.0, MARGIN, MARGIN + 24
    yield Stroke(points=[(MARGIN, top), (WIDTH - MARGIN, top)], colour=HAIR, width=0.25)
    yield Text(x=word, y=top + 7, text="How it was made", font=SERIF, size_pt=12, colour=INK)
    y = top + 13.5
    for name, text in told.facts:
        yield Text(x=word, y=y, text=name, size_pt=8.5, colour=INK_3)
        for line in broken(text, SANS, 8.5, width=WIDTH - MARGIN - said, most=2):
            yield Text(x=said, y=y, text=line, size_pt=8.5, colour=INK)
            y += 3.9
        y += 0.5
    for line in broken(told.recipe, SANS, 7, width=WIDTH - 2 * MARGIN, most=1):
        yield Text(x=word, y=HEIGHT - 7.5, text=line, size_pt=7, colour=INK_3)
    for line in broken(told.aside, SANS, 7, width=WIDTH - 2 * MARGIN, most=1):
        yield Text(x=word, y=HEIGHT - 4, text=line, size_pt=7, colour=INK_3)


def _ending(text: str, *, x: float, y: float, size_pt: float) -> Text:
    left = x - width_mm(text, SERIF, size_pt)
    return Text(x=left, y=y, text=text, font=SERIF, size_pt=size_pt, colour=INK_2)


def size_mm(size_pt: float) -> float:
    """Give a size of letters in mm."""
    return size_pt * MM_OF_PT
