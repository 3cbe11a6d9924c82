import imagehash
import numpy as np
import pytest
from PIL import Image

from kinds.ingest.phash import phash


@pytest.mark.parametrize("seed", range(200))
def test_the_bits_are_those_of_imagehash(seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (int(rng.integers(2, 40)), int(rng.integers(2, 40)), 3), dtype=np.uint8)
    size = int(rng.integers(32, 400)), int(rng.integers(32, 400))
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    assert phash(picture) == str(imagehash.phash(picture))


def test_an_even_picture_has_no_waves_but_the_first() -> None:
    assert phash(Image.new("RGB", (300, 200), (90, 140, 30))) == "8000000000000000"
    assert phash(Image.new("RGB", (300, 200))) == "0000000000000000"
