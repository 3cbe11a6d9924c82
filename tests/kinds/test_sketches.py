"""What is a copy is told from what is alike, at any size, mirrored or not, and in an archive with bursts."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from jobs.originality import UNKNOWN, level
from kinds.index.sketches import SURE, WIDTH, Calibration, Originals, archive_id, sketch

LANDSCAPES = Path(__file__).parents[2] / "demo/archive/landscapes.zip"
SQUARE = 64


@pytest.fixture(scope="module")
def squares() -> list[Image.Image]:
    """Squares of 120 landscapes."""
    with zipfile.ZipFile(LANDSCAPES) as packed:
        names = [name for name in sorted(packed.namelist()) if name.endswith(".jpg")]
        return [_square(packed.read(name)) for name in names[:: len(names) // 120][:120]]


def _square(file: bytes) -> Image.Image:
    with Image.open(io.BytesIO(file)) as opened:
        opened.draft("RGB", (200, 200))
        return ImageOps.fit(opened.convert("RGB"), (SQUARE, SQUARE), Image.Resampling.LANCZOS)


def originals(pictures: list[Image.Image]) -> Originals:
    return Originals.of([(UUID(int=at), sketch(picture).tobytes()) for at, picture in enumerate(pictures)])


def percents(of: Originals, pictures: list[Image.Image]) -> list[int]:
    by = of.calibrated()
    assert by is not None
    return [one.percent for one in of.traced(np.stack([sketch(picture) for picture in pictures]), by)]


def _noisy(picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 20, (SQUARE, SQUARE, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def _a_moment_later(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture.crop((1, 0, SQUARE, SQUARE)).resize((SQUARE, SQUARE))).enhance(1.05)


CHANGED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(2)),
    "noisy": _noisy,
    "mirrored": ImageOps.mirror,
    "moved": lambda picture: picture.crop((3, 2, SQUARE, SQUARE - 1)).resize((SQUARE, SQUARE)),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.75),
    "smaller": lambda picture: picture.resize((32, 32), Image.Resampling.BOX),
    "larger": lambda picture: picture.resize((256, 256), Image.Resampling.BICUBIC),
}


@pytest.mark.parametrize("how", CHANGED)
def test_a_copy_is_told_however_it_is_changed(squares: list[Image.Image], how: str) -> None:
    of = originals(squares[:80])
    found = percents(of, [CHANGED[how](picture) for picture in squares[:80]])
    assert np.mean([level(percent) == "copy" for percent in found]) >= 0.97


def test_photographs_that_are_held_out_are_no_copies(squares: list[Image.Image]) -> None:
    found = percents(originals(squares[:80]), squares[80:])
    assert np.mean([level(percent) == "copy" for percent in found]) <= 0.05


def test_bursts_do_not_make_it_blind(squares: list[Image.Image]) -> None:
    burst = [each for picture in squares[:80] for each in (picture, _a_moment_later(picture))]
    alone, twice = originals(squares[:80]).calibrated(), originals(burst).calibrated()
    assert alone is not None
    assert twice is not None
    assert np.abs(np.subtract(twice.steps, alone.steps)).max() < 0.05
    assert all(level(percent) == "copy" for percent in percents(originals(burst), squares[:20]))


def test_of_a_photograph_that_gives_several_squares_none_is_its_other_one(squares: list[Image.Image]) -> None:
    rows = [(UUID(int=at // 2), sketch(picture).tobytes()) for at, picture in enumerate(squares[:40])]
    twice = [(UUID(int=at // 2), sketch(squares[at // 2 * 2]).tobytes()) for at in range(40)]
    assert Originals.of(rows).calibrated() is not None
    found = Originals.of(twice).calibrated()
    assert found is not None
    once = originals(squares[:40:2]).calibrated()
    assert once is not None
    assert np.allclose(found.steps, once.steps, atol=1e-5)


def test_nine_photographs_are_too_few(squares: list[Image.Image]) -> None:
    assert originals(squares[:9]).calibrated() is None
    assert originals(squares[:10]).calibrated() is not None
    assert originals([squares[0]] * 30).calibrated() is None
    assert originals([]).calibrated() is None


def test_where_nothing_is_alike_a_copy_is_still_as_like_as_one() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(-127, 128, (40, WIDTH)).astype(np.int8)
    of = Originals([UUID(int=at) for at in range(40)], codes)
    by = of.calibrated()
    assert by is not None
    assert by.percent(SURE - 0.01) == 98
    assert by.percent(SURE) >= 99
    assert [one.photo for one in of.traced(codes, by)] == list(of.photos)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "P", "1", "I;16"])
def test_any_picture_has_a_sketch_and_a_blank_one_is_like_nothing(mode: str, squares: list[Image.Image]) -> None:
    blank = sketch(Image.new(mode, (7, 90)))
    assert not blank.any()
    assert sketch(Image.new("RGB", (1, 1), "white")).shape == (WIDTH,)
    assert percents(originals(squares[:20]), [Image.new("RGB", (64, 64), "grey")]) == [0]


def test_words_and_names() -> None:
    assert [level(percent) for percent in (0, 89, 90, 98, 99, 100, UNKNOWN)] == [
        *("own", "own", "near", "near", "copy", "copy", "unknown")
    ]
    assert Calibration([0.5] * 100).percent(0.4) == 0
    assert Calibration([0.5] * 100).percent(0.5) == 100
    one, other = UUID(int=1), UUID(int=2)
    assert archive_id([one, other]) == archive_id([other, one]) != archive_id([one])
