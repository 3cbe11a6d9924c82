"""Each picture that comes in is upright, sRGB, 8 bits and opaque afterwards, and says what was done to it."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image, ImageCms

from kinds.ingest.decoders import DIED, Decoder, Decoders, Undecoded
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run
from kinds.ingest.square import square
from tests.kinds.pictures import artifacts, ingested, jpeg, picture, place, saved, zipped


def one(tmp_path: Path, content: bytes, name: str = "one.jpg", **facts: object) -> tuple[dict[str, Any], Image.Image]:
    (found,) = ingested(zipped(tmp_path / "a.zip", {name: content, "other.jpg": jpeg(99)}), tmp_path / "s", **facts)[:1]
    assert found.facts["state"] in ("ready", "repaired"), found.facts
    with Image.open(found.files["image"]) as image:
        image.load()
    return dict(found.facts), image


def test_nothing_of_the_camera_is_written_along(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 1.0)
    _, image = one(tmp_path, saved(picture(1), "JPEG", exif=exif, comment=b"Secret comment"))
    assert not image.getexif()
    assert {key for key in image.info if key not in ("jfif", "jfif_version", "jfif_unit", "jfif_density")} == set()
    assert not any(b"Secret" in path.read_bytes() for path in (tmp_path / "s").rglob("*.jpg"))


def test_when_it_was_taken_is_read_with_its_zone(tmp_path: Path) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0x9003], details[0x9011] = "1991:09:14 18:30:00", "+02:00"
    facts, _ = one(tmp_path, saved(picture(1), "JPEG", exif=exif))
    assert facts["taken_at"] == "1991-09-14T18:30:00+02:00"


def test_a_palette_becomes_plain_colours(tmp_path: Path) -> None:
    facts, image = one(tmp_path, saved(Image.new("RGB", (40, 40), "#c04020").quantize(8), "PNG"), "palette.png")
    assert abs(np.asarray(image)[20, 20].astype(int) - [0xC0, 0x40, 0x20]).max() < 8
    assert facts["average"] == "#c0" + str(facts["average"])[3:]


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    see_through = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    see_through.paste((200, 0, 0, 255), (0, 0, 20, 40))
    facts, image = one(tmp_path, saved(see_through, "WEBP", lossless=True), "half.webp")
    assert np.asarray(image)[20, 30].min() > 245
    assert "transparent" in str(facts["reason"])


def test_a_colour_profile_is_applied_and_a_broken_one_is_told(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    facts, image = one(tmp_path, saved(picture(1), "JPEG", icc_profile=lab))
    assert facts["state"] == "ready"
    assert "icc_profile" not in image.info
    facts, _ = one(tmp_path, saved(picture(2), "JPEG", icc_profile=b"no profile"))
    assert "colour profile is damaged" in str(facts["reason"])


def test_a_large_photograph_is_kept_as_it_came_and_decoded_at_a_fraction(tmp_path: Path) -> None:
    content = jpeg(1, size=(2400, 1600))
    (found, _) = ingested(zipped(tmp_path / "a.zip", {"big.jpg": content, "b.jpg": jpeg(2)}), tmp_path / "s")
    assert (found.facts["width"], found.facts["height"]) == (2400, 1600)
    assert set(found.files) == {"original", "small", "thumb"}
    with Image.open(found.files["small"]) as small, Image.open(found.files["thumb"]) as thumb:
        assert small.size == (600, 400)
        assert max(thumb.size) == 320
    assert found.files["original"].read_bytes() == content
    assert len(found.facts["blur"]) <= 400
    assert found.facts["views"] == [{"position": 0, "box": [400, 0, 2000, 1600], "frame": "centre"}]


def test_a_large_picture_of_another_kind_is_kept_at_2048(tmp_path: Path) -> None:
    content = saved(picture(1, size=(2400, 1600)), "WEBP")
    (found,) = ingested(zipped(tmp_path / "a.zip", {"big.webp": content}), tmp_path / "s")
    assert set(found.files) == {"original", "image", "thumb"}
    with Image.open(found.files["image"]) as image:
        assert image.size == (2048, 1365)


@pytest.fixture
def camera(tmp_path: Path) -> tuple[Image.Image, dict[str, Any]]:
    """A large JPEG that lies on its side, as it should stand, and the square of it that is seen."""
    grain = np.random.default_rng(0).integers(-6, 7, (1600, 2400, 1), dtype=np.int16)
    pixels = (np.asarray(picture(1, size=(2400, 1600))).astype(np.int16) + grain).clip(0, 255).astype(np.uint8)
    turned = Image.Exif()
    turned[0x0112] = 6
    content = saved(Image.fromarray(pixels), "JPEG", quality=95, exif=turned)
    (found,) = ingested(zipped(tmp_path / "a.zip", {"camera.jpg": content}), tmp_path / "s")
    upright = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_270)
    view = {"image": str(found.files["small"]), "original": str(found.files["original"]), "width": 1600}
    return upright, {**view, "box": found.facts["views"][0]["box"]}


@pytest.mark.parametrize("resolution", [64, 256, 512, 1024])
def test_squares_of_any_size_are_as_good_as_if_cut_from_the_whole(
    camera: tuple[Image.Image, dict[str, Any]], resolution: int
) -> None:
    upright, view = camera
    cut = np.asarray(square(view, resolution=resolution)).astype(np.float64)
    left, top, right, bottom = map(float, view["box"])
    whole = upright.resize((resolution, resolution), Image.Resampling.LANCZOS, box=(left, top, right, bottom))
    error = np.square(cut - np.asarray(whole)).mean()
    assert 10 * np.log10(255**2 / error) > 40


def test_a_part_set_by_hand_takes_its_pixels_from_the_original(
    camera: tuple[Image.Image, dict[str, Any]],
) -> None:
    upright, view = camera
    by_hand = {**view, "box": [300, 900, 428, 1028]}
    cut = np.asarray(square(by_hand, resolution=128)).astype(np.float64)
    assert np.abs(cut - np.asarray(upright.crop((300, 900, 428, 1028)))).mean() < 6  # the grain is there


def test_squares_and_large_pictures_are_made_by_processes_with_limits(
    camera: tuple[Image.Image, dict[str, Any]], tmp_path: Path
) -> None:
    _, view = camera
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(Path(view["original"]).read_bytes()[:50_000])
    with Decoders(2, max_pixels=200_000_000) as decoders:
        cut = decoders.square(view, resolution=256).result()
        assert cut == square(view, resolution=256).tobytes()
        decoders.develop(Path(view["original"]), into=tmp_path).result()
        with Image.open(tmp_path / "image.jpg") as large:
            assert large.size == (1365, 2048)
        gone = decoders.square({**view, "original": str(tmp_path / "gone.jpg")}, resolution=1024)
        with pytest.raises(FileNotFoundError):
            gone.result()
        with pytest.raises(Undecoded, match="ends too early"):
            decoders.square({**view, "original": str(broken)}, resolution=1024).result()


def test_a_view_is_cut_where_its_box_says_at_whatever_size_the_image_is(tmp_path: Path) -> None:
    file = tmp_path / "half.jpg"
    image = Image.new("RGB", (200, 100), "blue")
    image.paste("red", (100, 0, 200, 100))
    image.save(file, quality=95)
    view = {"image": str(file), "width": 400, "height": 200, "box": [200, 0, 400, 200]}
    red = np.asarray(square(view, resolution=16))
    assert red.shape == (16, 16, 3)
    assert red[..., 0].min() > 240
    assert red[..., 2].max() < 20


def test_a_wide_picture_gives_two_squares(tmp_path: Path) -> None:
    facts, _ = one(tmp_path, jpeg(1, size=(96, 48)), framing="two_squares")
    assert [view["box"] for view in facts["views"]] == [[0, 0, 48, 48], [48, 0, 96, 48]]
    facts, _ = one(tmp_path, jpeg(1, size=(64, 48)), framing="two_squares")
    assert [view["frame"] for view in facts["views"]] == ["centre"]


def test_a_picture_that_brings_its_decoder_down_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    decoder = Decoder(200_000_000)
    file = tmp_path / "a.jpg"
    file.write_bytes(jpeg(1))
    question = {"do": "decode", "file": str(file), "into": str(tmp_path)}
    assert "facts" in decoder.ask(question)[0]
    process = decoder._process
    assert process is not None
    process.kill()
    process.wait()
    assert decoder.ask(question) == ({"refused": DIED}, b"")
    assert "facts" in decoder.ask(question)[0]
    decoder.close()


def test_copies_are_duplicates_of_the_first(tmp_path: Path) -> None:
    content = jpeg(1, size=(200, 150))
    again = saved(Image.open(io.BytesIO(content)), "JPEG", quality=70)
    entries = {"a.jpg": content, "b.jpg": content, "c.jpg": again, "d.jpg": jpeg(2)}
    found = ingested(zipped(tmp_path / "a.zip", entries), tmp_path / "s")
    assert [artifact.facts["state"] for artifact in found] == ["ready", "duplicate", "duplicate", "ready"]
    assert found[1].facts["reason"] == "The same file as a.jpg."
    assert found[2].facts["reason"] == "It looks the same as a.jpg, which is kept."
    assert found[1].facts["duplicate_of"] == found[2].facts["duplicate_of"] == {"position": 0}


def test_what_another_archive_brought_is_a_duplicate_too(tmp_path: Path) -> None:
    first = ingested(zipped(tmp_path / "a.zip", {"a.jpg": jpeg(1)}), tmp_path / "s")[0].facts
    known = [{"photo": "x", "sha256": first["sha256"], "phash": None}]
    found = ingested(zipped(tmp_path / "b.zip", {"a.jpg": jpeg(1), "b.jpg": jpeg(2)}), tmp_path / "t", known=known)
    assert found[0].facts["duplicate_of"] == {"photo": "x"}
    assert "original" not in found[0].files


def test_an_interrupted_reading_goes_on_where_it_was(tmp_path: Path) -> None:
    entries = {f"{i}.jpg": jpeg(i % 7) for i in range(10)}
    archive = zipped(tmp_path / "a.zip", entries)
    whole = [dict(artifact.facts) for artifact in ingested(archive, tmp_path / "s")]
    for cut in (1, 8):
        events = run(IngestParams(archive_id=uuid4()), place(archive, tmp_path / f"cut{cut}"))
        begun = []
        for event in events:
            begun += artifacts(iter([event]))
            if len(begun) == cut:
                break
        events.close()  # type: ignore[attr-defined]
        rest = ingested(archive, tmp_path / f"rest{cut}", done=[dict(artifact.facts) for artifact in begun])
        assert [dict(artifact.facts) for artifact in [*begun, *rest]] == whole


def test_the_whole_of_a_picture_is_framed_and_mirrored_over_its_edges(tmp_path: Path) -> None:
    facts, _ = one(tmp_path, jpeg(1, size=(96, 48)), framing="whole")
    assert facts["views"] == [{"position": 0, "box": [0, -24, 96, 72], "frame": "whole"}]
    ramp = np.linspace(0, 255, 48, dtype=np.uint8)[:, None, None].repeat(96, axis=1).repeat(3, axis=2)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    view = {"image": str(tmp_path / "ramp.png"), "width": 96, "box": [0, -24, 96, 72]}
    for resolution in (96, 32):
        cut = np.asarray(square(view, resolution=resolution)).astype(int)
        assert cut.shape == (resolution, resolution, 3)
        quarter = resolution // 4
        inside = cut[quarter : 3 * quarter]
        np.testing.assert_array_equal(cut[:quarter], inside[:quarter][::-1])
        np.testing.assert_array_equal(cut[3 * quarter :], inside[-quarter:][::-1])
        assert inside[0].mean() < 10
        assert inside[-1].mean() > 245


def test_all_of_a_long_strip_is_framed_at_any_size(tmp_path: Path) -> None:
    Image.new("RGB", (2048, 16), (90, 60, 30)).save(tmp_path / "strip.jpg")
    view = {"image": str(tmp_path / "strip.jpg"), "width": 2048, "box": [0, -1016, 2048, 1032]}
    for resolution in (32, 64, 256):
        assert square(view, resolution=resolution).size == (resolution, resolution)
