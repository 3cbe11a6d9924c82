"""Where a photograph lives on: beside its echo, moment by moment, and among the pictures of the gallery."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.echoing import asked, fewer, told, trained
from tests.browser.work import SLOW, archive, landscapes
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def lives(reverie: str, photo: str) -> dict[str, Any]:
    answer = httpx.get(f"{reverie}/photos/{photo}/echoes", timeout=60).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def life(page: Page, reverie: str, photo: str, training: str) -> Locator:
    """What the page says of a photograph in a training."""
    page.goto(f"{reverie}/#/photos/{photo}")
    section = page.get_by_role("region", name="Lives on in")
    expect(section.get_by_text("Resemblance, never proof")).to_be_visible()
    return section.get_by_role("article").filter(has=page.locator(f'a[href="#/trainings/{training}"]'))


def test_a_photograph_stands_beside_its_echo_and_goes_through_the_moments(
    page: Page, reverie: str, echoed: str
) -> None:
    photo = told(reverie, echoed)["items"][0]["photo"]["id"]
    found = next(one for one in lives(reverie, photo)["items"] if one["training_id"] == echoed)
    one = life(page, reverie, photo, echoed)
    expect(one.locator(".says")).to_have_text(re.compile(f"^{found['words']}.* at step {found['best']['step']}", re.I))
    expect(one.locator(".beside .photo img")).to_have_class("here", timeout=SLOW)
    expect(one.locator(".beside .invented img")).to_have_class("here", timeout=SLOW)
    strip = one.get_by_role("list", name=re.compile("^Moments of"))
    expect(strip.get_by_role("button")).to_have_count(len(found["moments"]))
    pressed = strip.get_by_role("button", pressed=True)
    expect(pressed).to_have_accessible_name(re.compile(f"^Step {found['best']['step']},"))
    pressed.focus()
    page.keyboard.press("Home")
    expect(one.locator(".says")).to_have_text("At step 0.")
    expect(strip.get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(strip.get_by_role("button").nth(1)).to_be_focused()
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.keyboard.press("ArrowRight")
    expect(strip.get_by_role("button").first).to_be_focused()
    one.get_by_role("button", name="Pin", exact=True).click()
    expect(one.get_by_role("link", name="Pinned: look at it")).to_be_visible(timeout=SLOW)
    one.get_by_role("link", name="Wander from here").click()
    expect(page).to_have_url(re.compile(f"#/explore/{found['moments'][0]['model_id']}"))


def test_one_that_is_never_remembered_is_told_so_kindly(page: Page, reverie: str) -> None:
    # Of many photographs of one kind a network that has hardly learnt leaves some alone.
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Left alone", landscapes(broken=False))
        base = client.get("/models?bundled=true").json()["items"][0]["id"]
        training = trained(client, dataset, base, steps=[0, 1])
        asked(client, training)
    found = told(reverie, training, "forgotten")
    assert found["forgotten"] > 0
    one = life(page, reverie, found["items"][0]["photo"]["id"], training)
    expect(one.locator(".says")).to_have_text("It is never remembered.")
    expect(one.get_by_text("Whatever was drawn comes nearest to another photograph")).to_be_visible()
    one.get_by_role("link", name="All that this training never remembers").click()
    expect(page).to_have_url(re.compile(r"/echoes\?of=forgotten$"))
    expect(page.get_by_role("link", name=re.compile("^Never remembered"))).to_have_attribute("aria-current", "true")


def test_where_nobody_has_asked_one_asks_from_the_photograph(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Not asked", landscapes(broken=False))
        photo = client.get(f"/datasets/{dataset}/photos?state=ready").json()["items"][0]["id"]
        page.goto(f"{reverie}/#/photos/{photo}")
        section = page.get_by_role("region", name="Lives on in")
        expect(section.get_by_text("Nothing has learnt from it yet.")).to_be_visible()
        base = client.get("/models?bundled=true").json()["items"][0]["id"]
        training = trained(client, dataset, base, steps=[0, 1])
        button = section.get_by_role("button", name="Where does it live on?")
        expect(button).to_be_visible(timeout=SLOW)  # the page has heard that something has learnt from it
        expect(section.get_by_text(re.compile("minute"))).to_be_visible()
        page.route("**/jobs", fewer)
        button.click()
        expect(section.get_by_text(re.compile("^(Reverie will look|Looking) for where"))).to_be_visible()
        expect(section.locator(f'article a[href="#/trainings/{training}"]')).to_be_visible(timeout=2 * SLOW)


def test_pictures_of_the_gallery_that_come_nearest_to_it_are_shown(
    page: Page, reverie: str, skye: dict[str, str]
) -> None:
    sample = httpx.get(f"{reverie}/samples/{skye['sample']}", timeout=60).raise_for_status().json()
    photo = sample["originality"]["photo_id"]
    page.goto(f"{reverie}/#/photos/{photo}")
    kept = page.get_by_role("region", name="Among what was drawn")
    expect(kept.locator(f'a[href="#/samples/{sample["id"]}"] img')).to_be_visible()
    expect(kept.get_by_role("link")).to_have_count(len(lives(reverie, photo)["samples"]))


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_can_be_used_by_everyone_and_on_a_phone(page: Page, reverie: str, echoed: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    photo = told(reverie, echoed)["items"][0]["photo"]["id"]
    one = life(page, reverie, photo, echoed)
    expect(one.locator(".beside .invented img")).to_have_class("here", timeout=SLOW)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(PHONE)
    expect(one.locator(".beside")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
