"""A photograph into the space: chosen or dropped, looked for, told in words, and wandered on from."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_steps import AXE
from tests.browser.work import SLOW, ended
from tests.kinds.pictures import jpeg


@pytest.fixture
def photo(reverie: str, learnt: dict[str, str]) -> str:
    """A photograph of the archive."""
    found: str = httpx.get(f"{reverie}/datasets/{learnt['dataset']}/photos").json()["items"][0]["id"]
    return found


@pytest.fixture(scope="module")
def known(reverie: str, learnt: dict[str, str]) -> dict[str, str]:
    """Two models that were looked at before: the first search takes longest for that."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        photo = client.get(f"/datasets/{learnt['dataset']}/photos").json()["items"][0]["id"]
        for model in (learnt["base"], learnt["moment"]):
            asked = {"kind": "project", "model_id": model, "photo_id": photo, "steps": 20}
            ended(client, client.post("/jobs", json=asked).raise_for_status().json()["id"])
    return learnt | {"photo": photo}


def asks_for_few(page: Page) -> None:
    """Have the page's searches take few steps; what is looked for and how stays."""

    def fewer(route: object) -> None:
        sent = route.request.post_data_json  # type: ignore[attr-defined]
        route.continue_(post_data={**sent, "steps": 20} if sent.get("kind") == "project" else sent)  # type: ignore[attr-defined]

    page.route("**/jobs", lambda route: fewer(route) if route.request.method == "POST" else route.continue_())
    page.route(
        "**/projections?*", lambda route: route.continue_(url=re.sub("preset=", "steps=20&preset=", route.request.url))
    )


def test_a_photograph_is_found_from_its_own_view_and_wandered_on_from(
    page: Page, reverie: str, known: dict[str, str]
) -> None:
    photo = httpx.get(f"{reverie}/photos/{known['photo']}").json()
    asks_for_few(page)
    page.goto(f"{reverie}/#/photos/{photo['id']}")
    page.get_by_role("heading", name="Find it in a model").scroll_into_view_if_needed()
    base = known["base"]
    page.locator(f"a[href*='{base}?find=']").click()
    panel = page.get_by_role("dialog", name="Find a photograph here")
    expect(panel.get_by_alt_text(f"Photograph, {photo['name']}")).to_be_visible()
    panel.get_by_label("What has to be alike").select_option("The upper half")
    expect(panel.get_by_text("Only what is in the box has to be alike.")).to_be_visible()
    expect(panel.get_by_text("A picture that the model draws")).to_be_visible()
    panel.get_by_role("button", name="Find it here").click()
    expect(panel.get_by_role("progressbar")).to_be_visible(timeout=SLOW)
    expect(panel.get_by_alt_text("Invented picture, most like the photograph")).to_be_visible(timeout=SLOW)
    expect(panel.get_by_text(re.compile(r"^(Near|Some likeness|The model has no memory)"))).to_be_visible()
    expect(panel.get_by_text(re.compile(r"as far from it as two unrelated pictures"))).to_be_visible()
    panel.get_by_role("button", name="Wander from here").click()
    expect(panel).to_have_count(0)
    expect(page).to_have_url(re.compile(r"at=sample%3A[\w-]+&.*psi=1"))
    expect(page.get_by_text("It is in the gallery, too.")).to_be_visible(timeout=SLOW)


def test_a_picture_from_elsewhere_is_dropped_on_a_phone_and_what_is_none_is_told(
    page: Page, reverie: str, known: dict[str, str], tmp_path: Path
) -> None:
    page.set_viewport_size(PHONE)
    asks_for_few(page)
    page.goto(f"{reverie}/#/explore/{known['moment']}?at=1")
    page.get_by_role("button", name="All that one steers with").click()
    page.get_by_role("button", name="Find a photograph here").click()
    panel = page.get_by_role("dialog", name="Find a photograph here")
    expect(panel.get_by_role("heading", name="Or one of the photographs that it has learnt from")).to_be_visible()
    (tmp_path / "notes.jpg").write_text("no picture")
    panel.get_by_label("Drop a picture here, or choose one").set_input_files(tmp_path / "notes.jpg")
    expect(panel.get_by_text("This browser cannot show it")).to_be_visible()
    panel.get_by_role("button", name="Find it here").click()
    expect(page.get_by_text("Send another picture")).to_be_visible()
    panel.get_by_role("button", name="Another picture").click()
    (tmp_path / "it.jpg").write_bytes(jpeg(3, size=(300, 200)))
    panel.get_by_label("Drop a picture here, or choose one").set_input_files(tmp_path / "it.jpg")
    panel.get_by_role("button", name="Find it here").click()
    panel.get_by_role("button", name="Stop and keep").click(timeout=SLOW)
    expect(panel.get_by_role("button", name="Wander from here")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_what_matters_is_painted_by_hand_and_by_keys(
    page: Page, reverie: str, learnt: dict[str, str], photo: str
) -> None:
    page.goto(f"{reverie}/#/explore/{learnt['moment']}?at=1&find={photo}")
    panel = page.get_by_role("dialog", name="Find a photograph here")
    panel.get_by_label("What has to be alike").select_option("What I paint over")
    expect(panel.get_by_text("Nothing is painted yet.")).to_be_visible()
    expect(panel.get_by_role("button", name="Find it here")).to_be_disabled()
    brush = panel.get_by_role("application", name=re.compile("^Paint over what has to be alike"))
    box = brush.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"], steps=5)
    page.mouse.up()
    said = panel.get_by_text(re.compile(r"^\d+ % of the picture is painted.$"))
    expect(said).to_have_text(re.compile("^(9|10) %"))  # a line of 60 % by 14 %, and its round ends
    panel.get_by_role("button", name="Begin again").click()
    expect(panel.get_by_text("Nothing is painted yet.")).to_be_visible()
    panel.get_by_role("slider", name="Breadth of the brush").press("End")
    brush.focus()
    page.keyboard.press(" ")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(said).to_be_visible()
    panel.get_by_role("button", name="Rub out").click()
    before = said.text_content()
    brush.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press(" ")
    expect(said).not_to_have_text(before or "")
    with page.expect_response("**/projections?*") as answered:
        panel.get_by_role("button", name="Find it here").click()
    assert answered.value.status == 202
    params = answered.value.json()["params"]
    assert (params["photo_id"], params["mask"], params["region"]) == (photo, True, [])
    httpx.post(f"{reverie}/jobs/{answered.value.json()['id']}/cancel").raise_for_status()
    expect(panel.get_by_text("The search was called off.")).to_be_visible(timeout=SLOW)
    expect(panel.locator("canvas")).to_be_visible()  # what was painted is seen while it is looked for


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_brush_can_be_used_by_everyone(
    page: Page, reverie: str, learnt: dict[str, str], photo: str, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    page.goto(f"{reverie}/#/explore/{learnt['moment']}?at=1&find={photo}")
    panel = page.get_by_role("dialog", name="Find a photograph here")
    panel.get_by_label("What has to be alike").select_option("What I paint over")
    panel.get_by_role("application").press(" ")
    expect(panel.get_by_text(re.compile("is painted.$"))).to_be_visible()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
