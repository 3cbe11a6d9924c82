"""Lists that are longer than one answer, and a page that comes over plain http."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.work import SLOW, add, archive, drawn, turned

MANY = 125  # more than the first answer holds
REFUSED = 205  # more than any answer holds


@pytest.fixture(scope="module")
def client(reverie: str) -> Iterator[httpx.Client]:
    """REST, for what a test needs before it looks."""
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def long(client: httpx.Client) -> str:
    """An archive of many photographs that were turned upright, and of many files that are none."""
    return archive(client, "On their side", turned(MANY, refused=REFUSED))


def photographs(page: Page) -> Locator:
    return page.get_by_role("img", name=re.compile("^Photograph, "))


def test_every_photograph_is_shown_and_none_jumps_away(
    page: Page, reverie: str, client: httpx.Client, long: str
) -> None:
    page.goto(f"{reverie}/#/archives/{long}")
    expect(page.get_by_text(f"{MANY} photographs, seen")).to_be_visible()
    expect(photographs(page).first).to_be_visible()
    sources = photographs(page).evaluate_all("all => all.map((one) => one.srcset).join()")
    assert {int(size) for size in re.findall(r"size=(\d+)", sources)} <= set(range(401)), "originals in a grid"
    page.get_by_role("link", name=re.compile("^Photograph, ")).first.focus()
    page.keyboard.press("End")
    last = page.get_by_alt_text(re.compile(rf"scan_{MANY - 1:03}\.jpg"))
    expect(last).to_be_visible(timeout=SLOW)
    # What comes in below leaves one where one is.
    add(client, long, turned(2, refused=0, seed=2))
    expect(page.get_by_text(f"{MANY + 2} photographs, seen")).to_be_visible(timeout=SLOW)
    expect(last).to_be_visible()


def test_every_refused_file_has_its_line(page: Page, reverie: str, long: str) -> None:
    page.goto(f"{reverie}/#/archives/{long}/repairs?state=refused")
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_text(re.compile(r"^note_\d+\.jpg$"))).to_have_count(REFUSED, timeout=SLOW)


def test_a_long_list_is_gone_through_to_its_end(page: Page, reverie: str, client: httpx.Client) -> None:
    job = drawn(client, 202, seed=50)
    last = client.get(f"/samples?job={job}&order=newest&limit=1").json()["items"][0]["id"]
    page.goto(f"{reverie}/#/samples/{last}?job={job}&order=oldest")
    expect(page.get_by_text("This is the last.")).to_be_visible()
    expect(page.get_by_text("This is the first.")).to_have_count(0)
    page.get_by_role("button", name="Before").click()
    expect(page.get_by_text("seed 250", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_enabled()
    # The gallery reads on as one goes down, and holds little of it.
    page.goto(f"{reverie}/#/gallery?job={job}&order=oldest")
    pictures = page.get_by_role("link", name=re.compile("^Invented picture, seed"))
    pictures.first.focus()
    page.keyboard.press("End")
    expect(page.get_by_text("202 pictures", exact=True)).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name=re.compile("^Invented picture, seed 251"))).to_be_focused()
    assert pictures.count() < 150


def test_over_plain_http_one_can_draw_and_read_the_recipe(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    """What a browser gives to secure pages alone is away, as for a phone in the same house."""
    page.add_init_script("delete Crypto.prototype.randomUUID; delete Navigator.prototype.clipboard;")
    page.goto(f"{reverie}/#/models/{learnt['base']}")
    page.get_by_label("Pictures", exact=True).fill("1")
    page.get_by_label("Pictures", exact=True).press("Enter")
    page.get_by_role("button", name="Draw 1 picture").click()
    page.get_by_role("link", name=re.compile("^Invented picture, seed")).click()
    expect(page.get_by_role("textbox", name="Recipe")).to_have_value(re.compile('"seed":'))
