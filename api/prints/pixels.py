"""A print as pixels: a PNG at 300 dots an inch, in sRGB, with the recipe that sample PNGs carry as well."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatchmethod
from typing import Any

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from api.prints import layout
from api.prints.letters import MM_OF_PT, runs, typeface
from kinds.recipe import RECIPE

DPI = 300
PX_OF_MM = DPI / 25.4
FINE = 3  # times as fine lines and corners are drawn, before they are reduced
CURVE = 64  # straight pieces of a curve


def png(marks: Iterable[layout.Mark], recipe: Mapping[str, Any], *, description: str) -> bytes:
    """Paint a print, and encode it. `description` is what it says, whole, also what its letters cannot draw."""
    page = Painted()
    for mark in marks:
        page.paint(mark)
    text = PngInfo()
    text.add_itxt(RECIPE, json.dumps(recipe, sort_keys=True))
    text.add_itxt("Description", description)
    written = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page.picture.save(written, "PNG", dpi=(DPI, DPI), icc_profile=profile, pnginfo=text)
    return written.getvalue()


class Painted:
    """A page that is being painted."""

    def __init__(self) -> None:
        self.picture = Image.new("RGB", (_px(layout.WIDTH), _px(layout.HEIGHT)), layout.GROUND)

    @singledispatchmethod
    def paint(self, mark: Any) -> None:
        """Paint one mark over what is there."""
        raise TypeError(f"no mark: {mark!r}")

    @paint.register
    def _(self, mark: layout.Sheet) -> None:
        ImageDraw.Draw(self.picture).rectangle(_edges(mark.box, inclusive=True), fill=mark.colour)

    @paint.register
    def _(self, mark: layout.Text) -> None:
        x = mark.x * PX_OF_MM
        for run in runs(mark.text, mark.font):
            font = typeface(run.font, mark.size_pt * MM_OF_PT * PX_OF_MM)
            ImageDraw.Draw(self.picture).text(
                (x, mark.y * PX_OF_MM), run.text, fill=mark.colour, font=font, anchor="ls"
            )
            x += font.getlength(run.text)

    @paint.register
    def _(self, mark: layout.Picture) -> None:
        left, top, right, bottom = _edges(mark.box)
        shown = fitted(mark.shown, right - left, bottom - top)
        self.picture.paste(shown, (left, top), _rounded(shown.size, mark.radius * PX_OF_MM))

    @paint.register
    def _(self, mark: layout.Stroke) -> None:
        points = curve(mark.points) if mark.curved else list(mark.points)
        around = mark.width * 2
        left, top = (int((min(point[axis] for point in points) - around) * PX_OF_MM) for axis in (0, 1))
        right, bottom = (_px(max(point[axis] for point in points) + around) for axis in (0, 1))
        mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
        fine = [((x * PX_OF_MM - left) * FINE, (y * PX_OF_MM - top) * FINE) for x, y in points]
        thick = max(1, round(mark.width * PX_OF_MM * FINE))
        ImageDraw.Draw(mask).line(fine, fill=255, width=thick, joint="curve")
        if fine[0] == fine[-1]:  # the corner where a closed line begins
            x, y = fine[0]
            ImageDraw.Draw(mask).rectangle((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
        self.picture.paste(mark.colour, (left, top, right, bottom), mask.reduce(FINE))


def fitted(shown: layout.Shown, width: int, height: int) -> Image.Image:
    """Open a picture, in the size that it is shown in."""
    with Image.open(shown.file) as found:
        found.draft("RGB", (width, height))  # a large JPEG is decoded at a half or less
        return found.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def curve(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Give a cubic Bézier curve as straight pieces."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    found = []
    for step in range(CURVE + 1):
        t = step / CURVE
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        found.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return found


def _rounded(size: tuple[int, int], radius: float) -> Image.Image | None:
    if not radius:
        return None
    corner = round(radius)
    mask = Image.new("L", size, 255)
    quarter = Image.new("L", (corner * 2 * FINE, corner * 2 * FINE))
    ImageDraw.Draw(quarter).ellipse((0, 0, quarter.width - 1, quarter.height - 1), fill=255)
    disc = quarter.reduce(FINE)
    for x in (0, 1):
        for y in (0, 1):
            part = disc.crop((x * corner, y * corner, (x + 1) * corner, (y + 1) * corner))
            mask.paste(part, (x * (size[0] - corner), y * (size[1] - corner)))
    return mask


def _edges(box: layout.Box, *, inclusive: bool = False) -> tuple[int, int, int, int]:
    left, top, right, bottom = (_px(side) for side in box)
    return (left, top, right - 1, bottom - 1) if inclusive else (left, top, right, bottom)


def _px(mm: float) -> int:
    return round(mm * PX_OF_MM)
