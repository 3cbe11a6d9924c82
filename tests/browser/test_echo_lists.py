"""Lists of echoes whose truth is known: long ones, what is missing, what was withdrawn, and what nobody can draw."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from jobs.ids import new_id
from store.echoes import EchoRow
from store.rows import Job, Model
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.api.test_likeness import looked
from tests.browser.conftest import PHONE
from tests.browser.echoing import FEWEST as PICTURES
from tests.browser.echoing import remembered
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
PHOTOS = 260  # more than two pages
KNOWN = 40  # photographs that are the nearest of some picture


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A training whose moments at 0 and 10 were looked at."""

    address: str
    store: Store
    training: Job
    photos: list[str]

    @property
    def page(self) -> str:
        return f"{self.address}/#/trainings/{self.training.id}/echoes"

    def told(self, **query: Any) -> dict[str, Any]:
        answer = httpx.get(f"{self.address}/jobs/{self.training.id}/echoes", params=query, timeout=60)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


def laid(store: Store, moment: Model, photos: list[str], *, known: int) -> None:
    id = new_id()
    path = remembered(photos, known=known).write(store.settings.folder / f"{id}.npy")
    stored = store.objects.put_file(path, kind="echoes", id=id, consume=True)
    assert moment.job_id is not None
    assert moment.dataset_id is not None
    row = EchoRow(
        id=id,
        training_id=moment.job_id,
        dataset_id=moment.dataset_id,
        model_id=moment.id,
        step=moment.step or 0,
        hash=moment.hash,
        version=1,
        pictures=PICTURES,
        truncation_psi=1.0,
        photos=len(photos),
        steps=[percent / 100 for percent in range(1, 101)],
        key=stored.key,
        size_bytes=stored.size_bytes,
    )
    with store.begin() as tx:
        assert tx.echoes.put(row)


def taught(store: Store, address: str, *, photos: int = PHOTOS, known: int = KNOWN) -> Taught:
    with httpx.Client(base_url=address, timeout=60) as client:
        dataset = client.post("/datasets", json={"name": "Valleys"}).raise_for_status().json()["id"]
        rows.photos(store, dataset, count=photos)
        ids = looked(store, dataset)
        asked = {"kind": "train", "dataset_id": dataset, "base_model_id": str(rows.base(store).id), "steps": 20}
        posted = client.post("/jobs", json=asked).raise_for_status()
    training = rows.begun(store, posted.json()["id"])
    for step in (0, 10):
        laid(store, rows.snapshot(store, training, step)[0], ids, known=known)
    return Taught(address=address, store=store, training=training, photos=ids)


@pytest.fixture
def served(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    with Store.open(Settings(data=tmp_path_factory.mktemp("echoes"), database_url=sqlite_url)) as store:
        store.migrate()
        with serving(store) as address:
            yield store, address


@pytest.fixture
def many(served: tuple[Store, str]) -> Taught:
    return taught(*served)


def test_a_long_list_is_walked_to_its_end_in_the_order_of_the_server(page: Page, many: Taught) -> None:
    page.goto(f"{many.page}?of=forgotten")
    expect(page.get_by_text(f"Of {PHOTOS} photographs {KNOWN} live on in what it draws.")).to_be_visible()
    listed = page.get_by_role("list", name=re.compile("^Photographs that are never remembered"))
    link = listed.locator('[data-index="0"] > a')
    expect(link).to_have_attribute("href", f"#/photos/{many.photos[-1]}")  # the least alike first
    link.focus()
    page.keyboard.press("End")
    last = listed.locator(f'[data-index="{PHOTOS - KNOWN - 1}"] > a')
    expect(last).to_be_focused()
    expect(last).to_have_attribute("href", f"#/photos/{many.photos[KNOWN]}")
    assert listed.get_by_role("listitem").count() < 60  # only what is near the window is there


def test_remembered_are_the_most_alike_first_and_say_how_often(page: Page, many: Taught) -> None:
    page.goto(many.page)
    link = page.locator('.grid-room [data-index="0"] > a')
    expect(link).to_have_attribute("href", f"#/photos/{many.photos[0]}")
    first = many.told(limit=1)["items"][0]
    expect(link).to_contain_text(f"{first['words'].capitalize()} at step 10")
    expect(link).to_contain_text(f"{first['pictures']} of {PICTURES} come nearest to it")
    expect(
        page.get_by_role("link", name=re.compile(f"^Implied but never taken ?{many.told()['implied']}$"))
    ).to_be_visible()


def test_what_nobody_can_draw_says_so_and_a_pin_that_fails_too(page: Page, many: Taught) -> None:
    page.goto(f"{many.page}?of=implied")
    card = page.get_by_role("article").first
    expect(card.get_by_text("Warming up")).to_be_visible()  # no renderer is there
    expect(card.get_by_text("30 of 100 pictures lie close by.").or_(card.get_by_text("7 of 100"))).to_be_visible()
    card.get_by_role("button", name="Pin").click()
    expect(page.locator(".notice")).to_be_visible()
    expect(card.get_by_role("button", name="Pin")).to_be_enabled()


def test_moments_that_came_since_are_asked_for_as_the_others_were(page: Page, many: Taught) -> None:
    page.goto(many.page)
    expect(page.get_by_role("navigation", name="Echoes")).to_be_visible()
    rows.snapshot(many.store, many.training, 20)
    page.reload()
    expect(page.get_by_text("1 moment came since, and is not among these yet. What was found stays.")).to_be_visible()
    page.get_by_role("button", name="Look at it as well").click()
    expect(page.get_by_text("Reverie will look for where your photographs live on.")).to_be_visible()
    (job,) = httpx.get(f"{many.address}/jobs?kind=echoes", timeout=60).json()["items"]
    assert (job["params"]["count"], job["params"]["truncation_psi"]) == (PICTURES, 1.0)
    expect(page.locator('.grid-room [data-index="0"] > a')).to_be_visible()  # the lists stay


def test_a_photograph_tells_of_itself_until_it_is_withdrawn(page: Page, many: Taught) -> None:
    page.goto(f"{many.address}/#/photos/{many.photos[KNOWN]}")
    section = page.get_by_role("region", name="Lives on in")
    expect(section.get_by_text("It is never remembered.")).to_be_visible()
    page.goto(f"{many.address}/#/photos/{many.photos[0]}")
    expect(
        section.get_by_text(re.compile("^Nearer to it than 90 % of your photographs are to any other"))
    ).to_be_visible()
    expect(section.get_by_role("list", name=re.compile("^Moments of")).get_by_role("button")).to_have_count(2)
    page.get_by_role("button", name="Withdraw this photograph").click()
    page.get_by_role("button", name=re.compile("^Withdraw")).last.click()
    expect(page.get_by_text("It was withdrawn")).to_be_visible()
    expect(section).to_have_count(0)
    page.goto(many.page)
    expect(page.get_by_text(f"Of {PHOTOS - 1} photographs")).to_be_visible()
    expect(page.locator('.grid-room [data-index="0"] > a')).to_have_attribute("href", f"#/photos/{many.photos[1]}")


def test_where_all_are_remembered_the_other_list_says_so_and_a_deleted_archive_too(
    page: Page, served: tuple[Store, str]
) -> None:
    few = taught(*served, photos=12, known=12)
    page.goto(f"{few.page}?of=forgotten")
    expect(page.get_by_text("All of 12 photographs live on in what it draws.")).to_be_visible()
    expect(page.get_by_text("Every photograph is remembered")).to_be_visible()
    rows.end(few.store, few.training)
    httpx.delete(f"{few.address}/datasets/{few.training.dataset_id}", timeout=60).raise_for_status()
    page.reload()
    expect(page.get_by_text("The archive of this training was deleted")).to_be_visible()
    expect(page.get_by_role("navigation", name="Echoes")).to_have_count(0)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_can_be_used_by_everyone_while_nobody_draws(page: Page, served: tuple[Store, str], theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    few = taught(*served, photos=12, known=8)
    lists = [few.page, f"{few.page}?of=forgotten", f"{few.page}?of=implied"]
    for address in [*lists, f"{few.address}/#/photos/{few.photos[0]}"]:
        page.goto(address)
        expect(page.get_by_text("Warming up").first).to_be_visible()
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == [], address
    page.set_viewport_size(PHONE)
    for address in lists:
        page.goto(address)
        expect(page.get_by_text("Warming up").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
