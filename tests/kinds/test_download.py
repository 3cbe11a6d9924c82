"""Fetching what is published: whole, as published, resumed where it broke off; else plain words."""

import hashlib
import itertools
import socket
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.errors import ModelRejected, NotFetched
from kinds.convert import download
from kinds.convert.download import Download
from tests.publisher import Publisher

CONTENT = np.random.default_rng(0).bytes(5_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def fetching(publisher: Publisher, folder: Path, **facts: Any) -> Download:
    given = {"url": publisher.url, "filename": "published.pkl", "pauses_s": (0.0, 0.0, 0.0)}
    return Download(**given | facts, folder=folder / "downloads")


def fetched(file: Download) -> list[int]:
    """How far it was, from time to time."""
    with file:
        return list(file.run())


def test_a_file_comes_whole_and_is_counted_and_hashed(tmp_path: Path) -> None:
    with Publisher(CONTENT).serving() as publisher:
        file = fetching(publisher, tmp_path, size_bytes=len(CONTENT), sha256=SHA256)
        far = fetched(file)
    assert (far[0], far[-1], file.total) == (0, len(CONTENT), len(CONTENT))
    assert far == sorted(far)
    assert max(b - a for a, b in itertools.pairwise(far)) <= 2 * download.CHUNK_BYTES
    assert file.checked() == (len(CONTENT), SHA256)
    assert file.path.read_bytes() == CONTENT


def test_a_line_that_breaks_goes_on_where_it_broke(tmp_path: Path) -> None:
    with Publisher(CONTENT, breaks=[2_000_000, 0, 1_000_000]).serving() as publisher:
        file = fetching(publisher, tmp_path)
        fetched(file)
    assert file.checked() == (len(CONTENT), SHA256)
    begins = [int(asked.removeprefix("bytes=").removesuffix("-")) for asked in publisher.ranges[1:] if asked]
    assert len(publisher.ranges) == 4
    assert begins == [2_000_000, 2_000_000, 3_000_000]


def test_another_attempt_fetches_only_what_is_missing_and_a_whole_file_not_at_all(tmp_path: Path) -> None:
    with Publisher(CONTENT).serving() as publisher:
        stops = itertools.chain([False], itertools.repeat(True))
        first = fetching(publisher, tmp_path, stop=lambda: next(stops))
        fetched(first)
        assert 0 < first.path.stat().st_size < len(CONTENT)
        second = fetching(publisher, tmp_path)
        fetched(second)
        assert second.checked() == (len(CONTENT), SHA256)
        third = fetching(publisher, tmp_path)
        assert set(fetched(third)) == {len(CONTENT)}
        assert len(publisher.ranges) == 2
        third.forget()
        assert list(third.folder.iterdir()) == []


def test_a_wish_to_stop_is_heard_on_a_line_that_is_all_but_dead(tmp_path: Path) -> None:
    with Publisher(CONTENT[:1000], gate=threading.Event()).serving() as publisher:
        here = fetching(publisher, tmp_path).path
        file = fetching(publisher, tmp_path, stop=lambda: here.stat().st_size > 0)
        fetched(file)  # comes back although the second half never comes
        assert file.path.stat().st_size == 500


@pytest.mark.parametrize(
    "poor",
    [{"knows_ranges": False}, {"etag": None}, {"etag": 'W/"1"'}],
    ids=["no ranges", "no etag", "a weak etag"],
)
def test_a_server_that_cannot_go_on_begins_anew(tmp_path: Path, poor: dict[str, Any]) -> None:
    with Publisher(CONTENT, breaks=[3_000_000], **poor).serving() as publisher:
        file = fetching(publisher, tmp_path)
        fetched(file)
    assert file.checked() == (len(CONTENT), SHA256)


@pytest.mark.parametrize("believes", [True, False], ids=["that reads If-Range", "that does not"])
def test_a_file_that_changed_meanwhile_is_never_mixed(tmp_path: Path, believes: bool) -> None:
    with Publisher(CONTENT, breaks=[3_000_000, 0], reads_if_range=believes).serving() as publisher:
        with pytest.raises(NotFetched):
            fetched(fetching(publisher, tmp_path, pauses_s=()))
        publisher.content, publisher.etag = CONTENT[::-1], '"2"'
        again = fetching(publisher, tmp_path)
        fetched(again)
    assert again.path.read_bytes() == CONTENT[::-1]


def test_a_server_that_says_no_length_is_believed_at_its_end(tmp_path: Path) -> None:
    with Publisher(CONTENT, says_length=False).serving() as publisher:
        file = fetching(publisher, tmp_path, sha256=SHA256)
        fetched(file)
    assert file.checked() == (len(CONTENT), SHA256)


def test_a_busy_server_is_asked_again_and_one_that_refuses_is_not(tmp_path: Path) -> None:
    with Publisher(CONTENT, statuses=[503, 429]).serving() as publisher:
        fetched(fetching(publisher, tmp_path))
        assert len(publisher.ranges) == 3
    for status in (401, 403, 404, 410):
        with Publisher(CONTENT, statuses=[status]).serving() as publisher:
            with pytest.raises(NotFetched, match=str(status)) as refused:
                fetched(fetching(publisher, tmp_path))
            assert len(publisher.ranges) == 1
            assert "published.pkl by hand" in refused.value.remedy


@pytest.mark.parametrize(("status", "kept"), [(403, 3_000_000), (404, 0)])
def test_a_refusal_that_may_pass_leaves_what_has_come(tmp_path: Path, status: int, kept: int) -> None:
    with Publisher(CONTENT, breaks=[3_000_000], statuses=[200, status]).serving() as publisher:
        file = fetching(publisher, tmp_path)
        with pytest.raises(NotFetched):
            fetched(file)
    assert (file.path.stat().st_size if file.path.exists() else 0) == kept


def test_a_page_in_place_of_the_rest_does_not_take_its_place(tmp_path: Path) -> None:
    with Publisher(CONTENT, breaks=[3_000_000, 0], knows_ranges=False).serving() as publisher:
        file = fetching(publisher, tmp_path, size_bytes=len(CONTENT), pauses_s=())
        with pytest.raises(NotFetched):
            fetched(file)
        here = file.path.stat().st_size
        publisher.content = b"<title>Sign in</title>"
        with pytest.raises(NotFetched, match="in place of"):
            fetched(fetching(publisher, tmp_path, size_bytes=len(CONTENT)))
        assert file.path.stat().st_size == here


def test_no_network_says_so_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        file = Download(
            url=f"http://127.0.0.1:{closed.getsockname()[1]}/a.pkl",
            filename="a.pkl",
            folder=tmp_path / "downloads",
            pauses_s=(0.0,),
        )
        with pytest.raises(NotFetched, match=r"127\.0\.0\.1, cannot be reached") as refused:
            fetched(file)
    assert "by hand" in refused.value.remedy


@pytest.mark.parametrize("to", ["file:///etc/passwd", "/published.pkl"], ids=["a local file", "round and round"])
def test_a_redirect_leads_nowhere_else(tmp_path: Path, to: str) -> None:
    with Publisher(CONTENT, moved_to=to).serving() as publisher, pytest.raises(NotFetched):
        fetched(fetching(publisher, tmp_path))
    assert not any(path.stat().st_size for path in (tmp_path / "downloads").iterdir())


@pytest.mark.parametrize("wrong", [{"size_bytes": 7}, {"sha256": "0" * 64}], ids=["size", "hash"])
def test_another_file_than_was_published_is_refused_and_forgotten(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with Publisher(CONTENT, says_length=False).serving() as publisher:
        file = fetching(publisher, tmp_path, **wrong)
        fetched(file)
    with pytest.raises(ModelRejected, match="another file than was published"):
        file.checked()
    assert not file.path.exists()


def test_no_more_is_taken_than_any_model_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 1_000_000)
    for says_length in (True, False):
        with (
            Publisher(CONTENT, says_length=says_length).serving() as publisher,
            pytest.raises(NotFetched, match="more than"),
        ):
            fetched(fetching(publisher, tmp_path))
        assert not fetching(publisher, tmp_path).path.exists()


def test_two_jobs_do_not_write_into_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LOCK_S", 0.2)
    with Publisher(CONTENT).serving() as publisher:
        with fetching(publisher, tmp_path) as first:
            running = first.run()
            next(running)
            with pytest.raises(NotFetched, match="another job"), fetching(publisher, tmp_path):
                pass
            list(running)
        assert set(fetched(fetching(publisher, tmp_path))) == {len(CONTENT)}
