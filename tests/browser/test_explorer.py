"""Wandering in a model, with a renderer that draws: the plane, the dock, pins, history, moments, mixes."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest
from playwright.sync_api import Page, expect

from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.conftest import PHONE
from tests.browser.work import SLOW


def enter(page: Page, address: str) -> None:
    """Open a place, and wait until all that is in sight is drawn."""
    page.goto(address)
    drawn(page)


def drawn(page: Page) -> None:
    expect(page.locator("canvas[data-drawn='sharp']")).to_be_visible(timeout=SLOW)


def asked(page: Page) -> dict[str, str]:
    """The words of the address."""
    return {name: values[0] for name, values in parse_qs(page.url.partition("?")[2]).items()}


def middle(page: Page) -> tuple[float, float]:
    box = page.locator(".explore-here").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pinned(client: httpx.Client, model: str) -> list[str]:
    found = client.get(f"/samples?model={model}&pinned=true&limit=200").raise_for_status().json()["items"]
    return [one["id"] for one in found]


@pytest.fixture
def client(reverie: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


def test_the_plane_is_wandered_by_keys_alone_and_back_is_back_in_space(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&d=12&psi=0.7&z=200")
    expect(page.get_by_alt_text("Invented picture, seed 7", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"at=7%2C0\.21"))
    once = asked(page)["at"]
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"at=7%2C0\.21\d*%2C0\.21"))
    places = page.get_by_role("navigation", name="Where you have been").get_by_role("listitem")
    expect(places).to_have_count(3)
    page.go_back()
    expect.soft(page.get_by_role("button", name=re.compile("^Place 2,"))).to_have_attribute("aria-current", "location")
    assert asked(page)["at"] == once
    page.get_by_role("button", name="On again").click()
    expect(page).to_have_url(re.compile(r"at=7%2C0\.21\d*%2C0\.21"))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"z=250"))
    page.keyboard.press(".")
    expect(page.get_by_role("button", name="13° apart")).to_be_visible()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(r"at=7&"))
    page.get_by_role("application").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Here, seed 7")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("application")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"#/models/{learnt['base']}$"))


def test_a_zoom_made_as_the_address_leads_elsewhere_stays(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&d=12&psi=0.7&z=200")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"at=7%2C0\.21"))
    # The key comes right after the browser has changed the address, before it says so by a hashchange.
    press = "dispatchEvent(new KeyboardEvent('keydown', {key: '+'}))"
    page.evaluate(f"addEventListener('popstate', () => {press}, {{once: true}}); history.back()")
    expect(page).to_have_url(re.compile(r"at=7&.*z=250"))
    expect(page.get_by_role("button", name=re.compile("^Place 1,"))).to_have_attribute("aria-current", "location")


def test_what_a_slider_said_last_is_not_written_where_back_leads(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&d=12&psi=0.7&z=200")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"at=7%2C0\.21"))
    written = """new Promise(done => {
        dispatchEvent(new KeyboardEvent('keydown', {key: '.'}));
        addEventListener('popstate', () => setTimeout(() => done(location.hash), 300), {once: true});
        history.back();
    })"""
    assert re.search(r"at=7&d=12&", page.evaluate(written)), "by now all that waited to be written is written"
    expect(page.get_by_role("button", name="12° apart")).to_be_visible()


def test_a_hand_drags_clicks_zooms_and_opens(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=3&z=200")
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y, steps=4)
    page.mouse.move(x - 210, y, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"at=3%2C0\.21\d*%2C0&"))
    page.mouse.click(x + 200, y)
    expect(page).to_have_url(re.compile(r"at=3%2C0\.42\d*%2C0&"))
    page.mouse.move(x, y)
    page.mouse.wheel(0, -150)
    expect(page).to_have_url(re.compile(r"z=250"))
    assert asked(page)["at"].startswith("3,0.42")
    page.mouse.dblclick(x, y)
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()


def test_the_middle_stays_while_near_and_far_and_strangeness_move(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=5,0.5,-0.25&z=200")
    page.get_by_role("slider", name=re.compile("^From near to far")).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"at=5%2C0\.5%2C-0\.25&d=14&"))
    page.get_by_role("button", name="truncation 0.70").click()
    page.get_by_role("textbox", name=re.compile("^From typical")).fill("0.35")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"at=5%2C0\.5%2C-0\.25&d=14&psi=0\.35&z=200"))
    expect(page.get_by_role("button", name="truncation 0.35")).to_be_focused()
    drawn(page)


def test_what_left_the_screen_is_given_up(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(request.url))
    page.goto(f"{reverie}/#/explore/{learnt['base']}?at=11&z=100")
    expect(page.locator("canvas[data-drawn='coming']")).to_be_visible()
    with page.expect_event("requestfailed", lambda request: "/models/" in request.url, timeout=SLOW):
        page.evaluate("location.hash = location.hash.replace('at=11', 'at=12')")
    drawn(page)
    assert all("/tile?" in url or url.endswith("/render") for url in given_up)


def test_finds_are_pinned_walked_between_mixed_and_taken_off(
    page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client
) -> None:
    model = learnt["base"]
    before = len(pinned(client, model))
    enter(page, f"{reverie}/#/explore/{model}?at=21&z=300")
    pins = page.get_by_role("complementary", name="Pins")
    page.keyboard.press("p")
    expect(page.get_by_text("It is in the gallery, too.")).to_be_visible(timeout=SLOW)
    page.keyboard.press("p")
    expect(page.get_by_text("Pinned already")).to_be_visible()
    page.goto(f"{reverie}/#/explore/{model}?at=22&z=300")
    expect(page.get_by_alt_text("Invented picture, seed 22", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(pins.get_by_role("button", name="Pin, seed 22", exact=True)).to_have_attribute("aria-current", "location")
    expect(pins.get_by_role("button", name="Take off the pin, seed 22")).to_be_attached(timeout=SLOW)
    assert len(pinned(client, model)) == before + 2

    pins.get_by_role("button", name="Walk").click()
    walk = page.get_by_role("dialog", name="Walk from pin to pin")
    scrubber = walk.get_by_role("slider", name=re.compile("^Along the way"))
    expect(scrubber).to_be_focused()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(scrubber).to_have_attribute("aria-valuetext", "50 %")
    walk.get_by_role("button", name="Wander from here").click()
    expect(page).to_have_url(re.compile("sum"))
    expect(page.get_by_alt_text("Invented picture, between pins")).to_be_visible(timeout=SLOW)

    page.get_by_role("button", name="Mix").click()
    mix = page.get_by_role("dialog", name="Mix two pins")
    mix.get_by_role("button", name="Shape").focus()
    expect(mix.get_by_text("With shape and colour of the second: press to take it.")).to_be_visible()
    expect(mix.get_by_alt_text("Invented picture, shape and colour of the second")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Enter")
    expect(mix.get_by_role("button", name="Shape")).to_have_attribute("aria-pressed", "true")
    mix.get_by_role("button", name="Wander from here").click()
    expect(page).to_have_url(re.compile("mix"))

    pins.get_by_role("button", name="Pin, seed 21", exact=True).click()
    expect(page).to_have_url(re.compile("at=21&"))
    pins.get_by_role("button", name="Take off the pin, seed 22").click()
    expect(pins.get_by_role("button", name="Pin, seed 22", exact=True)).to_have_count(0)
    page.locator(".notices").get_by_role("button", name="Undo").click()
    expect(pins.get_by_role("button", name="Pin, seed 22", exact=True)).to_be_visible()
    assert len(pinned(client, model)) == before + 2


def test_the_same_place_is_seen_at_another_moment(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    last = learnt["moment"]
    enter(page, f"{reverie}/#/explore/{last}?at=9,0.5,0.5&z=300")
    strip = page.get_by_role("list", name="This point while it learnt")
    expect(strip.get_by_role("button", pressed=True)).to_have_count(1)
    strip.get_by_role("button", pressed=True).click()
    page.keyboard.press("Home")
    expect(strip.get_by_role("button").first).to_be_focused()
    expect(page).not_to_have_url(re.compile(last))
    assert asked(page)["at"] == "9,0.5,0.5"
    drawn(page)
    page.keyboard.press("]")
    page.get_by_role("button", name=re.compile("Watch it become$")).click()
    film = page.get_by_role("dialog", name="Watch it become")
    expect(film.get_by_role("img")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Home")
    first, last = (str(film.get_by_role("slider").get_attribute(which)) for which in ("min", "max"))
    expect(film.get_by_role("slider")).to_have_js_property("value", first)
    page.keyboard.press(" ")
    expect(film.get_by_role("slider")).to_have_js_property("value", last, timeout=SLOW)


def test_space_hides_all_controls_while_it_is_held(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7&z=300")
    page.keyboard.down(" ")
    expect(page.get_by_role("region", name="Steering")).to_be_hidden()
    page.keyboard.up(" ")
    expect(page.get_by_role("region", name="Steering")).to_be_visible()


def test_every_picture_and_model_leads_here(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/samples/{learnt['sample']}")
    page.get_by_role("link", name="Wander from here").click()
    expect(page).to_have_url(re.compile(rf"#/explore/{learnt['base']}\?at=\d+&"))
    page.goto(f"{reverie}/#/models/{learnt['moment']}")
    page.get_by_role("link", name="Explore this model").click()
    expect(page).to_have_url(re.compile(f"#/explore/{learnt['moment']}"))
    page.goto(f"{reverie}/#/trainings/{learnt['training']}")
    page.get_by_role("link", name="Wander here").click()
    expect(page.get_by_role("application")).to_be_visible()
    page.goto(f"{reverie}/#/archives")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Explore").click()
    expect(page.get_by_role("application")).to_be_visible()


def test_a_place_that_is_none_says_so(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/explore/{learnt['base']}?at=%7Bbroken")
    expect(page.get_by_role("heading", name="This place cannot be read.")).to_be_visible()
    page.get_by_role("link", name="Begin in the middle").click()
    expect(page.get_by_role("application")).to_be_visible()
    page.goto(f"{reverie}/#/explore/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071?at=7")
    expect(page.get_by_text("This model is not here any more. What you see stays.")).to_be_visible()
    page.goto(f'{reverie}/#/explore/{learnt["base"]}?at={{"anchor":{{"z":[1,2]}}}}')
    expect(page.get_by_role("status").get_by_text("z has 2 numbers")).to_be_visible(timeout=SLOW)


def test_on_a_phone_all_is_in_reach(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=7")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    pin = page.get_by_role("button", name="Pin", exact=True).bounding_box()
    assert pin is not None
    assert pin["width"] > PHONE["width"] / 2
    _, y = middle(page)
    assert y < page.locator(".explore-pins").bounding_box()["y"]  # type: ignore[index]


def test_without_a_renderer_the_page_says_how_long_it_takes(page: Page, empty: tuple[str, str]) -> None:
    page.goto(f"{empty[0]}/#/explore/{empty[1]}?at=7")
    expect(page.get_by_text(re.compile(r"^Warming up, about \d+ seconds?$"))).to_be_visible()


@pytest.fixture
def empty(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server that has a model, but nobody who draws."""
    with Store.open(Settings(data=tmp_path_factory.mktemp("empty"), database_url=sqlite_url)) as store:
        store.migrate()
        with serving(store) as address:
            yield address, str(rows.base(store).id)
