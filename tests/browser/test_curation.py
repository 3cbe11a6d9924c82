"""Twins are found and the best kept; a photograph is looked at by itself, and withdrawn."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.work import archive, ended, landscapes
from workshop.stages import ROOT


def with_twins() -> bytes:
    """A zip of eight photographs of the demo, of which the first comes twice more, larger and smaller."""
    held = io.BytesIO()
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as demo, zipfile.ZipFile(held, "w") as some:
        names = [name for name in demo.namelist() if name.endswith(".jpg")][:8]
        for name in names:
            some.writestr(Path(name).name, demo.read(name))
        first = Image.open(io.BytesIO(demo.read(names[0])))
        for name, factor in (("larger.jpg", 1.5), ("smaller.jpg", 0.5)):
            saved = io.BytesIO()
            first.resize((round(first.width * factor), round(first.height * factor))).save(saved, "JPEG", quality=80)
            some.writestr(name, saved.getvalue())
    return held.getvalue()


def test_the_best_of_twins_is_kept_and_the_choice_undone(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "With twins", with_twins())
    page.goto(f"{reverie}/#/archives/{dataset}")
    page.get_by_role("link", name="Twins").click()
    group = page.locator(".twins > li").filter(has_text="larger.jpg")
    expect(group.locator("figure")).to_have_count(3)
    expect(group.locator("figure").filter(has_text="the best")).to_contain_text("larger.jpg")
    group.get_by_role("button", name="Keep only larger.jpg").click()
    expect(group.locator("figure").filter(has_text="larger.jpg")).to_contain_text("Looked at")
    expect(group.locator("figure.out")).to_have_count(2)
    page.get_by_label("How alike counts as the same").press("End")
    expect(page.locator("output").filter(has_text="somewhat alike")).to_be_visible()
    expect(group.locator("figure")).to_have_count(3)
    assert httpx.get(f"{reverie}/datasets/{dataset}").json()["usable_views"] >= 8
    page.get_by_role("link", name="Repair list").click()
    page.get_by_role("link", name="Duplicate").click()
    page.get_by_role("button", name="Take it in as well").click()
    page.get_by_role("link", name="Twins").click()
    page.get_by_role("button", name="Keep the best of each").click()
    expect(page.locator(".notices")).to_contain_text("beside the best of each group")
    page.get_by_role("button", name="Undo").click()
    expect(group.locator("figure.out")).to_have_count(1)


def test_what_training_sees_is_framed_by_a_word_by_hand_and_by_keys(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "To be framed", landscapes(broken=False))
    page.goto(f"{reverie}/#/archives/{dataset}")
    page.get_by_role("link", name="Framing").click()
    page.get_by_label("Framing").get_by_role("combobox").select_option("two_squares")
    squares = page.get_by_role("slider", name=re.compile(r"^Square 1 of "))
    expect(page.get_by_role("slider", name=re.compile(r"^Square 2 of ")).first).to_be_visible()
    first = httpx.get(f"{reverie}/datasets/{dataset}/photos?state=ready").json()["items"][0]
    box = squares.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="As the others")).to_have_count(1)
    dragged = views(reverie, first["id"])
    assert dragged[0]["by_hand"]
    assert dragged[0]["box"][0] > first["views"][0]["box"][0] + 40
    assert dragged[1]["box"] == first["views"][1]["box"]
    with page.expect_response(re.compile("/frames$")):
        squares.first.press("ArrowLeft")
    assert views(reverie, first["id"])[0]["box"][0] < dragged[0]["box"][0]
    page.get_by_label("Framing").get_by_role("combobox").select_option("whole")
    expect(page.get_by_role("slider", name=re.compile(r"^Square 2 of "))).to_have_count(1)
    with page.expect_response(re.compile("/frames$")):
        page.get_by_role("button", name="As the others").click()
    expect(page.get_by_role("slider", name=re.compile(r"^Square 2 of "))).to_have_count(0)


def views(reverie: str, photo: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{reverie}/photos/{photo}").json()["views"]
    return found


def test_a_photograph_shows_what_has_looked_at_it_and_is_withdrawn_with_its_copies(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "To be withdrawn from", with_twins())
        base = client.get("/models", params={"bundled": True}).json()["items"][0]["id"]
        asked = {
            "kind": "train",
            "dataset_id": dataset,
            "base_model_id": base,
            "steps": 2,
            "batch": 4,
            "measure": "none",
        }
        ended(client, client.post("/jobs", json=asked).raise_for_status().json()["id"])
    page.set_viewport_size(PHONE)
    page.goto(f"{reverie}/#/archives/{dataset}")
    page.get_by_role("link", name=re.compile("^Photograph, ")).first.click()
    expect(page.get_by_role("heading", name="What has looked at it")).to_be_visible()
    expect(page.locator(".seen")).to_have_count(1)
    page.get_by_role("button", name="Leave it out of training").click()
    page.get_by_role("button", name="Take it into training").click()
    page.get_by_role("button", name="Withdraw this photograph").click()
    expect(page.locator(".known")).to_contain_text("with 2 copies of it")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("It was withdrawn: its files are gone")).to_be_visible()
    page.get_by_role("link", name="Train again without it").click()
    expect(page).to_have_url(re.compile(rf"#/train\?archive={dataset}&base={base}&steps=2"))
    counts = httpx.get(f"{reverie}/datasets/{dataset}").json()["counts"]
    assert (counts["withdrawn"], counts["ready"]) == (3, 7)
