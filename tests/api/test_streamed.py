"""What is made while it is sent: in little memory, and closed however it ends."""

import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from store.rows import Photo
from store.settings import Settings
from store.store import Store
from tests.api.serving import process
from tests.store import making
from tests.waiting import until

LARGE_BYTES = 12_000_000
MOST_MEMORY_BYTES = 150_000_000


def heavy(store: Store, dataset_id: str, *, count: int, folder: Path) -> list[Photo]:
    """Add photographs whose originals are large; on the disk they are one."""
    one = folder / "large"
    one.write_bytes(bytes(range(250)) * (LARGE_BYTES // 250))
    job = making.job(store, kind="ingest", dataset_id=UUID(dataset_id))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset_id), job.id)
    photos = [
        replace(photo, original_key=store.objects.put_file(one, kind="photos", id=photo.id, share=True).key)
        for photo in making.photos(archive, count, size_bytes=LARGE_BYTES)
    ]
    with store.begin() as tx:
        tx.photos.add_many(photos)
    return photos


def held(folder: Path, process: psutil.Process) -> list[str]:
    """The stored files that a process has open."""
    return [file.path for file in process.open_files() if file.path.startswith(str(folder))]


def test_a_client_that_leaves_leaves_no_file_and_no_thread(
    http: httpx.Client, store: Store, dataset: dict[str, Any], tmp_path: Path
) -> None:
    heavy(store, dataset["id"], count=3, folder=tmp_path)
    objects = Path(store.settings.folder) / "objects"
    threads = []
    for _ in range(20):
        with http.stream("GET", f"/datasets/{dataset['id']}/file") as sent:
            pieces = sent.iter_raw(100_000)  # httpx closes the connection when this is let go
            next(pieces)
            assert held(objects, psutil.Process())
        until(lambda: not held(objects, psutil.Process()))
        threads.append(threading.active_count())
    assert max(threads[2:]) <= threads[1] + 1  # they are used again, none is stuck


def test_asking_for_the_headers_alone_makes_nothing(
    http: httpx.Client, store: Store, dataset: dict[str, Any], tmp_path: Path
) -> None:
    heavy(store, dataset["id"], count=3, folder=tmp_path)
    objects = Path(store.settings.folder) / "objects"
    for path in ("file", "photos.csv"):
        told = http.head(f"/datasets/{dataset['id']}/{path}")
        assert (told.status_code, told.content) == (200, b"")
        assert told.headers["content-disposition"].startswith("attachment; ")
    until(lambda: not held(objects, psutil.Process()))


def test_an_archive_larger_than_memory_goes_out_in_little(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url)
    with Store.open(settings) as store:
        with store.begin() as tx:
            dataset_id = tx.datasets.add(name="large").id
        heavy(store, str(dataset_id), count=40, folder=tmp_path)
    saved = tmp_path / "saved.zip"
    with process(data=settings.data, database_url=sqlite_url) as (client, pid), saved.open("wb") as file:
        server, peak = psutil.Process(pid), 0
        with client.stream("GET", f"/datasets/{dataset_id}/file") as sent:
            for piece in sent.iter_raw(2**22):
                file.write(piece)
                peak = max(peak, server.memory_info().rss)
        assert not list(settings.uploads.iterdir())  # no part of it lay on the disk
    with zipfile.ZipFile(saved) as found:
        assert sum(info.file_size for info in found.infolist()) == 40 * LARGE_BYTES
        assert found.testzip() is None
    assert peak < MOST_MEMORY_BYTES, f"{peak / 1e6:.0f} MB"


@pytest.mark.parametrize("size_bytes", [2**31, 2**32 + 5])
def test_a_file_beyond_the_old_limits_is_written_in_the_long_form(
    size_bytes: int, http: httpx.Client, store: Store, dataset: dict[str, Any], tmp_path: Path
) -> None:
    """The size that a row tells decides it, so that the test needs no such file."""
    heavy(store, dataset["id"], count=1, folder=tmp_path)
    with store.begin() as tx:
        photo = tx.photos.page(UUID(dataset["id"]), limit=1).items[0]
    job = making.job(store, kind="ingest", dataset_id=photo.dataset_id)
    with store.begin() as tx:
        archive = making.archive(tx, photo.dataset_id, job.id)
        (long,) = making.photos(archive, 1, size_bytes=size_bytes)
    key = store.objects.put_file(tmp_path / "large", kind="photos", id=long.id, share=True).key
    with store.begin() as tx:
        tx.photos.add_many([replace(long, original_key=key)])
    saved = tmp_path / "saved.zip"
    saved.write_bytes(http.get(f"/datasets/{dataset['id']}/file").content)
    with zipfile.ZipFile(saved) as found:
        assert found.testzip() is None
        assert found.namelist() == ["0.jpg", "0 (2).jpg"]
