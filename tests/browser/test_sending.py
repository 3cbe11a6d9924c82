"""Sending large files: what broke off goes on, whatever became of the page."""

from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.work import SLOW

PIECE = 64 * 2**20


def pieces(page: Page) -> list[int]:
    """Where the pieces begin that are sent from now on."""
    begun: list[int] = []

    def look(request: Request) -> None:
        if request.method == "PATCH":
            begun.append(int(request.headers["upload-offset"]))

    page.on("request", look)
    return begun


def test_a_file_whose_page_was_closed_goes_on_where_it_was(page: Page, reverie: str, tmp_path: Path) -> None:
    large = tmp_path / "large.pkl"
    with large.open("wb") as file:
        file.truncate(PIECE + 2**20)
    page.goto(f"{reverie}/#/models/bring")

    def away(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*", away)
    page.get_by_label("Choose a file").set_input_files(large)
    line = page.get_by_role("listitem").filter(has_text="large.pkl")
    expect(line).to_contain_text("Waiting for the network; 98 % is safe", timeout=SLOW)
    page.unroute("**/uploads/*")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    begun = pieces(page)
    page.get_by_label("Choose a file").set_input_files(large)
    expect(page.get_by_role("alert").filter(has_text="large.pkl")).to_be_visible(timeout=SLOW)  # read, and no model
    (at,) = begun  # what came of the last piece while the page went is not sent again either
    assert PIECE <= at < PIECE + 2**20


def test_a_file_that_is_here_already_says_so_and_is_not_sent_again_and_again(
    page: Page, reverie: str, tmp_path: Path
) -> None:
    golden = Path(__file__).parents[1] / "golden" / "nvidia_style.pkl"
    same = tmp_path / "same.pkl"
    same.write_bytes(golden.read_bytes() + b"x")
    page.goto(f"{reverie}/#/models/bring")
    page.get_by_label("Choose a file").set_input_files(same)
    expect(
        page.get_by_role("link", name="same").or_(page.get_by_role("alert").filter(has_text="same.pkl")).first
    ).to_be_visible(timeout=SLOW)
    again = tmp_path / "again.pkl"
    again.write_bytes(same.read_bytes())
    begun = pieces(page)
    page.get_by_label("Choose a file").set_input_files(again)
    line = page.get_by_role("listitem").filter(has_text="again.pkl")
    expect(line.first).to_be_visible()
    expect(line.first).to_contain_text("already", timeout=SLOW)
    assert begun == [0]
