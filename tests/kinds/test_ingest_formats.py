"""Formats beyond the first four: GIF and BMP always, HEIC and AVIF where the setting allows them, tar.zst."""

import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import zstandard
from PIL import Image
from pillow_heif import register_heif_opener

from jobs.errors import ArchiveRejected
from jobs.events import Artifact, Notice
from kinds.ingest.contents import contents
from kinds.ingest.limits import Limits
from kinds.ingest.magic import kind_of
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run
from kinds.ingest.zst import Unzstd
from tests.kinds.pictures import ingested, jpeg, picture, place, saved, states, zipped

register_heif_opener()  # to write them
HEIF = {"limits": {"heif": True}}


def tarred(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def quarter(format: str, *, orientation: int) -> bytes:
    """Blue with a red upper left quarter, and an EXIF note of how the camera was held."""
    image = Image.new("RGB", (64, 48), "blue")
    image.paste("red", (0, 0, 32, 24))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x9003] = "2019:07:04 15:30:12"
    return saved(image, format, quality=90, exif=exif.tobytes())


def first(tmp_path: Path, content: bytes, **facts: Any) -> Artifact:
    return ingested(zipped(tmp_path / "a.zip", {"it": content, "other.jpg": jpeg(99)}), tmp_path / "s", **facts)[0]


def pixels(found: Artifact) -> Any:
    with Image.open(found.files["image"]) as image:
        return np.asarray(image).astype(int)


def test_a_gif_gives_its_first_picture_and_says_so(tmp_path: Path) -> None:
    frames = [picture(i) for i in range(3)]
    found = first(tmp_path, saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (found.facts["state"], found.facts["reason"]) == (
        "repaired",
        "The first of 3 pictures in the file was taken.",
    )
    assert abs(pixels(found) - np.asarray(frames[0])).mean() < 12
    assert first(tmp_path, saved(frames[1], "GIF")).facts["state"] == "ready"


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_a_bmp_is_read_in_each_of_its_modes(tmp_path: Path, mode: str) -> None:
    found = first(tmp_path, saved(picture(1, mode=mode), "BMP"))
    assert found.facts["state"] == "ready"
    assert (found.facts["width"], found.facts["height"]) == (64, 48)


@pytest.mark.parametrize(("format", "name"), [("HEIF", "A HEIC picture"), ("AVIF", "An AVIF picture")])
def test_heic_and_avif_wait_for_their_setting_and_the_refusal_names_it(tmp_path: Path, format: str, name: str) -> None:
    content = quarter(format, orientation=1)
    found = first(tmp_path, content)
    assert found.facts["state"] == "refused"
    assert str(found.facts["reason"]).startswith(name)
    assert "REVERIE_HEIF=true" in str(found.facts["reason"])
    assert "original" not in found.files
    assert first(tmp_path, content, **HEIF).facts["state"] == "ready"


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_and_avif_are_turned_once(tmp_path: Path, format: str, orientation: int) -> None:
    found = first(tmp_path, quarter(format, orientation=orientation), **HEIF)
    size = (48, 64) if orientation in (6, 8) else (64, 48)
    assert (found.facts["width"], found.facts["height"]) == size
    seen = pixels(found)
    assert seen.shape[:2] == size[::-1]
    red = {1: seen[5, 5], 3: seen[-5, -5], 6: seen[5, -5], 8: seen[-5, 5]}[orientation]
    assert red[0] > 200
    assert red[2] < 60
    assert found.facts["taken_at"] == "2019-07-04T15:30:12+00:00"


def test_a_heic_without_its_package_says_so_and_an_avif_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heic, avif = quarter("HEIF", orientation=1), quarter("AVIF", orientation=1)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as Python marks what cannot be imported
    found = ingested(zipped(tmp_path / "a.zip", {"a.heic": heic, "b.avif": avif}), tmp_path / "s", **HEIF)
    assert states(found) == {"a.heic": "refused", "b.avif": "ready"}
    assert "pillow-heif" in str(found[0].facts["reason"])
    assert "not installed" in str(found[0].facts["reason"])


def test_hostile_heic_and_avif_cost_one_line_each(tmp_path: Path) -> None:
    heic, avif = quarter("HEIF", orientation=1), quarter("AVIF", orientation=1)
    large = saved(picture(1, size=(600, 400)), "HEIF", quality=50)
    entries = {
        "empty.heic": b"\0\0\0\x18ftypheic" + b"\0" * 100,
        "empty.avif": b"\0\0\0\x18ftypavif" + b"\0" * 100,
        "cut.heic": heic[: len(heic) * 3 // 4],
        "cut.avif": avif[: len(avif) * 3 // 4],
        "noise.heic": heic[:40] + bytes(range(256)) * 8,
        "large.heic": large,
        "film.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 100,
        "good.jpg": jpeg(1),
    }
    archive = zipped(tmp_path / "a.zip", entries)
    found = ingested(archive, tmp_path / "s", limits={"heif": True, "max_pixels": 100_000})
    assert states(found) == {name: "ready" if name == "good.jpg" else "refused" for name in entries}
    assert "megapixels" in str(found[5].facts["reason"])
    assert "video" in str(found[6].facts["reason"])


def test_a_single_heic_is_an_archive_of_one_whose_line_says_why(tmp_path: Path) -> None:
    file = tmp_path / "phone.heic"
    file.write_bytes(quarter("HEIF", orientation=1))
    with pytest.raises(ArchiveRejected, match="its only file"):
        ingested(file, tmp_path / "s")
    assert states(ingested(file, tmp_path / "t", **HEIF)) == {"phone.heic": "ready"}


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0miafavifmif1", "avif"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1avif", "heic"),  # what stands after the box is no brand of it
        (b"\xff\xff\xff\xffftypavis", "avif"),
        (b"\0\0\0\x20ftypqt  \0\0\0\0avif", "video"),
        (b"GIF80a", None),
        (b"BM" + b"\0" * 100, None),
        (b"BM", None),
        (b"\x28\xb5\x2f\xfd", "zstd"),
    ],
)
def test_the_first_bytes_tell(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind


def test_a_tar_in_zstd_is_read_also_in_several_frames(tmp_path: Path) -> None:
    whole = tarred({f"{i}.jpg": jpeg(i, size=(400, 300)) for i in range(3)} | {"up/../../x.jpg": jpeg(9)})
    file = tmp_path / "photos.bin"
    half = len(whole) // 2
    for packed in (zstandard.compress(whole), zstandard.compress(whole[:half]) + zstandard.compress(whole[half:])):
        file.write_bytes(packed)
        found = ingested(file, tmp_path / "s")
        assert states(found) == {"0.jpg": "ready", "1.jpg": "ready", "2.jpg": "ready", "up/../../x.jpg": "refused"}


def test_a_zstd_stream_goes_forth_and_back(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes(3_000_000)
    (tmp_path / "a.zst").write_bytes(zstandard.compress(content))
    with Unzstd(tmp_path / "a.zst") as raw, io.BufferedReader(raw) as stream:
        for at in (2_500_000, 10, 0, 2_999_999, 1_000_000):
            stream.seek(at)
            assert stream.read(70_000) == content[at : at + 70_000]
            assert stream.tell() == min(at + 70_000, len(content))


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_a_cut_off_zstd_gives_what_came_before_and_says_so(tmp_path: Path, left: float) -> None:
    ballast = [np.random.default_rng(i).bytes(200_000) for i in range(6)]  # each more than a block of zstd
    packed = zstandard.compress(tarred({f"{i}.jpg": jpeg(i) + ballast[i] for i in range(6)}), 1)
    file = tmp_path / "a.tar.zst"
    file.write_bytes(packed[: int(len(packed) * left)])
    events = list(run(IngestParams(archive_id=uuid4()), place(file, tmp_path / "s")))
    assert [event.code for event in events if isinstance(event, Notice)] == ["archive_cut_off"]
    kept = [event.facts["state"] for event in events if isinstance(event, Artifact)]
    assert kept[0] == "ready"
    assert len(kept) < 6 or "refused" in kept


def test_a_damaged_or_greedy_zstd_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.tar.zst"
    parameters = zstandard.ZstdCompressionParameters(window_log=30, compression_level=1)
    greedy = zstandard.ZstdCompressor(compression_params=parameters)
    stream = greedy.compressobj()
    for packed in (b"\x28\xb5\x2f\xfd" + b"\xff" * 100, stream.compress(tarred({"a.jpg": jpeg(1)})) + stream.flush()):
        file.write_bytes(packed)
        with pytest.raises(ArchiveRejected, match="neither a zip nor a tar"):
            ingested(file, tmp_path / "s")


def test_a_zstd_bomb_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    first, second = jpeg(1), jpeg(2)
    good, swells = tarfile.TarInfo("good.jpg"), tarfile.TarInfo("swells.jpg")
    good.size, swells.size = len(first), 200 * 2**20
    file = tmp_path / "bomb.tar.zst"
    with file.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as packed:
        packed.write(good.tobuf() + first + bytes(-len(first) % 512) + swells.tobuf() + second)
        for _ in range(200):
            packed.write(bytes(2**20))
    assert file.stat().st_size < 100_000
    with contents(file, Limits(free_bytes=100_000_000, max_ratio=1)) as held:
        assert held.cut_off
    found = ingested(file, tmp_path / "s", limits={"free_bytes": 100_000_000, "max_ratio": 1})
    assert states(found) == {"good.jpg": "ready", "swells.jpg": "refused"}
    assert not (tmp_path / "s" / "000001" / "original").exists()
