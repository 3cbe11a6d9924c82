"""Journeys for the browser tests: short, small, through a base and a moment of a training."""

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browser.work import SLOW


def recipe(learnt: dict[str, str], **other: Any) -> dict[str, Any]:
    """A recipe of two seconds through three places; the last one is of a moment of a training."""
    places = [(0.0, "base", 3), (0.7, "base", 8), (1.4, "moment", 8)]
    keyframes = [
        {"at_s": at, "model_id": learnt[model], "point": {"anchor": {"seed": seed}, "psi": 0.7}}
        for at, model, seed in places
    ]
    return {"format": 1, "name": "Over the hill", "duration_s": 2.0, "fps": 24, "keyframes": keyframes, **other}


def made(reverie: str, learnt: dict[str, str], **other: Any) -> str:
    """The id of a journey of this recipe."""
    answer = httpx.post(f"{reverie}/journeys", json={"recipe": recipe(learnt, **other)}, timeout=60)
    id: str = answer.raise_for_status().json()["id"]
    return id


def kept(reverie: str, journey: str) -> dict[str, Any]:
    """The recipe, as the server has it."""
    found: dict[str, Any] = httpx.get(f"{reverie}/journeys/{journey}", timeout=60).raise_for_status().json()["recipe"]
    return found


def times(reverie: str, journey: str) -> list[float]:
    """When its keyframes are, as the server has them."""
    return [keyframe["at_s"] for keyframe in kept(reverie, journey)["keyframes"]]


def opened(page: Page, reverie: str, journey: str, *, at: float = 0) -> None:
    """Open a journey, and wait until its picture is sharp."""
    page.goto(f"{reverie}/#/journeys/{journey}?t={at}")
    expect(page.locator(".journey-screen[data-drawn='sharp']")).to_be_visible(timeout=SLOW)


def moment(page: Page) -> float:
    """Where the playhead is, in seconds."""
    return float(page.get_by_role("slider", name="Playhead").get_attribute("aria-valuenow") or "nan")
