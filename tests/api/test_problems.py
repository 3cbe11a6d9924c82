"""Problem documents: words for people, and a page where their type leads."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.explained import pages
from kinds.registry import KINDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
NAMES = [f"'{kind}'" for kind in KINDS]
ID = "01a20e83-f0f0-7f7a-9129-c67e28dae29e"


def test_each_type_leads_to_a_page(http: httpx.Client) -> None:
    for code in pages():
        page = http.get(f"/problems/{code}")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert code in page.text
        assert "{" not in re.sub(r"<style>.*</style>", "", page.text)
    for code in ("fly", "%3Cscript%3E"):
        assert http.get(f"/problems/{code}").status_code == 404


def test_the_document_and_the_pages_name_the_same_types() -> None:
    told = set(re.findall(r"`/problems/(\w+)`", DOCUMENT.read_text()))
    assert told == set(pages())


@pytest.mark.parametrize(
    ("method", "address", "body", "pointer", "said"),
    [
        ("GET", "/samples/zebra", None, "path:sample_id", "this is no id"),
        (
            "GET",
            "/jobs?kind=fly",
            None,
            "query:kind",
            f"give {', '.join(NAMES[:-1])} or {NAMES[-1]}",
        ),
        ("GET", "/jobs?limit=0", None, "query:limit", "give at least 1"),
        ("GET", "/jobs?limit=many", None, "query:limit", "give a whole number"),
        ("POST", "/datasets", {}, "#/name", "it is missing"),
        ("POST", "/datasets", {"name": "x" * 201}, "#/name", "give at most 200 characters"),
        ("POST", "/datasets", {"name": "x", "colour": 1}, "#/colour", "there is no such field"),
        ("POST", "/jobs", {"kind": "generate", "model_id": ID, "seeds": []}, "#/seeds", "give at least 1 of them"),
        ("POST", "/jobs", {"kind": "generate", "model_id": ID, "seeds": [1, "2"]}, "#/seeds/1", "give a whole number"),
        ("POST", "/jobs", {"kind": "train", "dataset_id": ID}, "#", "give either base_model_id or from_scratch: true"),
    ],
)
def test_a_field_at_fault_is_told_in_plain_words(
    http: httpx.Client, method: str, address: str, body: dict[str, Any] | None, pointer: str, said: str
) -> None:
    answer = http.request(method, address, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": said}]
    name = re.split("[#:]/?", pointer)[1]
    assert answer.json()["detail"] == (f"{name}: {said}." if name else f"{said}.")


def test_details_and_remedies_are_sentences(http: httpx.Client, base: str) -> None:
    answers = [
        http.get(f"/datasets/{ID}"),
        http.get("/nowhere"),
        http.get("/jobs?limit=0"),
        http.post("/datasets", json=[]),
        http.post("/datasets", content=b"{"),
        http.post("/jobs", json={"kind": "generate", "model_id": base, "preset": "x"}),
        http.patch(f"/models/{base}", json={"name": "Mine"}),
    ]
    for answer in answers:
        told = answer.json()
        assert answer.status_code >= 400
        assert [told[word] for word in ("detail", "remedy") if not told.get(word, ".").endswith(".")] == []


def test_a_base_that_came_with_reverie_keeps_its_name(http: httpx.Client, base: str) -> None:
    before = http.get(f"/models/{base}").json()
    refused = http.patch(f"/models/{base}", json={"name": "Mine"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert http.get(f"/models/{base}").json() == before
