"""The interface on a real database, over real HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import PLAIN, serving


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a data folder of this test alone; without Redis, so that streams have to look by themselves."""
    return Settings(data=tmp_path / "data", database_url=database_url, max_upload_bytes=2_000_000)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings) as opened:
        yield opened


@pytest.fixture
def http(store: Store) -> Iterator[httpx.Client]:
    """A client of a server that answers on `store`."""
    with serving(store) as address, httpx.Client(base_url=address, timeout=20, verify=PLAIN) as client:
        yield client


@pytest.fixture
def dataset(http: httpx.Client) -> dict[str, Any]:
    """An empty dataset."""
    made: dict[str, Any] = http.post("/datasets", json={"name": "Father's pictures"}).json()
    return made


@pytest.fixture
def ready(store: Store, dataset: dict[str, Any]) -> dict[str, Any]:
    """A dataset of ten photographs, read."""
    rows.photos(store, dataset["id"], count=10)
    return dataset


@pytest.fixture
def base(store: Store) -> str:
    """The id of a base model at 64 px."""
    return str(rows.base(store).id)


@pytest.fixture
def training(http: httpx.Client, ready: dict[str, Any], base: str) -> dict[str, Any]:
    """A training that waits in the queue."""
    posted = http.post("/jobs", json={"kind": "train", "dataset_id": ready["id"], "base_model_id": base, "steps": 20})
    assert posted.status_code == 202, posted.text
    job: dict[str, Any] = posted.json()
    return job
