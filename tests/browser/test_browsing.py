"""The gallery: its sentence, albums and tags, pictures side by side, one full screen, and one that comes back."""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import BrowserContext, Locator, Page, expect

from jobs.ids import new_id
from store.rows import Model, Sample
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving
from tests.browser.conftest import PHONE
from tests.store import making
from tests.waiting import until

COUNT = 30


@dataclass(frozen=True)
class Hung:
    """A gallery of thirty pictures, the newest first, of a model without a training."""

    address: str
    model: Model
    samples: list[Sample]


@pytest.fixture
def gallery(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hung]:
    with Store.open(Settings(data=tmp_path_factory.mktemp("gallery"), database_url=sqlite_url)) as store:
        with store.begin() as tx:
            model = tx.models.add(making.model(name="Father's moment", hash="a" * 64))
        made = rows.samples(store, making.running(store), model, count=COUNT)
        with serving(store) as address:
            yield Hung(address, model, made[::-1])


def pictures(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile("^Invented picture, seed"))


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Chosen pictures")


def choose(page: Page, *which: int) -> None:
    for nth in which:
        pictures(page).nth(nth).hover()
        page.get_by_role("button", name="Choose the picture: seed").nth(nth).click()


def found(gallery: Hung, **words: Any) -> list[int]:
    items = httpx.get(f"{gallery.address}/samples", params={"limit": 200, **words}).json()["items"]
    return [sample["recipe"]["seed"] for sample in items]


def test_the_sentence_finds_what_its_words_say(page: Page, gallery: Hung) -> None:
    ids = [str(one.id) for one in gallery.samples]
    with httpx.Client(base_url=gallery.address) as client:
        client.post("/samples/changes", json={"samples": ids[:3], "rating": 4, "favourite": True, "add_tags": ["Fog"]})
        client.post("/samples/changes", json={"samples": ids[3:4], "favourite": True})
        album = client.post("/albums", json={"name": "By the sea"}).json()["id"]
        client.post(f"/albums/{album}/samples", json={"add": ids[2:7]})
    page.goto(f"{gallery.address}/#/gallery")
    expect(page.get_by_text(f"{COUNT} pictures")).to_be_visible()
    page.get_by_label("What").select_option("favourites")
    expect(page.get_by_text("4 pictures")).to_be_visible()
    page.get_by_label("What").select_option("four stars and more")
    expect(page.get_by_text("3 pictures")).to_be_visible()
    page.get_by_label("Where").select_option("By the sea")
    expect(page.get_by_text("1 picture", exact=True)).to_be_visible()
    page.get_by_label("What").select_option("everything")
    page.get_by_label("Order").select_option("oldest")
    expect(pictures(page)).to_have_count(5)
    expect(pictures(page).first).to_have_accessible_name(re.compile("seed 23$"))
    page.get_by_role("button", name="Narrow it down").click()
    page.get_by_label("Tag").select_option("Fog")
    expect(pictures(page)).to_have_count(1)
    page.get_by_label("Time").select_option("today")
    expect(pictures(page)).to_have_count(1)
    assert {"album=", "tag=Fog", "time=today"} <= set(re.findall(r"album=|tag=Fog|time=today", page.url))
    page.reload()  # every state is in the address
    expect(page.get_by_label("Tag")).to_have_value("Fog")
    page.get_by_label("Where").select_option("Father's moment")
    expect(pictures(page)).to_have_count(3)
    page.get_by_label("What").select_option("five stars")
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_text(f"{COUNT} pictures")).to_be_visible()


def test_pictures_are_chosen_by_mouse_and_keys_and_put_into_an_album(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    choose(page, 1)
    pictures(page).nth(5).click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("5 chosen")
    pictures(page).nth(5).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(bar(page)).to_contain_text("6 chosen")
    bar(page).get_by_role("button", name="Add to album").click()
    page.get_by_label("Album").fill("By the sea")
    page.keyboard.press("Enter")
    expect(page.get_by_text("6 pictures are in By the sea now.")).to_be_visible()
    bar(page).get_by_role("button", name="Add to album").click()
    page.get_by_label("Album").fill("BY THE SEA")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All of them were in By the sea already.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("6 pictures are in")).to_be_hidden()
    (album,) = httpx.get(f"{gallery.address}/albums").json()["items"]
    assert (album["name"], album["samples"]) == ("By the sea", 0)


def test_tags_and_stars_are_given_to_many_and_taken_back(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    choose(page, 0, 1)
    bar(page).get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Tag", exact=True).last.fill("<b>fog & mer</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 pictures: <b>fog & mer</b>")).to_be_visible()
    assert found(gallery, tag="<B>FOG & MER</B>") == [29, 28]
    bar(page).get_by_role("button", name="Give a star").click()
    expect(page.get_by_role("link", name=re.compile("1 of 5 stars$"))).to_have_count(2)
    for _ in range(2):
        page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("link", name=re.compile("1 of 5 stars$"))).to_have_count(0)
    expect(bar(page)).to_contain_text("2 chosen")
    assert httpx.get(f"{gallery.address}/tags").json()["items"] == []


def test_one_picture_is_saved_as_it_is_and_several_as_a_zip(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    choose(page, 2)
    with page.expect_download() as one:
        bar(page).get_by_role("button", name="Save").click()
    assert one.value.suggested_filename.startswith("reverie-27-")
    choose(page, 4)
    with page.expect_download() as some:
        bar(page).get_by_role("button", name="Save").click()
    with zipfile.ZipFile(some.value.path()) as zipped:
        assert [name.partition("-")[0] for name in zipped.namelist()] == ["27", "25", "recipes.jsonl"]
    with page.expect_download() as every:
        page.get_by_role("link", name="Save all").click()
    with zipfile.ZipFile(every.value.path()) as zipped:
        assert len(zipped.namelist()) == COUNT + 1


def transforms(page: Page) -> list[str]:
    of = "(frames) => frames.map((one) => one.firstElementChild.style.transform)"
    told: list[str] = page.locator(".sides .frame").evaluate_all(of)
    return told


def test_pictures_are_looked_at_side_by_side_in_step(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    choose(page, 0, 1, 2)
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Side by side")).to_be_focused()
    frames = page.locator(".sides .frame")
    expect(frames).to_have_count(3)
    page.keyboard.press("z")
    expect(page.get_by_text("200 %")).to_be_visible()
    page.keyboard.press("ArrowRight")
    still = transforms(page)
    box = frames.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=3)
    page.mouse.up()
    page.mouse.wheel(0, -200)
    expect(page.get_by_text("200 %")).to_be_hidden()
    moved = transforms(page)
    assert len(set(still)) == len(set(moved)) == 1
    assert still != moved
    page.keyboard.press("Escape")
    expect(page.get_by_text("100 %")).to_be_visible()
    page.get_by_role("button", name="Put aside").first.click()
    expect(frames).to_have_count(2)
    page.get_by_role("button", name="Favourite: seed 27").click()
    expect(page.get_by_role("button", name="Favourite: seed 27")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(frames).to_have_count(2)
    page.keyboard.press("Escape")
    expect(pictures(page).first).to_be_visible()


def test_a_picture_is_looked_at_full_screen_by_keys(page: Page, context: BrowserContext, gallery: Hung) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{gallery.address}/#/gallery")
    pictures(page).nth(3).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("seed 26")
    page.keyboard.press("Shift+F")
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name="Invented picture, seed 25")).to_be_visible()
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()  # one stays in it
    page.keyboard.press("f")
    page.keyboard.press("4")
    page.keyboard.press("i")
    expect(page.get_by_text("The place of seed 25 in Father's moment")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".invented-large.zoomed")).to_be_visible()
    page.keyboard.press("ArrowRight")  # within it now
    expect(page.get_by_role("img", name="Invented picture, seed 25")).to_be_visible()
    page.keyboard.press("c")
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))["seed"] == 25
    page.keyboard.press("Escape")
    expect(page.locator(".invented-large.zoomed")).to_be_hidden()
    page.keyboard.press("Shift+F")
    expect(page.get_by_role("button", name="4 of 5")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("A tag to add").fill("fog")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="fog").click()
    expect(pictures(page)).to_have_count(1)
    page.keyboard.press("Escape")


def png(recipe: object, *, compressed: bool = False) -> bytes:
    """A picture with this text as its recipe."""
    text = PngImagePlugin.PngInfo()
    text.add_itxt("reverie", recipe if isinstance(recipe, str) else json.dumps(recipe), zip=compressed)
    held = io.BytesIO()
    Image.new("RGB", (16, 16)).save(held, "PNG", pnginfo=text)
    return held.getvalue()


def drop(page: Page, content: bytes, name: str = "picture.png") -> None:
    page.evaluate(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name));
            dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true }));
        }""",
        [name, list(content)],
    )


def test_a_picture_that_is_dropped_leads_to_where_it_was_drawn(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    expect(pictures(page).first).to_be_visible()
    one = gallery.samples[4]
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(f"{asked.method} {asked.url}"))
    drop(page, png({**one.recipe, "format": 1, "model_id": str(new_id())}, compressed=True))
    expect(page).to_have_url(f"{gallery.address}/#/samples/{one.id}")
    assert [told for told in sent if told.startswith("POST")] == [f"POST {gallery.address}/samples/lookups"]
    drop(page, png({**one.recipe, "seed": 12345}))
    expect(page).to_have_url(re.compile(rf"/#/explore/{gallery.model.id}\?at=12345&"))
    expect(page.get_by_text(f"This is its place in {gallery.model.name}.")).to_be_visible()
    drop(page, png({"model": "c0ffee" * 10, "seed": 1, "licence": {"spdx": "CC-BY-NC-4.0"}}))
    expect(page.get_by_text("whose hash begins with c0ffeec0ffee, of the licence CC-BY-NC-4.0")).to_be_visible()


def broken(*, length: int) -> bytes:
    """A PNG whose recipe says that it is so long."""
    whole = png({"seed": 1})
    at = whole.index(b"iTXt") - 4
    return whole[:at] + struct.pack(">I", length) + whole[at + 4 :]


def deflated(text: bytes) -> bytes:
    """A PNG whose recipe unfolds to this."""
    chunk = b"iTXtreverie\0\1\0\0\0" + zlib.compress(text)
    whole = png({})
    return whole[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + whole[33:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png("no JSON at all"), "it is not what Reverie writes"),
        (png("[1, 2]"), "it is not what Reverie writes"),
        (png("{" + '"a": 1, ' * 10_000), "it is longer than any recipe"),
        (deflated(b" " * 5_000_000), "it is longer than any recipe"),
        (broken(length=10), "it is cut short"),
        (broken(length=2**32 - 1), "it is not what Reverie writes"),
        (png({}), "Its recipe names none."),
        (png({"model": ["x"], "seed": {"deep": [[[]]]}}), "Its recipe names none."),
    ],
    ids=["no JSON", "a list", "long", "unfolds", "cut short", "lies of its length", "empty", "of other kinds"],
)
def test_a_picture_whose_recipe_is_broken_or_lies_is_told(
    page: Page, gallery: Hung, content: bytes, words: str
) -> None:
    page.goto(f"{gallery.address}/#/gallery")
    expect(pictures(page).first).to_be_visible()
    drop(page, content)
    expect(page.locator(".notices")).to_contain_text(words)
    expect(page).to_have_url(f"{gallery.address}/#/gallery")


def test_on_a_phone_a_long_press_chooses_and_the_bar_fits(context: BrowserContext, gallery: Hung) -> None:
    browser = context.browser
    assert browser is not None
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = phone.new_page()
    page.goto(f"{gallery.address}/#/gallery")
    first, second = pictures(page).first, pictures(page).nth(1)
    expect(first).to_be_visible()
    press = {"pointerType": "touch", "bubbles": True, "pointerId": 1}
    first.dispatch_event("pointerdown", press)
    expect(bar(page)).to_contain_text("1 chosen")
    first.dispatch_event("pointerup", press)
    second.tap()
    expect(bar(page)).to_contain_text("2 chosen")
    box = bar(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] < 160
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    bar(page).get_by_role("button", name="Compare").tap()
    expect(page.locator(".sides .frame")).to_have_count(2)
    phone.close()


def test_sizes_change_by_buttons_keys_and_pinch(page: Page, gallery: Hung) -> None:
    page.goto(f"{gallery.address}/#/gallery")

    def width() -> float:
        box = pictures(page).first.bounding_box()
        assert box is not None
        return box["width"]

    expect(pictures(page).first).to_be_visible()
    before = width()
    page.get_by_role("button", name="Larger pictures").click()
    larger = width()
    page.keyboard.press("+")
    largest = width()
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert before < larger < largest
    assert width() == before
    pictures(page).first.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    until(lambda: width() == larger)
