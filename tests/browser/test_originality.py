"""How far from copying, on the page: the meter, words of the gallery, drawing what is its own, notices."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Page, expect

from jobs.ids import new_id
from jobs.originality import UNKNOWN
from jobs.state import State
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.resembling import look, originals
from tests.browser.work import SLOW, ended
from tests.store import making
from tests.waiting import until
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
PERCENT = [29, 95, 99, 3, UNKNOWN]  # of samples, in the order of their seeds
MANY = 300  # more than two pages of the gallery
PASSED = "3 of 6 pictures were passed over, since they are nearer to one photograph than they may be"
COPYING = "At step 40 60% of the pictures are nearly copies of a photograph: the network learns the archive by heart."


@pytest.fixture
def store(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(Settings(data=tmp_path_factory.mktemp("originality"), database_url=sqlite_url)) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with serving(store) as served:
        yield served


def drawn(store: Store, percents: list[int]) -> UUID:
    """A job with samples that are so near to a photograph, which share the files of the first."""
    model, job = rows.base(store), making.running(store)
    (first,) = rows.samples(store, job, model, count=1)
    looks = {name: getattr(first, name) for name in ("image_key", "thumb_key", "sha256", "average", "blur", "recipe")}
    later = making.running(store)
    made = []
    for nth, percent in enumerate(percents):
        traced: dict[str, Any] = (
            {} if percent == UNKNOWN else {"nearest_id": new_id(), "likeness": 500_000, "traced_by": new_id()}
        )
        one = making.sample(later, nth, model.id, **{**looks, "recipe": {**first.recipe, "seed": nth}})
        made.append(replace(one, nearness=percent, **traced))
    with store.begin() as tx:
        tx.samples.add_many(later.id, 1, made)
    return later.id


def seeds(page: Page) -> list[int]:
    """The seeds of the gallery's pictures, in its order."""
    told: list[str] = page.evaluate("""() => [...document.querySelectorAll('.grid-room li')]
        .sort((one, other) => one.dataset.index - other.dataset.index)
        .map(cell => cell.querySelector('img')?.alt ?? '')""")
    return [int(seed) for alt in told for seed in re.findall(r"seed (\d+)", alt)]


def shows(page: Page, wanted: list[int]) -> None:
    until(lambda: seeds(page) == wanted)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_meter_stands_where_the_archive_measures_it(
    page: Page, reverie: str, skye: dict[str, str], direction: str
) -> None:
    look(page, f"{reverie}/#/samples/{skye['sample']}")
    page.evaluate(f"document.documentElement.dir = '{direction}'")
    told = originals(reverie, skye["sample"])["originality"]
    expect(page.get_by_role("heading", name="How far from copying")).to_be_visible()
    expect(page.locator(".meter").get_by_text(told["sentence"])).to_be_visible()
    scale, mark = (page.locator(f".meter .scale{of}").bounding_box() for of in ("", " span"))
    assert scale is not None
    assert mark is not None
    along = (mark["x"] + mark["width"] / 2 - scale["x"]) / scale["width"]
    assert told["level"] == "own"  # faces, after two steps: unlike the photographs of any valley
    wanted = 0.16 + 0.84 * (90 - told["percentile"]) / 90
    assert (along if direction == "ltr" else 1 - along) == pytest.approx(min(wanted, 0.992), abs=0.01)


def test_the_gallery_is_narrowed_down_and_put_in_order_by_it(page: Page, store: Store, address: str) -> None:
    job = drawn(store, PERCENT)
    page.goto(f"{address}/#/gallery?job={job}&order=oldest")
    pictures = page.get_by_role("link", name=re.compile("^Invented picture, seed"))
    expect(pictures).to_have_count(len(PERCENT))
    page.get_by_role("button", name="Narrow it down").click()
    for words, wanted in {
        "with a look of its own": [0, 3],
        "leaning on one of them": [1],
        "nearly a copy of one": [2],
        "not looked at yet": [4],
    }.items():
        page.get_by_label("Originality").select_option(words)
        shows(page, wanted)
    expect(page).to_have_url(re.compile("originality=unknown"))
    page.get_by_label("Originality").select_option("however near")
    page.get_by_label("Order").select_option("most its own")
    expect(page).to_have_url(re.compile("order=original"))
    expect(pictures).to_have_count(len(PERCENT))
    shows(page, [3, 0, 1, 2, 4])
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.reload()  # the sentence is in the address, the rarer words of it too
    expect(page.get_by_label("Order")).to_have_value("original")


def test_one_goes_on_in_a_list_that_begins_with_what_is_most_its_own(page: Page, store: Store, address: str) -> None:
    job = drawn(store, [(7 * nth) % 90 for nth in range(MANY)])  # neither the oldest nor the newest comes first
    with httpx.Client(base_url=address, timeout=60) as client:
        query = f"job={job}&order=original"
        ids = client.get(f"/samples/ids?{query}").raise_for_status().json()["ids"]
    page.goto(f"{address}/#/samples/{ids[200]}?{query}")  # the second page of the list, which nobody has read yet
    expect(page.get_by_role("button", name="Next")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(ids[201]))


def test_only_what_is_its_own_is_drawn(page: Page, reverie: str, skye: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/models/{skye['moment']}")
    page.get_by_label("Beside your photographs").select_option("only what is its own picture")
    expect(page.get_by_label("No two alike")).to_be_disabled()
    page.get_by_label("Pictures", exact=True).fill("2")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Draw 2 pictures").click()
    expect(page).to_have_url(re.compile("#/gallery.job="))
    (job,) = re.findall("job=([^&]+)", page.url)
    with httpx.Client(base_url=reverie, timeout=60) as client:
        ended(client, job)
        assert client.get(f"/jobs/{job}").json()["params"]["at_least"] == "own"
        levels = [one["originality"]["level"] for one in client.get(f"/samples?job={job}").json()["items"]]
    assert set(levels) <= {"own"}
    expect(page.get_by_role("link", name=re.compile("^Invented picture, seed"))).to_have_count(
        len(levels), timeout=SLOW
    )


def test_a_base_has_no_photographs_to_be_beside(page: Page, reverie: str, skye: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/models/{skye['base']}")
    expect(page.get_by_label("Pictures", exact=True)).to_be_visible()
    expect(page.get_by_label("Beside your photographs")).to_have_count(0)


def test_where_nobody_has_looked_one_is_led_to_a_look(page: Page, store: Store, address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        dataset = client.post("/datasets", json={"name": "Not looked at"}).json()["id"]
        rows.photos(store, dataset, count=12)
        job = making.running(store, dataset_id=UUID(dataset))
        model, _ = rows.snapshot(store, job, 1)
        rows.end(store, job)
        page.goto(f"{address}/#/models/{model.id}")
        page.get_by_label("Beside your photographs").select_option("nothing that is nearly a copy")
        page.get_by_role("button", name=re.compile("^Draw")).click()
        expect(page.get_by_text("Nobody has compared the photographs of this model's archive")).to_be_visible()
        page.get_by_role("button", name="Look now").click()
        expect(page.get_by_text("Reverie will look for likenesses in this archive.")).to_be_visible()
        assert client.get("/jobs?kind=generate").json()["items"] == []


def test_what_was_passed_over_is_said_above_what_was_drawn(page: Page, store: Store, address: str) -> None:
    model, job = rows.base(store), making.running(store, kind="generate")
    rows.samples(store, job, model, count=2)
    with store.begin() as tx:
        tx.events.append(job.id, attempt=1, type="notice", body={"code": "passed_over", "text": PASSED})
    rows.end(store, job, State.SUCCEEDED)
    page.goto(f"{address}/#/gallery?job={job.id}")
    expect(page.get_by_text(PASSED)).to_be_visible()


def test_a_training_says_when_it_learns_by_heart(page: Page, store: Store, address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        dataset = client.post("/datasets", json={"name": "By heart"}).json()["id"]
    rows.photos(store, dataset, count=12)
    job = making.running(store, kind="train", dataset_id=UUID(dataset))
    rows.snapshot(store, job, 20)
    rows.progress(store, job, 20)
    page.goto(f"{address}/#/trainings/{job.id}")
    said = page.get_by_role("list", name="What it says")
    expect(page.get_by_role("button", name="Point 1, larger")).to_be_visible()
    expect(said.get_by_role("listitem")).to_have_count(0)
    with store.begin() as tx:  # while one watches
        tx.events.append(job.id, attempt=1, type="notice", body={"code": "copying", "text": COPYING, "once": True})
    expect(said.get_by_text(COPYING)).to_be_visible()
