"""Hashes of uploads in pieces: carried on where they are known, and never a wrong one."""

import hashlib
from uuid import UUID

import httpx

from api.sums import MOST, Sums
from jobs.ids import new_id
from store.store import Store
from tests.api.test_uploads import CONTENT, announced, sent


def test_a_hash_goes_on_from_where_it_was_and_nowhere_else() -> None:
    sums, upload = Sums(), new_id()
    begun = sums.take(upload, 0)
    assert begun is not None
    begun.update(b"abc")
    sums.keep(upload, 3, begun)
    assert sums.take(upload, 3) is begun
    assert sums.take(upload, 3) is None  # whoever took it may have gone on with it
    sums.keep(upload, 3, begun)
    assert sums.take(upload, 2) is None


def test_the_oldest_of_too_many_are_forgotten() -> None:
    sums, uploads = Sums(), [new_id() for _ in range(MOST + 1)]
    for upload in uploads:
        sums.keep(upload, 1, hashlib.sha256(b"a"))
    assert sums.take(uploads[0], 1) is None
    assert sums.take(uploads[1], 1) is not None


def test_an_upload_in_many_pieces_is_stored_under_the_hash_of_all_its_bytes(http: httpx.Client, store: Store) -> None:
    place = announced(http)
    for at in range(0, len(CONTENT), 300_000):
        last = sent(http, place, at, CONTENT[at : at + 300_000])
    job = http.get(f"/jobs/{last.headers['Reverie-Job']}").json()
    with store.read() as tx:
        file = tx.model_files.get(UUID(job["params"]["file_id"]))
    assert file.sha256 == hashlib.sha256(CONTENT).hexdigest()
