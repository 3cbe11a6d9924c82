"""The film of a journey: estimated, made, watched while it comes, played, sought through, taken along, deleted."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeying import kept, made, opened, times
from tests.browser.work import SLOW, ended
from tests.waiting import until

KNOWN = "video => video.readyState >= 1 || video.error?.message || false"
SOUGHT = """async video => {
    video.muted = true;
    video.currentTime = 0.5 * video.duration;
}"""
RESTS = "video => !video.seeking && video.readyState >= 2"
SEEN = """video => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
    canvas.getContext('2d').drawImage(video, 0, 0, 64, 64);
    const colours = new Set(canvas.getContext('2d').getImageData(0, 0, 64, 64).data).size;
    return [video.duration, video.currentTime, video.videoWidth, colours];
}"""


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_the_film_is_made_and_plays_and_is_sought_through(
    page: Page, reverie: str, learnt: dict[str, str], form: str
) -> None:
    journey = made(reverie, learnt, form=form, speed="plain")
    opened(page, reverie, journey)
    expect(page.get_by_text(re.compile(r"^48 pictures, "))).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Make the film").first.click()
    player = page.locator("video.player")
    expect(player).to_be_visible(timeout=SLOW)
    until(lambda: player.evaluate(KNOWN), within_s=SLOW / 1000)
    assert player.evaluate(KNOWN) is True
    player.evaluate(SOUGHT)
    until(lambda: player.evaluate(RESTS), within_s=SLOW / 1000)
    duration, at, width, colours = player.evaluate(SEEN)
    assert duration == pytest.approx(2, abs=0.05)
    assert at == pytest.approx(1, abs=0.05)
    assert width >= 32
    assert colours > 20  # it shows something
    player.evaluate("video => void video.play()")
    until(lambda: player.evaluate("video => video.currentTime") > 1.2, within_s=SLOW / 1000)
    expect(page.get_by_text(re.compile(r"24 pictures a second"))).to_have_count(2)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save", exact=True).click()
    assert taken.value.suggested_filename == f"Over the hill.{form}"
    video = httpx.get(f"{reverie}/videos?journey={journey}").json()["items"][0]["id"]
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(player).to_have_count(0)
    page.locator(".notice").get_by_role("button", name="Undo").click()
    expect(player).to_be_visible()
    assert httpx.get(f"{reverie}/videos/{video}").status_code == 200
    page.goto(f"{reverie}/#/journeys")
    expect(page.locator(f"img[src='/videos/{video}/poster']")).to_be_visible(timeout=SLOW)


def test_the_timeline_stands_as_the_film_goes_once_its_way_is_measured(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    journey = made(reverie, learnt, speed="constant")
    opened(page, reverie, journey)
    keys = page.locator("[data-keyframe]")
    assert [key.get_attribute("data-at") for key in keys.all()] == ["0", "0.7", "1.4"]
    with httpx.Client(base_url=reverie, timeout=60) as client:
        asked = {"kind": "journey", "journey_id": journey}
        ended(client, client.post("/jobs", json=asked).raise_for_status().json()["id"])
        told = client.post("/journeys/times", json={"recipe": kept(reverie, journey)}).raise_for_status().json()
    filmed = [round(at_s, 3) for at_s in told["at_s"]]
    assert told["measured"]
    assert filmed != [0, 0.7, 1.4]
    for key, at_s in zip(keys.all(), filmed, strict=True):
        expect(key).to_have_attribute("data-at", f"{at_s:g}", timeout=SLOW)
    assert times(reverie, journey) == [0, 0.7, 1.4]  # only shown: what was chosen is kept until a hand takes it
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name=re.compile("Keyframe at"))).to_be_visible()
    page.keyboard.press("Alt+ArrowRight")
    until(lambda: kept(reverie, journey)["speed"] == "even", within_s=SLOW / 1000)
    moved = [filmed[0], pytest.approx(filmed[1] + 0.1, abs=0.05), filmed[2]]
    until(lambda: times(reverie, journey) == moved, within_s=SLOW / 1000)
    page.get_by_role("button", name="Undo", exact=True).click()
    until(lambda: kept(reverie, journey)["speed"] == "constant", within_s=SLOW / 1000)
    assert times(reverie, journey) == [0, 0.7, 1.4]
    for key, at_s in zip(keys.all(), filmed, strict=True):
        expect(key).to_have_attribute("data-at", f"{at_s:g}")


def test_the_recipe_of_a_film_is_copied(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt, form="gif", duration_s=1.5, speed="plain")
    with httpx.Client(base_url=reverie, timeout=60) as client:
        job = client.post("/jobs", json={"kind": "journey", "journey_id": journey}).raise_for_status().json()["id"]
        ended(client, job)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, reverie, journey)
    expect(page.get_by_alt_text("Over the hill, a film of invented pictures")).to_be_visible()
    page.get_by_role("button", name="Copy the recipe").click()
    expect(page.get_by_text("Copied", exact=False).first).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText().then(JSON.parse)")
    assert (copied["form"], len(copied["keyframes"])) == ("gif", 3)


def test_a_long_film_is_watched_while_it_comes_and_stopped(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt, duration_s=600.0, fps=60, speed="plain")
    opened(page, reverie, journey)
    page.get_by_role("button", name="Make the film").first.click()
    making = page.get_by_role("region", name="The film", exact=True)
    expect(making.get_by_text(re.compile(r"^Making the film: picture \d"))).to_be_visible(timeout=SLOW)
    job = httpx.get(f"{reverie}/journeys/{journey}").json()["job"]["id"]
    until(lambda: httpx.get(f"{reverie}/jobs/{job}/film").status_code == 200, within_s=SLOW / 1000)
    making.get_by_role("button", name="Play the film so far").click(timeout=SLOW)
    so_far = making.get_by_label("The film so far")
    until(lambda: so_far.evaluate(KNOWN), within_s=SLOW / 1000)
    assert so_far.evaluate("video => video.duration") > 0
    making.get_by_role("button", name="Stop, and keep none of it").click()
    expect(making).to_have_count(0, timeout=SLOW)
    expect(page.locator("video.player")).to_have_count(0)
    expect(page.get_by_role("button", name="Make the film").first).to_be_enabled()


def test_what_cannot_be_made_says_why_before_it_is_begun(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    opened(page, reverie, made(reverie, learnt, duration_s=600.0, form="gif"))
    told = page.get_by_role("region", name="Before you start")
    expect(told.get_by_text(re.compile("larger than what anybody opens"))).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Film", exact=True).click()
    page.get_by_role("region", name="Film", exact=True).get_by_label("Form").select_option("mp4")
    expect(told.get_by_text(re.compile(r"pictures, "))).to_be_visible(timeout=SLOW)
