"""An archive with a map, and hands on it."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.work import SLOW, ended
from tests.waiting import until

RESTED = re.compile("^(points|pictures)$")


@pytest.fixture(scope="session")
def mapped(reverie: str, learnt: dict[str, str]) -> str:
    """An archive with a map, on which three samples of what learnt from it lie as well."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = learnt["dataset"]
        until(lambda: client.get(f"/datasets/{dataset}/contacts").status_code == 200, SLOW / 1000)
        drawn = client.post("/jobs", json={"kind": "generate", "model_id": learnt["moment"], "count": 3, "seed": 5})
        ended(client, drawn.raise_for_status().json()["id"])
        job = client.post("/jobs", json={"kind": "map", "dataset_id": dataset}).raise_for_status().json()["id"]
        ended(client, job)
    return dataset


def opened(page: Page, reverie: str, dataset: str, query: str = "") -> Locator:
    """The stage of a map that is drawn."""
    page.goto(f"{reverie}/#/archives/{dataset}/map{query}")
    stage = page.get_by_role("application")
    expect(stage.locator("canvas")).to_have_attribute("data-shown", RESTED)
    return stage


def around(page: Page, stage: Locator, share: float = 0.98) -> None:
    """Draw around what lies in this share of the stage."""
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    spots = [(x + share * i * box["width"] / 2, y + share * j * box["height"] / 2) for i, j in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=3)
    page.mouse.up()
