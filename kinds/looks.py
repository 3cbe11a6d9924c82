"""How a picture looks before it is there: what a page shows while it loads."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

BLUR_SIDE = 16  # pixels
BLUR_CHARACTERS = 400


def looks(picture: Image.Image) -> dict[str, str]:
    """Give what a page shows before the picture is there: the average as "#rrggbb", and 16 px of it as WebP, base64."""
    r, g, b = np.asarray(picture.convert("RGB").resize((1, 1), Image.Resampling.BOX)).reshape(3).tolist()
    tiny = picture.convert("RGB")
    tiny.thumbnail((BLUR_SIDE, BLUR_SIDE), Image.Resampling.BOX)
    for quality in (50, 30, 10, 0):
        buffer = io.BytesIO()
        tiny.save(buffer, "WEBP", quality=quality, method=4)
        blur = base64.b64encode(buffer.getvalue()).decode()
        if len(blur) <= BLUR_CHARACTERS:
            break
    return {"average": f"#{r:02x}{g:02x}{b:02x}", "blur": blur}
