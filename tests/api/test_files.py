"""Pictures over HTTP: ETags, ranges, sizes."""

from typing import Any

import httpx
import pytest


@pytest.fixture
def image(http: httpx.Client, ready: dict[str, Any]) -> str:
    """The address of a photograph's picture."""
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]
    return f"/photos/{photo['id']}/image"


def test_a_picture_never_changes(http: httpx.Client, image: str) -> None:
    first = http.get(image)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    etag = first.headers["etag"]
    for held in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        assert http.get(image, headers={"If-None-Match": held}).status_code == 304
    assert http.get(image, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_small_picture_is_sent_where_it_is_enough(http: httpx.Client, image: str) -> None:
    small, large = http.get(image, params={"size": 16}), http.get(image, params={"size": 1000})
    assert len(small.content) < len(large.content)
    assert small.headers["etag"] != large.headers["etag"]
    assert http.get(image, params={"size": 0}).status_code == 422


def test_a_part_of_a_picture_can_be_asked_for(http: httpx.Client, image: str) -> None:
    whole = http.get(image).content
    parts = {"bytes=0-9": whole[:10], "bytes=-5": whole[-5:], "bytes=5-": whole[5:], "bytes=0-9999999": whole}
    for asked, part in parts.items():
        answer = http.get(image, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, part)
    assert http.get(image, headers={"Range": "bytes=0-0,2-3"}).status_code == 206
    for outside in ("bytes=999999999-", "bytes=-0"):
        answer = http.get(image, headers={"Range": outside})
        assert (answer.status_code, answer.headers["content-type"]) == (416, "application/problem+json")
        assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_range_that_is_none_is_ignored(http: httpx.Client, image: str) -> None:
    whole = http.get(image).content
    for asked in (
        "bytes=9-0",
        "bytes=",
        "bytes=a-b",
        "bytes=0-9,",
        "lines=0-9",
        "bytes=" + "9" * 60 + "-",
        "bytes=" + ",".join(["0-0"] * 200),
    ):
        answer = http.get(image, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (200, whole), asked
