"""The map of an archive: laid out at a click, wandered by hand and by keys, coloured, and chosen from by a lasso."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.mapping import RESTED, opened
from tests.browser.work import SLOW, archive, landscapes
from tests.waiting import until


def test_an_archive_is_laid_out_at_a_click(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "To be laid out", landscapes(broken=False))
        until(lambda: client.get(f"/datasets/{dataset}/contacts").status_code == 200, SLOW / 1000)
    page.goto(f"{reverie}/#/archives/{dataset}")
    page.get_by_role("navigation", name="Of this archive").get_by_role("link", name="Map").click()
    expect(page.get_by_text("This archive has not been laid out as a map yet.")).to_be_visible()
    page.get_by_role("button", name="Lay it out").click()
    expect(page.get_by_role("application", name=re.compile("^Map of 12 photographs"))).to_be_visible(timeout=SLOW)
    with httpx.Client(base_url=reverie, timeout=60) as client:
        extra = client.get(f"/datasets/{dataset}/photos?state=ready").json()["items"][0]["id"]
        client.delete(f"/photos/{extra}").raise_for_status()
    page.reload()
    expect(page.get_by_role("application", name=re.compile("^Map of 11 photographs"))).to_be_visible()
    page.goto(f"{reverie}/#/jobs")
    expect(page.get_by_role("link", name="Laying out the map of To be laid out")).to_be_visible()


def test_keys_go_from_picture_to_picture_and_open_one(page: Page, reverie: str, mapped: str) -> None:
    stage = opened(page, reverie, mapped)
    stage.focus()
    page.keyboard.press("ArrowRight")
    card = stage.locator(".map-card")
    expect(card).to_be_visible()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text=re.compile("Photograph|Invented"))).to_be_attached()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.keyboard.press("ArrowRight")
    lit = card.get_by_role("link").get_attribute("href")  # the arrows may have moved what lies in the middle
    page.keyboard.press("x")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 chosen")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reverie}/{lit}")
    page.go_back()
    expect(page.get_by_role("application")).to_be_visible()


def test_where_one_looks_is_in_the_address(page: Page, reverie: str, mapped: str) -> None:
    stage = opened(page, reverie, mapped)
    stage.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"z=\d"))
    expect(stage.locator("canvas")).to_have_attribute("data-shown", RESTED)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("application").locator("canvas")).to_have_attribute("data-shown", RESTED)
    assert page.url == address
    page.get_by_role("button", name="Whole map").click()
    expect(page).not_to_have_url(re.compile("z="))
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.wheel(0, -300)
    expect(page).to_have_url(re.compile(r"z=\d"))
