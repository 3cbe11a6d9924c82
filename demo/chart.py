"""Curves over the steps of a training as an SVG: a line, the band of its interval, and few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 860, 250  # of one panel
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 44, 40
ROOM = 48  # between two steps that are named
GROUND, INK, INK_2, LINE, ACCENT = "#faf9f6", "#1e1b18", "#655d54", "#cdc8bf", "#1f4f5a"
FONT = "font-family='Source Sans 3, Helvetica, Arial, sans-serif'"


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a step, with its interval where there is one."""

    step: int
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One curve and its title."""

    title: str
    points: Sequence[Point]

    @property
    def top(self) -> float:
        """The value of the upper edge."""
        return 1.08 * max(point.high if point.high is not None else point.value for point in self.points)

    def text(self, value: float) -> str:
        """Write a value with three digits that count."""
        return f"{value:,.{max(0, 2 - floor(log10(self.top or 1)))}f}"


def chart(panels: Sequence[Panel], *, description: str) -> str:
    """Draw panels one below the other, over the logarithm of the step; step 0 stands apart at the left."""
    height = HEIGHT * len(panels)
    drawn = "".join(
        f"<g transform='translate(0 {index * HEIGHT})'>{_panel(panel)}</g>" for index, panel in enumerate(panels)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' {FONT}>"
        f"<title>{escape(description)}</title><rect width='{WIDTH}' height='{height}' fill='{GROUND}'/>{drawn}</svg>\n"
    )


def _panel(panel: Panel) -> str:
    top_value = panel.top
    steps = [point.step for point in panel.points]

    def at(point: Point, value: float) -> str:
        return f"{_x(point.step, steps):.1f},{_y(value, top_value):.1f}"

    line = " ".join(at(point, point.value) for point in panel.points)
    dots = "".join(
        f"<circle cx='{_x(point.step, steps):.1f}' cy='{_y(point.value, top_value):.1f}' r='3.2' fill='{ACCENT}'>"
        f"<title>step {point.step:,}: {panel.text(point.value)}</title></circle>"
        for point in panel.points
    )
    curve = f"<polyline points='{line}' fill='none' stroke='{ACCENT}' stroke-width='2'/>"
    words = f"<text x='{LEFT}' y='26' font-size='16' fill='{INK}'>{escape(panel.title)}</text>"
    return _axes(panel, steps, top_value) + _band(panel, at) + curve + dots + words


def _band(panel: Panel, at: Callable[[Point, float], str]) -> str:
    there = [at(point, point.high) for point in panel.points if point.high is not None]
    if not there:
        return ""
    back = [at(point, point.low) for point in reversed(panel.points) if point.low is not None]
    return f"<polygon points='{' '.join(there + back)}' fill='{ACCENT}' fill-opacity='0.16'/>"


def _axes(panel: Panel, steps: Sequence[int], top_value: float) -> str:
    parts = []
    for share in (0, 0.5, 1):
        value = share * top_value
        y = _y(value, top_value)
        parts.append(f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='{LINE}'/>")
        parts.append(
            f"<text x='{LEFT - 10}' y='{y + 4:.1f}' font-size='13' text-anchor='end' fill='{INK_2}'>"
            f"{panel.text(value)}</text>"
        )
    parts += [
        f"<text x='{x:.1f}' y='{HEIGHT - 16}' font-size='13' text-anchor='middle' fill='{INK_2}'>{step:,}</text>"
        for x, step in _labelled(steps)
    ]
    return "".join(parts)


def _labelled(steps: Sequence[int]) -> list[tuple[float, int]]:
    """The steps that are named below the curve, and where: the last one always, the others where there is room."""
    found = [(_x(steps[-1], steps), steps[-1])]
    for step in reversed(steps[:-1]):
        x = _x(step, steps)
        if found[-1][0] - x >= ROOM:
            found.append((x, step))
    return found


def _x(step: int, steps: Sequence[int]) -> float:
    """Place a step: the logarithm of the step from the first one above 0 on, and 0 one decade third before it."""
    first = min((other for other in steps if other > 0), default=1)
    begin, end = log10(first) - 0.33, log10(max(*steps, first + 1))
    here = begin if step == 0 else log10(step)
    return LEFT + (WIDTH - LEFT - RIGHT - 20) * (here - begin) / (end - begin) + 10


def _y(value: float, top_value: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top_value
