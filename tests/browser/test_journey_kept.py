"""A journey saves itself: two tabs, a recipe that is taken along, one that is deleted."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeying import kept, made, opened, times
from tests.browser.work import SLOW
from tests.waiting import until


def saved(reverie: str, journey: str, at: list[float]) -> None:
    """Wait until the server has keyframes at these times."""
    until(lambda: times(reverie, journey) == pytest.approx(at), within_s=SLOW / 1000)


def test_two_tabs_do_not_write_over_each_other(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    other = page.context.new_page()
    opened(other, reverie, journey)
    other.get_by_role("button", name="Rename").click()
    other.get_by_label("Name of this journey").fill("Over the dale")
    other.get_by_role("button", name="Save", exact=True).click()
    until(lambda: kept(reverie, journey)["name"] == "Over the dale", within_s=SLOW / 1000)
    page.keyboard.press("]")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_text("Another tab changed this journey meanwhile.")).to_be_visible(timeout=SLOW)
    assert times(reverie, journey) == [0, 0.7, 1.4]
    page.get_by_role("button", name="keep this one").click()
    until(lambda: kept(reverie, journey)["name"] == "Over the hill", within_s=SLOW / 1000)
    assert times(reverie, journey) == [0, 0.8, 1.4]
    other.close()


def test_what_another_tab_changed_is_taken_over_and_not_saved_again(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    there = httpx.get(f"{reverie}/journeys/{journey}").json()
    body = {"recipe": {**there["recipe"], "duration_s": 3.0}, "revision": there["revision"]}
    httpx.put(f"{reverie}/journeys/{journey}", json=body).raise_for_status()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "PUT" else None)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("0:03, 24 pictures a second")).to_be_visible(timeout=SLOW)
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # then what is not saved is saved at once
    assert page.evaluate("1 + 1") == 2  # so that a request would have been heard of
    assert sent == []


def test_a_recipe_is_saved_and_opened(page: Page, reverie: str, learnt: dict[str, str], tmp_path: Path) -> None:
    journey = made(reverie, learnt, name="Carried along")
    opened(page, reverie, journey)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save the recipe").click()
    taken.value.save_as(tmp_path / "carried.json")
    page.goto(f"{reverie}/#/journeys")
    page.get_by_label("Open a recipe").set_input_files(tmp_path / "carried.json")
    expect(page.get_by_role("heading", name="Carried along", level=1)).to_be_visible(timeout=SLOW)
    expect(page).not_to_have_url(re.compile(journey))
    page.goto(f"{reverie}/#/journeys")
    (tmp_path / "notes.json").write_text('{"format": 1}')
    page.get_by_label("Open a recipe").set_input_files(tmp_path / "notes.json")
    expect(page.get_by_text("This is no recipe of a journey")).to_be_visible()
    page.locator("h1").evaluate(
        """(_, text) => {
            const files = new DataTransfer();
            files.items.add(new File([text], 'dropped.json', { type: 'application/json' }));
            dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        (tmp_path / "carried.json").read_text(),
    )
    expect(page.get_by_role("heading", name="Carried along", level=1)).to_be_visible(timeout=SLOW)


def test_a_journey_is_deleted_unless_that_is_taken_back(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    page.get_by_role("button", name="Delete this journey").click()
    expect(page).to_have_url(re.compile(r"#/journeys$"))
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="Over the hill")).to_be_visible(timeout=SLOW)
    assert times(reverie, journey) == [0, 0.7, 1.4]
