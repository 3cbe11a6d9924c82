"""Two models made one on the page: chosen, looked at, kept."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW


@pytest.fixture
def client(reverie: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


def looked_at(page: Page) -> None:
    """Wait until the blend is drawn, sharp."""
    expect(page.locator(".both [data-drawn='sharp']")).to_be_visible(timeout=SLOW)


def test_a_moment_and_its_base_are_blended_looked_at_and_kept(
    page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client
) -> None:
    page.goto(f"{reverie}/#/models/{learnt['moment']}")
    page.get_by_role("link", name="Blend").click()
    page.get_by_label("The other model").select_option(learnt["base"])
    expect(page).to_have_url(re.compile(f"b={learnt['base']}"))
    looked_at(page)
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("at=8"))
    expect(
        page.get_by_text(re.compile("^Shapes up to 8 px from .*, what is finer and its colours from"))
    ).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="By weights").click()
    expect(page).to_have_url(re.compile("t=0.5"))
    slider.press("ArrowLeft")
    expect(page.get_by_text(re.compile("^45 % of the way from"))).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Swap the two").click()
    expect(page).to_have_url(re.compile(f"a={learnt['base']}&b={learnt['moment']}&t=0.55"))
    page.get_by_label("Its name").fill("Between two worlds")
    page.get_by_role("button", name="Keep as a model").click()
    expect(page.get_by_role("heading", name="Between two worlds")).to_be_visible(timeout=SLOW)
    made = client.get(f"/models/{page.url.rpartition('/')[2]}").raise_for_status().json()
    assert made["facts"]["recipe"]["blend"]["t"] == 0.55


def test_what_cannot_be_blended_says_why(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    file = httpx.get(f"{reverie}/models?bundled=true").json()["items"]
    other = next(one["id"] for one in file if one["id"] != learnt["base"])
    page.goto(f"{reverie}/#/models/blend?a={learnt['base']}&b={other}&t=0.5")
    expect(page.get_by_text(re.compile("^By layers alone: these two have no common origin"))).to_be_visible()
    expect(page.get_by_role("button", name="By weights")).to_be_disabled()
    expect(page.get_by_role("button", name="By layers")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{reverie}/#/models/blend?a={learnt['base']}&b={learnt['training']}")
    expect(page.get_by_text("That model is not here.")).to_be_visible()
    page.goto(f"{reverie}/#/models/blend?a={learnt['training']}")
    expect(page.get_by_role("heading", name="This model is not here.")).to_be_visible()


@pytest.mark.parametrize("theme", ["day", "night"])
def test_blending_can_be_used_by_everyone(page: Page, reverie: str, learnt: dict[str, str], theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    page.goto(f"{reverie}/#/models/blend?a={learnt['moment']}&b={learnt['base']}")
    looked_at(page)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(PHONE)
    looked_at(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
