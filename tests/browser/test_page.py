"""The page as files: small at first load, and honest when the server is away or refuses."""

import gzip
import re
from pathlib import Path

import httpx
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.work import SLOW, landscapes
from workshop.stages import ROOT

DIST = ROOT / "web" / "dist"
MOST_BYTES = 100_000


def test_the_first_load_is_small() -> None:
    """All scripts that index.html asks for, compressed, and the largest view beside them."""
    page = (DIST / "index.html").read_text()
    scripts = [DIST / name for name in re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', page)]
    assert scripts
    first = sum(packed(script) for script in scripts)
    assert first + max(packed(view) for view in (DIST / "assets").glob("*.js")) <= MOST_BYTES


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def test_what_the_server_refuses_says_why(page: Page, reverie: str) -> None:
    dataset = httpx.post(f"{reverie}/datasets", json={"name": "Soon gone"}).raise_for_status().json()["id"]
    page.goto(f"{reverie}/#/archives/{dataset}")
    expect(page.get_by_role("heading", name="Soon gone")).to_be_visible()
    httpx.delete(f"{reverie}/datasets/{dataset}").raise_for_status()
    page.get_by_label("Add pictures").set_input_files(harbour())
    expect(page.get_by_text(re.compile("There is no .*dataset|no such dataset|dataset .* not", re.I))).to_be_visible()
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()


def test_a_line_that_breaks_loses_nothing(page: Page, reverie: str) -> None:
    dataset = httpx.post(f"{reverie}/datasets", json={"name": "Harbour"}).raise_for_status().json()["id"]
    page.goto(f"{reverie}/#/archives/{dataset}")
    expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
    page.wait_for_function("performance.getEntriesByType('resource').some(({ name }) => name.includes('tus'))")
    page.context.set_offline(True)
    page.get_by_label("Add pictures").set_input_files(harbour())
    expect(page.get_by_text("Waiting for the network; 0 % is safe")).to_be_visible()
    page.context.set_offline(False)  # and it goes on by itself
    expect(page.get_by_text("12 photographs")).to_be_visible(timeout=SLOW)


def harbour() -> FilePayload:
    return FilePayload(name="Harbour.zip", mimeType="application/zip", buffer=landscapes(broken=False))


def test_every_file_of_a_folder_gets_a_line(page: Page, reverie: str, tmp_path: Path) -> None:
    folder = tmp_path / "Attic"
    long = folder / ("a very long name of a box " * 4).strip()
    long.mkdir(parents=True)
    (folder / "letter.txt").write_text("dear archive")
    (long / ("Großmutter " * 8 + ".jpg")).write_bytes(b"no picture")
    page.goto(f"{reverie}/#/archives")
    page.get_by_label("Bring a folder").set_input_files(folder)
    expect(page.get_by_role("heading", name="Attic")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Repair list 2").click(timeout=SLOW)
    expect(page.get_by_text("letter.txt")).to_be_visible()
    expect(page.get_by_text("Großmutter Großmutter")).to_be_visible()


def test_a_server_that_is_away_is_told_and_found_again(page: Page, reverie: str) -> None:
    page.goto(reverie)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="Models").first.click()
    expect(page.get_by_role("heading", name="The server does not answer.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Load the page again").click()
    expect(page.get_by_role("heading", name="Bases")).to_be_visible()
