"""The perceptual hash of a picture: 64 bits that stay nearly as they are when it is scaled, toned or compressed."""

from __future__ import annotations

import numpy as np
from PIL import Image

SIDE = 32  # pixels that are looked at
LOW = 8  # of its slowest waves along each axis: a bit each
# DCT-II without its factor, of which only the sign matters here; [LOW, SIDE].
WAVES = np.cos(np.pi / SIDE * np.arange(LOW)[:, None] * (np.arange(SIDE) + 0.5))
NOISE = 1e-6  # what is smaller is rounding: of an even picture all waves but the first are nothing


def phash(picture: Image.Image) -> str:
    """Say which of the slowest waves of a picture are stronger than their median: 16 hexadecimal digits.

    The bits are those of `imagehash.phash`, Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash
    Functions", section 3.2.2, which takes the transform from SciPy; that takes longer to load than ten photographs to
    be decoded.
    """
    grey = np.asarray(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    waves = WAVES @ grey.astype(np.float64) @ WAVES.T
    waves[np.abs(waves) < NOISE] = 0
    bits = waves > np.median(waves)
    return np.packbits(bits).tobytes().hex()
