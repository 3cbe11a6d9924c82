"""The installations of `tests/worker`, to be broken."""

from tests.worker.conftest import house, postgres_house, sqlite_house

__all__ = ["house", "postgres_house", "sqlite_house"]
