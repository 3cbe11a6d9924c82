"""Directions, sums of pins and the grain: ways to move beside the plane, by sliders and by keys."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_explorer import asked, drawn, enter
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW, ended
from tests.waiting import until


@pytest.fixture
def client(reverie: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


@pytest.fixture
def ways(client: httpx.Client, learnt: dict[str, str]) -> list[dict[str, Any]]:
    """The directions of the base, which a job has found."""
    job = client.post("/jobs", json={"kind": "directions", "model_id": learnt["base"]}).raise_for_status().json()["id"]
    ended(client, job)
    found: list[dict[str, Any]] = client.get(f"/models/{learnt['base']}/directions").raise_for_status().json()
    return found


@pytest.fixture
def fresh(client: httpx.Client, learnt: dict[str, str]) -> str:
    """A model in which nobody has looked for directions."""
    both = {"kind": "blend", "model_id": learnt["base"], "with_id": learnt["moment"], "t": 0.3, "name": "New ground"}
    job = client.post("/jobs", json=both).raise_for_status().json()["id"]
    ended(client, job)
    id: str = client.get(f"/models?job={job}").raise_for_status().json()["items"][0]["id"]
    return id


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Directions").click()
    return page.get_by_role("dialog", name="Directions")


def shift(page: Page) -> list[dict[str, Any]]:
    """How far along which directions the address says that one is."""
    said = asked(page)["at"]
    found: list[dict[str, Any]] = json.loads(said).get("shift", []) if said.startswith("{") else []
    return found


def test_the_plane_follows_along_a_direction_and_comes_back(
    page: Page, reverie: str, learnt: dict[str, str], ways: list[dict[str, Any]]
) -> None:
    first = next(one for one in ways if one["kind"] == "sefa" and one["position"] == 0)
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    panel = opened(page)
    slider = panel.get_by_role("slider", name="Shape 1")
    slider.press("PageUp")
    slider.press("PageUp")
    expect(page).to_have_url(re.compile("shift"))
    assert shift(page) == [{"direction": first["id"], "amount": 2}]
    drawn(page)
    expect(page.get_by_alt_text("Invented picture, seed 7, along 1 direction")).to_be_visible(timeout=SLOW)
    expect(slider).to_have_attribute("aria-valuetext", "+2")
    slider.press("Delete")
    expect(page).to_have_url(re.compile("at=7&"))
    slider.press("ArrowLeft")
    panel.get_by_role("slider", name="Form 1").press("ArrowRight")
    expect(page).to_have_url(re.compile("0.1.*0.1"))
    assert [one["amount"] for one in shift(page)] == [-0.1, 0.1]
    panel.get_by_role("slider", name="Form 1").dblclick(position={"x": 4, "y": 16})
    expect(panel.get_by_role("slider", name="Form 1")).to_have_attribute("aria-valuetext", "0")
    panel.get_by_role("button", name="Reset all").click()
    expect(page).to_have_url(re.compile("at=7&"))
    slider.focus()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("button", name="Directions")).to_be_focused()


def test_what_each_direction_does_is_shown_once_it_is_seen(
    page: Page, reverie: str, learnt: dict[str, str], ways: list[dict[str, Any]]
) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    rows = opened(page).get_by_role("listitem")
    expect(rows).to_have_count(len(ways))
    expect(rows.first.locator("img")).to_have_count(3, timeout=SLOW)
    expect(rows.last.locator("img")).to_have_count(1)  # where one is: the same for all
    rows.last.scroll_into_view_if_needed()
    expect(rows.last.locator("img")).to_have_count(3, timeout=SLOW)
    rows.last.get_by_title("To −3").click()
    expect(page).to_have_url(re.compile("-3"))


def test_a_direction_is_named_and_taken_off_the_list(
    page: Page, reverie: str, learnt: dict[str, str], ways: list[dict[str, Any]], client: httpx.Client
) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    panel = opened(page)
    name = panel.get_by_label("Name of the direction Colour 1")
    name.fill("towards winter")
    name.press("Enter")
    expect(panel.get_by_role("slider", name="towards winter")).to_be_visible()
    address = f"/models/{learnt['base']}/directions"
    until(lambda: [one["name"] for one in client.get(address).json()].count("towards winter") == 1)
    again = panel.get_by_label("Name of the direction towards winter")
    again.fill("no")
    again.press("Escape")
    expect(again).to_have_value("towards winter")
    panel.get_by_role("slider", name="towards winter").press("ArrowRight")
    expect(page).to_have_url(re.compile("shift"))
    panel.get_by_role("button", name="Take towards winter off the list").press("Enter")
    expect(panel.get_by_role("slider", name="towards winter")).to_have_count(0)
    expect(page).to_have_url(re.compile("at=7&"))
    page.locator(".notices").get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("slider", name="towards winter")).to_be_visible()
    again.fill("")
    again.press("Enter")
    expect(panel.get_by_role("slider", name="Colour 1")).to_be_visible()


def test_where_nobody_has_looked_yet_that_is_asked_for_and_what_goes_before_is_said(
    page: Page, reverie: str, learnt: dict[str, str], fresh: str, client: httpx.Client
) -> None:
    asked_for = {"dataset_id": learnt["dataset"], "base_model_id": learnt["moment"], "steps": 5000, "measure": "none"}
    training = client.post("/jobs", json={"kind": "train", **asked_for}).raise_for_status().json()["id"]
    try:
        enter(page, f"{reverie}/#/explore/{fresh}?at=7&z=300")
        panel = opened(page)
        expect(panel.get_by_text("Reverie looks for ways through this model")).to_be_visible()
        expect(panel.get_by_text(re.compile("^It waits for the training on Quiet places"))).to_be_visible(timeout=SLOW)
    finally:  # left to itself it would hold up every test that comes after
        client.post(f"/jobs/{training}/cancel").raise_for_status()
    expect(panel.get_by_role("slider", name="Shape 1")).to_be_visible(timeout=SLOW)
    jobs = client.get("/jobs?kind=directions&limit=200").json()["items"]
    assert len([job for job in jobs if job["model_id"] == fresh]) == 1


def test_pins_are_summed_with_weights(page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client) -> None:
    for seed in (31, 32):
        client.post(f"/models/{learnt['base']}/samples", json={"point": {"anchor": {"seed": seed}}}).raise_for_status()
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.get_by_role("button", name="Sum pins").press("Enter")
    panel = page.get_by_role("dialog", name="Sum pins")
    expect(panel.get_by_text("0.5 +0.5, together 1.", exact=True)).to_be_visible()
    expect(panel.get_by_alt_text("Invented picture, between pins")).to_be_visible(timeout=SLOW)
    second = panel.get_by_role("slider", name=re.compile("seed 31$"))
    second.press("PageDown")
    second.press("PageDown")
    expect(panel.get_by_text("0.5 −0.5, together 0. The rest, up to 1, is the most typical picture.")).to_be_visible()
    expect(panel.get_by_alt_text("Invented picture, a sum of pins")).to_be_visible(timeout=SLOW)
    panel.get_by_role("button", name="Wander from here").click()
    expect(page).to_have_url(re.compile("sum"))
    terms = json.loads(asked(page)["at"])["anchor"]["sum"]
    assert terms == [{"of": {"seed": 32}, "weight": 0.5}, {"of": {"seed": 31}, "weight": -0.5}]
    drawn(page)


def test_the_grain_is_another_or_none(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    page.get_by_role("button", name="More", exact=True).click()
    menu = page.get_by_role("group", name="More")
    menu.get_by_role("button", name="None").click()
    expect(page).to_have_url(re.compile("noise"))
    assert json.loads(asked(page)["at"])["noise"] == {"mode": "none"}
    menu.get_by_role("button", name="Another").click()
    expect(page).to_have_url(re.compile("random"))
    seed = json.loads(asked(page)["at"])["noise"]["seed"]
    menu.get_by_role("button", name="Another").click()
    expect(page).not_to_have_url(re.compile(str(seed)))
    menu.get_by_role("button", name="As it learnt").click()
    expect(page).to_have_url(re.compile("at=7&"))
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("application")).to_be_visible()  # Esc has closed the menu alone
    drawn(page)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_panels_can_be_used_by_everyone(
    page: Page, reverie: str, learnt: dict[str, str], ways: list[dict[str, Any]], theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=100")
    page.evaluate(AXE)
    expect(opened(page).get_by_role("slider")).to_have_count(len(ways))
    page.get_by_role("button", name="More", exact=True).click()
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    until(lambda: _end(page.locator(".explore-here")) <= _top(page.get_by_role("dialog", name="Directions")))


def _top(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def _end(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]
