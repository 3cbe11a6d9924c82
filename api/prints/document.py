"""A print as a PDF: text that can be searched, typefaces inside, photographs as their files are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import singledispatchmethod
from typing import Any

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from api.prints import layout
from api.prints.letters import FONTS, MM_OF_PT, SANS, SERIF, runs

PT = 1 / MM_OF_PT  # of a mm
LEAST_PX = 1000  # of an invented picture's long side: programs show single pixels of a small one as squares


def pdf(marks: Iterable[layout.Mark], *, title: str, description: str) -> bytes:
    """Write a print of one page. `description` is what it says, whole, also what its letters cannot draw."""
    rl_config.useA85 = 0  # pictures as bytes, not as letters a quarter longer
    for font in (SERIF, SANS):
        if font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(font, FONTS / f"{font}.ttf"))
    written = io.BytesIO()
    page = Written(Canvas(written, pagesize=(layout.WIDTH * PT, layout.HEIGHT * PT), pageCompression=1))
    page.canvas.setTitle(title)
    page.canvas.setSubject(description)
    page.canvas.setCreator("Reverie")
    page.paint(layout.Sheet(box=(0, 0, layout.WIDTH, layout.HEIGHT), colour=layout.GROUND))
    for mark in marks:
        page.paint(mark)
    page.canvas.showPage()
    page.canvas.save()
    return written.getvalue()


class Written:
    """A page that is being written. A PDF counts from below, a layout from above."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    @singledispatchmethod
    def paint(self, mark: Any) -> None:
        """Write one mark over what is there."""
        raise TypeError(f"no mark: {mark!r}")

    @paint.register
    def _(self, mark: layout.Sheet) -> None:
        self.canvas.setFillColor(mark.colour)
        self.canvas.rect(*_box(mark.box), stroke=0, fill=1)

    @paint.register
    def _(self, mark: layout.Text) -> None:
        line = self.canvas.beginText(mark.x * PT, (layout.HEIGHT - mark.y) * PT)
        line.setFillColor(mark.colour)
        for run in runs(mark.text, mark.font):
            line.setFont(run.font, mark.size_pt)
            line.textOut(run.text)
        self.canvas.drawText(line)

    @paint.register
    def _(self, mark: layout.Picture) -> None:
        x, y, width, height = _box(mark.box)
        self.canvas.saveState()
        if mark.radius:
            around = self.canvas.beginPath()
            around.roundRect(x, y, width, height, mark.radius * PT)
            self.canvas.clipPath(around, stroke=0, fill=0)
        self.canvas.drawImage(_source(mark.shown), x, y, width, height)
        self.canvas.restoreState()

    @paint.register
    def _(self, mark: layout.Stroke) -> None:
        path = self.canvas.beginPath()
        first, *others = [(x * PT, (layout.HEIGHT - y) * PT) for x, y in mark.points]
        path.moveTo(*first)
        if mark.curved:
            path.curveTo(*(side for point in others for side in point))
        else:
            for point in others[: -1 if others[-1] == first else None]:
                path.lineTo(*point)
            if others[-1] == first:
                path.close()
        self.canvas.setStrokeColor(mark.colour)
        self.canvas.setLineWidth(mark.width * PT)
        self.canvas.drawPath(path, stroke=1, fill=0)


def _source(shown: layout.Shown) -> Any:
    """Give a JPEG as it is, and a PNG without loss: enlarged by a whole number where it is small."""
    if shown.file.suffix == ".jpg":
        shown.file.stat()  # one that was withdrawn meanwhile is said in its own words, not in reportlab's
        return str(shown.file)
    with Image.open(shown.file) as found:
        picture = found.convert("RGB")
    times = -(-LEAST_PX // max(picture.size))
    return ImageReader(picture.resize((picture.width * times, picture.height * times), Image.Resampling.LANCZOS))


def _box(box: layout.Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left * PT, (layout.HEIGHT - bottom) * PT, (right - left) * PT, (bottom - top) * PT
