"""More like this, and the contact sheet: looked for at a click, left out, evened out, and taken in again."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.work import SLOW, archive, ended, landscapes
from tests.waiting import until


@pytest.fixture
def looked(reverie: str) -> str:
    """An archive that was looked at, by itself after it was read."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Looked at", landscapes(broken=False))
        jobs = client.get("/jobs?kind=index").json()["items"]
        ended(client, next(job["id"] for job in jobs if job["dataset_id"] == dataset))
    return dataset


def counts(reverie: str, dataset: str) -> dict[str, int]:
    found: dict[str, int] = httpx.get(f"{reverie}/datasets/{dataset}").json()["counts"]
    return found


def photos(reverie: str, dataset: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{reverie}/datasets/{dataset}/photos?state=ready").json()["items"]
    return found


def test_everything_like_a_photograph_is_left_out_and_taken_in_again(page: Page, reverie: str, looked: str) -> None:
    photo = photos(reverie, looked)[0]["id"]
    page.goto(f"{reverie}/#/photos/{photo}")
    section = page.get_by_role("region", name="More like this")
    section.get_by_role("slider", name="How alike").press("Home")
    expect(section.locator("output")).to_have_text("Hardly alike")
    said = section.get_by_text(re.compile(r"leaves out \d+, this one among them"))
    expect(said).to_be_visible()
    out = int(re.findall(r"leaves out (\d+)", said.inner_text())[0])
    section.get_by_role("button", name="Leave everything like this out").click()
    expect(page.locator(".notices")).to_contain_text(f"{out} photographs will not be looked at")
    expect(section.get_by_text("Training looks at none of them")).to_be_visible()
    expect(section.locator(".out")).to_have_count(out - 1)
    assert counts(reverie, looked)["excluded"] == out
    page.get_by_role("button", name="Undo").click()
    expect(section.locator(".out")).to_have_count(0)
    assert counts(reverie, looked)["excluded"] == 0
    section.get_by_role("slider", name="How alike").press("End")
    expect(section.get_by_text("Nothing here is as alike as that")).to_be_visible()
    expect(section.get_by_role("button")).to_have_count(0)


def test_the_contact_sheet_is_opened_evened_out_and_undone(page: Page, reverie: str, looked: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{reverie}/#/train?archive={looked}")
    page.get_by_role("link", name="Look at the contact sheet").click()
    sheet = page.get_by_role("region", name="Contact sheet")
    expect(sheet.locator(".heaps > li")).to_have_count(2)
    sheet.get_by_role("button", name=re.compile("^Open the group")).first.click()
    expect(sheet.locator(".all .picture").first).to_be_visible()
    sheet.get_by_label("Keep at most").fill("2")
    sheet.get_by_role("button", name="Leave 8 photographs out").click()
    expect(sheet.get_by_text("No group has more.")).to_be_visible()
    assert counts(reverie, looked)["excluded"] == 8
    page.get_by_role("button", name="Undo").click()
    expect(sheet.get_by_role("button", name="Leave 8 photographs out")).to_be_visible()
    sheet.get_by_role("button", name=re.compile("^Leave out the group")).last.click()
    expect(sheet.get_by_text("are all much of a kind")).to_be_visible()
    expect(page.locator(".notices")).to_contain_text("will not be looked at")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_archive_that_nobody_has_looked_at_is_looked_at_by_a_click(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Not looked at", landscapes(broken=False))
        for job in client.get("/jobs?kind=index").json()["items"]:
            if job["dataset_id"] == dataset:
                client.post(f"/jobs/{job['id']}/cancel").raise_for_status()
        until(lambda: all(job["state"] != "running" for job in client.get("/jobs?kind=index").json()["items"]))
    page.goto(f"{reverie}/#/photos/{photos(reverie, dataset)[0]['id']}")
    section = page.get_by_role("region", name="More like this")
    expect(section.get_by_text("Reverie has not yet looked for likenesses in this archive.")).to_be_visible()
    section.get_by_role("button", name="Look now").click()
    expect(section.get_by_role("slider", name="How alike")).to_be_visible(timeout=SLOW)
    page.goto(f"{reverie}/#/jobs")
    expect(page.get_by_role("link", name="Looking for likenesses in Not looked at").first).to_be_visible()
