"""Photographs are squeezed to learn from, and all that is drawn is shown in their shape again."""

import io
import re
import zipfile

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_curation import views
from tests.browser.work import SLOW, archive, ended
from tests.kinds.pictures import jpeg


def shapes() -> bytes:
    """A zip of nine photographs of 3:2, and one that stands."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as some:
        for number in range(9):
            some.writestr(f"lying-{number}.jpg", jpeg(number, size=(300, 200)))
        some.writestr("standing.jpg", jpeg(9, size=(200, 300)))
    return held.getvalue()


def ratio(of: Locator) -> float:
    """Width by height as it is seen."""
    box = of.bounding_box()
    assert box is not None
    return box["width"] / box["height"]


def test_a_shape_is_chosen_seen_both_ways_and_moved_for_one_photograph(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Of one shape", shapes())
    page.set_viewport_size(PHONE)
    page.goto(f"{reverie}/#/archives/{dataset}/framing")
    page.get_by_label("Framing").get_by_role("combobox").select_option("squeeze")
    shape = page.get_by_role("combobox", name="Shape")
    expect(shape).to_have_value("3:2")
    expect(shape.locator("option").first).to_have_text("3:2, as 9 of 10 are")
    squeezed = page.get_by_role("img", name="standing.jpg, squeezed as training sees it")
    again = page.get_by_role("img", name="standing.jpg, as it is shown")
    squeezed.scroll_into_view_if_needed()
    assert abs(ratio(squeezed) - 1) < 0.05
    assert abs(ratio(again) - 1.5) < 0.08
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    standing = next(
        photo
        for photo in httpx.get(f"{reverie}/datasets/{dataset}/photos?state=ready").json()["items"]
        if photo["name"] == "standing.jpg"
    )
    before = standing["views"][0]["box"]
    with page.expect_response(re.compile("/frames$")) as kept:
        page.get_by_role("slider", name="Square 1 of standing.jpg").press("ArrowUp")
    assert kept.value.status == 200
    (moved,) = views(reverie, standing["id"])
    assert moved["by_hand"]
    assert moved["box"][1] < before[1]
    assert moved["box"][3] - moved["box"][1] == before[3] - before[1]

    shape.select_option("4:3")
    expect(page.get_by_text("squeezed from 4:3").first).to_be_visible()
    (turned,) = views(reverie, standing["id"])
    assert turned["box"][2] - turned["box"][0] == round((turned["box"][3] - turned["box"][1]) * 4 / 3)
    page.get_by_role("button", name="As the others").click()
    expect(page.get_by_role("button", name="As the others")).to_have_count(0)


def test_what_is_drawn_is_shown_in_the_shape_of_the_photographs(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = archive(client, "Wide", shapes())
        client.patch(f"/datasets/{dataset}", json={"framing": "squeeze"}).raise_for_status()
        base = client.get("/models?bundled=true").json()["items"][0]["id"]
        asked = {"dataset_id": dataset, "base_model_id": base, "steps": 1, "batch": 4, "measure": "none"}
        training = client.post("/jobs", json={"kind": "train", **asked}).raise_for_status().json()["id"]
        ended(client, training)
        moment = client.get(f"/models?job={training}").json()["items"][0]["id"]
        drawing = client.post("/jobs", json={"kind": "generate", "model_id": moment, "count": 2, "seed": 3}).json()[
            "id"
        ]
        ended(client, drawing)

    page.goto(f"{reverie}/#/trainings/{training}")
    point = page.get_by_role("img", name="Invented picture at step 1, point 1", exact=True)
    expect(point).to_be_visible(timeout=SLOW)
    assert abs(ratio(point) - 1.5) < 0.05
    assert abs(ratio(page.get_by_label("Step 0", exact=True)) - 1.5) < 0.1

    page.goto(f"{reverie}/#/gallery?job={drawing}")
    tile = page.get_by_role("link", name=re.compile("^Invented picture, seed 3"))
    assert abs(ratio(tile.get_by_role("img")) - 1.5) < 0.05
    tile.click()
    large = page.get_by_role("img", name="Invented picture, seed 3")
    expect(large).to_have_class(re.compile("here"))
    assert large.evaluate("(img) => [img.naturalWidth, img.naturalHeight]") == [96, 64]
    assert abs(ratio(large) - 1.5) < 0.05

    page.goto(f"{reverie}/#/models/{moment}")
    expect(page.get_by_text("shown as 3:2")).to_be_visible()
    page.get_by_text("Take it elsewhere").click()
    expect(page.get_by_text("stretch their pictures to it")).to_be_visible()
