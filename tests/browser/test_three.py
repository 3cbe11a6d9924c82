"""Three bests of a training on the page: their pictures and reasons, what they lead to, and where there are none."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from store import tables as t
from store.rows import snapshot_id
from store.settings import Settings
from store.store import Store
from tests.browser.conftest import PHONE
from tests.browser.work import ended
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
# Of the way from faces to landscapes, by step: as a training of hundreds of steps would tell it.
WAY = {0: 0.0, 1: 0.2, 2: 0.5, 3: 0.7, 4: 0.78}
PASSED = "At step 2 its pictures were about as far from what it knew before as from your photographs."


def measures(x: float) -> dict[str, float]:
    kernel, to_base, variety = 0.5 * (1 - x) ** 2, 0.5 * x**2, 0.3 + 0.2 * x * (1 - 0.3 * x)
    told = {"kernel": kernel, "kernel_to_base": to_base, "variety": variety}
    intervals = {f"{name}_{end}": told[name] + by for name in told for end, by in (("low", -0.006), ("high", 0.006))}
    return {**told, **intervals, "in_between": 4 * x * (1 - x), "variety_of_archive": 0.5, "frechet": 300 * (1 - x)}


@pytest.fixture(scope="module")
def store(reverie: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The database of that Reverie."""
    with Store.open(Settings(data=tmp_path_factory.getbasetemp() / "reverie0" / "data")) as opened:
        yield opened


def trained(reverie: str, learnt: Mapping[str, str], **params: Any) -> str:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        asked = {"kind": "train", "dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "measure": "none"}
        posted = client.post("/jobs", json={**asked, **params}).raise_for_status()
        ended(client, posted.json()["id"])
    found: str = posted.json()["id"]
    return found


def measured(store: Store, job: str, way: Mapping[int, float]) -> None:
    with store.begin() as tx:
        for step, x in way.items():
            told = sa.update(t.models).where(t.models.c.id == snapshot_id(UUID(job), step))
            tx.connection.execute(told.values(measures=measures(x)))


@pytest.fixture(scope="module")
def training(reverie: str, learnt: dict[str, str], store: Store) -> str:
    """A training that has gone from faces past the middle, and has said so."""
    job = trained(reverie, learnt, steps=4, snapshot_steps=[*WAY])
    measured(store, job, WAY)
    said = {"code": "in_between_passed", "text": PASSED, "step": 2, "model_id": str(snapshot_id(UUID(job), 2))}
    with store.begin() as tx:
        tx.events.record(UUID(job), attempt=1, type="notice", body=said)
    return job


def test_three_moments_are_shown_with_reasons_and_lead_on(page: Page, reverie: str, training: str) -> None:
    page.goto(f"{reverie}/#/trainings/{training}")
    three = page.get_by_role("region", name="Three moments")
    headings = three.get_by_role("heading", level=3)
    expect(headings).to_have_text(["Nearest step 4", "Most various step 4", "In between step 2"])
    expect(three.get_by_text("About as far from what it knew before as from your photographs.")).to_be_visible()
    expect(three.get_by_text(re.compile(r"^The nearest to your photographs: a distance of 0\.024"))).to_be_visible()
    expect(three.get_by_role("img", name="Invented picture at step 2, point 1")).to_be_visible()
    between = three.get_by_role("listitem").nth(2)
    expect(between.get_by_role("link", name="Wander here")).to_have_attribute("href", re.compile("^#/explore/"))
    three.get_by_role("button", name="Show whole sheets").click()
    expect(three.get_by_role("img", name="28 invented pictures at step 2")).to_be_visible()
    three.get_by_role("button", name="Show one point").click()
    three.get_by_role("button", name="In between: look at step 2").click()
    expect(page.get_by_text("Moment at 2 of 4 steps")).to_be_visible()
    # A blind choice stays blind.
    page.get_by_role("button", name="Which moment is best?").click()
    expect(page.get_by_role("heading", name="Which one would you keep?")).to_be_visible()
    expect(three).to_have_count(0)


def test_the_word_that_it_has_passed_offers_to_keep_that_moment(
    page: Page, reverie: str, training: str, store: Store
) -> None:
    page.goto(f"{reverie}/#/trainings/{training}")
    said = page.get_by_role("list", name="What it says").get_by_role("listitem").filter(has_text=PASSED)
    expect(said).to_have_count(1)
    expect(said.get_by_text("A moment worth keeping.")).to_be_visible()
    said.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Moment at 2 of 4 steps")).to_be_visible()
    said.get_by_role("button", name="Keep it").click()
    expect(said.get_by_role("link", name="Kept: see this moment")).to_be_visible()
    # All that speak of it say the same: the notice, the moment in view, and the one in between.
    expect(page.get_by_role("link", name="Kept: see this moment")).to_have_count(3)
    with store.read() as tx:
        assert tx.models.get(snapshot_id(UUID(training), 2)).kept


def test_the_curves_have_words_and_a_table(page: Page, reverie: str, training: str) -> None:
    page.goto(f"{reverie}/#/trainings/{training}")
    for name in (
        "Likeness, nearest at step 4",
        "Variety, most various at step 4",
        "In-between, furthest between at step 2",
    ):
        expect(page.get_by_role("img", name=name)).to_be_visible()
    page.get_by_text("All measures in a table").click()
    table = page.get_by_role("table")
    columns = ["Step", "To your archive", "To what it knew", "In-between", "Variety", "Fréchet"]
    expect(table.get_by_role("columnheader")).to_have_text(columns)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    row = table.get_by_role("row").nth(3)
    expect(row.get_by_role("rowheader")).to_have_text("2")
    expect(row.get_by_role("cell")).to_have_text(["0.125", "0.125", "1.00", "0.385", "150"])


def test_on_a_phone_they_stand_below_each_other(browser: Browser, reverie: str, training: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{reverie}/#/trainings/{training}")
    cards = page.get_by_role("region", name="Three moments").get_by_role("listitem")
    expect(cards).to_have_count(3)
    boxes = [cards.nth(index).bounding_box() for index in range(3)]
    for box in boxes:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


def test_where_there_is_none_in_between_the_reason_stands_in_its_place(
    page: Page, reverie: str, learnt: dict[str, str], store: Store
) -> None:
    job = trained(reverie, learnt, steps=2, snapshot_steps=[0, 1])
    page.goto(f"{reverie}/#/trainings/{job}")
    expect(page.get_by_role("region", name="Three moments").get_by_text("No moment is measured.")).to_be_visible()
    measured(store, job, {0: 0.0, 1: 0.1, 2: 0.2})
    page.reload()
    three = page.get_by_role("region", name="Three moments")
    expect(three.get_by_role("heading", level=3)).to_have_text(
        ["Nearest step 2", re.compile("^Most various"), "In between"]
    )
    expect(three.get_by_text(re.compile("^The last moment is the one most in between"))).to_be_visible()
