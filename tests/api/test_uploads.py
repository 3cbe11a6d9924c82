"""Uploads in pieces: nothing that came is sent twice, nothing is lost, whatever breaks."""

import base64
import contextlib
import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from jobs.errors import Unavailable
from store.settings import Settings
from store.store import Store
from store.sweep import sweep
from tests.api.serving import process
from tests.catalogues import entry, write
from tests.waiting import until

CONTENT = b"\x80\x03}." + bytes(range(256)) * 4000
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """That take four million bytes, and have a catalogue of one."""
    known = write(tmp_path / "catalogue.toml", entry(size_bytes=len(CONTENT)))
    return settings.model_copy(update={"max_upload_bytes": 4_000_000, "catalogue": known})


def said(**facts: str) -> dict[str, str]:
    pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
    return {"Upload-Metadata": ",".join(pairs)}


def announced(http: httpx.Client, size: int = len(CONTENT), **facts: str) -> str:
    facts = facts or {"kind": "model", "filename": "Gesichter ö.pkl"}
    answer = http.post("/uploads", headers=TUS | {"Upload-Length": str(size)} | said(**facts))
    assert answer.status_code == 201, answer.text
    assert answer.headers["Upload-Expires"].endswith("GMT")
    return answer.headers["Location"]


def sent(http: httpx.Client, place: str, at: int, piece: Any) -> httpx.Response:
    return http.patch(place, headers=PIECE | {"Upload-Offset": str(at)}, content=piece)


def far(http: httpx.Client, place: str) -> int:
    answer = http.head(place, headers=TUS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def test_what_is_spoken_is_said(http: httpx.Client) -> None:
    able = http.options("/uploads")
    assert (able.status_code, able.headers["Tus-Version"]) == (204, "1.0.0")
    assert able.headers["Tus-Extension"] == "creation,termination,expiration"


def test_a_model_that_comes_in_pieces_becomes_a_file_and_a_job(http: httpx.Client, store: Store) -> None:
    place = announced(http, kind="model", filename="Gesichter ö.pkl", licence="CC-BY-4.0", name="Faces", filetype="x/y")
    assert far(http, place) == 0
    first = sent(http, place, 0, CONTENT[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert "Reverie-Job" not in first.headers
    last = sent(http, place, 1000, CONTENT[1000:])
    job = http.get(f"/jobs/{last.headers['Reverie-Job']}").json()
    assert (job["kind"], job["params"]["name"], job["params"]["licence"]) == ("convert", "Faces", "CC-BY-4.0")
    with store.read() as tx:
        file = tx.model_files.get(UUID(job["params"]["file_id"]))
    assert (file.filename, file.sha256) == ("Gesichter ö.pkl", hashlib.sha256(CONTENT).hexdigest())
    assert file.key is not None
    assert store.objects.path(file.key).read_bytes() == CONTENT
    assert list(store.settings.uploads.iterdir()) == []
    assert far(http, place) == len(CONTENT)
    assert http.head(place, headers=TUS).headers["Reverie-Job"] == job["id"]
    again = sent(http, place, len(CONTENT), b"")
    assert (again.status_code, again.json()["job_id"]) == (409, job["id"])


def test_an_archive_comes_into_its_dataset(http: httpx.Client, dataset: dict[str, Any]) -> None:
    place = announced(http, 10, dataset=dataset["id"], filename="..\\x/photos.zip")
    job = http.get(f"/jobs/{sent(http, place, 0, b'0123456789').headers['Reverie-Job']}").json()
    assert (job["kind"], job["dataset_id"]) == ("ingest", dataset["id"])
    (archive,) = http.get(f"/datasets/{dataset['id']}").json()["archives"]
    assert (archive["filename"], archive["size_bytes"]) == ("photos.zip", 10)


def test_a_piece_goes_where_the_file_ends_and_nowhere_else(http: httpx.Client, store: Store) -> None:
    place = announced(http)
    assert sent(http, place, 0, CONTENT[:5000]).status_code == 204
    for at in (0, 4999, 5001, len(CONTENT) + 1):
        wrong = sent(http, place, at, b"x")
        assert wrong.status_code in (409, 413)
    assert sent(http, place, 5001, b"x").json()["offset"] == 5000
    over = sent(http, place, 5000, CONTENT[5000:] + b"x")
    assert over.status_code == 413
    assert far(http, place) >= 5000
    here = far(http, place)
    assert sent(http, place, here, CONTENT[here:]).status_code == 204


def test_a_client_that_leaves_goes_on_from_what_came(http: httpx.Client, store: Store) -> None:
    place = announced(http, 3 * 2**20)
    path = store.settings.upload_file(UUID(place.removeprefix("/uploads/")))

    def half() -> Iterator[bytes]:
        yield b"a" * (2**20 + 1000)
        until(lambda: path.stat().st_size)
        raise InterruptedError

    with contextlib.suppress(InterruptedError, httpx.TransportError):
        sent(http, place, 0, half())
    # The server lets go of the file once it has seen that the client is gone.
    until(lambda: http.patch(place, headers=PIECE | {"Upload-Offset": "0"}).status_code == 409)
    here = far(http, place)
    assert 2**20 <= here <= 2**20 + 1000
    assert sent(http, place, here, b"a" * (3 * 2**20 - here)).headers["Upload-Offset"] == str(3 * 2**20)


def test_two_requests_at_one_upload_do_not_mix(http: httpx.Client, store: Store) -> None:
    place = announced(http, 3 * 2**20)
    path = store.settings.upload_file(UUID(place.removeprefix("/uploads/")))
    seen: list[int] = []

    def slowly() -> Iterator[bytes]:
        yield b"a" * 2**20
        until(lambda: path.stat().st_size)
        seen.append(httpx.patch(http.base_url.join(place), headers=PIECE | {"Upload-Offset": "1048576"}).status_code)
        yield b"b" * 2**21

    assert sent(http, place, 0, slowly()).status_code == 204
    assert seen == [423]


def test_a_server_that_is_killed_knows_how_far_it_was(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url)
    content = os.urandom(6 * 2**20)
    with process(ends=-signal.SIGKILL, data=settings.data, database_url=sqlite_url) as (client, pid):
        place = announced(client, len(content))

        def half() -> Iterator[bytes]:
            yield content[: 3 * 2**20]
            until(lambda: sum(path.stat().st_size for path in settings.uploads.iterdir()))
            os.kill(pid, signal.SIGKILL)
            until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
            yield content[3 * 2**20 :]

        with pytest.raises(httpx.TransportError):
            sent(client, place, 0, half())
    with process(data=settings.data, database_url=sqlite_url) as (client, _):
        here = far(client, place)
        assert 0 < here <= 3 * 2**20
        last = sent(client, place, here, content[here:])
        job = client.get(f"/jobs/{last.headers['Reverie-Job']}").json()
    with Store.open(settings) as store, store.read() as tx:
        assert tx.model_files.get(UUID(job["params"]["file_id"])).sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_was_whole_when_the_server_died_becomes_a_job_by_its_last_byte(
    http: httpx.Client, store: Store
) -> None:
    place = announced(http)
    store.settings.upload_file(UUID(place.removeprefix("/uploads/"))).write_bytes(CONTENT)
    here = far(http, place)
    assert here == len(CONTENT) - 1
    job = sent(http, place, here, CONTENT[here:]).headers["Reverie-Job"]
    assert http.get(f"/jobs/{job}").json()["kind"] == "convert"


def test_a_database_that_is_away_at_the_last_moment_costs_no_byte(
    http: httpx.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = announced(http)
    sent(http, place, 0, CONTENT[:-1])
    begin = store.begin

    def away() -> Any:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(store, "begin", away)
    assert sent(http, place, len(CONTENT) - 1, CONTENT[-1:]).status_code == 503
    monkeypatch.setattr(store, "begin", begin)
    here = far(http, place)
    assert here == len(CONTENT) - 1
    job = http.get(f"/jobs/{sent(http, place, here, CONTENT[here:]).headers['Reverie-Job']}").json()
    with store.read() as tx:
        key = tx.model_files.get(UUID(job["params"]["file_id"])).key
    assert key is not None
    assert store.objects.path(key).read_bytes() == CONTENT
    assert list(store.settings.uploads.iterdir()) == []


def test_what_the_catalogue_knows_of_a_file_is_asked_before_a_byte_is_sent(
    http: httpx.Client, store: Store, tmp_path: Path
) -> None:
    place = {"kind": "model", "filename": "a.pkl", "published": "dogs-32"}
    wrong = http.post("/uploads", headers=TUS | {"Upload-Length": "9"} | said(**place))
    assert (wrong.status_code, "not the file that was published" in wrong.json()["detail"]) == (422, True)
    sent(http, announced(http, len(CONTENT), **place), 0, CONTENT)
    twice = http.post("/uploads", headers=TUS | {"Upload-Length": str(len(CONTENT))} | said(**place))
    assert (twice.status_code, "on its way" in twice.json()["detail"]) == (409, True)


def test_what_cannot_be_is_refused_before_a_byte_is_sent(http: httpx.Client, store: Store) -> None:
    length = {"Upload-Length": "10"}
    model = said(kind="model")
    cases = [
        (length | model, 412),  # of no version
        (TUS | model, 400),  # of no length
        (TUS | {"Upload-Length": "0"} | model, 400),  # of nothing
        (TUS | {"Upload-Length": "-1"} | model, 400),
        (TUS | {"Upload-Length": "9" * 30} | model, 400),
        (TUS | {"Upload-Length": "4000001"} | model, 413),
        (TUS | length, 400),  # of nothing
        (TUS | length | said(dataset="x"), 400),
        (TUS | length | said(dataset="0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071"), 404),
        (TUS | length | said(kind="model", dataset="0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071"), 400),
        (TUS | length | said(kind="film"), 400),
        (TUS | length | said(kind="model", licence="x" * 101), 400),
        (TUS | length | said(kind="model", published="none"), 404),
        (TUS | length | {"Upload-Metadata": "kind !!!"}, 400),
        (TUS | length | {"Upload-Metadata": "kind /w=="}, 400),
    ]
    for headers, status in cases:
        answer = http.post("/uploads", headers=headers)
        assert answer.status_code == status, headers
        assert answer.json()["detail"]
    assert not store.settings.uploads.exists() or list(store.settings.uploads.iterdir()) == []


def test_a_piece_of_another_kind_and_of_an_upload_that_is_not_there(http: httpx.Client) -> None:
    place = announced(http)
    assert http.patch(place, headers=TUS | {"Upload-Offset": "0"}, content=b"x").status_code == 415
    assert http.patch(place, headers=PIECE, content=b"x").status_code == 400
    assert sent(http, "/uploads/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071", 0, b"x").status_code == 404
    assert http.head("/uploads/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071", headers=TUS).status_code == 404
    assert http.delete(place, headers=TUS).status_code == 204
    assert http.head(place, headers=TUS).status_code == 404


def test_the_same_file_twice_is_known_at_its_end_and_nothing_of_it_stays(http: httpx.Client, store: Store) -> None:
    first = announced(http)
    sent(http, first, 0, CONTENT)
    second = announced(http)
    refused = sent(http, second, 0, CONTENT)
    assert (refused.status_code, "already" in refused.json()["detail"]) == (409, True)
    assert http.head(second, headers=TUS).status_code == 404
    assert list(store.settings.uploads.iterdir()) == []


def test_an_upload_whose_dataset_is_deleted_meanwhile_ends(http: httpx.Client, dataset: dict[str, Any]) -> None:
    place = announced(http, 10, dataset=dataset["id"], filename="a.zip")
    assert sent(http, place, 0, b"01234").status_code == 204
    assert http.delete(f"/datasets/{dataset['id']}").status_code == 204
    assert sent(http, place, 5, b"56789").status_code == 404
    assert http.head(place, headers=TUS).status_code == 404


def test_an_upload_that_rests_too_long_is_forgotten(http: httpx.Client, store: Store) -> None:
    place = announced(http)
    sent(http, place, 0, CONTENT[:1000])
    sweep(store, older_than_s=3600)
    assert far(http, place) == 1000
    assert http.get(place, headers=TUS).json() == {"offset": 1000, "size_bytes": len(CONTENT), "job_id": None}
    sweep(store, older_than_s=-60)
    assert http.head(place, headers=TUS).status_code == 404
    assert list(store.settings.uploads.iterdir()) == []
