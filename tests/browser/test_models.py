"""Models that come from elsewhere, and models that go there."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.work import SLOW, ended
from tests.foreign.hostile import FILES

GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_model_is_brought_looked_at_and_taken_elsewhere(page: Page, reverie: str, tmp_path: Path) -> None:
    page.goto(f"{reverie}/#/models/bring")
    page.get_by_label("Choose a file").set_input_files(GOLDEN / "rosinality_style.pt")
    page.get_by_role("link", name="rosinality style").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="rosinality style")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("Ask who published it.")
    page.get_by_text("Take it elsewhere").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="For NVIDIA").click()
    assert taken.value.suggested_filename == "rosinality style.pkl"
    assert Path(taken.value.path()).read_bytes().startswith(b"\x80\x03")
    page.get_by_label("Half the size").check()
    with page.expect_download() as taken:
        page.get_by_role("link", name="For Reverie").click()
    assert taken.value.suggested_filename == "rosinality style fp16.zip"


def test_a_file_that_is_refused_explains_itself(page: Page, reverie: str, tmp_path: Path) -> None:
    make, words = FILES["a shell command"]
    (tmp_path / "friendly.pkl").write_bytes(make())
    page.goto(f"{reverie}/#/models/bring")
    page.get_by_label("Choose a file").set_input_files(tmp_path / "friendly.pkl")
    told = page.get_by_role("alert").filter(has_text="friendly.pkl")
    expect(told).to_contain_text(words, timeout=SLOW)
    expect(told).to_contain_text("Get the model from its publisher.")


def test_a_model_that_is_dropped_among_photographs_is_known(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/")
    content = list((GOLDEN / "tf_style.pkl").read_bytes())
    page.evaluate(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name));
            dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true }));
        }""",
        ["tf_style.pkl", content],
    )
    expect(page.get_by_role("heading", name="Bring a model", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="tf style")).to_be_visible(timeout=SLOW)


def test_a_published_model_is_fetched_and_its_licence_stands_beside_it(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/models")
    page.get_by_role("link", name="Bring a model").click()
    entry = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Dogs, 32 px"))
    expect(entry).to_contain_text("Non-commercial")
    entry.get_by_text("Non-commercial").click()
    expect(entry).to_contain_text("Not for sale.")
    entry.get_by_role("button", name="Fetch it").click()
    here = entry.get_by_role("link", name="It is here")
    expect(here).to_be_visible(timeout=SLOW)
    here.click()
    expect(page.locator(".model .tag")).to_have_text("Non-commercial")
    expect(page.get_by_role("heading", name="Dogs, 32 px")).to_be_visible()
    page.goto(f"{reverie}/#/models")
    expect(page.get_by_role("link", name="Dogs, 32 px")).to_contain_text("Non-commercial")


def test_a_publisher_that_is_away_is_told_with_the_way_by_hand(page: Page, reverie: str) -> None:
    page.goto(f"{reverie}/#/models/bring")
    page.get_by_role("button", name=re.compile("^Fetch it.*Hens")).click()
    told = page.get_by_role("alert").filter(has_text="Hens, 32 px")
    expect(told).to_contain_text("cannot be reached", timeout=SLOW)
    expect(told).to_contain_text("Download dogs.pkl by hand")
    expect(told.get_by_role("button", name="Try again")).to_be_visible()


def test_a_file_fetched_by_hand_is_taken_as_what_it_is(page: Page, reverie: str, tmp_path: Path) -> None:
    by_hand = tmp_path / "downloaded (1).pkl"
    by_hand.write_bytes((GOLDEN / "nvidia_style.pkl").read_bytes() + b"by hand")  # no other test brings this one
    page.goto(f"{reverie}/#/models/bring")
    page.get_by_label("Licence").select_option("Free to use")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Cats, 32 px"])
    page.get_by_label("bring the file of Cats, 32 px").set_input_files(by_hand)
    page.get_by_role("link", name="Cats, 32 px").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="Cats, 32 px")).to_be_visible()
    expect(page.locator(".model .tag")).to_have_text("Free to use")


def test_the_tree_leads_from_a_base_to_what_grew_from_it(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/models")
    training = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Quiet places", exact=True))
    base = training.filter(has=page.locator(f'a[href="#/models/{learnt["base"]}"]')).first
    moment = base.locator(f'a[href="#/models/{learnt["moment"]}"]')
    expect(moment).to_contain_text("step 2")
    left, right = base.locator("a.node").first.bounding_box(), moment.bounding_box()
    assert left is not None
    assert right is not None
    assert right["x"] > left["x"] + left["width"]
    page.set_viewport_size(PHONE)
    below = moment.bounding_box()
    assert below is not None
    assert below["x"] + below["width"] <= PHONE["width"]


def test_two_models_are_compared_at_the_same_points(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/models/{learnt['moment']}")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("figure")).to_have_count(2)
    expect(page.get_by_text("Both draw the same points")).to_be_visible()
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("^Step"))).to_contain_text("2")
    upper = page.locator(".over img").last
    expect(upper).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    page.get_by_role("slider").fill("80")
    expect(upper).to_have_css("clip-path", "inset(0px 20% 0px 0px)")
    page.get_by_label("The first").select_option(learnt["moment"])
    page.get_by_label("The second").select_option(learnt["base"])
    expect(page).to_have_url(re.compile(f"a={learnt['moment']}&b={learnt['base']}"))


def test_a_model_is_renamed_and_one_that_others_learnt_from_goes_after_a_warning(
    page: Page, reverie: str, learnt: dict[str, str]
) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        params = {"dataset_id": learnt["dataset"], "base_model_id": learnt["base"], "steps": 1, "measure": "none"}
        parent = trained(client, params)
        trained(client, params | {"base_model_id": parent})
    page.goto(f"{reverie}/#/models/{parent}")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the model").fill("The first light")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="The first light")).to_be_visible()
    page.get_by_role("button", name="Delete this model").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Delete this model").click()
    dialog.get_by_role("button", name="Delete it").click()
    expect(dialog).to_contain_text("2 models learnt from The first light")
    dialog.get_by_role("button", name="Delete it all the same").click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="From models that are gone")).to_be_visible()
    expect(page.get_by_text("The first light is gone.")).to_be_visible()


def trained(client: httpx.Client, params: dict[str, object]) -> str:
    """Train for a step; gives the last moment."""
    job = client.post("/jobs", json={"kind": "train", **params}).raise_for_status().json()["id"]
    ended(client, job)
    moments = client.get(f"/models?job={job}").json()["items"]
    last: str = max(moments, key=lambda one: one["step"])["id"]
    return last
