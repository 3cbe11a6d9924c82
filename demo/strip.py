"""The film strip: the same points of latent space at each snapshot, face to memory, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

GROUND = "#131110"
INK = "#ede6dc"
INK_3 = "#978b7e"
ACCENT = "#f0a35c"
GAP = 6
MARGIN = 28
FOOT = 56
RADIUS = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of one step: `rows` × `columns` square pictures without space between."""

    step: int
    rows: int
    columns: int
    image: Image.Image

    def point(self, number: int) -> Image.Image:
        """Cut one picture out, counted row by row."""
        side = self.image.width // self.columns
        row, column = divmod(number, self.columns)
        return self.image.crop((column * side, row * side, (column + 1) * side, (row + 1) * side))


def strip(sheets: Sequence[Sheet], points: Sequence[int], *, side: int = 128) -> Image.Image:
    """Draw a row a point and a column a step; steps and a line of time stand below."""
    width = 2 * MARGIN + len(sheets) * (side + GAP) - GAP
    height = MARGIN + len(points) * (side + GAP) - GAP + FOOT
    drawn = Image.new("RGB", (width, height), GROUND)
    for column, sheet in enumerate(sheets):
        for row, number in enumerate(points):
            # An invented picture has no border and softly rounded corners.
            picture = sheet.point(number).convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
            drawn.paste(picture, (MARGIN + column * (side + GAP), MARGIN + row * (side + GAP)), _corners(side))
    _label(drawn, [sheet.step for sheet in sheets], side)
    return drawn


def _label(drawn: Image.Image, steps: Sequence[int], side: int) -> None:
    draw, top = ImageDraw.Draw(drawn), drawn.height - FOOT
    font = ImageFont.load_default(17)
    draw.line((MARGIN, top + 14, drawn.width - MARGIN, top + 14), fill="#37312c", width=1)
    for column, step in enumerate(steps):
        middle = MARGIN + column * (side + GAP) + side / 2
        marked = step in (steps[0], steps[-1])
        draw.ellipse((middle - 3, top + 11, middle + 3, top + 17), fill=ACCENT if marked else INK_3)
        text = f"step {step:,}" if column == 0 else f"{step:,}"
        draw.text((middle, top + 36), text, fill=INK if marked else INK_3, font=font, anchor="mm")


@cache
def _corners(side: int) -> Image.Image:
    """Make the mask of a square with round corners, smooth by drawing it four times as large."""
    mask = Image.new("L", (4 * side, 4 * side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 4 * side - 1, 4 * side - 1), radius=4 * RADIUS, fill=255)
    return mask.resize((side, side), Image.Resampling.LANCZOS)
