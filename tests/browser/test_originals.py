"""A picture between the photographs that it resembles: pointed at, tapped, walked by keys, printed."""

import io
import json
import re
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.conftest import PHONE
from tests.browser.resembling import look, middle_of, originals, shown, trained
from tests.browser.test_explorer import drawn, enter
from tests.browser.work import SLOW
from tests.store import making
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
POINTED = re.compile(r"^(Far left|Left|Right|Far right), (at|above|below) the (top|middle|bottom): most like \S+")


def test_a_picture_stands_between_the_photographs_that_it_is_nearest_to(
    page: Page, reverie: str, skye: dict[str, str]
) -> None:
    look(page, f"{reverie}/#/samples/{skye['sample']}")
    told = originals(reverie, skye["sample"])
    assert shown(page) == [item["photo"]["id"] for item in told["items"][:2]]
    expect(page.locator(".original figcaption").first).to_contain_text("lbum Skye")
    expect(page.get_by_text("Resemblance, never proof")).to_be_in_viewport()
    expect(page.get_by_text(told["originality"]["sentence"])).to_be_visible()
    others = page.locator(".also button")
    expect(others).to_have_count(min(6, len(told["items"])))
    if len(told["items"]) > 2:
        others.nth(2).click()
        expect(others.nth(2)).to_have_attribute("aria-pressed", "true")
        assert told["items"][2]["photo"]["id"] in shown(page)
        assert told["items"][0]["photo"]["id"] in shown(page)  # the other one made room


def test_pointing_at_a_part_lights_it_and_what_it_resembles(page: Page, reverie: str, skye: dict[str, str]) -> None:
    look(page, f"{reverie}/#/samples/{skye['sample']}")
    told = originals(reverie, skye["sample"])
    page.mouse.move(*middle_of(page, 2, 1))
    expect(page.locator(".pointed")).to_have_text(POINTED)
    expect(page.locator(".lines .first rect.mark")).to_have_count(2)
    expect(page.locator(".lines .first path.mark")).to_have_count(1)  # the line between
    expect(page.locator(".lines .dim")).to_have_count(3)
    best = next(cell for cell in told["parts"]["cells"] if (cell["column"], cell["row"]) == (2, 1))["items"][0]
    assert best["photo_id"] in shown(page)
    page.mouse.move(5, 5)
    expect(page.locator(".lines .dim")).to_have_count(0)
    page.mouse.click(*middle_of(page, 0, 3))
    expect(page).to_have_url(re.compile(r"part=0%2C3"))
    page.reload()
    expect(page.locator(".lines .first rect.mark")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".pointed")).to_have_text(re.compile("^Far left, at the bottom: most like"))


def test_arrows_go_from_part_to_part_and_then_on_in_the_list(page: Page, reverie: str, skye: dict[str, str]) -> None:
    list_of = f"job={skye['job']}&order=oldest"
    look(page, f"{reverie}/#/samples/{skye['sample']}?{list_of}")
    grid = page.get_by_role("group", name="Parts of the picture")
    expect(grid.get_by_role("button")).to_have_count(16)
    grid.get_by_role("button").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"part=0%2C2"))
    expect(grid.get_by_role("button", pressed=True)).to_be_focused()
    expect(page.locator(".pointed")).to_have_text(POINTED)
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("part="))
    expect(page.locator(".lines .dim")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{reverie}/#/samples/{skye['next']}?{list_of}")
    expect(page.get_by_text("The place of seed 6")).to_be_visible()
    expect(page.locator(".original img.here")).to_have_count(2, timeout=SLOW)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("#/gallery"))


def test_a_tap_lights_a_part_on_a_phone(phone: Page, reverie: str, skye: dict[str, str]) -> None:
    look(phone, f"{reverie}/#/samples/{skye['sample']}")
    expect(phone.get_by_text("Touch a part of it to see what it resembles.")).to_be_visible()
    phone.touchscreen.tap(*middle_of(phone, 3, 0))
    expect(phone).to_have_url(re.compile(r"part=3%2C0"))
    expect(phone.locator(".lines .first rect.mark")).to_have_count(2)
    expect(phone.locator(".lines path.mark")).to_have_count(0)  # photographs stand below: boxes alone
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.touchscreen.tap(*middle_of(phone, 3, 0))
    expect(phone).not_to_have_url(re.compile("part="))


def test_a_map_says_by_letters_what_each_part_leans_on(page: Page, reverie: str, skye: dict[str, str]) -> None:
    look(page, f"{reverie}/#/samples/{skye['sample']}")
    page.get_by_role("button", name="Show where it leans").click()
    expect(page.locator(".lean-map .lean")).to_have_count(16)
    letters = page.locator(".lean-map b").all_inner_texts()
    for line in page.get_by_role("list", name="Where it leans").get_by_role("listitem").all():
        letter, count = line.locator("b").inner_text(), re.search(r"(\d+) of 16 parts", line.inner_text())
        assert count is not None
        assert letters.count(letter) == int(count[1])
    expect(page).to_have_url(re.compile("leans=1"))


def test_a_triptych_and_a_recipe_are_saved(page: Page, reverie: str, skye: dict[str, str]) -> None:
    look(page, f"{reverie}/#/samples/{skye['sample']}?part=1,1")
    recipe = httpx.get(f"{reverie}/samples/{skye['sample']}", timeout=60).json()["recipe"]

    def saved(name: str) -> bytes:
        page.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download(timeout=SLOW) as coming:
            page.get_by_role("group", name="Save").get_by_text(name, exact=True).click()
        return coming.value.path().read_bytes()

    with Image.open(io.BytesIO(saved("Triptych, PNG"))) as printed:
        assert printed.size == (3508, 2480)
        assert json.loads(printed.info["reverie"]) == recipe
        assert "album Skye" in printed.info["Description"] or "Album Skye" in printed.info["Description"]
    expect(page.locator(".notices")).to_contain_text("A4, lying")
    assert saved("Triptych, PDF").startswith(b"%PDF-")
    assert saved("The picture").startswith(b"\x89PNG")
    assert json.loads(saved("Its recipe")) == recipe


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_can_be_used_by_everyone(page: Page, reverie: str, skye: dict[str, str], theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    for words in ("", "?part=1,2", "?leans=1"):
        look(page, f"{reverie}/#/samples/{skye['sample']}{words}")
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == [], words


def test_while_the_renderer_is_away_the_page_asks_again(page: Page, reverie: str, skye: dict[str, str]) -> None:
    away = {"type": "/problems/warming_up", "title": "Warming up", "status": 503, "detail": "No renderer is there yet."}
    times = {"asked": 0}

    def nobody(route: Route) -> None:
        times["asked"] += 1
        if times["asked"] > 2:
            return route.continue_()
        return route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(away))

    page.route(re.compile(r"/samples/.*/originals"), nobody)
    page.goto(f"{reverie}/#/samples/{skye['sample']}")
    expect(page.get_by_text("Warming up. Reverie asks again by itself.")).to_be_visible()
    expect(page.locator(".original img.here")).to_have_count(2, timeout=SLOW)


def test_a_base_has_no_originals_and_says_so(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/samples/{learnt['sample']}")
    expect(page.get_by_text("This network has not learnt from an archive of yours")).to_be_visible()
    expect(page.locator(".original")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("group", name="Save").get_by_text("Triptych, PNG")).to_have_count(0)


def test_one_that_nobody_has_looked_at_and_one_whose_archive_is_gone(
    page: Page, sqlite_url: str, tmp_path: Path
) -> None:
    with Store.open(Settings(data=tmp_path, database_url=sqlite_url)) as store:
        store.migrate()
        with serving(store) as address, httpx.Client(base_url=address, timeout=60) as client:
            dataset = client.post("/datasets", json={"name": "Not looked at"}).json()["id"]
            rows.photos(store, dataset, count=2)
            job = making.running(store, dataset_id=UUID(dataset))
            model, _ = rows.snapshot(store, job, 1)
            (sample,) = rows.samples(store, job, model, count=1)
            rows.end(store, job)
            page.goto(f"{address}/#/samples/{sample.id}")
            expect(page.get_by_text("Reverie has not yet looked for likenesses in this archive.")).to_be_visible()
            page.get_by_role("button", name="Look now").click()
            expect(page.get_by_text("Reverie will look for likenesses in this archive.")).to_be_visible()
            for waiting in client.get("/jobs?kind=index").json()["items"]:
                client.post(f"/jobs/{waiting['id']}/cancel").raise_for_status()
            client.delete(f"/datasets/{dataset}").raise_for_status()
            page.reload()
            expect(page.get_by_text(re.compile("was deleted|no archive|not learnt from"))).to_be_visible()


def test_what_is_withdrawn_is_seen_no_more_down_to_a_single_photograph(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        few = trained(client, "Few", 8)
        address = f"{reverie}/#/samples/{few['sample']}"
        look(page, address)
        gone, *_ = shown(page)
        client.delete(f"/photos/{gone}").raise_for_status()
        page.reload()
        expect(page.locator(".original img.here")).to_have_count(2, timeout=SLOW)
        assert gone not in shown(page)
        photos = client.get(f"/datasets/{few['dataset']}/photos?state=ready&state=repaired").json()["items"]
        for photo in photos[1:]:
            client.delete(f"/photos/{photo['id']}").raise_for_status()
    page.reload()
    expect(page.locator(".original img.here")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_text("There are too few photographs to say")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Diptych, PDF")).to_be_visible()


def test_the_explorer_says_what_a_picture_comes_nearest_to(page: Page, reverie: str, skye: dict[str, str]) -> None:
    enter(page, f"{reverie}/#/explore/{skye['moment']}?at=7&z=200")
    row = page.get_by_role("complementary", name="Comes nearest to")
    expect(row.get_by_role("link")).to_have_count(3, timeout=SLOW)
    page.keyboard.press("ArrowRight")
    expect(row).to_have_count(0)  # while one moves on
    expect(row.get_by_role("link")).to_have_count(3, timeout=SLOW)
    with page.expect_response(lambda answer: "/originals" in answer.url and answer.status == 409):
        enter(page, f"{reverie}/#/explore/{skye['base']}?at=7&z=200")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/originals" in request.url else None)
    for _ in range(3):  # a base has learnt from no archive: it is asked no more
        page.keyboard.press("ArrowRight")
        drawn(page)
    expect(row).to_have_count(0)
    assert asked == []


def test_the_explorer_asks_again_by_itself_where_nobody_drew_yet(
    page: Page, reverie: str, skye: dict[str, str]
) -> None:
    warming = {"title": "Warming up", "status": 503, "detail": "No renderer answers.", "remedy": "Wait."}
    page.route("**/originals?*", lambda route: route.fulfill(status=503, json=warming), times=1)
    with page.expect_response(lambda answer: "/originals" in answer.url and answer.status == 503):
        enter(page, f"{reverie}/#/explore/{skye['moment']}?at=8&z=200")
    row = page.get_by_role("complementary", name="Comes nearest to")
    expect(row.get_by_role("link")).to_have_count(3, timeout=SLOW)
