"""A sample, read from right to left: pictures do not mirror, and what leads from one to another does."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.resembling import look, middle_of, originals, shown
from workshop.stages import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
STROKE = 8  # pixels that ends and edges of a line take
# The page has no language of that direction yet: a script says it, as soon as there is anything to say it of.
MIRRORED = """new MutationObserver((_, watching) => {
    if (!document.documentElement) return;
    document.documentElement.dir = 'rtl';
    watching.disconnect();
}).observe(document, { childList: true })"""


def opened(page: Page, address: str) -> None:
    """Open a sample as somebody does who reads from right to left."""
    page.add_init_script(MIRRORED)
    look(page, address)


def box(of: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom on the page."""
    found = of.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def test_the_nearest_stands_to_the_right_and_lines_lead_to_it(page: Page, reverie: str, skye: dict[str, str]) -> None:
    opened(page, f"{reverie}/#/samples/{skye['sample']}")
    told = originals(reverie, skye["sample"])
    assert shown(page) == [item["photo"]["id"] for item in told["items"][:2]]
    first, second = (box(page.locator(".original a").nth(nth)) for nth in (0, 1))
    middle = box(page.locator(".invented-large"))
    assert second[2] <= middle[0] < middle[2] <= first[0]
    for column in (0, 3):
        page.mouse.move(*middle_of(page, column, 1))
        expect(page.locator(".pointed")).to_contain_text("Far left" if column == 0 else "Far right")
        expect(page.locator(".lines .first path.mark")).to_have_count(1)
        here, there = (box(page.locator(".lines .first rect.mark").nth(nth)) for nth in (0, 1))
        # What is pointed at is marked where the hand is, and its fragment lies in a photograph that is shown.
        assert here[0] <= middle_of(page, column, 1)[0] <= here[2]
        best = next(cell for cell in told["parts"]["cells"] if (cell["column"], cell["row"]) == (column, 1))["items"][0]
        photo = box(page.locator(f'.original [data-picture="{best["photo_id"]}"] .ground'))
        left, _, right, _ = best["box"]
        width = photo[2] - photo[0]
        assert there[0] == pytest.approx(photo[0] + left * width, abs=3)
        assert there[2] == pytest.approx(photo[0] + right * width, abs=3)
        line = box(page.locator(".lines .first path.mark"))
        assert line[0] >= min(here[2], there[2]) - STROKE  # from one side that faces the other to the other side
        assert line[2] <= max(here[0], there[0]) + STROKE
        nearer = [item["photo"]["id"] for item in told["items"][:2]]
        if best["photo_id"] not in nearer:  # it came in on the side of the hand
            assert (photo[0] > middle[2]) == (column == 3)


def test_arrows_move_as_they_point_within_and_by_the_reading_outside(
    page: Page, reverie: str, skye: dict[str, str]
) -> None:
    query = f"job={skye['job']}&order=oldest"
    opened(page, f"{reverie}/#/samples/{skye['sample']}?{query}")
    grid = page.get_by_role("group", name="Parts of the picture")
    grid.get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"part=1%2C0"))
    marked, whole = box(page.locator(".lines .first rect.mark").first), box(page.locator(".invented-large"))
    assert (marked[0] - whole[0]) / (whole[2] - whole[0]) == pytest.approx(0.25, abs=0.02)
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("part="))
    page.keyboard.press("ArrowLeft")  # what comes next is to the left
    expect(page).to_have_url(re.compile(skye["next"]))
    expect(page.get_by_role("button", name="Before")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(skye["sample"]))


def test_letters_of_what_it_leans_on_lie_on_their_parts(page: Page, reverie: str, skye: dict[str, str]) -> None:
    opened(page, f"{reverie}/#/samples/{skye['sample']}?leans=1")
    lean = page.locator(".lean-map .lean")
    expect(lean).to_have_count(16)
    whole = box(page.locator(".invented-large"))
    lefts = sorted({round(4 * (box(lean.nth(nth))[0] - whole[0]) / (whole[2] - whole[0])) for nth in range(16)})
    assert lefts == [0, 1, 2, 3]


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_can_be_used_by_everyone_and_on_a_phone(page: Page, reverie: str, skye: dict[str, str], theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "night" else "light", reduced_motion="reduce")
    opened(page, f"{reverie}/#/samples/{skye['sample']}?part=1,1")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.get_by_role("button", name="Save", exact=True).click()
    menu = box(page.get_by_role("group", name="Save"))
    assert 0 <= menu[0] < menu[2] <= 1440
    page.keyboard.press("Escape")
    page.set_viewport_size(PHONE)
    expect(page.locator(".invented-large")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollLeft") == 0
