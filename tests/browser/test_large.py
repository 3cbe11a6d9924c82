"""Enlarging on the page: what it costs, how far it is, the slider between before and after, and what it was made by."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.work import SLOW, ended
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def accessible(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]] == []


def enlarged(reverie: str, sample: str, *, by: str = "lanczos") -> str:
    """A large picture of a sample, made over REST; its address."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        job = client.post("/jobs", json={"kind": "upscale", "sample_id": sample, "factor": 4, "with": by})
        ended(client, job.raise_for_status().json()["id"])
    return f"{reverie}/#/samples/{sample}/large"


def test_a_picture_is_enlarged_from_its_page(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/samples/{learnt['sample']}")
    page.get_by_role("link", name="Enlarge").click()
    expect(
        page.get_by_text(re.compile(r"^About .+ of memory, .+ of disk\. The original stays as it is\.$"))
    ).to_be_visible()
    expect(page.get_by_text("it is made up")).to_be_visible()
    page.get_by_label("Lanczos").check()
    expect(page.get_by_text("it is made up")).to_have_count(0)
    page.get_by_label("2 times").check()
    page.get_by_label("Width in centimetres").fill("1.2")
    expect(page.get_by_text("1.2 cm high.")).to_be_visible()
    page.get_by_label("TIFF").check()
    accessible(page)
    page.get_by_role("button", name="Enlarge", exact=True).click()
    expect(page.get_by_role("slider", name="Before and after")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("By Lanczos: no detail is made up.")).to_be_visible()
    expect(page.get_by_text("142 × 142 px, TIFF")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the TIFF").click()
    assert saved.value.suggested_filename.endswith("142x142.tiff")


def test_the_slider_follows_arrows_and_the_hand(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(enlarged(reverie, learnt["sample"]))
    slider = page.get_by_role("slider", name="Before and after")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "52")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0 % before, 100 % after")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuenow", "100")
    frame = page.locator(".before-after .frame").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + frame["width"] * 0.9, frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + 60, steps=4)
    page.mouse.up()
    expect(slider).to_have_attribute("aria-valuenow", "25")
    page.get_by_role("button", name="Larger").click()
    expect(page.locator(".closely output")).to_have_text("125 %")
    expect(page.locator("img.after")).to_have_attribute("src", re.compile("/image$"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"#/samples/{learnt['sample']}$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everyone(page: Page, reverie: str, learnt: dict[str, str], scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(enlarged(reverie, learnt["sample"]))
    slider = page.get_by_role("slider", name="Before and after")
    expect(slider).to_be_visible()
    accessible(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    slider.press("ArrowLeft")  # on, as one reads
    expect(slider).to_have_attribute("aria-valuenow", "52")
    accessible(page)


def test_on_a_phone_a_finger_moves_it(phone: Page, reverie: str, learnt: dict[str, str]) -> None:
    phone.goto(enlarged(reverie, learnt["sample"]))
    slider = phone.get_by_role("slider", name="Before and after")
    expect(slider).to_be_visible()
    frame = phone.locator(".before-after .frame").bounding_box()
    assert frame is not None
    phone.touchscreen.tap(frame["x"] + frame["width"] * 0.75, frame["y"] + 100)
    expect(slider).to_have_attribute("aria-valuenow", "75")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_photograph_too(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        photo = client.get(f"/datasets/{learnt['dataset']}/photos?state=ready").json()["items"][0]["id"]
    page.goto(f"{reverie}/#/photos/{photo}")
    page.get_by_role("link", name="Enlarge it").click()
    page.get_by_label("Lanczos").check()
    page.get_by_label("2 times").check()
    page.get_by_role("button", name="Enlarge", exact=True).click()
    expect(page.get_by_role("slider", name="Before and after")).to_be_visible(timeout=SLOW)
    expect(page.locator(".before-after.photos")).to_be_visible()


def test_a_file_that_is_none_is_refused_in_words(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/samples/{learnt['sample']}/large")
    way = page.get_by_role("button", name="Enlarge it in another way")
    ask = page.get_by_role("button", name="Enlarge", exact=True)
    expect(way.or_(ask)).to_be_visible()
    if way.is_visible():
        way.click()
    page.get_by_label("Bring a file of your own").set_input_files(
        {"name": "mine.pth", "mimeType": "application/octet-stream", "buffer": b"no weights"}
    )
    expect(page.get_by_text("The file holds no weights that are known here.")).to_be_visible()
