"""The gallery and its pictures by keyboard: choose, star, delete and take back, copy the recipe."""

import json
import re

import httpx
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.work import SLOW, drawn

PICTURES = 4


def some(reverie: str) -> str:
    """Pictures of the base, of this test alone."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        return drawn(client, PICTURES, seed=7)


def pictures(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile("^Invented picture, seed"))


def test_pictures_are_chosen_starred_and_deleted(page: Page, reverie: str) -> None:
    job = some(reverie)
    page.goto(f"{reverie}/#/gallery?job={job}&order=oldest")
    expect(pictures(page)).to_have_count(PICTURES)

    pictures(page).first.focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    bar = page.get_by_role("region", name="Chosen pictures")
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("button", name="Give a star").click()
    expect(page.get_by_role("link", name=re.compile("1 of 5 stars$"))).to_have_count(2)

    bar.get_by_role("button", name="Delete").click()
    expect(pictures(page)).to_have_count(PICTURES - 2)
    page.locator(".notice").filter(has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(pictures(page)).to_have_count(PICTURES)
    page.get_by_label("What").select_option("favourites")
    expect(pictures(page)).to_have_count(2)


def test_each_deletion_is_taken_back_by_itself(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/gallery?job={some(reverie)}&order=oldest")
    for left in (PICTURES - 1, PICTURES - 2):
        pictures(page).first.focus()
        page.keyboard.press("x")
        page.get_by_role("region", name="Chosen pictures").get_by_role("button", name="Delete").click()
        expect(pictures(page)).to_have_count(left)
    page.get_by_role("button", name="Undo").first.click()
    expect(pictures(page)).to_have_count(PICTURES - 1)


def test_a_picture_gives_its_recipe(page: Page, context: BrowserContext, reverie: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{reverie}/#/gallery?job={some(reverie)}&order=oldest")
    pictures(page).nth(1).press("Enter")
    expect(page.get_by_text("The place of seed 8 in")).to_contain_text("truncation 0.5 (mostly typical)")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="3 of 5")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("r")
    expect(page.get_by_text("Copied.")).to_be_visible()
    recipe = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert (recipe["seed"], recipe["truncation_psi"]) == (8, 0.5)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_keys_lead_to_the_views_unless_switched_off(page: Page, reverie: str) -> None:
    page.goto(reverie)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("g")
    expect(page).to_have_url(f"{reverie}/#/gallery")
    expect(page.get_by_label("What")).to_be_visible()  # the view is there, not only its address
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("What")).to_be_focused()

    page.goto(f"{reverie}/#/settings")
    page.get_by_label(re.compile("Single letters")).uncheck()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_running_training_is_watched_and_stopped(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        params = {"dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "steps": 5000, "measure": "none"}
        job = client.post("/jobs", json={"kind": "train", **params}).raise_for_status().json()["id"]
    page.goto(f"{reverie}/#/trainings/{job}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # Each answer takes longer than the next event: what is seen goes on all the same.
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 5,000\."))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Step 0", exact=True)).to_be_visible(timeout=SLOW)
    line.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    expect(page.get_by_role("list", name="What it says").get_by_role("listitem").first).to_be_visible()
    page.goto(f"{reverie}/#/jobs")
    expect(page.get_by_role("link", name="Learning Quiet places").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Quiet places")).click()
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text(re.compile("^It learnt for"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Keep this moment")).to_be_enabled()
