"""An installation on each database, with short times so that leases run out while one watches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.settings import Settings
from store.store import Store
from tests.worker.house import House


def opened(database_url: str, folder: Path, **others: Any) -> Iterator[House]:
    settings = Settings(
        data=folder / "data",
        database_url=database_url,
        lease_s=5,
        fence_s=4,
        heartbeat_s=0.3,
        poll_s=0.2,
        threads=1,
        **others,
    )
    with Store.open(settings) as store:
        store.migrate()
        yield House(store)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """An installation; the test runs once on each database."""
    yield from opened(database_url, tmp_path)


@pytest.fixture
def sqlite_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """An installation on SQLite."""
    yield from opened(sqlite_url, tmp_path)


@pytest.fixture
def postgres_house(postgres_url: str, tmp_path: Path) -> Iterator[House]:
    """An installation on PostgreSQL."""
    yield from opened(postgres_url, tmp_path)
