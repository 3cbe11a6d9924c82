"""A store on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.settings import Settings
from store.store import Store


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of this test alone: a migrated database, a data folder, no broker."""
    return Settings(data=tmp_path / "data", database_url=database_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An open store."""
    with Store.open(settings) as opened:
        yield opened
