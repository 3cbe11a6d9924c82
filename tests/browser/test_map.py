"""The map of an archive: laid out at a click, wandered by hand and by keys, coloured, and chosen from by a lasso."""

import math
import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW, archive, ended, landscapes
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
    first = card.get_by_role("link").get_attribute("href")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text=re.compile("Photograph|Invented"))).to_be_attached()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(card.get_by_role("link")).to_have_attribute("href", first or "")
    page.keyboard.press("x")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 chosen")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reverie}/{first}")
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
    stage = opened(page, reverie, mapped)
    page.keyboard.down("Shift")
    around(page, stage)
    page.keyboard.up("Shift")
    page.get_by_role("button", name="3 invented pictures").click()
    chosen = page.get_by_role("region", name="Chosen pictures")
    expect(chosen).to_contain_text("3 chosen")
    chosen.get_by_role("button", name="Tag", exact=True).click()
    chosen.get_by_label("Tag").fill("from the map")
    page.keyboard.press("Enter")
    expect(page.locator(".notices")).to_contain_text("from the map")
    found = httpx.get(f"{reverie}/samples", params={"tag": "from the map"}).json()["items"]
    assert len(found) == 3
    chosen.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("gallery/compare"))


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
    opened(page, reverie, mapped)
    page.get_by_role("button", name="List what is in sight").click()
    listed = page.get_by_role("list", name="In sight, from the middle outwards")
    expect(listed.get_by_role("link")).to_have_count(15)
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
