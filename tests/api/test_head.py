"""HEAD: what GET would answer, without its body."""

from typing import Any

import httpx
import pytest


def test_head_answers_as_get_does(http: httpx.Client, ready: dict[str, Any]) -> None:
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]
    addresses = [
        "/datasets",
        f"/datasets/{ready['id']}",
        f"/photos/{photo['id']}/image",
        "/healthz",
        "/openapi.json",
        "/problems/invalid",
        f"/datasets/{photo['id']}",
        "/nowhere",
    ]
    for address in addresses:
        head, get = http.head(address), http.get(address)
        assert head.content == b""
        assert head.status_code == get.status_code, address
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == get.headers.get(name), (address, name)


@pytest.mark.parametrize("address", ["/events", "/jobs/01a20e83-f0f0-7f7a-9129-c67e28dae29e/events"])
def test_a_stream_has_no_head(http: httpx.Client, address: str) -> None:
    refused = http.head(address)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
