"""A store with models whose weights are there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.settings import Settings
from store.store import Store
from tests.worker.house import House


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """An installation on SQLite; both databases are asked in `tests/api/test_render.py`."""
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url, heartbeat_s=0.3, renderer_bytes=1)
    with Store.open(settings) as store:
        yield House(store)
