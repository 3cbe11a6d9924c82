"""Any bytes as an archive give photographs or a plain no; each file is accounted for exactly once."""

import contextlib
import io
import itertools
import random
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.errors import ArchiveRejected
from jobs.events import Notice
from kinds.ingest.contents import contents
from kinds.ingest.limits import MAX_READ_BYTES, Limits
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run
from kinds.ingest.streams import Capped, TooLarge
from kinds.ingest.unpack import unpacked
from tests.hostile.zips import Entry as ZipEntry
from tests.hostile.zips import write as zip_of
from tests.kinds.pictures import artifacts, ingested, jpeg, place, states, zipped

ANY_ID = UUID("0199d3a0-0000-7000-8000-000000000001")


@pytest.mark.parametrize("compression", ["", "gz", "bz2", "xz"])
def test_a_tar_is_read_in_each_compression_without_its_links_and_devices(tmp_path: Path, compression: str) -> None:
    file = tmp_path / "photos.bin"  # what counts is inside, not the name
    with tarfile.open(file, f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, content in {"a.jpg": jpeg(1), "../b.jpg": jpeg(2), "c.jpg": jpeg(3)}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, type in {
            "l": tarfile.SYMTYPE,
            "h": tarfile.LNKTYPE,
            "d": tarfile.CHRTYPE,
            "f": tarfile.FIFOTYPE,
        }.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = type, "/etc/passwd"
            archive.addfile(entry)
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    assert states(ingested(file, tmp_path / "s")) == {
        "a.jpg": "ready",
        "../b.jpg": "refused",
        "c.jpg": "ready",
        "l": "refused",
        "h": "refused",
        "d": "refused",
        "f": "refused",
    }


def test_what_is_no_picture_is_never_unpacked_whole(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.jpg", b"\0" * 50_000_000)
        archive.writestr("good.jpg", jpeg(1))
    found = ingested(file, tmp_path / "s")
    assert states(found) == {"zeros.jpg": "refused", "good.jpg": "ready"}
    assert sum(path.stat().st_size for path in (tmp_path / "s").rglob("*") if path.is_file()) < 100_000


def test_a_bomb_that_begins_like_a_picture_is_stopped_at_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.jpg", jpeg(1))
        archive.writestr("swells.jpg", jpeg(2) + b"\0" * 5_000_000)
    found = ingested(file, tmp_path / "s", limits={"free_bytes": 1_000_000, "max_ratio": 2})
    assert found[1].facts["state"] == "refused"
    assert "unpacks to more than" in found[1].facts["reason"]


def test_a_compressed_tar_that_swells_is_cut_off() -> None:
    swollen = Capped(io.BytesIO(b"\0" * 2 * MAX_READ_BYTES), limit=1000)
    with pytest.raises(TooLarge):
        swollen.seek(2000)
    with pytest.raises(TooLarge):
        swollen.read(MAX_READ_BYTES + 1)


def damaged_zip(tmp_path: Path) -> Path:
    whole = zipped(tmp_path / "w.zip", {"a.jpg": jpeg(1), "b.jpg": jpeg(2), "c.jpg": jpeg(3)}).read_bytes()
    at = whole.index(jpeg(2)) + 40
    (tmp_path / "damaged.zip").write_bytes(whole[:at] + bytes(20) + whole[at + 20 :])
    return tmp_path / "damaged.zip"


def test_a_file_that_is_damaged_inside_costs_its_own_line_alone(tmp_path: Path) -> None:
    found = ingested(damaged_zip(tmp_path), tmp_path / "s")
    assert states(found) == {"a.jpg": "ready", "b.jpg": "refused", "c.jpg": "ready"}
    assert "damaged inside the archive" in found[1].facts["reason"]


def test_a_cut_off_tar_gives_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    with tarfile.open(file, "w") as archive:
        for i in range(4):
            content = jpeg(i, size=(300, 200))
            entry = tarfile.TarInfo(f"{i}.jpg")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    events = list(run(IngestParams(archive_id=ANY_ID), place(file, tmp_path / "s")))
    assert [event.code for event in events if isinstance(event, Notice)] == ["archive_cut_off"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello, I am a letter", "neither a zip nor a tar"),
        (b"\x1f\x8b" + b"\0" * 50, "neither a zip nor a tar"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "7z"),
        (b"PK\x03\x04" + b"\0" * 500, "cut off"),
        (b"PK\x05\x06" + b"\0" * 18, "no files"),
        (b"Rar!\x1a\x07\0" + b"\0" * 50, "rar"),
    ],
)
def test_what_is_no_archive_is_told_so(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(content)
    with pytest.raises(ArchiveRejected) as caught:
        ingested(file, tmp_path / "s")
    assert words in str(caught.value)
    assert caught.value.remedy


def test_an_archive_without_a_picture_accounts_for_its_files_and_is_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"a.txt": b"hello", "b.pdf": b"%PDF-1.7"})
    events = run(IngestParams(archive_id=ANY_ID), place(file, tmp_path / "s"))
    assert states(artifacts(itertools.islice(events, 4))) == {"a.txt": "refused", "b.pdf": "refused"}
    with pytest.raises(ArchiveRejected, match="none of its 2 files"):
        next(events)


def test_too_many_files_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {f"{i}.jpg": b"" for i in range(4)})
    for few in ({"max_files": 3}, {"max_files": 3, "max_index_bytes": 180}):
        with pytest.raises(ArchiveRejected, match="more than 3 files"):
            ingested(file, tmp_path / "s", limits=few)


@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_two_hundred_thousand_files_are_refused_in_little_memory(tmp_path: Path, suffix: str) -> None:
    """Counts what the reader takes by itself: a list of all of them would take a hundred million bytes and more."""
    limits, file = Limits(max_files=5_000), tmp_path / f"many.{suffix}"
    {"zip": many_zipped, "tar": many_tarred}[suffix](file, 200_000)
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveRejected, match="more than 5,000 files") as caught, contents(file, limits):
            pass
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.remedy == "Split it into archives of at most 5,000 files each."
    assert most_bytes < 40_000_000


def many_zipped(file: Path, count: int) -> None:
    """A zip whose list of contents names one file again and again."""
    content = zip_of([ZipEntry(name=b"DCIM/IMG_000000.jpg")])
    at = content.index(b"PK\1\2")
    end = content.index(b"PK\5\6")
    index = content[at:end] * count
    told = struct.pack("<HHHHLLH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(index), at, 0)
    file.write_bytes(content[:at] + index + b"PK\5\6" + told)


def many_tarred(file: Path, count: int) -> None:
    """A tar of empty files of one name."""
    file.write_bytes(tarfile.TarInfo("DCIM/IMG_000000.jpg").tobuf() * count)


def test_a_single_photograph_is_an_archive_of_one(tmp_path: Path) -> None:
    file = tmp_path / "one.jpg"
    file.write_bytes(jpeg(1))
    assert states(ingested(file, tmp_path / "s")) == {"one.jpg": "ready"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_any_damage_to_an_archive_gives_files_or_a_plain_no(tmp_path: Path, chance: random.Random, hits: int) -> None:
    raw = bytearray(
        zipped(tmp_path / "x.zip", {f"{i}.jpg": b"\xff\xd8\xff" + b"x" * 50 for i in range(3)}).read_bytes()
    )
    for _ in range(hits):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    file = tmp_path / "hit.zip"
    file.write_bytes(raw[: chance.randrange(len(raw)) + 1])
    with contextlib.suppress(ArchiveRejected), contents(file, Limits()) as found:
        for entry in found.entries:
            taken = unpacked(entry, tmp_path / "out", room=10**6, limits=Limits())
            assert (taken.file is None) == (taken.refusal is not None)
