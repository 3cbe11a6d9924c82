"""Where a photograph is looked at: faces, and what stands out; and the squares that follow from it."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kinds.index.faces import Faces
from kinds.index.focus import focus
from kinds.ingest.frame import squares

ARCHIVE = Path(__file__).parents[2] / "demo" / "archive" / "landscapes.zip"
# Photographs of people at work: where their faces are, from left and top, 0 to 1.
FACES = {
    "scene-loc4.jpg": [(0.40, 0.28)],
    "scene-loc7.jpg": [(0.52, 0.27), (0.64, 0.35), (0.71, 0.32)],
    "scene-loc9.jpg": [(0.32, 0.23), (0.78, 0.65), (0.80, 0.21)],
}


@pytest.fixture(scope="module")
def faces() -> Faces:
    return Faces()


def photograph(name: str) -> Image.Image:
    with zipfile.ZipFile(ARCHIVE) as archive:
        return Image.open(io.BytesIO(archive.read(name))).convert("RGB")


@pytest.mark.parametrize("name", FACES)
def test_faces_are_found_where_they_are(faces: Faces, name: str) -> None:
    picture = photograph(name)
    picture.thumbnail((480, 480))
    found = faces(np.asarray(picture))
    middles = sorted((x / picture.width, y / picture.height) for x, y in (found[:, :2] + found[:, 2:4]) / 2)
    assert len(middles) == len(FACES[name])
    assert np.abs(np.array(middles) - np.array(FACES[name])).max() < 0.03
    assert (found[:, 4] >= 0.9).all()


def test_there_are_hardly_any_faces_in_landscapes(faces: Faces) -> None:
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = [name for name in sorted(archive.namelist()) if name.startswith("land-") and name.endswith(".jpg")]
    some = [photograph(name) for name in names[::8]]
    assert sum(len(faces(np.asarray(picture))) > 0 for picture in some) <= 1


@pytest.mark.parametrize("size", [(12, 12), (20, 300), (300, 16), (1, 1), (40, 40)])
def test_small_and_odd_pictures_hold_no_face_and_have_a_middle(faces: Faces, size: tuple[int, int]) -> None:
    grey = Image.new("RGB", size, (128, 128, 128))
    assert faces(np.asarray(grey)).shape == (0, 5)
    assert np.abs(np.array(focus(grey, faces)) - 0.5).max() < 0.1


def test_a_face_at_the_edge_of_a_picture_is_in_its_square(faces: Faces) -> None:
    worker = photograph("scene-loc4.jpg")
    wide = Image.new("RGB", (worker.width * 2, worker.height), (40, 40, 40))
    for left, middle in ((0, 0.20), (worker.width, 0.70)):
        wide.paste((40, 40, 40), (0, 0, *wide.size))
        wide.paste(worker, (left, 0))
        (square,) = squares(*wide.size, framing="smart", focus=focus(wide, faces))
        assert square.frame == "smart"
        assert square.box[0] < middle * wide.width < square.box[2]


def test_what_stands_out_is_in_the_square(faces: Faces) -> None:
    for left, expected in ((20, 0.25), (340, 0.75)):
        plain = Image.new("RGB", (400, 200), (70, 110, 160))
        plain.paste((240, 210, 60), (left, 60, left + 40, 140))
        across, down = focus(plain, faces)
        assert abs(across - expected) <= 0.15
        assert 0.4 < down < 0.6


def test_the_square_stays_in_the_picture() -> None:
    for across, left in ((0.0, 0), (1.0, 200), (0.4, 70)):
        (square,) = squares(300, 100, framing="smart", focus=(across, 0.1))
        assert square.box == (left, 0, left + 100, 100)
    (tall,) = squares(100, 300, framing="smart", focus=(0.9, 0.5))
    assert tall.box == (0, 100, 100, 200)
    (unknown,) = squares(300, 100, framing="smart")
    assert (unknown.box, unknown.frame) == ((100, 0, 200, 100), "centre")


@pytest.mark.parametrize(
    ("size", "lefts"),
    [((159, 100), [29]), ((160, 100), [0, 60]), ((300, 100), [0, 100, 200]), ((520, 100), [0, 105, 210, 315, 420])],
)
def test_a_panorama_gives_as_many_squares_as_it_is_wide(size: tuple[int, int], lefts: list[int]) -> None:
    found = squares(*size, framing="several")
    assert [square.box[0] for square in found] == lefts
    assert [square.position for square in found] == list(range(len(lefts)))
    tall = squares(*size[::-1], framing="several")
    assert [square.box[1] for square in tall] == lefts
    assert len(squares(100_000, 100, framing="several")) == 8
