"""What one takes away from an archive: its list of files, its originals, its squares for other programs."""

import csv
import io
import json
import zipfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.work import PHOTOS, archive, landscapes


def test_the_repair_list_is_saved_as_a_table(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Lists", landscapes())
    page.goto(f"{reverie}/#/archives/{dataset}/repairs")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    assert saved.value.suggested_filename == "Lists files.csv"
    assert len(lines(saved.value.path())) == PHOTOS + 1
    page.get_by_role("link", name="Refused 1").click()
    expect(page.get_by_text("notes.jpg")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    assert [line["name"] for line in lines(saved.value.path())] == ["notes.jpg"]


def lines(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))


def test_an_archive_is_saved_as_it_came_and_for_other_programs(page: Page, reverie: str) -> None:
    brought = landscapes(broken=False)
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Father's pictures, 1974", brought)
    page.goto(f"{reverie}/#/archives/{dataset}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the originals").click()
    assert saved.value.suggested_filename == "Father's pictures, 1974 originals.zip"
    with zipfile.ZipFile(saved.value.path()) as found, zipfile.ZipFile(io.BytesIO(brought)) as sent:
        assert {name: found.read(name) for name in found.namelist()} == {n: sent.read(n) for n in sent.namelist()}
    page.get_by_label("Size of the squares").select_option("64 px")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save for StyleGAN2 tools").click()
    assert saved.value.suggested_filename == "Father's pictures, 1974 64 px.zip"
    with zipfile.ZipFile(saved.value.path()) as found:
        assert Image.open(io.BytesIO(found.read("00000/img00000000.png"))).size == (64, 64)
        assert json.loads(found.read("dataset.json")) == {"labels": None}
        assert len(found.namelist()) == PHOTOS + 1


def test_an_empty_archive_offers_nothing_to_take(page: Page, reverie: str) -> None:
    dataset = httpx.post(f"{reverie}/datasets", json={"name": "Empty"}).raise_for_status().json()["id"]
    page.goto(f"{reverie}/#/archives/{dataset}")
    expect(page.get_by_role("heading", name="Empty")).to_be_visible()
    expect(page.get_by_role("link", name="Save the originals")).to_have_count(0)
