"""What is made of pins: no picture of it is fetched twice, and everyone can use it."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_explorer import enter
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW
from tests.waiting import until


@pytest.fixture
def client(reverie: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


def pinned(client: httpx.Client, model: str, *seeds: int) -> None:
    """Pin seeds, so that the last one stands first."""
    for seed in seeds:
        made = client.post(f"/models/{model}/samples", json={"point": {"anchor": {"seed": seed}}})
        made.raise_for_status()


def test_a_picture_that_is_here_is_not_fetched_again(
    page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client
) -> None:
    pinned(client, learnt["base"], 51, 52)
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url) if "-film" in request.url else None)
    page.get_by_role("button", name="Mix").click()
    mix = page.get_by_role("dialog", name="Mix two pins")

    def come() -> int:
        page.evaluate("0")  # what the browser tells is heard while it is asked something
        return len(set(fetched))

    until(lambda: come() == 4, within_s=SLOW / 1000)  # as it is, and with each part taken or not
    mix.get_by_role("button", name="Shape").click()
    until(lambda: come() == 6, within_s=SLOW / 1000)  # two of the next four were here
    page.mouse.move(0, 0)
    expect(mix.get_by_alt_text("Invented picture, shape and colour of the second")).to_be_visible(timeout=SLOW)
    assert len(fetched) == 6


@pytest.mark.parametrize("theme", ["day", "night"])
def test_what_is_made_of_pins_can_be_used_by_everyone(
    page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client, theme: str
) -> None:
    pinned(client, learnt["moment"], 61, 62)
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    enter(page, f"{reverie}/#/explore/{learnt['moment']}?at=7&z=100")
    page.evaluate(AXE)

    def fine(name: str) -> None:
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog.locator("img[alt^='Invented picture']")).to_be_visible(timeout=SLOW)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        page.keyboard.press("Escape")

    page.get_by_role("button", name="Mix").click()
    fine("Mix two pins")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Sum pins").click()
    fine("Sum pins")
    page.get_by_role("button", name="Walk").click()
    fine("Walk from pin to pin")
    page.goto(f"{reverie}/#/models/blend?a={learnt['moment']}&b={learnt['base']}")
    page.get_by_role("button", name="By weights").click()
    page.get_by_label("Its name").fill("Both")
    expect(page.locator(".both [data-drawn='sharp']")).to_be_visible(timeout=SLOW)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
