"""Objects on disk: whole or not there, never overwritten, never outside their folder."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.errors import Conflict, NotFound, Rejected
from jobs.ids import new_id
from store.local_objects import LocalObjects
from store.objects import Stored, checked_key, folder_hash, key_of, owner_of
from tests.store.making import file

ROOT = Path(__file__).parents[2]
ID = UUID(int=5)


@pytest.fixture
def objects(tmp_path: Path) -> LocalObjects:
    """An empty object store."""
    return LocalObjects(tmp_path / "objects")


def everything(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash(objects: LocalObjects, tmp_path: Path) -> None:
    path = file(tmp_path / "scratch", b"picture", name="Photo.JPG")
    stored = objects.put_file(path, kind="photos", id=ID, attempt=2)
    sha256 = hashlib.sha256(b"picture").hexdigest()
    assert stored == Stored(key=f"photos/{ID}/2/{sha256}.jpg", sha256=sha256, size_bytes=7)
    assert objects.path(stored.key).read_bytes() == b"picture"
    with objects.open(stored.key) as opened:
        assert opened.read() == b"picture"
    path.write_bytes(b"changed")
    assert objects.path(stored.key).read_bytes() == b"picture"


@pytest.mark.parametrize("known", [True, False])
def test_a_file_is_taken_over_without_a_copy(objects: LocalObjects, tmp_path: Path, known: bool) -> None:
    path = file(tmp_path / "uploads", b"archive" * 1000, name="x.zip")
    inode = path.stat().st_ino
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    stored = objects.put_file(path, kind="archives", id=ID, consume=True, sha256=sha256 if known else None)
    assert not path.exists()
    assert objects.path(stored.key).stat().st_ino == inode
    assert (stored.sha256, stored.size_bytes) == (sha256, 7000)
    assert everything(tmp_path) == [objects.path(stored.key)]


def test_the_same_bytes_again_change_nothing(objects: LocalObjects, tmp_path: Path) -> None:
    path = file(tmp_path, b"same")
    first = objects.put_file(path, kind="photos", id=ID)
    inode = objects.path(first.key).stat().st_ino
    assert objects.put_file(path, kind="photos", id=ID) == first
    assert objects.path(first.key).stat().st_ino == inode
    assert len(everything(tmp_path / "objects")) == 1


def test_an_object_is_never_overwritten(objects: LocalObjects, tmp_path: Path) -> None:
    path = file(tmp_path, b"same")
    stored = objects.put_file(path, kind="photos", id=ID)
    objects.path(stored.key).write_bytes(b"rotten")
    with pytest.raises(Conflict, match="other bytes"):
        objects.put_file(path, kind="photos", id=ID)
    assert objects.path(stored.key).read_bytes() == b"rotten"
    assert path.read_bytes() == b"same"
    assert len(everything(tmp_path / "objects")) == 1


BAD_KEYS = [
    "",
    "/etc/passwd",
    "../../etc/passwd",
    f"photos/{ID}/0/../../../x",
    f"photos/{ID}/0/{'0' * 64}/../../x",
    f"photos/{ID}/0/{'0' * 64}.jpg\n",
    f"photos/{ID}/0/{'0' * 63}",
    f"photos/{ID}/0/{'0' * 64}.j/g",
    f"photos/{ID}/-1/{'0' * 64}",
    f"photos/{ID}/٣/{'0' * 64}",
    f"photos/{str(ID).upper()}x/0/{'0' * 64}",
    f".parts/{ID}/0/{'0' * 64}",
    f"secrets/{ID}/0/{'0' * 64}",
    f"photos\\{ID}\\0\\{'0' * 64}",
    f"photos/{ID}/0/{'0' * 64}\0",
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_other_word_is_a_key(objects: LocalObjects, tmp_path: Path, key: str) -> None:
    for use in (objects.path, objects.open, objects.delete, checked_key, owner_of):
        with pytest.raises(Rejected):
            use(key)
    with pytest.raises(Rejected):
        objects.folder({"x": key}, tmp_path / "new")


@given(key=st.text())
@settings(max_examples=200, derandomize=True)
def test_any_text_is_no_key(key: str) -> None:
    with pytest.raises(Rejected):
        checked_key(key)


def test_a_key_tells_its_owner() -> None:
    row = new_id()
    key = key_of("models", row, 3, "a" * 64, suffix=".safetensors")
    assert owner_of(key) == ("models", row)
    assert key_of("models", row, 3, "a" * 64, suffix="./../x").endswith("a" * 64)


def test_an_object_that_is_gone_is_not_found(objects: LocalObjects) -> None:
    with pytest.raises(NotFound):
        objects.path(f"photos/{ID}/0/{'0' * 64}")
    objects.delete(f"photos/{ID}/0/{'0' * 64}")


def test_several_owners_get_names_of_their_own_and_one_whose_file_is_gone_none(
    objects: LocalObjects, tmp_path: Path
) -> None:
    first, gone = (
        objects.put_file(file(tmp_path, content), kind="photos", id=new_id()).key for content in (b"a", b"b")
    )
    objects.delete(gone)
    one, two, none = new_id(), new_id(), new_id()
    shared = objects.share({one: [first], two: [first], none: [first, gone]}, kind="photos", attempt=3)
    assert shared.keys() == {one, two}
    objects.delete(first)
    assert [objects.path(key).read_bytes() for keys in shared.values() for key in keys] == [b"a", b"a"]
    assert [key.split("/")[1:3] for keys in shared.values() for key in keys] == [[str(one), "3"], [str(two), "3"]]


def test_only_plain_files_are_stored(objects: LocalObjects, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    file(folder, name="good")
    (folder / "link").symlink_to("/etc/passwd")
    for odd in (folder / "link", folder, tmp_path / "absent"):
        with pytest.raises(Rejected, match="no plain file"):
            objects.put_file(odd, kind="models", id=ID, consume=True)
    with pytest.raises(Rejected, match="link"):
        objects.put_folder(folder, kind="models", id=ID)


def test_a_folder_is_stored_and_laid_out_again(objects: LocalObjects, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    file(folder, b"{}", name="model.json")
    file(folder, b"weights", name="generator.safetensors")
    stored = objects.put_folder(folder, kind="models", id=ID, attempt=1)
    keys = {name: one.key for name, one in stored.items()}
    out = objects.folder(keys, tmp_path / "scratch" / "model")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        "model.json": b"{}",
        "generator.safetensors": b"weights",
    }
    assert (out / "model.json").stat().st_ino == objects.path(keys["model.json"]).stat().st_ino
    assert folder_hash(stored) == folder_hash(dict(reversed(stored.items())))
    assert folder_hash(stored) != folder_hash({"model.json": stored["model.json"]})
    for name in ("", "..", "a/b", "/x", "\0"):
        with pytest.raises(Rejected, match="no file name"):
            objects.folder({name: keys["model.json"]}, tmp_path / "scratch" / new_id().hex)


def test_a_deleted_object_takes_its_empty_folders_along(objects: LocalObjects, tmp_path: Path) -> None:
    path = file(tmp_path)
    one = objects.put_file(path, kind="photos", id=ID, attempt=1)
    two = objects.put_file(path, kind="photos", id=ID, attempt=2)
    objects.delete(one.key)
    assert objects.path(two.key).exists()
    objects.delete(two.key)
    assert list((tmp_path / "objects" / "photos").iterdir()) == []
    assert objects.put_file(path, kind="photos", id=ID, attempt=1) == one


def test_puts_and_deletes_at_once_do_not_trip_over_each_other(objects: LocalObjects, tmp_path: Path) -> None:
    paths = [file(tmp_path, str(number).encode(), name=str(number)) for number in range(4)]

    def work(path: Path) -> None:
        for _ in range(50):
            stored = objects.put_file(path, kind="photos", id=ID)
            assert objects.path(stored.key).read_bytes() == path.read_bytes()
            objects.delete(stored.key)

    failed: list[object] = []
    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    hook, threading.excepthook = threading.excepthook, lambda args: failed.append(args.exc_value)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threading.excepthook = hook
    assert failed == []


def test_what_is_old_is_named_and_parts_are_swept(objects: LocalObjects, tmp_path: Path) -> None:
    old = objects.put_file(file(tmp_path, b"old"), kind="photos", id=ID).key
    new = objects.put_file(file(tmp_path, b"new"), kind="models", id=ID).key
    part = file(tmp_path / "objects" / ".parts", name="left")
    for path in (objects.path(old), part):
        os.utime(path, (1, 1))
    assert list(objects.older_than(3600)) == [old]
    assert sorted(objects.older_than(-60)) == sorted([old, new])
    assert objects.sweep_parts(3600) == 1
    assert everything(tmp_path / "objects") == [objects.path(new), objects.path(old)]
    # A file taken over counts from when it was stored, not from when it was written.
    late = file(tmp_path, b"late")
    os.utime(late, (1, 1))
    objects.put_file(late, kind="archives", id=ID, consume=True)
    assert list(objects.older_than(3600)) == [old]


def test_the_store_says_whether_it_can_be_written(objects: LocalObjects, tmp_path: Path) -> None:
    objects.check()
    assert objects.free_bytes() > 0
    (tmp_path / "objects" / ".parts").rmdir()
    with pytest.raises(OSError, match=r"\.parts"):
        objects.check()


PUT = """
import resource, sys
from pathlib import Path
from uuid import UUID
from jobs.errors import DiskFull
from store.local_objects import LocalObjects

objects = LocalObjects(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
try:
    objects.put_file(Path(sys.argv[2]), kind="archives", id=UUID(int=5))
except DiskFull as error:
    assert error.remedy
    sys.exit(7)
"""


def test_a_full_disk_leaves_nothing_half_written(objects: LocalObjects, tmp_path: Path) -> None:
    path = file(tmp_path / "uploads", b"x" * (2 << 20), name="x.zip")
    command = [sys.executable, "-c", PUT, str(tmp_path / "objects"), str(path)]
    ended = subprocess.run(command, cwd=ROOT, check=False, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 7, ended.stderr
    assert everything(tmp_path) == [path]
    assert objects.put_file(path, kind="archives", id=ID).size_bytes == 2 << 20


STORE = """
import sys
from itertools import count
from pathlib import Path
from uuid import UUID
from store.local_objects import LocalObjects

objects = LocalObjects(Path(sys.argv[1]))
scratch = Path(sys.argv[2])
for number in count(1):
    scratch.write_bytes(b"%d " % number * 50_000)
    objects.put_file(scratch, kind="photos", id=UUID(int=number))
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_writer_that_is_killed_leaves_whole_objects_only(tmp_path: Path, after: int) -> None:
    command = [sys.executable, "-c", STORE, str(tmp_path / "objects"), str(tmp_path / "scratch.bin")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < after:
            pass
        writer.send_signal(signal.SIGKILL)
    objects = LocalObjects(tmp_path / "objects")
    keys = list(objects.older_than(-60))
    assert len(keys) >= after
    for key in keys:
        assert hashlib.sha256(objects.path(key).read_bytes()).hexdigest() in key
    objects.sweep_parts(-60)
    assert len(everything(tmp_path / "objects")) == len(keys)
