"""Archives that something has learnt from, and what it draws beside the photographs that it resembles."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.work import PHOTOS, SLOW, archive, ended
from workshop.stages import ROOT


def in_an_album(count: int = PHOTOS) -> bytes:
    """A zip of photographs of the demo in a folder, which is their album."""
    held = io.BytesIO()
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as demo, zipfile.ZipFile(held, "w") as some:
        for name in [name for name in demo.namelist() if name.endswith(".jpg")][:count]:
            some.writestr(f"Skye/{Path(name).name}", demo.read(name))
    return held.getvalue()


def trained(client: httpx.Client, name: str, count: int) -> dict[str, str]:
    """An archive that was looked at, a short training on it, and two samples of its last moment."""
    dataset = archive(client, name, in_an_album(count))
    looks = [job["id"] for job in client.get("/jobs?kind=index").json()["items"] if job["dataset_id"] == dataset]
    ended(client, looks[0])
    base = client.get("/models?bundled=true").json()["items"][0]["id"]
    params = {"dataset_id": dataset, "base_model_id": base, "steps": 2, "measure": "none"}
    training = client.post("/jobs", json={"kind": "train", **params}).raise_for_status().json()["id"]
    ended(client, training)
    moment = client.get(f"/models?job={training}").json()["items"][0]["id"]
    drawn = client.post("/jobs", json={"kind": "generate", "model_id": moment, "count": 2, "seed": 5})
    ended(client, drawn.raise_for_status().json()["id"])
    job = drawn.json()["id"]
    one, two = (sample["id"] for sample in client.get(f"/samples?job={job}&order=oldest").json()["items"])
    return {
        "dataset": dataset,
        "training": training,
        "moment": moment,
        "base": base,
        "sample": one,
        "next": two,
        "job": job,
    }


@pytest.fixture(scope="session")
def skye(reverie: str) -> dict[str, str]:
    """What has learnt from an archive of one album, for tests that only look."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        return trained(client, "Skye", PHOTOS)


def look(page: Page, address: str) -> None:
    """Open a sample, and wait until its originals stand beside it."""
    page.goto(address)
    expect(page.locator(".original img.here")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".invented-large img.here")).to_be_visible()


def middle_of(page: Page, column: int, row: int) -> tuple[float, float]:
    """Where a part of the picture is."""
    page.locator(".invented-large").scroll_into_view_if_needed()
    box = page.locator(".invented-large").bounding_box()
    assert box is not None
    return box["x"] + (column + 0.5) * box["width"] / 4, box["y"] + (row + 0.5) * box["height"] / 4


def shown(page: Page) -> list[str | None]:
    return [one.get_attribute("data-picture") for one in page.locator(".original [data-picture]").all()]


def originals(reverie: str, sample: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{reverie}/samples/{sample}/originals", timeout=60).raise_for_status().json()
    return told
