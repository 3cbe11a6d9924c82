"""Files found on the disk and packed: in a fixed order, nothing from elsewhere, nothing half."""

import hashlib
import inspect
import io
import os
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import pytest

from cli.gather import Found, Tar, files, is_packed
from tests.kinds.pictures import jpeg, zipped


def found(place: Path, *, but: Path | None = None, missed: list[Path] | None = None) -> list[str]:
    told: list[Path] = [] if missed is None else missed
    return [one.name for one in files(place, but=but or place / "none", missed=lambda path, _: told.append(path))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that one finds in folders."""
    folder = tmp_path / "photos"
    for name in ("b.jpg", "a/2.jpg", "a/10.jpg", "a.jpg", ".hidden.jpg", ".cache/thumb.jpg", "c/.DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def test_files_are_found_in_the_order_of_their_names_without_hidden_ones(folder: Path) -> None:
    assert found(folder) == ["photos/a/10.jpg", "photos/a/2.jpg", "photos/a.jpg", "photos/b.jpg"]
    assert found(folder / "b.jpg") == ["b.jpg"]


def test_links_pipes_and_circles_are_passed_by(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.jpg").write_bytes(b"x")
    before = found(folder)
    (folder / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "in.jpg").symlink_to(folder / "b.jpg")
    (folder / "dead.jpg").symlink_to(folder / "nothing")
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (folder / "a" / "circle").symlink_to(folder)
    os.mkfifo(folder / "pipe.jpg")  # nobody writes to it: opening it would wait for ever
    assert found(folder) == before


def test_a_link_that_was_named_itself_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(folder)
    assert found(tmp_path / "shortcut") == [name.replace("photos", "shortcut", 1) for name in found(folder)]


def test_the_folder_of_the_copies_is_not_copied(folder: Path) -> None:
    assert "photos/a/2.jpg" not in found(folder, but=folder / "a")
    (folder / "a").rename(folder / "z")
    assert found(folder, but=folder / "z") == ["photos/a.jpg", "photos/b.jpg"]


@contextmanager
def nested(folder: Path, *names: str) -> Iterator[None]:
    """Folders in one another, with a file in the last one; taken away again, since not every program can."""
    handles = [os.open(folder, os.O_RDONLY)]
    for name in names:
        os.mkdir(name, dir_fd=handles[-1])
        handles.append(os.open(name, os.O_RDONLY, dir_fd=handles[-1]))
    os.close(os.open("deep.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=handles[-1]))
    try:
        yield
    finally:
        os.unlink("deep.jpg", dir_fd=handles[-1])
        os.close(handles.pop())
        for name in reversed(names):
            os.rmdir(name, dir_fd=handles[-1])
            os.close(handles.pop())


def test_a_folder_too_deep_to_be_named_is_told_and_the_rest_goes_on(folder: Path) -> None:
    before, missed = found(folder), list[Path]()
    with nested(folder, *["d" * 200] * 30):
        assert found(folder, missed=missed) == before
    assert len(missed) == 1


def test_folders_deeper_than_calls_may_nest_are_walked(folder: Path) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        with nested(folder, *"d" * 300):
            assert any(name.endswith("deep.jpg") for name in found(folder))
    finally:
        sys.setrecursionlimit(limit)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[FileIO]:
    with FileIO(tmp_path / "it.tar", "x+") as file:
        yield file


def packed(target: FileIO) -> dict[str, bytes]:
    target.seek(0)
    with tarfile.open(fileobj=io.BytesIO(target.read())) as read:
        return {member.name: read.extractfile(member).read() for member in read}  # type: ignore[union-attr]


def test_a_tar_holds_the_files_whole_under_any_name(target: FileIO, tmp_path: Path) -> None:
    names = ["ü/b.jpg", "n" * 180 + "/" + "m" * 180 + ".jpg", os.fsdecode(b"caf\xe9.jpg"), "new\nline.jpg", "empty.jpg"]
    contents = {name: os.urandom(1_200_000) if number else b"abc" for number, name in enumerate(names)}
    contents["empty.jpg"] = b""
    tar = Tar(target)
    for number, (name, content) in enumerate(contents.items()):
        path = tmp_path / f"{number}"
        path.write_bytes(content)
        tar.add(Found(path=path, name=name, size_bytes=0))
    told = tar.end()
    assert packed(target) == contents
    target.seek(0)
    assert (told, tar.size_bytes) == (hashlib.sha256(target.read()).hexdigest(), target.tell())


@pytest.mark.parametrize("unreadable", ["/proc/self/mem", "/proc/version", "gone.jpg", ".", "/dev/zero"])
def test_what_cannot_be_read_leaves_the_tar_as_it_was(target: FileIO, tmp_path: Path, unreadable: str) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(b"good" * 1000)
    tar = Tar(target)
    tar.add(Found(path=good, name="1", size_bytes=0))
    with pytest.raises(OSError):
        tar.add(Found(path=tmp_path / unreadable, name="2", size_bytes=0))
    tar.add(Found(path=good, name="3", size_bytes=0))
    told = tar.end()
    assert packed(target) == {"1": good.read_bytes(), "3": good.read_bytes()}
    target.seek(0)
    assert told == hashlib.sha256(target.read()).hexdigest()


def test_an_archive_is_known_by_what_it_holds(tmp_path: Path) -> None:
    assert is_packed(zipped(tmp_path / "photo.jpg", {"a.jpg": jpeg(1)}))
    (tmp_path / "a.zip").write_bytes(jpeg(1))
    assert not is_packed(tmp_path / "a.zip")
