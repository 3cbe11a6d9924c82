"""Previews in cameras' raw files: where the setting allows it, upright, and no larger than is allowed."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jobs.events import Artifact
from tests.kinds.pictures import ingested, jpeg, picture, saved, states, zipped
from tests.kinds.raws import dng

RAW: dict[str, Any] = {"limits": {"raw": True}}
SIZE = (640, 480)


def quarter(**words: Any) -> bytes:
    """Blue with a red upper left quarter, as the JPEG of a preview."""
    return saved(_quarter(), "JPEG", quality=90, **words)


def _quarter() -> Image.Image:
    image = Image.new("RGB", SIZE, "blue")
    image.paste("red", (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    return image


def first(tmp_path: Path, content: bytes, **facts: Any) -> Artifact:
    return ingested(zipped(tmp_path / "a.zip", {"it.dng": content, "other.jpg": jpeg(99)}), tmp_path / "s", **facts)[0]


def upright(found: Artifact, *, turned: int) -> None:
    """See that the red quarter is where it belongs, when the camera was held so."""
    size = SIZE[::-1] if turned in (6, 8) else SIZE
    assert (found.facts["width"], found.facts["height"]) == size
    with Image.open(found.files["image"]) as image:
        seen = np.asarray(image).astype(int)
    assert seen.shape[:2] == size[::-1]
    red = {1: seen[20, 20], 3: seen[-20, -20], 6: seen[20, -20], 8: seen[-20, 20]}[turned]
    assert red[0] > 200
    assert red[2] < 60


def test_a_raw_file_waits_for_its_setting_and_the_refusal_names_it(tmp_path: Path) -> None:
    found = first(tmp_path, dng(quarter()))
    assert found.facts["state"] == "refused"
    assert "REVERIE_RAW=true" in str(found.facts["reason"])
    assert "original" not in found.files


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_its_preview_is_the_picture_upright(tmp_path: Path, turned: int) -> None:
    content = dng(quarter(), orientation=turned)
    found = first(tmp_path, content, **RAW)
    assert found.facts["state"] == "repaired"
    size = "480 × 640" if turned in (6, 8) else "640 × 480"
    assert f"The preview in the camera's raw file was taken: {size} pixels." in str(found.facts["reason"])
    upright(found, turned=turned)
    assert found.facts["taken_at"] == "2024-05-06T07:08:09+00:00"
    assert found.files["original"].read_bytes() == content


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_a_preview_of_bare_pixels_is_turned_as_well(tmp_path: Path, turned: int) -> None:
    content = dng(np.asarray(_quarter()).tobytes(), orientation=turned, jpeg=False)
    found = first(tmp_path, content, **RAW)
    upright(found, turned=turned)
    assert found.facts["taken_at"] == "2024-05-06T07:08:09+00:00"


def test_a_preview_that_notes_as_well_how_it_lies_is_turned_once(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    upright(first(tmp_path, dng(quarter(exif=exif.tobytes()), orientation=6), **RAW), turned=6)


def test_a_large_preview_is_kept_whole_and_needs_no_developing(tmp_path: Path) -> None:
    found = first(tmp_path, dng(jpeg(1, size=(3000, 2000)), size=(3000, 2000)), **RAW)
    assert found.files.keys() == {"original", "image", "thumb"}
    with Image.open(found.files["image"]) as image:
        assert max(image.size) == 2048
        assert not image.getexif()


def test_a_raw_file_without_its_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)  # as Python marks what cannot be imported
    found = first(tmp_path, dng(quarter()), **RAW)
    assert "the package rawpy, which reads it, is not installed" in str(found.facts["reason"])


def test_hostile_raw_files_cost_one_line_each(tmp_path: Path) -> None:
    good = dng(quarter())
    bomb = bytearray(quarter())
    at = bomb.index(b"\xff\xc0") + 5
    bomb[at : at + 4] = b"\xea\x60\xea\x60"  # 60,000 × 60,000
    noise = np.random.default_rng(0)
    entries = {
        "none.dng": dng(None),
        "vast.dng": dng(bytes(300), size=(60_000, 60_000), jpeg=False),
        "bomb.dng": dng(bytes(bomb)),
        "large.dng": dng(saved(picture(1, size=(1600, 1200)), "JPEG")),
        "text.dng": dng(b"no picture at all" * 50),
        "cut.dng": good[: len(good) // 2] + good[-600:],
        "canon.cr2": b"II*\0\x10\0\0\0CR\2\0" + noise.bytes(500),
        "canon.cr3": b"\0\0\0\x18ftypcrx " + noise.bytes(500),
        "fuji.raf": b"FUJIFILMCCD-RAW 0201" + noise.bytes(500),
        "olympus.orf": b"IIRO\x08\0\0\0" + noise.bytes(500),
        "panasonic.rw2": b"IIU\0\x18\0\0\0" + noise.bytes(500),
    }
    entries |= {"good.jpg": jpeg(1)}
    archive = zipped(tmp_path / "a.zip", entries)
    found = ingested(archive, tmp_path / "s", limits={"raw": True, "max_pixels": 1_000_000})
    assert states(found) == {name: "ready" if name == "good.jpg" else "refused" for name in entries}
    said = {artifact.facts["name"]: str(artifact.facts["reason"]) for artifact in found}
    assert "no preview" in said["none.dng"]
    assert "megapixels" in said["bomb.dng"]
    assert "megapixels" in said["large.dng"]
    assert "LibRaw does not know" in said["canon.cr2"]


def test_raw_files_damaged_anywhere_never_end_the_reading(tmp_path: Path) -> None:
    good = dng(quarter())
    head = good.index(b"Reverie\0") - 400
    noise = np.random.default_rng(1)
    entries: dict[str, bytes] = {"whole.dng": good}
    for number in range(40):
        content = bytearray(good)
        for place in noise.integers(head, len(good), 4):
            content[place] = noise.integers(256)
        entries[f"{number}.dng"] = bytes(content)
    found = ingested(zipped(tmp_path / "a.zip", entries), tmp_path / "s", **RAW)
    assert states(found).keys() == entries.keys()
    assert states(found)["whole.dng"] == "repaired"
