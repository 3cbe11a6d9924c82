"""The explorer by keys alone: every panel is opened, gone through and left, and nothing is a trap."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_explore_pins import pinned
from tests.browser.test_explorer import enter
from tests.browser.work import SLOW, ended

MOST_STOPS = 120
# What has focus, in words; of what a panel holds, what Tab stops at.
NAME = """(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return '';
    return at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent.trim();
})()"""
INSIDE = "!!document.activeElement.closest('dialog[open], [popover]')"
STOPS = """within => {
    const all = [...document.querySelector(within).querySelectorAll('a[href], button, input, select, [tabindex]')];
    const seen = one => one.checkVisibility({visibilityProperty: true});
    const stops = all.filter(one => one.tabIndex >= 0 && !one.disabled && seen(one)
        && !(one.type === 'radio' && !one.checked));
    stops.forEach((one, nth) => one.dataset.stop = nth);
    return stops.length;
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(NAME)):
            return
    raise AssertionError(f"no Tab leads to {name}")


def gone_through(page: Page, within: str, *, leaves: bool) -> None:
    """Every control of a panel is reached by Tab, and each Tab goes on; out of what is no modal dialog it leads out."""
    wanted, seen, left = page.evaluate(STOPS, within), set[Any](), False
    for _ in range(wanted + MOST_STOPS):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.dataset.stop"))
        left = left or not page.evaluate(INSIDE)
        if len(seen - {None}) == wanted and (left or not leaves):
            return
    raise AssertionError(f"Tab reaches {sorted(seen - {None})} of {wanted}; it leads out: {left}")


def closed(page: Page, opener: str) -> None:
    """Esc closes the panel alone, and focus is where it was."""
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open], [popover]:popover-open")).to_have_count(0)
    assert re.search(opener, page.evaluate(NAME)), page.evaluate(NAME)
    expect(page.get_by_role("application")).to_be_visible()


@pytest.fixture(scope="module")
def place(reverie: str, learnt: dict[str, str]) -> str:
    """The address of a place in a moment of a training that has directions and two pins."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        job = client.post("/jobs", json={"kind": "directions", "model_id": learnt["moment"]}).raise_for_status()
        ended(client, job.json()["id"])
        pinned(client, learnt["moment"], 71, 72)
    return f"{reverie}/#/explore/{learnt['moment']}?at=7&z=200"


@pytest.mark.parametrize(
    ("opener", "title", "modal"),
    [
        ("^Directions$", "Directions", False),
        ("^Mix$", "Mix two pins", True),
        ("^Walk$", "Walk from pin to pin", True),
        ("Watch it become$", "Watch it become", True),
        ("^Find a photograph here$", "Find a photograph here", True),
    ],
)
def test_a_panel_is_opened_gone_through_and_left(page: Page, place: str, opener: str, title: str, modal: bool) -> None:
    enter(page, place)
    tab_to(page, opener)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text(re.compile("^(Fetching|One moment)"))).to_have_count(0)
    assert page.evaluate(INSIDE)
    gone_through(page, "dialog[open]", leaves=not modal)
    if title == "Directions":  # what is taken off the list takes focus along no farther than to the next
        tab_to(page, "^Take .* off the list$")
        page.keyboard.press("Enter")
        assert page.evaluate(NAME).startswith("Name of the direction")
    if not modal:  # it stays in sight and in use beside the plane; one goes back into it, and Esc closes it from there
        while not page.evaluate(INSIDE):
            page.keyboard.press("Shift+Tab")
    closed(page, opener)


def test_the_menu_the_sum_and_the_picture_itself_are_opened_and_left(page: Page, place: str) -> None:
    enter(page, place)
    tab_to(page, "^More$")
    page.keyboard.press("Enter")
    gone_through(page, "#explore-more", leaves=True)
    while not page.evaluate(INSIDE):
        page.keyboard.press("Shift+Tab")
    closed(page, "^More$")
    page.keyboard.press("Enter")
    tab_to(page, "^Sum pins$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Sum pins")).to_be_visible()
    assert page.evaluate(INSIDE)
    gone_through(page, "dialog[open]", leaves=False)
    closed(page, "^More$")
    tab_to(page, "^Plane of invented pictures")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Here, seed 7")).to_be_visible()
    gone_through(page, "dialog[open]", leaves=False)
    closed(page, "^Plane of invented pictures")


def test_pins_are_gone_to_and_taken_off_and_focus_stays_near(page: Page, place: str) -> None:
    enter(page, place)
    tab_to(page, "^Pin, seed 72$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("at=72&"))
    assert page.evaluate(NAME) == "Pin, seed 72"
    tab_to(page, "^Take off the pin, seed 72$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pin, seed 72", exact=True)).to_have_count(0)
    assert page.evaluate(NAME) == "Pin, seed 71"
    tab_to(page, "^Undo$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pin, seed 72", exact=True)).to_be_visible()


def test_a_blend_is_chosen_and_made_and_one_comes_back(page: Page, place: str) -> None:
    enter(page, place)
    tab_to(page, "^More$")
    page.keyboard.press("Enter")
    tab_to(page, "^Blend with another model$")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The other model")).to_be_visible()
    tab_to(page, "The other model")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("b="))
    expect(page.locator(".both [data-drawn='sharp']")).to_be_visible(timeout=SLOW)
    gone_through(page, "main", leaves=False)
    page.go_back()
    expect(page.get_by_role("application")).to_be_visible()
