"""The gallery and its pictures by keyboard: choose, star, delete and take back, copy the recipe."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.work import SLOW, drawn
from tests.store import making

PICTURES = 4
MANY = 600  # of which the page does not read all, when one goes from the first to the last


def some(reverie: str) -> str:
    """Pictures of the base, of this test alone."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        return drawn(client, PICTURES, seed=7)


def pictures(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile("^Invented picture, seed"))


def test_pictures_are_chosen_starred_and_deleted(page: Page, reverie: str) -> None:
    job = some(reverie)
    page.goto(f"{reverie}/#/gallery?job={job}&order=oldest")
    expect(pictures(page)).to_have_count(PICTURES)

    pictures(page).first.focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    bar = page.get_by_role("region", name="Chosen pictures")
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("button", name="Give a star").click()
    expect(page.get_by_role("link", name=re.compile("1 of 5 stars$"))).to_have_count(2)

    bar.get_by_role("button", name="Delete").click()
    expect(pictures(page)).to_have_count(PICTURES - 2)
    page.locator(".notice").filter(has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(pictures(page)).to_have_count(PICTURES)
    page.get_by_label("What").select_option("favourites")
    expect(pictures(page)).to_have_count(2)


def test_each_deletion_is_taken_back_by_itself(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/gallery?job={some(reverie)}&order=oldest")
    for left in (PICTURES - 1, PICTURES - 2):
        pictures(page).first.focus()
        page.keyboard.press("x")
        page.get_by_role("region", name="Chosen pictures").get_by_role("button", name="Delete").click()
        expect(pictures(page)).to_have_count(left)
    page.get_by_role("button", name="Undo").first.click()
    expect(pictures(page)).to_have_count(PICTURES - 1)


def test_a_picture_gives_its_recipe(page: Page, context: BrowserContext, reverie: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{reverie}/#/gallery?job={some(reverie)}&order=oldest")
    pictures(page).nth(1).press("Enter")
    expect(page.get_by_text("The place of seed 8 in")).to_contain_text("truncation 0.5 (mostly typical)")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="3 of 5")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("r")
    expect(page.get_by_text("Copied.")).to_be_visible()
    recipe = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert (recipe["seed"], recipe["truncation_psi"]) == (8, 0.5)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="The picture").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_keys_lead_to_the_views_unless_switched_off(page: Page, reverie: str) -> None:
    page.goto(reverie)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("g")
    expect(page).to_have_url(f"{reverie}/#/gallery")
    expect(page.get_by_label("What")).to_be_visible()  # the view is there, not only its address
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("What")).to_be_focused()

    page.goto(f"{reverie}/#/settings")
    page.get_by_label(re.compile("Single letters")).uncheck()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_running_training_is_watched_and_stopped(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        params = {"dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "steps": 5000, "measure": "none"}
        job = client.post("/jobs", json={"kind": "train", **params}).raise_for_status().json()["id"]
    page.goto(f"{reverie}/#/trainings/{job}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # Each answer takes longer than the next event: what is seen goes on all the same.
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 5,000\."))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Step 0", exact=True)).to_be_visible(timeout=SLOW)
    line.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    expect(page.get_by_role("list", name="What it says").get_by_role("listitem").first).to_be_visible()
    page.goto(f"{reverie}/#/jobs")
    expect(page.get_by_role("link", name="Learning Quiet places").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Quiet places")).click()
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text(re.compile("^It learnt for"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Keep this moment")).to_be_enabled()


@pytest.fixture
def many(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with many pictures, which share the files of the first; every third has three stars."""
    with Store.open(Settings(data=tmp_path_factory.mktemp("many"), database_url=sqlite_url)) as store:
        store.migrate()
        model, job = rows.base(store), making.running(store)
        (first,) = rows.samples(store, job, model, count=1)
        files = {"image_key": first.image_key, "thumb_key": first.thumb_key, "sha256": first.sha256}
        looks = {"average": first.average, "blur": first.blur, "recipe": first.recipe}
        made = [making.sample(job, nth, model.id, **files, **looks) for nth in range(1, MANY)]
        with store.begin() as tx:
            tx.samples.add_many(job.id, 1, [replace(one, rating=3 * (one.position % 3 == 0)) for one in made])
        with serving(store) as address:
            yield address


def test_all_that_the_sentence_means_is_chosen_also_what_is_not_on_the_page(page: Page, many: str) -> None:
    page.goto(f"{many}/#/gallery")
    expect(pictures(page).first).to_be_visible()
    page.keyboard.press("Control+a")
    bar = page.get_by_role("region", name="Chosen pictures")
    expect(bar).to_contain_text(re.compile(rf"^{MANY} chosen, \d+ of them farther off"))
    bar.get_by_role("button", name="Give a star").click()
    expect(page.locator(".notices")).to_contain_text("Starred")
    assert len(httpx.get(f"{many}/samples/ids?rating=1").json()["ids"]) == MANY
    page.locator(".notices").get_by_role("button", name="Undo").click()
    expect(page.locator(".notices")).not_to_contain_text("Starred")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.get_by_label("What").select_option("3")
    expect(page).to_have_url(re.compile("rating=3"))
    expect(page.get_by_text(f"{MANY // 3 - 1} pictures")).to_be_visible()
    page.keyboard.press("Control+a")
    expect(bar).to_contain_text(re.compile(rf"^{MANY // 3 - 1} chosen"))
    bar.get_by_role("button", name="Tag").click()
    page.get_by_label("Tag", exact=True).last.fill("fog")
    page.keyboard.press("Enter")
    expect(page.locator(".notices")).to_contain_text("Tagged")
    assert len(httpx.get(f"{many}/samples/ids?tag=fog").json()["ids"]) == MANY // 3 - 1


def test_of_a_list_that_is_too_long_a_range_is_chosen_and_all_of_it_is_not(page: Page, many: str) -> None:
    def longer(route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, json={**told.json(), "total": 100_001})

    page.route("**/samples/index?*", longer)
    page.goto(f"{many}/#/gallery")
    expect(page.get_by_text("100,001 pictures")).to_be_visible()
    page.keyboard.press("Control+a")
    expect(page.locator(".notices")).to_contain_text("Up to 100,000 pictures are chosen at once")
    bar = page.get_by_role("region", name="Chosen pictures")
    expect(bar).to_be_hidden()
    pictures(page).first.click(modifiers=["Shift"])
    expect(bar).to_contain_text(re.compile("^1 chosen"))
    # Far down at once: what lies between is on no page that was read.
    page.evaluate(f"""() => {{
        const at = nth => document.querySelector(`.grid-room li[data-index="${{nth}}"]`)?.getBoundingClientRect();
        let across = 1;
        while (at(across).top === at(0).top) across++;
        scrollTo(0, scrollY + at(0).top + (at(across).top - at(0).top) * Math.floor({MANY - 1} / across) - 300);
    }}""")
    with page.expect_request("**/samples/ids?*") as asked:
        page.locator(f'.grid-room li[data-index="{MANY - 1}"] > a').click(modifiers=["Shift"])
    assert parse_qs(urlsplit(asked.value.url).query)["limit"] == [str(MANY)]
    expect(bar).to_contain_text(re.compile(f"^{MANY} chosen"))
    bar.get_by_role("button", name="Give a star").click()
    expect(page.locator(".notices")).to_contain_text("Starred")
    assert len(httpx.get(f"{many}/samples/ids?rating=1").json()["ids"]) == MANY
