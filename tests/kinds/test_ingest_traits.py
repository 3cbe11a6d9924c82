"""Of what kind a picture is: real photographs are photographs, and the others are told apart from them."""

import io
import zipfile
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kinds.ingest.plain import drafted, plain
from kinds.ingest.traits import is_named_screenshot, kind_of
from tests.kinds.pictures import saved
from workshop.stages import ROOT

SHORT_SIDE = 360  # that a decoder leaves
WORDS = (
    "the valley",
    "after the rain",
    "was quiet",
    "and all of us",
    "went down",
    "to the river",
    "where a mill stood",
)


@pytest.fixture(scope="module")
def landscapes() -> list[Image.Image]:
    """Every third photograph of the archive that the demonstration is made of."""
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as packed:
        names = [name for name in packed.namelist() if name.endswith(".jpg")][::3]
        return [Image.open(io.BytesIO(packed.read(name))).convert("RGB") for name in names]


def kind(picture: Image.Image, *, format: str = "JPEG", camera: bool = False) -> str:
    """The kind of a picture that comes as a file."""
    options = {"quality": 88} if format == "JPEG" else {}
    with Image.open(io.BytesIO(saved(picture, format, **options))) as opened:
        width, height = opened.size
        drafted(opened, SHORT_SIDE / min(width, height))
        clean, _ = plain(opened)
    return kind_of(clean, width=width, height=height, camera=camera)


def page(seed: int, *, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A page of paragraphs, a little askew where the seed is odd."""
    chance = Random(seed)  # noqa: S311 - drawn alike each time
    drawn = Image.new("RGB", size, (chance.randrange(235, 256),) * 3)
    draw, points = ImageDraw.Draw(drawn), chance.choice([22, 26, 30, 36])
    font = ImageFont.load_default(points)
    for y in range(120, size[1] - 120, round(1.5 * points)):
        if chance.random() < 0.9:
            words = " ".join(chance.choice(WORDS) for _ in range(round(1.1 * size[0] / (6 * points))))
            draw.text((110, y), words, fill=(chance.randrange(60),) * 3, font=font)
    return drawn.rotate(chance.uniform(-3, 3), fillcolor=drawn.getpixel((0, 0))) if seed % 2 else drawn


def screen(seed: int, photo: Image.Image) -> Image.Image:
    """A conversation on a telephone, with a picture in it."""
    chance = Random(seed)  # noqa: S311 - drawn alike each time
    size = chance.choice([(1080, 2340), (1170, 2532), (1440, 900), (1920, 1080)])
    drawn = Image.new("RGB", size, (24, 24, 28) if seed % 2 else (250, 250, 250))
    draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(40)
    for number, y in enumerate(range(160, size[1] - 160, 190)):
        left = 40 if number % 2 else size[0] // 3
        draw.rounded_rectangle((left, y, left + int(0.6 * size[0]), y + 150), 30, fill=(50, 90, 200))
        draw.text((left + 30, y + 50), " ".join(chance.choice(WORDS) for _ in range(5)), font=font, fill="white")
    drawn.paste(photo.resize((size[0] // 2, size[1] // 6)), (40, 160))
    return drawn


def test_real_photographs_are_photographs(landscapes: list[Image.Image]) -> None:
    wrong = [found for photo in landscapes if (found := kind(photo)) != "photograph"]
    assert len(wrong) <= 0.02 * len(landscapes), wrong


@pytest.mark.parametrize("share", [0.005, 0.01, 0.02])
def test_what_is_out_of_focus_is_blurred(landscapes: list[Image.Image], share: float) -> None:
    soft = [photo.filter(ImageFilter.GaussianBlur(share * max(photo.size))) for photo in landscapes[::4]]
    assert {kind(photo) for photo in soft} == {"blurred"}


def test_a_sharp_part_is_enough(landscapes: list[Image.Image]) -> None:
    for photo in landscapes[::8]:
        soft = photo.filter(ImageFilter.GaussianBlur(0.02 * max(photo.size)))
        middle = (photo.width // 4, photo.height // 4, 3 * photo.width // 4, 3 * photo.height // 4)
        soft.paste(photo.crop(middle), middle[:2])
        assert kind(soft) == "photograph"


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_pages_of_text_are_found(format: str) -> None:
    assert {kind(page(seed), format=format) for seed in range(6)} == {"text"}
    assert kind(page(1), format=format, camera=True) == "text"


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_screenshots_are_found_where_no_camera_is_named(landscapes: list[Image.Image], format: str) -> None:
    shots = [screen(seed, landscapes[seed]) for seed in range(6)]
    assert {kind(shot, format=format) for shot in shots} == {"screenshot"}
    assert "screenshot" not in {kind(shot, format=format, camera=True) for shot in shots}


def test_a_photograph_as_large_as_a_screen_is_a_photograph(landscapes: list[Image.Image]) -> None:
    noisy = landscapes[0].resize((1920, 1080), Image.Resampling.BICUBIC)
    grain = Image.effect_noise(noisy.size, 20).convert("RGB")
    assert kind(Image.blend(noisy, grain, 0.1)) == "photograph"


def test_a_short_side_below_256_is_tiny(landscapes: list[Image.Image]) -> None:
    assert kind(landscapes[0].resize((800, 255))) == "tiny"
    assert kind(landscapes[0].resize((800, 256))) == "photograph"


@pytest.mark.parametrize("size", [(1, 4000), (256, 256), (4000, 257), (2048, 1)])
@pytest.mark.parametrize("colour", ["white", "black"])
def test_a_picture_of_one_colour_has_a_kind_too(size: tuple[int, int], colour: str) -> None:
    width, height = size
    assert kind_of(Image.new("RGB", size, colour), width=width, height=height, camera=False) in ("tiny", "blurred")


def test_names_that_systems_give_to_screenshots_are_known() -> None:
    for name in ("Screenshot_20190704-153012.png", "DCIM/Screen Shot 2019-07-04.png", "Bildschirmfoto 2020.png"):
        assert is_named_screenshot(name)
    assert not is_named_screenshot("1991/windscreen shot.jpg")
