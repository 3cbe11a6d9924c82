"""A disk that is full: 507, a word on what to do, and nothing lost."""

import hashlib
import http.client
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from store.settings import Settings
from store.store import Store
from tests.api.serving import process
from tests.api.test_uploads import announced, far, sent

LARGEST_FILE_BYTES = 3_000_000


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """The limit of a file's size stands for a disk without room; both end a write in the middle."""
    data = tmp_path / "data"
    with process(largest_file_bytes=LARGEST_FILE_BYTES, data=data, database_url=sqlite_url) as (client, _):
        dataset = client.post("/datasets", json={"name": "x"}).json()
        refused = client.post(f"/datasets/{dataset['id']}/archives", content=iter([bytes(2**20)] * 5))
        assert (refused.status_code, refused.json()["type"]) == (507, "/problems/disk_full")
        assert "untouched" in refused.json()["detail"]
        assert list((data / "uploads").iterdir()) == []
        fits = client.post(f"/datasets/{dataset['id']}/archives", content=bytes(2**20))
        assert fits.status_code == 202
        found = client.get(f"/datasets/{dataset['id']}").json()
        assert [archive["size_bytes"] for archive in found["archives"]] == [2**20]


def test_what_is_declared_too_large_is_refused_before_its_first_byte(sqlite_url: str, tmp_path: Path) -> None:
    huge = 10**16
    with process(data=tmp_path / "data", database_url=sqlite_url, max_upload_bytes=2 * huge) as (client, _):
        dataset = client.post("/datasets", json={"name": "x"}).json()
        answer = _declare(client, f"/datasets/{dataset['id']}/archives", huge)
        assert answer.status == 507
        assert answer.getheader("content-type") == "application/problem+json"


def test_what_came_of_an_upload_in_pieces_is_kept_when_the_disk_is_full_and_goes_on_once_there_is_room(
    sqlite_url: str, tmp_path: Path
) -> None:
    data, content = tmp_path / "data", os.urandom(5 * 2**20)
    with process(largest_file_bytes=LARGEST_FILE_BYTES, data=data, database_url=sqlite_url) as (client, _):
        place = announced(client, len(content))
        refused = sent(client, place, 0, content)
        assert (refused.status_code, refused.json()["type"]) == (507, "/problems/disk_full")
        assert "what was sent is kept" in refused.json()["remedy"]
        assert refused.json()["needed_bytes"] == len(content) - LARGEST_FILE_BYTES
        assert far(client, place) == LARGEST_FILE_BYTES
        again = sent(client, place, LARGEST_FILE_BYTES, content[LARGEST_FILE_BYTES:])
        assert again.status_code == 507
    with process(data=data, database_url=sqlite_url) as (client, _):
        here = far(client, place)
        assert here == LARGEST_FILE_BYTES
        last = sent(client, place, here, content[here:])
        job = client.get(f"/jobs/{last.headers['Reverie-Job']}").json()
    with Store.open(Settings(data=data, database_url=sqlite_url)) as store, store.read() as tx:
        stored = tx.model_files.get(UUID(job["params"]["file_id"]))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()


def _declare(client: httpx.Client, path: str, size_bytes: int) -> Any:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=20)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(size_bytes))
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer
