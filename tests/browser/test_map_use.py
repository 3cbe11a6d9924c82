"""What one does with a map: chooses by a lasso, reads its colours and its list, on a phone as well."""

import math
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.mapping import around, opened
from tests.browser.test_steps import AXE
from tests.waiting import until


def test_a_lasso_leaves_photographs_out_and_takes_them_in_again(page: Page, reverie: str, mapped: str) -> None:
    stage = opened(page, reverie, mapped)
    page.get_by_role("button", name="Lasso").click()
    around(page, stage)
    sorts = page.get_by_role("group", name="Which of them")
    expect(sorts.get_by_role("button", name="12 photographs")).to_be_visible()
    chosen = page.get_by_role("region", name="Chosen photographs")
    expect(chosen).to_contain_text("12 chosen")
    expect(chosen.get_by_role("button", name="Make an archive")).to_be_visible()
    chosen.get_by_role("button", name="Leave out").click()
    expect(page.locator(".notices")).to_contain_text("12 photographs will not be looked at")
    page.get_by_role("button", name="Undo").click()
    until(lambda: httpx.get(f"{reverie}/datasets/{mapped}").json()["counts"]["excluded"] == 0)


def test_invented_pictures_are_tagged_from_the_map(page: Page, reverie: str, mapped: str) -> None:
    count = httpx.get(f"{reverie}/datasets/{mapped}/map").json()["samples"]
    stage = opened(page, reverie, mapped)
    page.keyboard.down("Shift")
    around(page, stage)
    page.keyboard.up("Shift")
    page.get_by_role("button", name=f"{count} invented pictures").click()
    chosen = page.get_by_role("region", name="Chosen pictures")
    expect(chosen).to_contain_text(f"{count} chosen")
    chosen.get_by_role("button", name="Tag", exact=True).click()
    chosen.get_by_label("Tag").fill("from the map")
    page.keyboard.press("Enter")
    expect(page.locator(".notices")).to_contain_text("from the map")
    found = httpx.get(f"{reverie}/samples", params={"tag": "from the map"}).json()["items"]
    assert len(found) == count >= 3
    chosen.get_by_role("button", name="Choose none").click()
    expect(chosen).to_be_hidden()


def test_colours_say_what_they_mean_and_why_one_is_not_offered(page: Page, reverie: str, mapped: str) -> None:
    opened(page, reverie, mapped)
    menu = page.get_by_label("Coloured by")
    offered = menu.locator("option").all_inner_texts()
    told = httpx.get(f"{reverie}/datasets/{mapped}/map").json()
    assert ("originality" in offered) == (told["rated"] > 0)
    assert ("time" in offered) == (told["first_day"] is not None)
    assert "album" not in offered
    expect(page.get_by_text("None of these photographs is in an album.")).to_be_visible()
    menu.select_option("originality")
    legend = page.get_by_role("group", name="What the colours say")
    expect(legend).to_contain_text("Its own picture")
    expect(legend).to_contain_text("Nearly a copy")
    expect(page).to_have_url(re.compile("by=originality"))


def test_a_list_says_the_same_to_who_does_not_see_the_map(page: Page, reverie: str, mapped: str) -> None:
    count = httpx.get(f"{reverie}/datasets/{mapped}/map").json()["points"]
    opened(page, reverie, mapped)
    page.get_by_role("button", name="List what is in sight").click()
    listed = page.get_by_role("list", name="In sight, from the middle outwards")
    expect(listed.get_by_role("link")).to_have_count(count)
    listed.get_by_role("link", name=re.compile("^Invented picture")).first.click()
    expect(page).to_have_url(re.compile("#/samples/"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_room_for_it(page: Page, reverie: str, mapped: str, scheme: str) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stage = opened(page, reverie, mapped)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = stage.bounding_box()
    assert box is not None
    assert math.isclose(box["width"], PHONE["width"], abs_tol=1)
    page.get_by_role("button", name="Lasso").click()
    expect(page.get_by_text("Draw around what you mean.")).to_be_visible()
    around(page, stage, 0.9)
    expect(page.get_by_role("group", name="Which of them")).to_be_visible()


def test_the_gallery_leads_to_it(page: Page, reverie: str, mapped: str) -> None:
    page.goto(f"{reverie}/#/gallery?dataset={mapped}")
    page.get_by_role("link", name="On the map").click()
    expect(page.get_by_role("application")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it(page: Page, reverie: str, mapped: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stage = opened(page, reverie, mapped)
    stage.focus()
    page.keyboard.press("ArrowRight")
    expect(stage.locator(".map-card img")).to_be_visible()
    page.get_by_role("button", name="List what is in sight").click()
    page.get_by_role("button", name="Choose all in sight").click()
    expect(page.get_by_role("region", name="Chosen photographs")).to_be_visible()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
