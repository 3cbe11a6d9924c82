"""A heirloom pack, made by hand on the page, unzipped, and opened without Reverie and without a network."""

import base64
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from gan.generate import generate, to_uint8
from gan.model import load_generator
from jobs.point import Point
from latent.plane import Planes
from latent.point import Space
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.work import SLOW, drawn, ended
from tests.waiting import until

MOST = 2  # of 255


@pytest.fixture(scope="module")
def base(reverie: str) -> dict[str, str]:
    """The bundled base, two pictures of it that are dear, and one that lies beside a seed on its plane."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        job = drawn(client, 2, seed=40)
        samples = [one["id"] for one in client.get(f"/samples?job={job}").json()["items"]]
        for sample in samples:
            client.patch(f"/samples/{sample}", json={"favourite": True}).raise_for_status()
        model = client.get("/models?bundled=true").json()["items"][0]
    return {"id": model["id"], "name": model["name"]}


@pytest.fixture(scope="module")
def folder(reverie: str, base: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of the base, made over REST and unzipped."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        posted = client.post("/jobs", json={"kind": "export", "model_id": base["id"]}).raise_for_status()
        ended(client, posted.json()["id"])
        pack = client.get(f"/exports?model={base['id']}").json()["items"][0]
        content = client.get(f"/exports/{pack['id']}/file").raise_for_status().content
    into = tmp_path_factory.mktemp("heirloom")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(into)
    (root,) = into.iterdir()
    return root


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a plain server of a folder, the one that README.txt names."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().rpartition("(")[2].partition(")")[0].rstrip("/")
        finally:
            server.terminate()


@contextmanager
def alone(browser: Browser, address: str, **options: object) -> Iterator[BrowserContext]:
    """A browser that reaches this one address, and fails the test if it asks for another."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW)
    elsewhere: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", refuse)
    yield context
    context.close()
    assert elsewhere == []


def pixels(page: Page, canvas: str) -> NDArray[np.int64]:
    """What a canvas shows, `[H, W, 3]`."""
    url = page.locator(canvas).evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")).astype(int)


def checked(page: Page, where: str, folder: Path) -> None:
    """Open a pack, and compare what it draws, of a seed and of a place beside it, with what PyTorch draws."""
    page.goto(f"{where}#seed=21&psi=0.7")
    expect(page.locator('canvas[data-tile="0 0"].drawn')).to_be_visible(timeout=SLOW)
    G = load_generator(folder / "model")
    (seed,) = generate(G, [21])
    assert np.abs(pixels(page, 'canvas[data-tile="0 0"]') - to_uint8(seed)).max() <= MOST
    expect(page.locator('canvas[data-tile="1 -1"].drawn')).to_be_visible(timeout=SLOW)
    point = Point.model_validate({"anchor": {"seed": 21}, "x": 0.45, "y": -0.45})
    found = Space(G, planes=Planes()).latents(point, lambda id: pytest.fail("it goes along no direction"))
    beside = to_uint8(G.synthesis(found.ws, noise_mode="const")[0])
    assert np.abs(pixels(page, 'canvas[data-tile="1 -1"]') - beside).max() <= MOST
    expect(page.locator("#checked")).to_contain_text("draws here what it drew when the folder was made", timeout=SLOW)


def test_from_a_plain_server_it_draws_what_pytorch_draws(browser: Browser, folder: Path, base: dict[str, str]) -> None:
    with served(folder) as address, alone(browser, address) as context:
        page = context.new_page()
        checked(page, f"{address}/index.html", folder)
        expect(page.get_by_role("heading", name=base["name"])).to_be_visible()


def test_a_double_click_is_enough(browser: Browser, folder: Path) -> None:
    with alone(browser, folder.as_uri()) as context:
        checked(context.new_page(), (folder / "index.html").as_uri(), folder)


def test_one_wanders_returns_and_takes_a_picture_along(browser: Browser, folder: Path) -> None:
    with served(folder) as address, alone(browser, address) as context:
        page = context.new_page()
        page.goto(f"{address}/#seed=3")
        expect(page.locator("canvas.tile.drawn").first).to_be_visible(timeout=SLOW)
        page.locator(".plane").focus()
        page.keyboard.press("ArrowRight")
        until(lambda: "x=0.45" in page.url)
        here = page.url
        page.keyboard.press("Enter")
        expect(page.locator("canvas.large.drawn")).to_be_visible()
        large = pixels(page, "canvas.large")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as PNG").click()
        assert np.array_equal(np.asarray(Image.open(saved.value.path()).convert("RGB")), large)
        page.keyboard.press("Escape")
        page.reload()
        assert page.url == here
        expect(page.locator('canvas[data-tile="0 0"].drawn')).to_be_visible(timeout=SLOW)
        assert np.array_equal(pixels(page, 'canvas[data-tile="0 0"]'), large)
        page.get_by_role("button", name="Somewhere else").click()
        until(lambda: "x=" not in page.url)


def test_a_favourite_leads_to_its_place(browser: Browser, folder: Path) -> None:
    with served(folder) as address, alone(browser, address) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_role("button", name="Favourite 2").click()
        until(lambda: "favourite=0002" in page.url)
        expect(page.locator('canvas[data-tile="0 0"].drawn')).to_be_visible(timeout=SLOW)
        kept = np.asarray(Image.open(folder / "favourites" / "0002.png").convert("RGB")).astype(int)
        assert np.abs(pixels(page, 'canvas[data-tile="0 0"]') - kept).max() <= MOST


def test_it_fits_a_phone_and_the_night(browser: Browser, folder: Path) -> None:
    with served(folder) as address, alone(browser, address, color_scheme="dark") as context:
        page = context.new_page()
        page.set_viewport_size(PHONE)
        page.goto(address)
        expect(page.locator("canvas.tile.drawn").first).to_be_visible(timeout=SLOW)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.locator("html").get_attribute("data-theme") == "night"
        page.get_by_role("button", name="By day").click()
        assert page.locator("html").get_attribute("data-theme") == "day"


def test_a_folder_that_is_not_whole_says_so(browser: Browser, folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "synthesis.onnx":
            target = broken / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    with served(broken) as address, alone(browser, address) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_role("status")).to_contain_text("synthesis.onnx is not in this folder", timeout=SLOW)


def test_it_is_made_beside_the_model(page: Page, reverie: str, base: dict[str, str]) -> None:
    page.goto(f"{reverie}/#/models/{base['id']}")
    page.get_by_text("Heirloom pack").click()
    section = page.locator("details.heirloom")
    expect(section).to_contain_text("go along; the pack takes about")
    before = section.locator("li").count()
    section.get_by_role("button", name="Make the pack").click()
    expect(section.locator("li")).to_have_count(before + 1, timeout=SLOW)
    expect(section.locator("li").first).to_contain_text(re.compile(r"\d+ favourites"))
    with page.expect_download() as taken:
        section.get_by_role("link", name="heirloom.zip").first.click()
    assert taken.value.suggested_filename == f"{base['name']} heirloom.zip"
    with zipfile.ZipFile(taken.value.path()) as file:
        assert file.testzip() is None
        assert f"{base['name']} heirloom/index.html" in file.namelist()
    section.get_by_role("button", name="Delete the pack").first.click()
    expect(section.locator("li")).to_have_count(before)
