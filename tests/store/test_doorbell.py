"""The doorbell: heard after the commit, and in nobody's way when nobody is there to hear."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from store.doorbell import CHANNEL, QUEUE, TASK
from store.settings import Settings
from store.store import Store
from tests.store import making
from tests.waiting import until


@pytest.fixture
def heard(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store whose doorbell is wired."""
    with Store.open(Settings(data=tmp_path / "data", database_url=sqlite_url, redis_url=valkey_url)) as store:
        yield store


def messages(valkey_url: str) -> list[dict[str, object]]:
    with redis.Redis.from_url(valkey_url) as client:
        return [json.loads(message) for message in client.lrange(QUEUE, 0, -1)]


def test_a_job_rings_after_its_commit(heard: Store, valkey_url: str) -> None:
    with heard.begin() as tx:
        job = tx.jobs.add(kind="train", params={"secret": "not in the message"})
        assert messages(valkey_url) == []
    (message,) = until(lambda: messages(valkey_url))
    assert message["headers"]["task"] == TASK  # type: ignore[index]
    assert message["headers"]["argsrepr"] == f"['{job.id}']"  # type: ignore[index]
    assert "secret" not in json.dumps(message)


def test_events_are_announced_to_pages(heard: Store, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client, client.pubsub() as listening:
        listening.subscribe(CHANNEL)
        until(lambda: listening.get_message(timeout=1))
        job = making.job(heard)
        said = until(lambda: listening.get_message(ignore_subscribe_messages=True, timeout=1))
    assert json.loads(said["data"]) == [str(job.id)]


def test_a_commit_that_fails_rings_nobody(heard: Store, valkey_url: str) -> None:
    with pytest.raises(ZeroDivisionError), heard.begin() as tx:
        tx.jobs.add(kind="never", params={"x": 1 / 0})
    posted = making.job(heard, kind="train")
    heard.doorbell.close()
    assert [str(posted.id) in json.dumps(message) for message in messages(valkey_url)] == [True]


def test_what_is_put_back_rings_again(heard: Store, valkey_url: str) -> None:
    job = making.running(heard)
    with heard.begin() as tx:
        tx.jobs.crash(job.id, 1)
    heard.doorbell.close()
    assert len(messages(valkey_url)) == 2


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path("/tmp") / f"rv-bell-{tmp_path.name[-6:]}-{id(tmp_path):x}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_a_broker_that_hangs_slows_nobody(sqlite_url: str, tmp_path: Path, short: Path) -> None:
    """It takes connections and says nothing: jobs are posted all the same, and the store closes."""
    with closing(socket.socket(socket.AF_UNIX)) as silent:
        silent.bind(str(short / "s"))
        silent.listen()
        settings = Settings(data=tmp_path / "data", database_url=sqlite_url, redis_url=f"unix://{short}/s")
        with Store.open(settings) as store:
            posted = [making.job(store).id for _ in range(20)]
            with store.read() as tx:
                assert tx.jobs.queued() == posted


def test_a_broker_that_is_away_is_found_again(
    sqlite_url: str, tmp_path: Path, valkey_socket: Path, short: Path
) -> None:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url, redis_url=f"unix://{short}/s")
    with Store.open(settings) as store:
        making.job(store)
        (short / "s").symlink_to(valkey_socket)

        def heard_of_a_new_job() -> bool:
            making.job(store)
            return bool(messages(f"unix://{valkey_socket}"))

        until(heard_of_a_new_job)
