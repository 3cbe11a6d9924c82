"""`reverie ingest` as a person calls it: a process of its own, on a data folder of its own."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli.errors import Exit
from cli.ingest import Bringing
from cli.signals import Stop
from jobs.state import State
from store.rows import Photo
from store.settings import Settings
from store.store import Store
from tests.cli.conftest import START_S, Up
from tests.kinds.pictures import jpeg, zipped
from tests.waiting import until

MOST_MEMORY_BYTES = 200_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photographs, and one file that is none."""
    folder = tmp_path / "Father's pictures"
    for number in range(5):
        (folder / f"19{90 + number}").mkdir(parents=True)
        (folder / f"19{90 + number}" / f"{number}.jpg").write_bytes(jpeg(number))
    (folder / "notes.txt").write_text("no picture")
    return folder


def ingest(data: Path, *arguments: str | Path, expects: Exit = Exit.FINE, cwd: Path | None = None) -> list[str]:
    """Run it to its end; give the lines that it said, those on standard error last."""
    command = [sys.executable, "-m", "cli", "ingest", *map(str, arguments), "--data", str(data)]
    path = os.environ.get("PYTHONPATH", str(Path(__file__).parents[2]))
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
    )
    said = ended.stdout.splitlines() + ended.stderr.splitlines()
    assert ended.returncode == expects, said
    assert "Traceback" not in ended.stderr
    return said


def files_of(data: Path, dataset_id: str) -> list[Photo]:
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        return tx.photos.page(uuid.UUID(dataset_id), limit=200).items


def named(tar: Path) -> list[str]:
    with tarfile.open(tar) as opened:
        return opened.getnames()


def left_over(data: Path) -> list[Path]:
    return list((data / "uploads").iterdir())


def test_a_folder_is_brought_in_and_read_and_a_second_time_recognised(
    data: Path, photos: Path, start: Callable[..., Up]
) -> None:
    up = start(data=data)
    with up.answers() as http:
        until(lambda: http.get("/status").json()["workers"], within_s=START_S)
    first, *said = ingest(data, photos)
    dataset_id, _, name = first.partition("  ")
    assert name == "Father's pictures"
    assert said[0] == "6 of 6 files are here."
    assert said[-1] == "Read: 5 ready, 1 refused. The archive's repair list has the reasons."
    assert [photo.name for photo in files_of(data, dataset_id)] == [
        *(f"Father's pictures/{1990 + n}/{n}.jpg" for n in range(5)),
        "Father's pictures/notes.txt",
    ]
    again = ingest(data, photos)
    assert again[0] == first
    assert "5 duplicate" in again[-1]
    assert left_over(data) == []
    elsewhere = ingest(data, photos / "1990", photos / "1991" / "1.jpg", "--into", dataset_id)
    assert (elsewhere[0], elsewhere[1]) == (first, "2 of 2 files are here.")
    refused = ingest(data, photos / "notes.txt", "--into", "None of these", expects=Exit.PARTLY)
    assert refused[-1].startswith("its only file is no photograph that can be used")
    assert up.interrupt() == 0


def test_without_a_worker_it_says_that_one_will_read_it(data: Path, photos: Path) -> None:
    dataset, _, promise = ingest(data, photos, "--into", "The valley")
    assert dataset.endswith("  The valley")
    assert promise.startswith("No worker is running.")
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        (job,) = [tx.jobs.get(job_id) for job_id in tx.jobs.queued()]
        (archive,) = tx.archives.of_dataset(uuid.UUID(dataset.split()[0]))
        assert (job.kind, job.state, archive.filename) == ("ingest", State.QUEUED, "Father's pictures")
        assert store.objects.path(str(archive.key)).stat().st_size == archive.size_bytes
    assert left_over(data) == []


def test_an_archive_is_framed_as_it_is_asked(data: Path, photos: Path) -> None:
    said = ingest(data, photos, "--into", "Wide", "--framing", "squeeze", "--aspect", "6:4")
    assert said[1].startswith("Training sees its photographs cut to 3:2 and squeezed")
    assert framed(data) == {"Wide": ("squeeze", "3:2")}
    again = ingest(data, photos, "--into", "Wide", "--framing", "squeeze")  # as it is, though it is being read
    assert "No worker is running." in again[-1]
    busy = ingest(data, photos, "--into", "Wide", "--framing", "centre", expects=Exit.SETTING)
    assert busy[-2:] == ["An archive of this dataset is being read.", "Wait for it, then frame it anew."]
    for arguments, words in (
        (("--framing", "squeeze", "--aspect", "1:100"), "1:4 to 4:1 can be"),
        (("--aspect", "nan"), "1:4 to 4:1 can be"),
        (("--aspect", "3:2"), "centre has no aspect"),
        (("--framing", "round"), "framing is one of centre"),
    ):
        refused = ingest(data, photos, "--into", "None", *arguments, expects=Exit.SETTING)
        assert any(words in line for line in refused), refused
    assert framed(data) == {"Wide": ("squeeze", "3:2")}  # what is refused makes nothing


def framed(data: Path) -> dict[str, tuple[str, str | None]]:
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        return {one.name: (one.framing, one.aspect) for one in tx.datasets.page().items}


def test_more_than_one_job_should_read_becomes_several_archives(data: Path, photos: Path) -> None:
    said: list[str] = []
    with Stop() as stop, Store.open(Settings(data=data)) as store:
        store.migrate()
        with store.begin() as tx:
            dataset = tx.datasets.add(name="Large")
        bringing = Bringing(store, [photos, photos / "1990"], stop=stop, complain=said.append, most_files=3)
        jobs = bringing.into(dataset)
        with store.read() as tx:
            archives = tx.archives.of_dataset(dataset.id)
            paths = [store.objects.path(str(archive.key)) for archive in archives]
        names = [named(path) for path in paths]
    assert [len(some) for some in names] == [3, 3, 1]
    assert [archive.job_id for archive in archives] == jobs
    assert (bringing.taken, said) == (7, [])


def test_a_zip_is_brought_as_it_is(data: Path, photos: Path, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "Holiday.zip", {"a.jpg": jpeg(1)})
    dataset, said, _ = ingest(data, whole, photos)
    assert (dataset.partition("  ")[2], said) == ("Holiday", "7 of 7 files are here.")
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        zip_file, tar = tx.archives.of_dataset(uuid.UUID(dataset.split()[0]))
        assert store.objects.path(str(zip_file.key)).read_bytes() == whole.read_bytes()
    assert (zip_file.filename, tar.filename) == ("Holiday.zip", "Holiday")
    whole.write_bytes(b"written to afterwards")
    with Store.open(Settings(data=data)) as store:
        assert store.objects.path(str(zip_file.key)).read_bytes() != whole.read_bytes()


def test_what_cannot_be_read_is_named_and_the_rest_comes(data: Path, photos: Path) -> None:
    said = ingest(data, "/proc/self/mem", photos, "--into", "x", expects=Exit.PARTLY)
    assert said[1] == "6 of 7 files are here; 1 could not be read, as said above."
    assert said[-1].startswith("/proc/self/mem: ")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(data: Path, photos: Path) -> None:
    (photos / "notes.txt").chmod(0)
    (photos / "1990").chmod(0)
    said = ingest(data, photos, expects=Exit.PARTLY)
    assert said[1] == "4 of 5 files are here; 2 could not be read, as said above."
    (photos / "1990").chmod(0o700)


def test_a_place_or_an_archive_that_is_not_there_is_told(data: Path, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty" / ".hidden").mkdir(parents=True)
    for arguments, words in (
        ((photos, tmp_path / "nowhere"), "There is no "),
        ((tmp_path / "empty",), "There is no file in "),
        ((photos, "--into", str(uuid.UUID(int=7))), "There is no dataset "),
        ((photos, "--into", "  "), "A name has 1 to "),
        ((photos, "--into", "n" * 300), "A name has 1 to "),
    ):
        said = ingest(data, *arguments, expects=Exit.SETTING)
        assert any(line.startswith(words) for line in said), said
    ingest(data, expects=Exit.SETTING)
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        assert tx.datasets.page().items == []


def test_a_name_that_two_archives_bear_is_asked_about(data: Path, photos: Path) -> None:
    with Store.open(Settings(data=data)) as store:
        store.migrate()
        with store.begin() as tx:
            both = [tx.datasets.add(name="Summer") for _ in range(2)]
    said = " ".join(ingest(data, photos, "--into", "Summer", expects=Exit.SETTING))
    assert all(str(dataset.id) in said for dataset in both)


def test_a_folder_that_holds_the_data_folder_does_not_bring_that(photos: Path) -> None:
    data = photos / "data"
    for count in (6, 6):
        assert ingest(data, ".", cwd=photos)[1] == f"{count} of {count} files are here."


def test_a_full_disk_is_told_and_leaves_nothing_half(data: Path, photos: Path) -> None:
    (photos / "large.bin").write_bytes(bytes(3_000_000))
    command = [sys.executable, "-m", "cli", "ingest", str(photos), "--data", str(data)]

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    ended = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False, preexec_fn=limit)
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (
        Exit.DISK,
        "The disk is full; what was brought in before is kept.",
    )
    assert left_over(data) == []


def test_ctrl_c_leaves_nothing_half(data: Path, photos: Path) -> None:
    with (photos / "large.bin").open("wb") as file:
        file.truncate(min(30 * 2**30, shutil.disk_usage(photos).free // 2))  # takes no room itself
    started = subprocess.Popen([sys.executable, "-m", "cli", "ingest", str(photos), "--data", str(data)])
    uploads = data / "uploads"
    try:
        until(lambda: any(file.stat().st_size > 10**7 for file in uploads.glob("*")), within_s=START_S)
        assert psutil.Process(started.pid).memory_info().rss < MOST_MEMORY_BYTES
        started.send_signal(signal.SIGINT)
        assert started.wait(START_S) == Exit.STOPPED
    finally:
        started.kill()
        started.wait()
    assert left_over(data) == []
    with Store.open(Settings(data=data)) as store, store.read() as tx:
        assert tx.jobs.queued() == []
