"""The best moment of a training: choices between pairs by keys and by taps, what comes of them, and a film."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.work import SLOW, ended

STEPS = [0, 1, 2, 3]


@pytest.fixture
def client(reverie: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reverie, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def training(reverie: str, learnt: dict[str, str]) -> str:
    """A training of four moments, of which the two in the middle were not measured."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        params = {"dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "steps": 3, "snapshot_steps": STEPS}
        measures = {"measure": "ends", "measure_pictures": 50}
        posted = client.post("/jobs", json={"kind": "train", **measures, **params}).raise_for_status()
        ended(client, posted.json()["id"])
    found: str = posted.json()["id"]
    return found


@pytest.fixture(autouse=True)
def unchosen(client: httpx.Client, training: str) -> None:
    client.delete(f"/jobs/{training}/moments/choices").raise_for_status()


def known(client: httpx.Client, training: str) -> dict[str, object]:
    found: dict[str, object] = client.get(f"/jobs/{training}/moments").raise_for_status().json()
    return found


def test_pairs_are_chosen_between_by_keys_and_lead_to_a_moment(
    page: Page, reverie: str, client: httpx.Client, training: str
) -> None:
    page.goto(f"{reverie}/#/trainings/{training}")
    page.get_by_role("button", name="Which moment is best?").click()
    expect(page.get_by_role("heading", name="Which one would you keep?")).to_be_visible()
    for number, key in enumerate(["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowLeft"], start=1):
        expect(page.get_by_role("img", name="Invented picture, left")).to_be_visible()
        page.keyboard.press(key)
        expect(page.get_by_text(re.compile(rf"^{number} choices?\."))).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_text(re.compile(r"^3 choices\."))).to_be_visible()
    assert known(client, training)["choices"] == 3
    expect(page.get_by_role("button", name=re.compile(r"^Step \d, the best one with \d+ in 100"))).not_to_have_count(0)

    page.get_by_role("button", name="See which is best").click()
    best = known(client, training)["best"]
    expect(page.get_by_role("heading", name=re.compile(rf"^Step {best}\b"))).to_be_visible()
    expect(page.get_by_text(re.compile("^The choice of 3 pairs; the measures"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(rf"^Step {best}\b"))).to_have_attribute("aria-pressed", "true")
    shown = page.get_by_role("region", name=re.compile(rf"^Step {best}\b"))
    expect(shown.get_by_role("link", name="Wander here")).to_have_attribute("href", re.compile("^#/explore/"))
    shown.get_by_role("button", name="Keep this moment").click()
    expect(shown.get_by_role("link", name="Kept: see this moment")).to_be_visible()
    page.get_by_role("button", name="Back to the sheet").click()
    expect(page.get_by_role("button", name="Point 1, larger")).to_be_visible()


def test_what_was_not_measured_is_measured_from_here(
    page: Page, reverie: str, client: httpx.Client, training: str
) -> None:
    page.goto(f"{reverie}/#/trainings/{training}?best=result")
    expect(page.get_by_text("What the measures say")).to_be_visible()
    expect(page.get_by_text("2 moments are not measured in full.")).to_be_visible()
    page.get_by_role("button", name="Measure them").click()
    expect(page.get_by_text("still to be measured")).to_be_visible()
    expect(page.get_by_text("still to be measured")).to_have_count(0, timeout=2 * SLOW)
    expect(page.get_by_role("button", name="Measure them")).to_have_count(0)
    assert known(client, training)["unmeasured"] == 0


def test_where_nothing_is_known_nobody_can_say(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/trainings/{learnt['training']}?best=result")
    expect(page.get_by_role("heading", name="Nobody can say yet which moment is best")).to_be_visible()
    expect(page.get_by_text("No moment is measured.")).to_be_visible()
    page.get_by_role("button", name="Choose between pairs").click()
    expect(page.get_by_role("heading", name="Which one would you keep?")).to_be_visible()


def test_two_tabs_that_answer_the_same_question_do_not_fight(
    page: Page, reverie: str, client: httpx.Client, training: str
) -> None:
    page.goto(f"{reverie}/#/trainings/{training}?best=pairs")
    expect(page.get_by_role("img", name="Invented picture, left")).to_be_visible()
    asked = client.get(f"/jobs/{training}/moments/pair").json()
    sides = {side: asked[side]["model_id"] for side in ("left", "right")}
    body = {"position": 0, "place": asked["place"], **sides, "chosen": "left"}
    client.post(f"/jobs/{training}/moments/choices", json=body).raise_for_status()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Another tab was quicker")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^1 choice\."))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"^2 choices\."))).to_be_visible()


def test_on_a_phone_one_taps(browser: Browser, reverie: str, training: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{reverie}/#/trainings/{training}?best=pairs")
    page.get_by_role("button", name="Keep the left one").tap()
    expect(page.get_by_text(re.compile(r"^1 choice\."))).to_be_visible()
    page.get_by_role("button", name="Neither").tap()
    expect(page.get_by_text(re.compile(r"^2 choices\."))).to_be_visible()
    page.get_by_role("button", name="Begin again").tap()
    page.get_by_role("button", name="Forget all 2 choices").tap()
    expect(page.get_by_text("The same point at two moments.")).to_be_visible()
    left, right = (page.get_by_role("button", name=f"Keep the {side} one").bounding_box() for side in ("left", "right"))
    assert left is not None
    assert right is not None
    assert left["x"] >= 0
    assert right["x"] + right["width"] <= PHONE["width"]
    context.close()


def test_it_is_watched_while_it_learns(page: Page, reverie: str, training: str) -> None:
    page.goto(f"{reverie}/#/trainings/{training}?step=0")
    expect(page.get_by_text("Moment at 0 of 3 steps")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_text("Moment at 3 of 3 steps")).to_be_visible()
    expect(page.get_by_role("button", name="Watch it learn")).to_be_visible()
    page.get_by_role("button", name="Watch it learn").click()  # from the beginning
    expect(page.get_by_text("Moment at 1 of 3 steps")).to_be_visible()
    page.get_by_role("button", name="Step 0").click()
    expect(page.get_by_role("button", name="Watch it learn")).to_be_visible()


def test_one_moment_leaves_nothing_to_choose(
    page: Page, reverie: str, learnt: dict[str, str], client: httpx.Client
) -> None:
    params = {"dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "steps": 1, "snapshot_steps": [1]}
    job = client.post("/jobs", json={"kind": "train", "measure": "none", **params}).raise_for_status().json()["id"]
    ended(client, job)
    page.goto(f"{reverie}/#/trainings/{job}")
    expect(page.get_by_text("Moment at 1 of 1 step")).to_be_visible()
    expect(page.get_by_role("button", name="Which moment is best?")).to_have_count(0)
    page.goto(f"{reverie}/#/trainings/{job}?best=pairs")
    expect(page.get_by_text("There are no two moments to choose between.")).to_be_visible()
