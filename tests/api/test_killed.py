"""A server that is killed: what it leaves on the disk, and who takes it away."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from store.settings import Settings
from store.store import Store
from store.sweep import sweep
from tests.api.serving import process
from tests.waiting import until


def test_what_a_killed_server_had_received_of_an_upload_is_swept(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url)
    with process(ends=-signal.SIGKILL, data=settings.data, database_url=sqlite_url) as (client, pid):
        dataset = client.post("/datasets", json={"name": "x"}).json()

        def half_an_archive() -> Iterator[bytes]:
            yield bytes(2 * 2**20)
            until(lambda: sum(path.stat().st_size for path in settings.uploads.iterdir()))
            os.kill(pid, signal.SIGKILL)
            until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
            yield bytes(2 * 2**20)

        with pytest.raises(httpx.TransportError):
            client.post(f"/datasets/{dataset['id']}/archives", content=half_an_archive())
    with Store.open(settings) as store:
        (left,) = settings.uploads.iterdir()
        assert left.stat().st_size >= 2**20
        assert sweep(store, older_than_s=3600).parts == 0
        assert sweep(store, older_than_s=-60).parts == 1
        assert list(settings.uploads.iterdir()) == []
