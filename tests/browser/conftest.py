"""A real Chromium, unpacked by `make setup`, driven by Playwright."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.echoing import echoed as echoed
from tests.browser.mapping import mapped as mapped
from tests.browser.resembling import skye as skye
from tests.browser.work import ended, landscapes
from tests.catalogues import entry, write
from tests.publisher import Publisher
from tests.running import running
from workshop import chromium

GOLDEN = Path(__file__).parents[1] / "golden"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Root may not use the sandbox; nothing here weakens what a page may do, so that CORS and CSP errors show.
FLAGS = ["--no-sandbox", "--headless=shell", "--no-zygote"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker; each test opens its own context."""
    folder = chromium.folder()
    assert (folder / "chromium").exists(), "Chromium is not unpacked: run `make setup`"
    env: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": str(folder / "lib"),
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),  # the same letters on every machine
    }
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=folder / "chromium", args=FLAGS, env=env)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile on a desktop; time-outs are generous, since nothing here measures."""
    opened = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab; the test fails on an error that the page did not catch."""
    tab = context.new_page()
    uncaught: list[str] = []
    tab.on("pageerror", lambda error: uncaught.append(str(error)))
    yield tab
    tab.unroute_all(behavior="ignoreErrors")  # an answer under way would fail the test that comes next
    assert not uncaught, f"errors on the page: {uncaught}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A tab on a phone, without a mouse."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A catalogue of three: one that its publisher gives, one to fetch by hand, one whose publisher is away."""
    with Publisher((GOLDEN / "nvidia_style.pkl").read_bytes()).serving() as publisher, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield write(
            tmp_path_factory.mktemp("catalogue") / "catalogue.toml",
            entry("dogs-32", url=publisher.url),
            entry("cats-32", name="Cats, 32 px", draws="cats", filename="cats.pt", licence="CC-BY-4.0"),
            entry("hens-32", name="Hens, 32 px", url=f"http://127.0.0.1:{closed.getsockname()[1]}/hens.pkl"),
        )


@pytest.fixture(scope="session")
def reverie(tmp_path_factory: pytest.TempPathFactory, catalogue: Path) -> Iterator[str]:
    """The address of a whole Reverie that the browser tests of a worker share."""
    with running(tmp_path_factory.mktemp("reverie"), catalogue=catalogue, renderers=1) as address:
        yield address


@pytest.fixture(scope="session")
def learnt(reverie: str) -> dict[str, str]:
    """An archive, a short training and some samples, made over REST, for tests that only look."""
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = client.post("/datasets", json={"name": "Quiet places"}).raise_for_status().json()["id"]
        upload = client.post(f"/datasets/{dataset}/archives?filename=some.zip", content=landscapes())
        ended(client, upload.raise_for_status().json()["job"]["id"])
        base = client.get("/models?bundled=true").json()["items"][0]["id"]
        params = {"dataset_id": dataset, "base_model_id": base, "steps": 2, "measure": "none"}
        training = client.post("/jobs", json={"kind": "train", **params}).raise_for_status().json()["id"]
        ended(client, training)
        drawn = client.post("/jobs", json={"kind": "generate", "model_id": base, "count": 3, "seed": 1})
        job = drawn.raise_for_status().json()["id"]
        ended(client, job)
        sample = client.get(f"/samples?job={job}").json()["items"][0]["id"]
        moment = client.get(f"/models?job={training}").json()["items"][0]["id"]
    return {"dataset": dataset, "training": training, "sample": sample, "base": base, "moment": moment}
