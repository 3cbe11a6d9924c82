"""Server-sent events: a job's whole story once, however often the stream breaks off."""

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs.state import State
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.waiting import until

# A stream that never ends sends pings, which keep a client's own time-out from coming.
pytestmark = pytest.mark.timeout(60)


def told(answer: httpx.Response) -> Generator[dict[str, Any], None, None]:
    """Read events from an open stream, each with its `id` and `type`."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield {"id": fields["id"], "type": fields["event"], **json.loads(fields["data"])}
            fields = {}


def test_an_ended_job_is_told_from_the_start_and_the_stream_ends(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    job = rows.begun(store, training["id"])
    rows.progress(store, job, 5, loss_g=0.5)
    rows.end(store, job, State.FAILED, code="out_of_memory", detail="The memory was too small.")
    with http.stream("GET", f"/jobs/{training['id']}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-cache"
        events = list(told(answer))
    assert [(event["id"], event["type"]) for event in events] == [
        ("1", "state"),
        ("2", "state"),
        ("3", "progress"),
        ("4", "state"),
    ]
    assert events[2]["metrics"] == {"loss_g": 0.5}
    assert events[2] | {"done": 5, "attempt": 1, "job_id": training["id"], "seq": 3} == events[2]
    assert (events[3]["to"], events[3]["error"]["code"]) == ("failed", "out_of_memory")


def test_a_stream_goes_on_after_the_last_event_that_was_seen(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    address = f"/jobs/{training['id']}/events"
    job = rows.begun(store, training["id"])
    seen: list[str] = []
    # The stream breaks off after every second event, while the job goes on telling.
    for step in range(10):
        with http.stream("GET", address, headers={"Last-Event-ID": seen[-1]} if seen else {}) as answer:
            rows.progress(store, job, 2 * step)
            rows.progress(store, job, 2 * step + 1)
            with closing(told(answer)) as events:
                seen += [next(events)["id"], next(events)["id"]]
    rows.end(store, job)
    with http.stream("GET", address, headers={"Last-Event-ID": seen[-1]}) as answer:
        seen += [event["id"] for event in told(answer)]
    last = http.get(f"/jobs/{training['id']}").json()["last_seq"]
    assert seen == [str(number) for number in range(1, last + 1)]
    # A browser that comes back after the end is told not to come again.
    assert http.get(address, headers={"Last-Event-ID": str(last)}).status_code == 204


def test_what_is_told_while_one_listens_arrives(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    heard: list[dict[str, Any]] = []

    def listen() -> None:
        with http.stream("GET", f"/jobs/{training['id']}/events") as answer:
            heard.extend(told(answer))

    thread = threading.Thread(target=listen)
    thread.start()
    until(lambda: http.get("/healthz").is_success)
    job = rows.begun(store, training["id"])
    for step in range(1, 6):
        rows.progress(store, job, step)
    rows.end(store, job)
    thread.join(20)
    assert [event["seq"] for event in heard] == list(range(1, 9))


def test_all_jobs_are_followed_from_now_on_or_from_where_one_was(
    http: httpx.Client, store: Store, training: dict[str, Any], ready: dict[str, Any], base: str
) -> None:
    with http.stream("GET", "/events") as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line) == ": following"
        other = http.post("/jobs", json={"kind": "generate", "model_id": base, "count": 3}).json()
        data = next(line for line in lines if line.startswith("data: "))
        assert json.loads(data.removeprefix("data: "))["job_id"] == other["id"]
    with http.stream("GET", "/events", headers={"Last-Event-ID": "1"}) as answer, closing(told(answer)) as events:
        ids = [int(next(events)["id"]) for _ in range(2)]
    assert ids == sorted(ids)
    assert ids[0] > 1


def test_a_stream_that_cannot_be(http: httpx.Client, training: dict[str, Any]) -> None:
    address = f"/jobs/{training['id']}/events"
    assert http.get("/jobs/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071/events").status_code == 404
    for garbage in ("x", "-1", "1" * 30, "1;2"):
        for where in (address, "/events"):
            assert http.get(where, headers={"Last-Event-ID": garbage}).status_code == 422


@pytest.fixture
def with_redis(sqlite_url: str, tmp_path: Path, valkey_url: str) -> Iterator[Store]:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url, redis_url=valkey_url, poll_s=60)
    with Store.open(settings) as store:
        yield store


def test_redis_wakes_a_stream(with_redis: Store) -> None:
    """With a poll of a minute, only the ring of Redis can bring an event in time."""
    store = with_redis
    model = rows.base(store)
    with store.begin() as tx:
        posted = tx.jobs.add(kind="generate", params={"model_id": str(model.id)}, model_id=model.id)
    with serving(store) as address, httpx.Client(base_url=address, timeout=20) as http:
        until(lambda: http.get("/readyz").json()["redis"])
        with http.stream("GET", f"/jobs/{posted.id}/events") as answer, closing(told(answer)) as events:
            assert next(events)["to"] == "queued"
            job = rows.begun(store, str(posted.id))
            assert next(events)["to"] == "running"
            rows.progress(store, job, 1)
            assert next(events)["type"] == "progress"
