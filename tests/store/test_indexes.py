"""Every list that a page shows is read along an index: no table is scanned, nothing is sorted."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from jobs.ids import new_id
from jobs.state import State
from store import tables as t
from store.shelves import ORDERS, Wanted
from store.store import Store
from tests.store import making

AMONG: tuple[dict[str, Any], ...] = ({}, {"album": "Summer"}, {"taken": "1991"}, {"taken": "undated"}, {"kind": "text"})


def populated(store: Store) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    """Fill each list with two rows and more, and name every list that can be asked for: repository, words, filters."""
    dataset = making.dataset(store)
    making.dataset(store)
    of_1991 = {"taken_at": datetime(1991, 9, 14, tzinfo=UTC), "album": "Summer", "kind": "text"}
    making.archive_with_photos(store, dataset.id, 3, **of_1991)
    making.archive_with_photos(store, dataset.id, 2, state="repaired", album="Summer", kind="text")
    kind = "draw"
    jobs = [making.job(store, kind=kind, dataset_id=dataset.id) for _ in range(6)]
    with store.begin() as tx:
        for _ in range(3):
            tx.jobs.claim(new_id(), [kind])
    job = jobs[0]
    models = [making.model(kept=True, bundled=True, dataset_id=dataset.id, job_id=job.id, step=n) for n in range(3)]
    made = [making.sample(job, n, models[0].id, favourite=True, dataset_id=dataset.id) for n in range(3)]
    with store.begin() as tx:
        for model in models:
            tx.models.add(model)
        tx.samples.add_many(job.id, 1, made)
        for n in range(3):
            pin = making.sample(job, n, models[0].id, favourite=True, dataset_id=dataset.id)
            made.append(tx.samples.add(replace(pin, id=new_id(), job_id=None)))
        ids = [sample.id for sample in made]
        tx.samples.mark(ids, rating=4, add_tags=["Fog"])
        album = tx.albums.add("Kept")
        tx.albums.change(album.id, add=ids, remove=[])
        tx.albums.add("Empty")
        tx.samples.mark(ids[:1], add_tags=["Sea"])
    of: list[dict[str, Any]] = [{"model_id": models[0].id}, {"job_id": job.id}, {"dataset_id": dataset.id}]
    held: list[dict[str, Any]] = [{"training_id": job.id}, {"tag": "fog"}, {"album_id": album.id}]
    at = datetime(2020, 1, 1, tzinfo=UTC)
    during: list[dict[str, Any]] = [{}, {"since": at, "until": at.replace(year=2100)}]
    liking: list[dict[str, Any]] = [{}, {"favourite": True}]
    starred: list[dict[str, Any]] = [{}, {"rating": 3}]
    samples = [
        Wanted(order=order, **by, **liked, **stars, **time)
        for order in ORDERS
        for by in ({}, *of, *held, {"training_id": job.id, "step": 0})
        for liked in liking
        for stars in starred
        for time in during
    ]
    samples += [
        Wanted(order=order, pinned=True, **by, **stars, **time)
        for order in ORDERS
        for by in ({}, of[0], of[2], held[0])
        for stars in starred
        for time in during
    ]
    kinds: list[dict[str, Any]] = [
        {},
        {"kind": kind},
        {"state": State.RUNNING},
        {"kind": kind, "state": State.QUEUED},
        of[2],
    ]
    moments: list[dict[str, Any]] = [{}, of[1], of[2], {"kept": True}, {"bundled": True}]
    by_time: list[dict[str, Any]] = [
        {"order": order, "states": ["ready", "repaired"]} | among for order in ("oldest", "newest") for among in AMONG
    ]
    return [
        ("datasets", (), {}),
        ("photos", (dataset.id,), {}),
        ("photos", (dataset.id,), {"states": ["repaired"]}),
        ("photos", (dataset.id,), {"states": ["ready", "repaired"]}),
        ("photos", (dataset.id,), {"states": t.PHOTO_STATES}),
        ("photos", (dataset.id,), {"album": "Summer"}),
        ("photos", (dataset.id,), {"album": "Summer", "states": ["ready", "repaired"]}),
        ("photos", (dataset.id,), {"kind": "text", "states": ["ready", "repaired"]}),
        *[("photos", (dataset.id,), by) for by in by_time],
        *[("jobs", (), by) for by in kinds],
        *[("models", (), by) for by in moments],
        *[("samples", (by,), {}) for by in samples],
        ("tags", (), {}),
        ("albums", (), {}),
    ]


@contextmanager
def written_down(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that reach the database."""
    statements: list[tuple[str, Any]] = []

    def collect(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            statements.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", collect)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", collect)


def plan(store: Store, statement: str, parameters: Any) -> str:
    """Ask the database how it goes about a statement."""
    with store.database.begin() as connection:
        if store.database.is_sqlite:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[3] for row in rows)
        for habit in ("seqscan", "sort", "bitmapscan"):  # few rows are read faster whole: ask what an index could do
            connection.exec_driver_sql(f"SET LOCAL enable_{habit} = off")
        (row,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        return json.dumps(row[0], indent=1)


def assert_along_an_index(store: Store, statement: str, parameters: Any) -> None:
    how = plan(store, statement, parameters)
    # SQLite calls it a SCAN too when an index is walked in its order from an end, or what a subquery has found.
    bad = r"SCAN (?!anon_)\w+$|TEMP B-TREE" if store.database.is_sqlite else r'"Seq Scan"|Sort"'
    assert not re.search(bad, how, re.MULTILINE), f"{statement}\n{how}"


def test_what_no_job_drew_is_read_along_its_own_index(store: Store) -> None:
    lists = [words[0] for of, words, _ in populated(store) if of == "samples" and words[0].pinned]
    for wanted in lists:
        with store.read() as tx:
            first = tx.samples.page(wanted, limit=1)
        with written_down(store) as statements, store.read() as tx:
            tx.samples.page(wanted, limit=1)
            tx.samples.page(wanted, limit=1, cursor=first.next_cursor)
        of_pins = [one for one in statements if "job_id IS NULL" in one[0]]
        assert of_pins
        for statement, parameters in of_pins:
            # That of a job's samples holds them too: those whose job is null.
            how = r"COVERING INDEX" if store.database.is_sqlite else "ix_samples_(pins|job_id)"
            assert re.search(how, plan(store, statement, parameters)), statement


def test_each_page_of_each_list_is_read_along_an_index(store: Store) -> None:
    lists = populated(store)
    for of, words, filters in lists:
        with store.read() as tx:
            first = getattr(tx, of).page(*words, limit=1, **filters)
        assert first.next_cursor, (of, words, filters)
        with written_down(store) as statements, store.read() as tx:
            getattr(tx, of).page(*words, limit=1, **filters)
            getattr(tx, of).page(*words, limit=1, cursor=first.next_cursor, **filters)
        stretches = 2 if of == "photos" and "order" in filters else 1  # with a date, and without
        percents = of == "samples" and words[0].order == "original" and words[0].since is not None
        most = 2 * 5 * 102 + 16 if percents else 16  # within a time a stretch for each percentage, and for its stars
        assert len(statements) <= (most if of == "samples" else 2 * stretches * len(filters.get("states", [None])))
        for statement, parameters in statements[:: 1 + len(statements) // 16]:
            assert_along_an_index(store, statement, parameters)


@pytest.mark.parametrize("among", AMONG[:3], ids=str)
@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_a_page_of_photos_by_time_begins_at_its_cursor(store: Store, order: str, among: dict[str, Any]) -> None:
    """An index leads to the cursor: what comes before it is not read, however much that is."""
    (dataset,) = {words[0] for of, words, _ in populated(store) if of == "photos"}
    filters = {"states": ["ready"], "order": order} | among
    with store.read() as tx:
        cursor = tx.photos.page(dataset, limit=1, **filters).next_cursor
    with written_down(store) as statements, store.read() as tx:
        assert tx.photos.page(dataset, limit=1, cursor=cursor, **filters).items
    how = plan(store, *statements[0])
    name = f"ix_photos_dataset_{'album' if 'album' in among else 'state'}_taken"
    assert name in how
    if store.database.is_sqlite:
        assert re.search(r"\(taken_at,id\)[<>]\(\?,\?\)", how), how
    else:
        assert re.search(r'"Index Cond": ".*ROW\(.*taken_at, .*id\) [<>] ROW', how), how
        assert '"Filter"' not in how or "taken" in among  # a cursor of another year is harmless


def test_a_page_of_samples_begins_at_its_cursor(store: Store) -> None:
    """An index leads to the cursor, with a time and with stars as well: what comes before it is not read."""
    for of, words, _ in populated(store):
        if of != "samples":
            continue
        (wanted,) = words
        with store.read() as tx:
            cursor = tx.samples.page(wanted, limit=1).next_cursor
        with written_down(store) as statements, store.read() as tx:
            assert tx.samples.page(wanted, limit=1, cursor=cursor).items
        for statement, parameters in statements[:: 1 + len(statements) // 16]:
            how = plan(store, statement, parameters)
            if store.database.is_sqlite:
                assert re.search(r"(SEARCH|COVERING INDEX).*(\bid|sample_id|rating|nearness)[<>,=)]", how), (
                    f"{wanted}\n{how}"
                )
            else:
                assert '"Filter"' not in how or "step" in str(wanted), f"{wanted}\n{how}"


def test_pins_are_read_along_an_index_of_theirs(store: Store) -> None:
    """Among many that jobs drew none is passed over."""
    for wanted in (words[0] for of, words, _ in populated(store) if of == "samples" and words[0].pinned):
        with written_down(store) as statements, store.read() as tx:
            assert all(one.job_id is None for one in tx.samples.page(wanted).items)
        hows = [plan(store, *statement) for statement in statements]
        assert any(re.search("ix_samples_(pins|job_id)_", how) for how in hows), f"{wanted}\n{hows}"


def test_favourites_are_read_along_an_index_of_theirs(store: Store) -> None:
    """Among many that nobody likes none is passed over, also where a number of stars has no favourite at all."""
    for wanted in (words[0] for of, words, _ in populated(store) if of == "samples" and words[0].favourite):
        with store.read() as tx:
            cursor = tx.samples.page(wanted, limit=1).next_cursor
        with written_down(store) as statements, store.read() as tx:
            tx.samples.page(wanted)
            tx.samples.page(wanted, cursor=cursor)
        of_orders = [one for one in statements if "favourite" in one[0] and "blur" not in one[0]]
        assert of_orders
        for statement, parameters in of_orders[:: 1 + len(of_orders) // 8]:
            how = plan(store, statement, parameters)
            rated = wanted.rating and wanted.order == "original"  # few of many stars: their favourites are looked up
            assert rated or re.search("_favourite_(newest|best|original)", how), f"{wanted}\n{how}"


def test_what_is_asked_every_second_is_read_along_an_index(store: Store) -> None:
    populated(store)
    job = making.running(store)
    with written_down(store) as statements, store.begin() as tx:
        tx.jobs.claim(new_id(), ["draw"])
        tx.jobs.queued()
        tx.jobs.beat(job.id, 1)
        tx.events.after(job.id, 1)
        tx.events.after_all(1)
        tx.events.last_id()
        tx.events.of_types(job.id, "progress")
        tx.events.thinned(job.id, "progress", most=2)
        tx.artifacts.latest(job.id, "sheet")
        tx.jobs.sweep({}, at=0, lease_s=60)
    assert len(statements) >= 9
    for statement, parameters in statements:
        if "pg_advisory" not in statement:
            assert_along_an_index(store, statement, parameters)


def test_a_claim_reads_the_index_of_waiting_jobs_alone(store: Store) -> None:
    populated(store)
    with written_down(store) as statements, store.begin() as tx:
        tx.jobs.claim(new_id(), ["draw"])
    assert "ix_jobs_queued" in plan(store, *statements[0])
