"""Read a hostile mask: a PNG whose lightness says how much each place of a picture counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from kinds.ingest.plain import Refused

MOST_SIDE = 8192  # pixels


def mask(file: Path, *, side: int) -> NDArray[np.uint8]:
    """Read a mask, scaled to uint8 `[side, side]`: white counts, black does not, nor does what is transparent.

    Raises: Refused, for what is no PNG of 8 bits or too large. Whatever else comes out is a fault of the file too.
    """
    with file.open("rb") as sent:
        if sent.read(8) != b"\x89PNG\r\n\x1a\n":
            raise Refused("The mask is no PNG.")
    Image.MAX_IMAGE_PIXELS = None  # the declared size is checked here, and refused, not warned about
    with Image.open(file, formats=["PNG"]) as opened:
        if max(opened.size) > MOST_SIDE:
            wide, high = opened.size
            raise Refused(f"The mask is {wide:,} × {high:,} pixels; either side may have {MOST_SIDE:,}.")
        if opened.mode.startswith(("I", "F")):
            raise Refused("The mask has more than 8 bits a pixel. Save it as an 8-bit PNG, black and white.")
        if opened.mode in ("LA", "RGBA", "PA") or "transparency" in opened.info:
            both = opened.convert("RGBA")
            light = ImageChops.multiply(both.convert("L"), both.getchannel("A"))
        else:
            light = opened.convert("L")
    return np.asarray(light.resize((side, side), Image.Resampling.BILINEAR))
