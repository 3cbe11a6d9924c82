"""Whose questions are answered: no stranger's name, no other site's page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.guard import name_of
from store.settings import Settings
from store.store import Store
from tests.api.serving import serving

LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
Served = Callable[..., httpx.Client]


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    """Serve with further settings on 127.0.0.1, whatever they say of the host."""
    with ExitStack() as stack:

        def begin(**chosen: Any) -> httpx.Client:
            settings = Settings(data=tmp_path / "data", database_url=sqlite_url, **chosen)
            address = stack.enter_context(serving(stack.enter_context(Store.open(settings))))
            return stack.enter_context(httpx.Client(base_url=address, timeout=20))

        yield begin


def asked_as(http: httpx.Client, host: str) -> int:
    return http.get("/datasets", headers={"Host": host}).status_code


def test_on_loopback_a_strangers_name_is_refused(served: Served) -> None:
    http = served()
    for host in ("localhost", "LOCALHOST:1", "localhost.:8765", "127.0.0.1:80", "[::1]", "[::1]:8765"):
        assert asked_as(http, host) == 200, host
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8765", "10.0.0.7", "[::2]", ""):
        assert asked_as(http, host) == 421, host
    refused = http.post("/datasets", json={"name": "x"}, headers={"Host": "evil.example:8765"})
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/wrong_host"
    assert "evil.example" in refused.json()["detail"]
    assert "REVERIE_HOSTS" in refused.json()["remedy"]
    assert http.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert http.get("/datasets").json()["items"] == []


def test_names_that_an_operator_adds_are_answered(served: Served) -> None:
    http = served(hosts="reverie.example, NAS.local")
    assert [asked_as(http, host) for host in ("reverie.example", "nas.local:80", "localhost")] == [200, 200, 200]
    assert asked_as(http, "evil.example") == 421
    assert asked_as(served(hosts="*"), "any.example") == 200


def test_behind_another_address_all_names_are_answered_unless_some_are_set(served: Served) -> None:
    assert asked_as(served(host="0.0.0.0"), "valley.local") == 200
    narrowed = served(host="0.0.0.0", hosts="valley.local")
    assert [asked_as(narrowed, host) for host in ("valley.local", "localhost", "other.local")] == [200, 200, 421]


def test_another_sites_page_is_refused_and_a_link_to_the_page_is_followed(served: Served) -> None:
    http = served()
    for method in ("GET", "POST"):
        refused = http.request(method, "/datasets", headers=LINK | {"Sec-Fetch-Mode": "no-cors"})
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/cross_site")
    assert http.post("/datasets", headers=LINK, json={"name": "x"}).status_code == 403
    assert http.get("/datasets", headers=LINK | {"Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert http.get("/problems/invalid", headers=LINK).status_code == 200
    for site in ("same-origin", "same-site", "none"):
        assert http.get("/datasets", headers={"Sec-Fetch-Site": site}).status_code == 200


@pytest.mark.parametrize(
    ("host", "name"), [("a:80", "a"), ("[::1]:80", "[::1]"), ("A.B.", "a.b"), ("[::1", ""), (":", ""), ("a b", "a b")]
)
def test_a_host_has_a_name(host: str, name: str) -> None:
    assert name_of(host) == name
