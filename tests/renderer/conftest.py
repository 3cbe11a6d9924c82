"""A store with models whose weights are there; what needs a graphics card is collected where there is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from store.settings import Settings
from store.store import Store
from tests.worker.house import House

collect_ignore = [] if torch.cuda.is_available() else ["test_cuda.py"]


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """An installation on SQLite; both databases are asked in `tests/api/test_render.py`."""
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url, heartbeat_s=0.3, renderer_bytes=1)
    with Store.open(settings) as store:
        yield House(store)
