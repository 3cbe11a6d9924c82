"""What a training remembers: asked for by a click, in three lists, walked by keys, pinned, read on a phone."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.browser.echoing import fewer, told, trained
from tests.browser.work import SLOW
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
NAMES = {"remembered": "Remembered", "forgotten": "Never remembered", "implied": "Implied but never taken"}
LISTS = {
    "remembered": "Photographs and their echoes",
    "forgotten": "Photographs that are never remembered, beside what comes closest",
}
EMPTY = {
    "remembered": "No picture that it draws comes nearest",
    "forgotten": "Every photograph is remembered",
    "implied": "Wherever it often draws",
}


def opened(page: Page, reverie: str, training: str, of: str = "remembered") -> None:
    page.goto(f"{reverie}/#/trainings/{training}/echoes{'' if of == 'remembered' else f'?of={of}'}")
    current = page.get_by_role("navigation", name="Echoes").locator("[aria-current]")
    expect(current).to_have_text(re.compile(f"^{NAMES[of]}"))
    expect(page.get_by_text("Resemblance, never proof")).to_be_visible()


def pairs(page: Page, of: str) -> Locator:
    return page.get_by_role("list", name=LISTS[of]).get_by_role("link")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


def test_a_training_that_nobody_has_asked_is_asked_by_a_click(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        training = trained(client, learnt["dataset"], learnt["base"], steps=[0, 1])
    page.goto(f"{reverie}/#/trainings/{training}")
    page.get_by_role("link", name="What it remembers of your photographs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Echoes of Quiet places"))
    expect(
        page.get_by_text(re.compile("^Nobody has looked for what this training remembers. It takes"))
    ).to_be_visible()
    page.route("**/jobs", fewer)
    page.get_by_role("button", name="Look for echoes").click()
    expect(
        page.get_by_text(re.compile("^(Reverie will look|Looking) for where your photographs live on"))
    ).to_be_visible()
    expect(page.get_by_role("navigation", name="Echoes")).to_be_visible(timeout=2 * SLOW)
    found = told(reverie, training)
    for of, name in NAMES.items():
        tab = page.get_by_role("link", name=re.compile(f"^{name}"))
        expect(tab).to_have_text(f"{name}{found[of]}")
    assert found["remembered"] + found["forgotten"] == found["photos"]
    page.goto(f"{reverie}/#/jobs")
    line = page.get_by_role("link", name="Looking for echoes of Quiet places").first
    expect(line).to_have_attribute("href", re.compile("^#/trainings/.*/echoes$"))


@pytest.mark.parametrize("of", ["remembered", "forgotten"])
def test_photographs_stand_beside_what_comes_nearest_to_them(page: Page, reverie: str, echoed: str, of: str) -> None:
    found = told(reverie, echoed, of)
    opened(page, reverie, echoed, of)
    if found[of] == 0:
        expect(page.get_by_text(EMPTY[of])).to_be_visible()
        return
    expect(pairs(page, of)).to_have_count(found[of])
    first = found["items"][0]
    pair = pairs(page, of).first
    expect(pair).to_have_attribute("href", f"#/photos/{first['photo']['id']}")
    expect(pair.get_by_role("img", name=re.compile("^Photograph, "))).to_have_class("here", timeout=SLOW)
    expect(pair.get_by_role("img", name=re.compile("^Invented picture at step"))).to_have_class("here", timeout=SLOW)
    expect(pair).to_contain_text(re.compile(first["words"], re.IGNORECASE))
    boxes = [pair.locator(kind).bounding_box() for kind in (".picture.photo", ".picture.invented")]
    one, other = boxes
    assert one is not None
    assert other is not None
    assert one["height"] == pytest.approx(other["height"], abs=1)
    assert one["x"] + one["width"] <= other["x"]


def test_pairs_are_walked_by_arrows_and_lead_to_the_photograph(page: Page, reverie: str, echoed: str) -> None:
    found = told(reverie, echoed)
    assert found["remembered"] > 1  # whatever it draws, some photographs are the nearest
    opened(page, reverie, echoed)
    pairs(page, "remembered").first.focus()
    page.keyboard.press("ArrowRight")
    expect(pairs(page, "remembered").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(f'[data-index="{found["remembered"] - 1}"] > a')).to_be_focused()
    page.keyboard.press("Home")
    page.evaluate("document.documentElement.dir = 'rtl'")  # what comes next is to the left
    page.keyboard.press("ArrowLeft")
    expect(pairs(page, "remembered").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"#/photos/{found['items'][1]['photo']['id']}"))


def test_what_is_implied_is_wandered_from_and_pinned(page: Page, reverie: str, echoed: str) -> None:
    found = told(reverie, echoed, "implied")
    opened(page, reverie, echoed, "implied")
    if found["implied"] == 0:
        expect(page.get_by_text(EMPTY["implied"])).to_be_visible()
        return
    cards = page.get_by_role("region", name="Implied but never taken").get_by_role("article")
    expect(cards).to_have_count(len(found["items"]))
    card, first = cards.first, found["items"][0]
    expect(card.get_by_role("img", name=re.compile("^Invented picture, seed"))).to_have_class("here", timeout=SLOW)
    near = card.get_by_role("list", name="The two nearest photographs").get_by_role("link")
    expect(near).to_have_count(len(first["nearest"]))
    expect(near.first).to_have_attribute("href", f"#/photos/{first['nearest'][0]['id']}")
    card.get_by_role("link", name="Wander from here").focus()
    page.keyboard.press("p")
    pinned = card.get_by_role("link", name="Pinned: look at it")
    expect(pinned).to_be_visible(timeout=SLOW)
    sample = (pinned.get_attribute("href") or "").removeprefix("#/samples/")
    kept = httpx.get(f"{reverie}/samples/{sample}", timeout=60).raise_for_status().json()
    assert kept["model_id"] == first["model_id"]
    assert kept["recipe"]["point"]["anchor"] == first["point"]["anchor"]
    card.get_by_role("link", name="Wander from here").click()
    expect(page).to_have_url(re.compile(f"#/explore/{first['model_id']}"))


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_can_be_used_by_everyone_and_on_a_phone(page: Page, reverie: str, echoed: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    for of in NAMES:
        opened(page, reverie, echoed, of)
        expect(page.locator(".picture.invented img.here").first.or_(page.get_by_text(EMPTY[of]))).to_be_visible(
            timeout=SLOW
        )
        assert violations(page) == [], of
    page.set_viewport_size(PHONE)
    for of in NAMES:
        opened(page, reverie, echoed, of)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("link", name="Back: The training")).to_be_visible()


def test_while_nobody_draws_a_picture_is_asked_for_again(page: Page, reverie: str, echoed: str) -> None:
    away = {"type": "/problems/warming_up", "title": "Warming up", "status": 503, "detail": "No renderer is there yet."}
    times = {"asked": 0}

    def nobody(route: Route) -> None:
        times["asked"] += 1
        if times["asked"] > 3:
            return route.continue_()
        return route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(away))

    page.route(re.compile(r"/models/.*/tile"), nobody)
    opened(page, reverie, echoed)
    expect(page.get_by_text("Warming up").first).to_be_visible()
    expect(page.get_by_text("Warming up")).to_have_count(0, timeout=SLOW)
    expect(pairs(page, "remembered").first.locator(".invented img")).to_have_class("here", timeout=SLOW)


def test_a_training_that_is_not_here_and_one_whose_archive_is_gone(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    page.goto(f"{reverie}/#/trainings/{learnt['sample']}/echoes")
    expect(page.get_by_role("alert")).to_contain_text("This training is not here")
    with httpx.Client(base_url=reverie, timeout=60) as client:
        drawn = client.get("/jobs?kind=generate").json()["items"][0]["id"]
    page.goto(f"{reverie}/#/trainings/{drawn}/echoes")  # a job, and no training
    expect(page.get_by_role("navigation", name="Echoes")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(re.compile("not here|training|archive"))
