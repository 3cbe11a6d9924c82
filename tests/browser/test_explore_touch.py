"""The plane under fingers, as Chromium sends them: pan, pinch, tap, long press; and with reduced motion."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_explorer import asked, enter, middle


class Fingers:
    """Touches of a page, each finger by its place."""

    def __init__(self, line: CDPSession) -> None:
        self._line = line

    def lay(self, *places: tuple[float, float]) -> None:
        self._send("touchStart", *places)

    def move(self, *places: tuple[float, float]) -> None:
        self._send("touchMove", *places)

    def lift(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": nth} for nth, (x, y) in enumerate(places)]
        self._line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A tab on a phone, without a mouse."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def fingers(phone: Page) -> Fingers:
    return Fingers(phone.context.new_cdp_session(phone))


def test_a_finger_pans_and_a_tap_centres(phone: Page, fingers: Fingers, reverie: str, learnt: dict[str, str]) -> None:
    enter(phone, f"{reverie}/#/explore/{learnt['base']}?at=3&z=160")
    x, y = middle(phone)
    fingers.lay((x, y))
    for far in (-30, -80, -130, -165):
        fingers.move((x + far, y))
    fingers.lift()
    expect(phone).to_have_url(re.compile(r"at=3%2C0\.21\d*%2C0&"))
    fingers.lay((x, y - 150))
    fingers.lift()
    expect(phone).to_have_url(re.compile(r"at=3%2C0\.21\d*%2C-0\.21"))


def test_two_fingers_zoom_about_what_is_between_them(
    phone: Page, fingers: Fingers, reverie: str, learnt: dict[str, str]
) -> None:
    enter(phone, f"{reverie}/#/explore/{learnt['base']}?at=3&z=120")
    x, y = middle(phone)
    fingers.lay((x - 40, y), (x + 40, y))
    for apart in (50, 60, 70, 80):
        fingers.move((x - apart, y), (x + apart, y))
    fingers.lift()
    expect(phone).to_have_url(re.compile(r"at=3&d=12&psi=0\.7&z=240"))


def test_a_long_press_opens_the_picture_under_it(
    phone: Page, fingers: Fingers, reverie: str, learnt: dict[str, str]
) -> None:
    enter(phone, f"{reverie}/#/explore/{learnt['base']}?at=3&z=160")
    x, y = middle(phone)
    fingers.lay((x, y - 160))
    dialog = phone.get_by_role("dialog", name=re.compile("^Here, seed 3, 0.2 away"))
    expect(dialog.get_by_role("img")).to_be_visible()
    fingers.lift()
    assert asked(phone)["at"].startswith("3,0,-0.21")
    dialog.get_by_role("button", name="Close").tap()
    expect(dialog).to_have_count(0)


def test_the_sheet_below_is_drawn_up_by_its_handle(phone: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(phone, f"{reverie}/#/explore/{learnt['moment']}?at=3&z=160")
    directions = phone.get_by_role("button", name="Directions")
    expect(directions).to_be_hidden()
    phone.get_by_role("button", name="All that one steers with").tap()
    expect(directions).to_be_visible()
    expect(phone.get_by_role("list", name="This point while it learnt")).to_be_visible()


def test_with_reduced_motion_it_is_there_at_once(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=3&z=200")
    page.keyboard.press("ArrowRight")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert asked(page)["at"].startswith("3,0.21")
    assert page.locator(".explore-dock").evaluate("(one) => getComputedStyle(one).transitionDuration") == "0s"


def test_a_double_click_opens_what_was_clicked_first(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.emulate_media(reduced_motion="no-preference")
    enter(page, f"{reverie}/#/explore/{learnt['base']}?at=3&z=200")
    x, y = middle(page)
    page.mouse.dblclick(x + 200, y)
    expect(page.get_by_role("dialog", name="Here, seed 3, 0.2 away")).to_be_visible()
    assert asked(page)["at"].startswith("3,0.21")
