"""Values that mean the same on both databases."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import tables as t
from store.store import Store
from store.types import storable
from tests.store import making

# Beyond 1e15 PostgreSQL gives a whole number back without its point.
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(params=st.dictionaries(st.text(), VALUES, max_size=4))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_comes_back_as_it_went(store: Store, params: dict[str, Any]) -> None:
    with store.begin() as tx:
        job = tx.jobs.add(kind="train", params=params)
    assert job.params == storable(params)


@given(value=st.text() | st.floats() | st.lists(st.floats()) | st.dictionaries(st.text(), st.text()))
@settings(derandomize=True)
def test_what_is_storable_is_json_and_stays_so(value: Any) -> None:
    once = storable(value)
    assert storable(once) == once
    assert "\0" not in json.dumps(once, ensure_ascii=False, allow_nan=False).encode().decode()


def test_only_what_cannot_be_stored_is_replaced() -> None:
    assert storable("Grüße 🌊 \t") == "Grüße 🌊 \t"
    assert storable({"a": [math.nan, 1.5, -math.inf]}) == {"a": [None, 1.5, None]}
    assert storable("\udc80x\0") == "\ufffdx\ufffd"


def test_times_are_aware_and_exact(store: Store) -> None:
    moment = datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-5)))
    job = making.job(store)
    with store.begin() as tx:
        tx.connection.execute(sa.update(t.jobs).where(t.jobs.c.id == job.id).values(started_at=moment))
        found = tx.jobs.get(job.id).started_at
    assert found == moment
    assert found.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError, match="no time zone"), store.begin() as tx:
        tx.connection.execute(sa.update(t.jobs).values(started_at=datetime(2024, 1, 1)))  # noqa: DTZ001


def test_none_is_null_and_not_a_word(store: Store) -> None:
    making.job(store)
    with store.read() as tx:
        query = sa.select(sa.func.count()).select_from(t.jobs).where(t.jobs.c.error.is_(sa.null()))
        assert tx.connection.execute(query).scalar_one() == 1
