"""Trainings that were asked what they remember."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from playwright.sync_api import Route

from kinds.echoes.files import IMPLIED, NEAR, NONE, PICTURE, Remembered, column_of
from tests.browser.work import SLOW, ended
from tests.waiting import until

FEWEST = 100  # pictures of each moment: as few as may be asked for


def trained(client: httpx.Client, dataset: str, base: str, *, steps: Sequence[int]) -> str:
    """A training that has kept these moments."""
    until(lambda: client.get(f"/datasets/{dataset}/contacts").status_code == 200, SLOW / 1000)  # it was looked at
    params = {"dataset_id": dataset, "base_model_id": base, "steps": steps[-1], "snapshot_steps": list(steps)}
    posted = client.post("/jobs", json={"kind": "train", "measure": "none", **params}).raise_for_status()
    ended(client, posted.json()["id"])
    training: str = posted.json()["id"]
    return training


def asked(client: httpx.Client, training: str, *, count: int = FEWEST) -> None:
    """Have it asked what it remembers."""
    job = client.post("/jobs", json={"kind": "echoes", "training_id": training, "count": count}).raise_for_status()
    ended(client, job.json()["id"])


def told(reverie: str, training: str, of: str = "remembered") -> dict[str, Any]:
    """What is known of it."""
    query: dict[str, str | int] = {"of": of, "limit": 200}
    answer = httpx.get(f"{reverie}/jobs/{training}/echoes", params=query, timeout=60).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def fewer(route: Route) -> None:
    """Let the page ask for what it asks for, of as few pictures as may be: 500 of each moment take their time."""
    asked = route.request.post_data_json
    if route.request.method == "POST" and isinstance(asked, dict) and asked.get("kind") == "echoes":
        return route.continue_(post_data=json.dumps({**asked, "count": FEWEST}))
    return route.continue_()


@pytest.fixture(scope="session")
def echoed(reverie: str, learnt: dict[str, str]) -> str:
    """A training of three moments that was asked, for tests that only look."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        training = trained(client, learnt["dataset"], learnt["base"], steps=[0, 1, 3])
        asked(client, training)
    return training


def remembered(photos: list[str], *, known: int) -> Remembered:
    """The first `known` photographs are the nearest of pictures; the later one stands, the less alike it is."""
    near, pictures, implied = np.zeros(len(photos), NEAR), np.zeros(FEWEST, PICTURE), np.zeros(2, IMPLIED)
    near["photo"], near["seed"] = column_of([UUID(photo) for photo in photos]), np.arange(len(photos)) % FEWEST
    near["likeness"] = np.linspace(900_000, 200_000, len(photos)).astype(int)
    pictures["row"] = NONE
    pictures["row"][:, 0], pictures["likeness"][:, 0] = np.arange(FEWEST) % known, 300_000
    implied["seed"], implied["company"] = [3, 1], [7, 30]
    return Remembered(near=near, pictures=pictures, implied=implied)
