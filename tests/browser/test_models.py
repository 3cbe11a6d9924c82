"""Models that come from elsewhere, and models that go there."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.work import SLOW
from tests.foreign.hostile import FILES

GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_model_is_brought_looked_at_and_taken_elsewhere(page: Page, reverie: str, tmp_path: Path) -> None:
    page.goto(f"{reverie}/#/models")
    page.get_by_label("Choose a file").set_input_files(GOLDEN / "rosinality_style.pt")
    page.get_by_role("link", name="rosinality style").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="rosinality style")).to_be_visible()
    expect(page.get_by_text("Ask who published it.")).to_be_visible()
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
    page.goto(f"{reverie}/#/models")
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
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="tf style")).to_be_visible(timeout=SLOW)
