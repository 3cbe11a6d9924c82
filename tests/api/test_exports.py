"""Models as files to take elsewhere."""

import httpx
import pytest

from foreign.read import read
from store.bases import register
from store.store import Store
from tests.waiting import until
from workshop.stages import ROOT


@pytest.fixture
def model(store: Store) -> str:
    """The id of the bundled base."""
    return str(register(store, ROOT / "demo" / "bases")[0].id)


@pytest.mark.parametrize(("format", "ending"), [("reverie", ".zip"), ("nvidia", ".pkl"), ("rosinality", ".pt")])
def test_a_model_comes_as_a_file_that_can_be_read_again(
    format: str, ending: str, http: httpx.Client, store: Store, model: str
) -> None:
    sent = http.get(f"/models/{model}/file", params={"format": format})
    assert sent.status_code == 200, sent.text
    assert ending in sent.headers["content-disposition"]
    assert read(memoryview(sent.content)).generator
    again = http.get(
        f"/models/{model}/file", params={"format": format}, headers={"If-None-Match": sent.headers["etag"]}
    )
    assert again.status_code == 304
    half = http.get(f"/models/{model}/file", params={"format": format, "precision": "fp16"})
    assert half.headers["etag"] != sent.headers["etag"]
    assert len(half.content) <= len(sent.content)
    until(lambda: not list(store.settings.uploads.iterdir()))  # it goes once the answer is out


def test_a_part_of_the_file_can_be_asked_for(http: httpx.Client, store: Store, model: str) -> None:
    whole = http.get(f"/models/{model}/file").content
    part = http.get(f"/models/{model}/file", headers={"Range": f"bytes={len(whole) - 100}-"})
    assert part.status_code == 206
    assert part.content == whole[-100:]
    beyond = http.get(f"/models/{model}/file", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    until(lambda: not list(store.settings.uploads.iterdir()))  # it goes once the answer is out


def test_what_cannot_be_exported_is_told(http: httpx.Client, model: str) -> None:
    assert http.get(f"/models/{model}/file", params={"format": "onnx"}).status_code == 422
    assert http.get("/models/0199d3a0-0000-7000-8000-000000000009/file").status_code == 404
