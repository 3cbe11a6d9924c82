"""Curation on the grid: by keys, by the bar, by the words of the sentence; only what is near the window is there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.conftest import PHONE
from tests.store import making

COUNT = 700
OLD, NEW = datetime(1991, 9, 14, tzinfo=UTC), datetime(2004, 2, 29, tzinfo=UTC)


@pytest.fixture
def grid(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a server, and of an archive of 599 photographs of 1991, 90 of 2004 and 13 without a date.

    All but the second that came share the files of the first.
    """
    with Store.open(Settings(data=tmp_path_factory.mktemp("grid"), database_url=sqlite_url)) as store:
        store.migrate()
        with store.begin() as tx:
            dataset = tx.datasets.add(name="Many", framing="centre")
        model, _ = rows.photos(store, str(dataset.id), count=2)
        archive = model.archive_id
        with store.read() as tx:
            of = tx.archives.get(archive)
        made = making.photos(of, COUNT, start=2, width=64, height=64, average="#7a8f6b")
        with store.begin() as tx:
            tx.photos.add_many(
                [
                    replace(
                        photo,
                        image_key=model.image_key,
                        thumb_key=model.thumb_key,
                        taken_at=OLD if photo.position <= 600 else NEW if photo.position <= 690 else None,
                        kind="blurred" if photo.position in (3, 650, 700) else "photograph",
                    )
                    for photo in made
                ]
            )
        with serving(store) as address:
            yield address, f"{address}/#/archives/{dataset.id}"


def cells(page: Page) -> int:
    return page.locator(".grid-room li").count()


def state(address: str, counts: str) -> int:
    (dataset,) = httpx.get(f"{address}/datasets").json()["items"]
    return int(dataset["counts"][counts])


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('li')?.dataset.index"))


def test_any_place_of_the_grid_is_reached_and_little_of_it_is_there(page: Page, grid: tuple[str, str]) -> None:
    page.goto(grid[1])
    first = page.get_by_role("link", name=re.compile("^Photograph, 2.jpg"))
    expect(first).to_be_visible()
    assert cells(page) < 100
    first.focus()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name=re.compile(f"^Photograph, {COUNT + 1}.jpg"))).to_be_visible()
    assert focused(page) == str(COUNT + 1)
    assert cells(page) < 100
    page.get_by_role("navigation", name="Years and months").get_by_role("button", name="2004").click()
    expect(page.get_by_role("link", name=re.compile("^Photograph, 601.jpg"))).to_be_visible()
    page.keyboard.press("=")
    expect(page.get_by_role("heading", name="2004")).to_be_visible()


def test_photographs_are_left_out_by_keys_and_taken_back(page: Page, grid: tuple[str, str]) -> None:
    address, archive = grid
    page.goto(archive)
    page.get_by_role("link", name=re.compile("^Photograph, 2.jpg")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator(".out-word")).to_have_count(1)
    assert focused(page) == "1"
    page.keyboard.press("Shift+ArrowDown")
    bar = page.get_by_role("region", name="Chosen photographs")
    expect(bar).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.keyboard.press("Control+a")
    expect(bar).to_contain_text(f"{COUNT + 2} chosen")
    bar.get_by_role("button", name="Leave out").click()
    expect(bar).to_be_hidden()
    assert state(address, "excluded") == COUNT + 2
    page.keyboard.press("Control+z")
    expect(page.locator(".notices")).to_contain_text("Taken back")
    assert state(address, "excluded") == 1
    page.keyboard.press("Control+z")
    expect(page.locator(".out-word")).to_have_count(0)
    assert state(address, "excluded") == 0


def test_the_sentence_is_in_the_address_and_says_which_word_to_loosen(page: Page, grid: tuple[str, str]) -> None:
    page.goto(f"{grid[1]}?which=out")
    expect(page.get_by_text("Nothing fits this sentence.")).to_be_visible()
    page.get_by_role("button", name="Look at everything, seen or left out").click()
    expect(page.get_by_role("heading", name="1991")).to_be_visible()
    page.get_by_label("Time").select_option("2004")
    expect(page).to_have_url(re.compile(r"\?taken=2004$"))
    expect(page.get_by_role("heading", name="1991")).to_be_hidden()
    page.get_by_label("Order").select_option("newest")
    expect(page).to_have_url(re.compile("taken=2004&order=newest"))
    expect(page.get_by_role("link", name=re.compile("^Photograph, 690.jpg"))).to_be_visible()


def test_coming_back_from_a_photograph_leads_to_where_one_was(page: Page, grid: tuple[str, str]) -> None:
    page.goto(f"{grid[1]}?order=newest")
    page.get_by_role("link", name=re.compile("^Photograph, 690.jpg")).focus()
    page.keyboard.press("End")
    expect(page.locator(".grid-room li[data-index='701'] > a")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".grid-room li[data-index='698'] > a")).to_have_attribute("href", re.compile("photos"))
    scroll = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/photos/"))
    expect(page.locator("h1.filename")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"\?order=newest$"))
    expect(page.locator(".grid-room li[data-index='698'] > a")).to_be_focused()
    assert page.evaluate("scrollY") == scroll > 0


def test_arrows_follow_the_direction_of_reading(page: Page, grid: tuple[str, str]) -> None:
    page.goto(grid[1])
    page.get_by_role("link", name=re.compile("^Photograph, 2.jpg")).focus()
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "1"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "0"


def test_what_was_taken_back_is_not_offered_to_be_undone(page: Page, grid: tuple[str, str]) -> None:
    page.goto(grid[1])
    page.get_by_role("link", name=re.compile("^Photograph, 2.jpg")).focus()
    page.keyboard.press("x")
    undo = page.locator(".notices").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".notices")).to_contain_text("Taken back")
    expect(undo).to_have_count(0)


def test_one_kind_is_shown_alone(page: Page, grid: tuple[str, str]) -> None:
    page.goto(grid[1])
    page.get_by_role("combobox", name="Kind").select_option("blurred")
    expect(page).to_have_url(re.compile(r"\?kind=blurred$"))
    expect(page.locator(".grid-room li")).to_have_count(3)
    page.get_by_role("combobox", name="Kind").select_option("tiny")
    page.get_by_role("button", name="Look at every kind").click()
    expect(page.get_by_role("heading", name="1991")).to_be_visible()


def test_withdrawal_is_asked_first(page: Page, grid: tuple[str, str]) -> None:
    address, archive = grid
    page.set_viewport_size(PHONE)
    page.goto(f"{archive}?taken=undated")
    own = page.locator(".grid-room li").filter(has=page.get_by_alt_text(re.compile("valley-1")))
    own.hover()
    own.get_by_role("button", name=re.compile("^Choose")).click()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No training that is still here has looked at them.")
    dialog.get_by_role("button", name="Leave it").click()
    assert state(address, "withdrawn") == 0
    page.get_by_role("button", name="Withdraw", exact=True).click()
    dialog.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".notices")).to_contain_text("Withdrawn")
    assert state(address, "withdrawn") == 1
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
