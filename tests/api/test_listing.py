"""The order and the extent of all photographs in one answer, and any page of them in one more."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from store.store import Store
from tests.store import making


@pytest.fixture
def dated(store: Store, dataset: dict[str, Any]) -> str:
    """The id of a dataset of seven photographs of 1991, five of 2004, and three without a date."""
    made: list[dict[str, Any]] = [
        {"count": 7, "taken_at": datetime(1991, 9, 14, tzinfo=UTC), "album": "Valley"},
        {"count": 5, "taken_at": datetime(2004, 2, 29, tzinfo=UTC), "kind": "screenshot"},
        {"count": 3},
    ]
    for values in made:
        making.archive_with_photos(store, UUID(dataset["id"]), **values)
    return str(dataset["id"])


def test_any_page_is_one_request_away(http: httpx.Client, dated: str) -> None:
    words = {"order": "newest", "state": ["ready", "excluded"]}
    index = http.get(f"/datasets/{dated}/photos/index", params={**words, "every": 4}).raise_for_status().json()
    assert (index["total"], index["every"], len(index["starts"])) == (15, 4, 3)
    months = [(month["month"], month["count"]) for month in index["months"]]
    assert months == [
        ("2004-02", 5),
        ("1991-09", 7),
        (None, 3),
    ]
    assert index["albums"] == ["Valley"]
    ids = http.get(f"/datasets/{dated}/photos/ids", params=words).raise_for_status().json()["ids"]
    for number, cursor in [*enumerate(index["starts"], start=1)][::-1]:
        where = {**words, "limit": 4, "cursor": cursor}
        page = http.get(f"/datasets/{dated}/photos", params=where).raise_for_status().json()
        assert [photo["id"] for photo in page["items"]] == ids[4 * number : 4 * number + 4]


def test_a_list_is_filtered_by_time_and_album(http: httpx.Client, dated: str) -> None:
    def found(**words: str) -> int:
        listed = len(http.get(f"/datasets/{dated}/photos", params=words).raise_for_status().json()["items"])
        assert http.get(f"/datasets/{dated}/photos/index", params=words).json()["total"] == listed
        return listed

    assert found() == 15
    assert found(taken="2004") == found(taken="2004-02") == 5
    assert found(taken="undated") == 3
    assert found(album="Valley", taken="2004") == found(taken="2004-03") == 0
    assert found(kind="screenshot") == 5
    assert found(kind="screenshot", album="Valley") == found(kind="photograph") == 0
    assert found(album="Valley", taken="1991", order="oldest") == 7


@pytest.mark.parametrize("answer", ["index", "ids"])
def test_what_is_known_is_not_said_twice_until_a_choice_changes_it(http: httpx.Client, dated: str, answer: str) -> None:
    address = f"/datasets/{dated}/photos/{answer}"
    first = http.get(address)
    held = {"If-None-Match": first.headers["etag"]}
    assert not first.headers["etag"].startswith("W/")
    assert http.get(address, headers=held).status_code == 304
    ids = http.get(f"/datasets/{dated}/photos/ids").json()["ids"]
    http.post(f"/datasets/{dated}/choices", json={"exclude": ids[:2]}).raise_for_status()
    changed = http.get(address, headers=held, params={"state": "ready"})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert changed.json().get("total", 13) == len(changed.json().get("ids", range(13))) == 13


@pytest.mark.parametrize("answer", ["index", "ids"])
def test_an_answer_is_packed_for_who_reads_it_and_the_same_for_who_does_not(
    http: httpx.Client, dated: str, answer: str
) -> None:
    address = f"/datasets/{dated}/photos/{answer}"
    packed = http.get(address, headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    for coding in ("identity", "gzip;q=0", "gzip; q=0.00", "br", ""):
        plain = http.get(address, headers={"Accept-Encoding": coding})
        assert "content-encoding" not in plain.headers
        assert plain.json() == packed.json()
        assert plain.headers["etag"] != packed.headers["etag"], "two bodies under one strong name"
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("answer", ["index", "ids"])
def test_what_was_withdrawn_is_in_no_answer_that_was_kept(http: httpx.Client, dated: str, answer: str) -> None:
    address = f"/datasets/{dated}/photos/{answer}"
    wholes = {"state": ["ready"], "order": "oldest"}, {"state": ["ready"], "order": "newest"}
    before = [http.get(address, params=words).json() for words in wholes]
    assert [http.get(address, params=words).json() for words in wholes] == before
    ids = http.get(f"/datasets/{dated}/photos/ids").json()["ids"]
    http.delete(f"/photos/{ids[0]}").raise_for_status()
    for words in wholes:
        told = http.get(address, params=words).raise_for_status().json()
        assert told.get("total", 14) == len(told.get("ids", range(14))) == 14
        assert ids[0] not in told.get("ids", [])


def test_a_photograph_that_was_withdrawn_meanwhile_moves_no_page_out_of_reach(http: httpx.Client, dated: str) -> None:
    words = {"order": "oldest", "state": "ready"}
    index = http.get(f"/datasets/{dated}/photos/index", params={**words, "every": 5}).json()
    ids = http.get(f"/datasets/{dated}/photos/ids", params=words).json()["ids"]
    http.post(f"/datasets/{dated}/withdrawals", json={"photos": [ids[4]]}).raise_for_status()  # where a page begins
    where = {**words, "limit": 5, "cursor": index["starts"][0]}
    page = http.get(f"/datasets/{dated}/photos", params=where).raise_for_status().json()
    assert [photo["id"] for photo in page["items"]] == ids[5:10]
    refused = http.post(f"/datasets/{dated}/choices", json={"exclude": ids[3:6]})
    assert refused.status_code == 409
    assert "withdrawn" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ({"order": "best"}, "order"),
        ({"taken": "1991-13"}, "taken"),
        ({"taken": "yesterday"}, "taken"),
        ({"taken": "0000"}, "taken"),
        ({"kind": "art"}, "kind"),
        ({"every": 0}, "every"),
        ({"every": 201}, "every"),
    ],
    ids=str,
)
def test_a_word_that_no_list_knows_is_named(http: httpx.Client, dated: str, words: dict[str, Any], at: str) -> None:
    refused = http.get(f"/datasets/{dated}/photos/index", params=words)
    assert refused.status_code == 422
    assert at in refused.json()["errors"][0]["pointer"]


def test_a_cursor_of_another_order_is_refused(http: httpx.Client, dated: str) -> None:
    cursor = http.get(f"/datasets/{dated}/photos", params={"order": "oldest", "limit": 1}).json()["next_cursor"]
    refused = http.get(f"/datasets/{dated}/photos", params={"order": "newest", "cursor": cursor})
    assert refused.status_code == 422
    assert "none that this list gave" in refused.json()["detail"]


def test_nobody_is_told_of_what_is_not_there(http: httpx.Client) -> None:
    nowhere = "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
    for answer in ("index", "ids"):
        assert http.get(f"/datasets/{nowhere}/photos/{answer}").status_code == 404
    assert http.post(f"/datasets/{nowhere}/sightings", json={"photos": []}).status_code == 404


def test_what_has_seen_many_is_told_before_they_are_withdrawn(
    http: httpx.Client, ready: dict[str, Any], training: dict[str, Any]
) -> None:
    ids = http.get(f"/datasets/{ready['id']}/photos/ids").json()["ids"]
    seen = http.post(f"/datasets/{ready['id']}/sightings", json={"photos": ids[:3]}).raise_for_status().json()
    assert [one["job_id"] for one in seen["trainings"]] == [training["id"]]
    assert seen["copies"] == 0
    assert http.get(f"/datasets/{ready['id']}").json()["counts"]["withdrawn"] == 0
    too_many = http.post(f"/datasets/{ready['id']}/sightings", json={"photos": ids[:1] * 100_001})
    assert too_many.status_code == 422
