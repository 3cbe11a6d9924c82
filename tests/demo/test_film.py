"""What the film draws and writes."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from demo import film
from demo.chart import Panel, Point, chart
from demo.film import Measures
from demo.strip import GAP, MARGIN, Sheet, strip

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200), (200, 30, 200)]


def sheet(step: int) -> Sheet:
    """A sheet of six pictures, each of its own colour."""
    image = Image.new("RGB", (3 * 16, 2 * 16))
    for number, colour in enumerate(COLOURS):
        row, column = divmod(number, 3)
        image.paste(colour, (16 * column, 16 * row, 16 * column + 16, 16 * row + 16))
    return Sheet(step=step, rows=2, columns=3, image=image)


def test_a_strip_shows_the_same_point_in_each_row_and_a_step_in_each_column() -> None:
    drawn = strip([sheet(0), sheet(10), sheet(20)], [0, 4], side=32)
    assert drawn.width == 2 * MARGIN + 3 * 32 + 2 * GAP
    for column in range(3):
        x = MARGIN + column * (32 + GAP) + 16
        assert drawn.getpixel((x, MARGIN + 16)) == COLOURS[0]
        assert drawn.getpixel((x, MARGIN + 32 + GAP + 16)) == COLOURS[4]
    # Invented pictures have round corners: the very corner shows the ground.
    assert drawn.getpixel((MARGIN, MARGIN)) != COLOURS[0]


def test_a_strip_of_many_steps_keeps_the_first_and_the_last() -> None:
    steps = [found.step for found in film.chosen([sheet(step) for step in range(40)])]
    assert len(steps) == film.WIDE_STEPS
    assert (steps[0], steps[-1]) == (0, 39)
    assert steps == sorted(set(steps))


def test_a_chart_is_an_svg_with_a_band_and_a_dot_for_each_step() -> None:
    points = [Point(0, 9.0, 8.5, 9.5), Point(10, 7.0, 6.0, 8.0), Point(1000, 1.0, 0.5, 1.5)]
    text = chart(
        [Panel("Kernel <distance>", points), Panel("Fréchet", [Point(0, 200.0), Point(10, 100.0)])], description="x"
    )
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    found = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert (found.count("circle"), found.count("polygon"), found.count("polyline")) == (5, 1, 2)


def test_the_correlation_is_of_ranks() -> None:
    falling = [Measures(step, 1 / (step + 1), 0, 1, 5) for step in (0, 10, 50, 1000)]
    assert film.falls(falling) == pytest.approx(-1)


def test_the_page_keeps_what_was_written_around_the_figures(tmp_path: Path) -> None:
    page = tmp_path / "learning.md"
    film._write(page, f"{film.BEGIN}\nfirst\n{film.END}")
    page.write_text(page.read_text() + "\nWhat one sees: faces dissolve.\n")
    film._write(page, f"{film.BEGIN}\nsecond\n{film.END}")
    text = page.read_text()
    assert ("second" in text, "first" in text, "faces dissolve" in text) == (True, False, True)
