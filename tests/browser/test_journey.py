"""A journey on its timeline: by keys, by hand, with undo; it saves itself, and says kindly what another tab did."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.journeying import kept, made, moment, opened, times
from tests.browser.test_mirrored import MIRRORED
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW
from tests.waiting import until


def keyframes(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^Keyframe \d+ of"))


def box(of: Locator) -> dict[str, float]:
    found = of.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def saved(reverie: str, journey: str, at: list[float]) -> None:
    """Wait until the server has keyframes at these times."""
    until(lambda: times(reverie, journey) == pytest.approx(at), within_s=SLOW / 1000)


def test_keys_do_all_that_a_hand_does(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    expect(keyframes(page)).to_have_count(3)
    page.keyboard.press("Shift+ArrowRight")
    assert moment(page) == 1.0
    page.keyboard.press("ArrowLeft")  # by a picture
    expect(page.get_by_role("slider", name="Playhead")).to_have_attribute("aria-valuetext", "1 second")
    page.keyboard.press("Home")
    page.keyboard.press("]")
    assert moment(page) == 0.7
    expect(page.get_by_role("heading", name="Keyframe at 0:01")).to_be_visible()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    saved(reverie, journey, [0, 0.9, 1.4])
    page.keyboard.press("d")
    expect(keyframes(page)).to_have_count(4)
    page.keyboard.press("Delete")
    expect(keyframes(page)).to_have_count(3)
    page.locator(".notice").get_by_role("button", name="Undo").click()
    expect(keyframes(page)).to_have_count(4)
    for _ in range(8):
        page.keyboard.press("Control+z")
    saved(reverie, journey, [0, 0.7, 1.4])
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("button", name="Keyframe 2 of 3, at 0.8 seconds")).to_be_visible()
    page.get_by_label("Its moment").fill("0:00.5")
    page.get_by_label("Its moment").press("Enter")
    saved(reverie, journey, [0, 0.5, 1.4])
    page.keyboard.press("End")
    page.locator("h1").focus()
    page.get_by_label("Its moment").fill("soon")
    page.get_by_label("Its moment").press("Enter")
    expect(page.get_by_text("Minutes and seconds, such as 0:17.5")).to_be_visible()
    assert times(reverie, journey) == [0, 0.5, 1.4]


def test_a_hand_drags_and_copies(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    second, third = (box(keyframes(page).nth(nth)) for nth in (1, 2))
    page.mouse.move(second["x"] + 40, second["y"] + 40)
    page.mouse.down()
    page.mouse.move(second["x"] + 90, second["y"] + 40, steps=5)
    page.mouse.move((second["x"] + third["x"]) / 2 + 40, second["y"] + 40)
    page.mouse.up()
    saved(reverie, journey, [0, 1.05, 1.4])
    page.keyboard.press("Control+z")  # all of the drag is one step
    saved(reverie, journey, [0, 0.7, 1.4])
    page.keyboard.down("Alt")
    page.mouse.move(second["x"] + 40, second["y"] + 40)
    page.mouse.down()
    page.mouse.move((second["x"] + third["x"]) / 2 + 40, second["y"] + 40, steps=5)
    page.mouse.up()
    page.keyboard.up("Alt")
    saved(reverie, journey, [0, 0.7, 1.05, 1.4])
    ruler = box(page.locator(".ruler"))
    page.mouse.click(ruler["x"] + ruler["width"] / 2, ruler["y"] + 4)
    assert moment(page) == 1.0


def test_it_plays_and_is_sharp_where_it_rests(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    opened(page, reverie, made(reverie, learnt, loop=False))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    until(lambda: moment(page) > 0.4, within_s=SLOW / 1000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SLOW)  # it ends by itself
    assert moment(page) == 2.0
    expect(page.locator(".journey-screen[data-drawn='sharp']")).to_be_visible(timeout=SLOW)
    painted = "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    assert page.locator(".journey-screen canvas").evaluate(painted) > 20
    expect(page).to_have_url(re.compile(r"t=2$"))


def test_what_a_keyframe_is_can_be_changed(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    panel = page.get_by_role("region", name="Keyframe")
    panel.get_by_role("slider", name="Typical to strange").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    panel.get_by_label("How it goes on").select_option("in")
    page.keyboard.press("]")
    page.locator("h1").focus()
    page.keyboard.press("]")
    page.keyboard.press("]")
    panel.get_by_role("slider", name="How far it had learnt").press("ArrowLeft")
    until(lambda: kept(reverie, journey)["keyframes"][2]["model_id"] != learnt["moment"], within_s=SLOW / 1000)
    first = kept(reverie, journey)["keyframes"][0]
    assert (first["psi"], first["ease"]) == (0.73, "in")
    page.get_by_role("button", name="Add keyframe").click()
    dialog = page.get_by_role("dialog", name="Add a keyframe")
    dialog.get_by_role("button", name="Latest").click()
    dialog.get_by_role("button", name=re.compile("^Invented picture")).first.click()
    expect(keyframes(page)).to_have_count(4)
    page.get_by_role("button", name="Film", exact=True).click()
    film = page.get_by_role("region", name="Film", exact=True)
    film.get_by_label("It lasts").fill("4")
    film.get_by_label("It lasts").press("Enter")
    film.get_by_label("How it ends").select_option("")
    film.get_by_label("Form").select_option("webm")
    until(lambda: kept(reverie, journey)["form"] == "webm", within_s=SLOW / 1000)
    now = kept(reverie, journey)
    assert (now["duration_s"], now["loop"]) == (4, False)
    assert len(now["keyframes"]) == 4


def test_on_a_phone_time_passes_under_the_playhead(phone: Page, reverie: str, learnt: dict[str, str]) -> None:
    opened(phone, reverie, made(reverie, learnt, duration_s=20.0))
    line = box(phone.locator(".playhead"))
    assert line["x"] + line["width"] / 2 == pytest.approx(PHONE["width"] / 2, abs=1)
    phone.locator(".timeline-scroll").evaluate("line => line.scrollLeft = (line.scrollWidth - line.clientWidth) / 2")
    until(lambda: moment(phone) == pytest.approx(10, abs=0.1), within_s=SLOW / 1000)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screen, timeline = box(phone.locator(".journey-screen")), box(phone.locator(".timeline"))
    assert screen["y"] + screen["height"] <= timeline["y"] + 1
    expect(phone.locator(".journey-bar").get_by_role("button", name="Make the film")).to_be_in_viewport()
    targets = [box(one) for one in phone.locator(".timeline button:visible").all()]
    small = [one for one in targets if min(one["height"], one["width"]) < 43]
    assert small == []


@pytest.mark.parametrize("look", ["day", "night", "mirrored"])
def test_everyone_can_use_it(browser: Browser, reverie: str, learnt: dict[str, str], look: str) -> None:
    journey = made(reverie, learnt)
    context = browser.new_context(
        viewport=DESKTOP, reduced_motion="reduce", color_scheme="dark" if look == "night" else "light"
    )
    page = context.new_page()
    if look == "mirrored":
        page.add_init_script(MIRRORED)
    opened(page, reverie, journey)
    page.get_by_role("button", name="Film", exact=True).click()
    page.get_by_role("button", name="Compose from the journey").click()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    first, last = (box(keyframes(page).nth(nth)) for nth in (0, 2))
    assert (first["x"] > last["x"]) == (look == "mirrored")
    page.locator("h1").focus()
    page.keyboard.press("Shift+ArrowLeft" if look == "mirrored" else "Shift+ArrowRight")
    assert moment(page) == 1.0
    line = box(page.locator(".playhead"))["x"] + 12
    assert min(first["x"], last["x"]) < line < max(first["x"], last["x"]) + 80
    context.close()
