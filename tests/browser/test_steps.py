"""The four steps, as a person takes them: collect, upload, choose, run; then the gallery."""

import io
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.work import PHOTOS, SLOW, landscapes
from workshop.stages import ROOT

STEPS = 6
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def test_from_photographs_to_the_gallery(page: Page, reverie: str) -> None:
    page.goto(reverie)
    zipped = FilePayload(name="Father's pictures.zip", mimeType="application/zip", buffer=landscapes())
    page.get_by_label("Bring your photographs").set_input_files(zipped)

    expect(page.get_by_role("heading", name="Father's pictures")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(f"{PHOTOS} photographs")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("img", name=re.compile("^Photograph, "))).to_have_count(PHOTOS)
    page.get_by_role("link", name="Repair list 1").click()
    expect(page.get_by_text("notes.jpg")).to_be_visible()
    expect(page.get_by_text("Refused", exact=True)).to_be_visible()

    page.get_by_role("link", name="Train on this archive").click()
    expect(page.get_by_role("heading", name="Train on Father's pictures")).to_be_visible()
    expect(page.get_by_text(re.compile("so each of yours is seen"))).to_be_visible()
    page.get_by_role("spinbutton", name="Steps", exact=True).fill(str(STEPS))
    page.get_by_role("spinbutton", name="Steps", exact=True).press("Enter")
    page.get_by_text("For experts").click()
    page.get_by_label("Distances").select_option("none")
    page.get_by_label("Precision").select_option("float32")
    page.get_by_role("button", name="Start learning").click()

    expect(page.get_by_text(f"It learnt for {STEPS} steps.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name=re.compile(r"^Point \d+, larger"))).to_have_count(28)
    page.get_by_role("button", name="Step 0", exact=True).click()
    expect(page.get_by_text(f"Moment at 0 of {STEPS} steps")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_text(f"Moment at {STEPS} of {STEPS} steps")).to_be_visible()
    page.keyboard.press("[")
    expect(page.get_by_text(f"Moment at 0 of {STEPS} steps")).to_be_visible()
    page.keyboard.press("]")
    expect(page.get_by_text(f"Moment at {STEPS} of {STEPS} steps")).to_be_visible()
    page.get_by_role("button", name="Keep this moment").click()
    expect(page.get_by_text(f"The moment at step {STEPS} is among your models.")).to_be_visible()
    page.get_by_label("Pictures", exact=True).fill("9")
    page.get_by_label("First seed").fill("41")
    page.get_by_label("First seed").press("Enter")
    page.get_by_role("button", name="Draw 9 pictures").click()

    expect(page.get_by_role("link", name=re.compile("^Invented picture, seed"))).to_have_count(9, timeout=SLOW)
    page.get_by_role("link", name=re.compile("^Invented picture, seed")).nth(1).click()
    expect(page.get_by_role("heading", name=re.compile("^Found on"))).to_be_visible()
    page.get_by_role("button", name="4 of 5").click()
    expect(page.get_by_role("button", name="4 of 5")).to_have_attribute("aria-pressed", "true")
    first = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(first)
    # The next picture is there, and with it its keys.
    expect(page.get_by_role("button", name="4 of 5")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=re.compile("^Invented picture, seed"))).to_have_count(9)
    expect(page.get_by_role("link", name=re.compile("4 of 5 stars$"))).to_have_count(1)


VIEWS = {
    "home": "",
    "archives": "archives",
    "archive": "archives/{dataset}",
    "repairs": "archives/{dataset}/repairs",
    "train": "train?archive={dataset}",
    "training": "trainings/{training}",
    "models": "models",
    "bring": "models/bring",
    "compare": "models/compare?a={base}&b={moment}",
    "model": "models/{base}",
    "moment": "models/{moment}",
    "explorer": "explore/{moment}?at=7&z=300",
    "gallery": "gallery",
    "sample": "samples/{sample}",
    "jobs": "jobs",
    "settings": "settings",
}


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_can_be_used_by_everyone(
    page: Page, reverie: str, learnt: dict[str, str], view: str, theme: str
) -> None:
    """axe finds nothing; on a phone nothing sticks out; there is one title."""
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    page.goto(f"{reverie}/#/{VIEWS[view].format(**learnt)}")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_focused()
    expect(page).to_have_title(re.compile(r".+ · Reverie$"))
    expect(page.get_by_text(re.compile("^(Fetching|One moment|Working out)"))).to_have_count(0)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_any_moment_can_be_learnt_on_from(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    sheets = httpx.get(f"{reverie}/jobs/{learnt['training']}/sheets").raise_for_status().json()
    moment = httpx.get(f"{reverie}/models/{sheets[0]['model_id']}").raise_for_status().json()
    assert not moment["kept"]
    page.goto(f"{reverie}/#/models/{moment['id']}")
    expect(page.get_by_text("Yours", exact=True)).to_be_visible()
    page.get_by_role("link", name="Learn on from here").click()
    expect(page.get_by_role("radio", name=moment["name"], checked=True)).to_have_value(moment["id"])


def test_a_file_that_is_no_archive_gets_its_line(page: Page, reverie: str) -> None:
    page.goto(reverie)
    none = FilePayload(name="letters.zip", mimeType="application/zip", buffer=b"dear archive " * 50)
    page.get_by_label("Bring your photographs").set_input_files(none)
    expect(page.get_by_text("Refused", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("From 8 photographs on.")).to_be_visible()


def test_an_address_that_leads_nowhere_says_so(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/archives/0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071")
    expect(page.get_by_role("heading", name="This archive is not here.")).to_be_focused()
    page.goto(f"{reverie}/#/train?archive=0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071")
    expect(page.get_by_role("heading", name="This archive is not here.")).to_be_visible()
    page.goto(f"{reverie}/#/samples/zzz")
    expect(page.get_by_role("heading", name="This picture is not here.")).to_be_visible()
    page.goto(f"{reverie}/#/nowhere")
    expect(page.get_by_role("heading", name="There is nothing at this address.")).to_be_visible()


def test_loose_pictures_travel_as_one_archive(page: Page, reverie: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(landscapes(broken=False))) as some:
        some.extractall(tmp_path / "Summer at the lake")
    page.goto(f"{reverie}/#/archives")
    page.get_by_label("Bring a folder").set_input_files(tmp_path / "Summer at the lake")
    expect(page.get_by_role("heading", name="Summer at the lake")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(f"{PHOTOS} photographs")).to_be_visible(timeout=SLOW)
