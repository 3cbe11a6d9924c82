"""Soundtracks over REST: brought, listened to, listed, played in parts, and kept while a journey goes with them."""

from typing import Any
from uuid import UUID

import httpx

from jobs.ids import new_id
from jobs.state import State
from store.store import Store
from tests.api.test_journeys import recipe

SOUND = b"fLaC" + bytes(range(200))
HEARD = {
    "tempo": 120.0,
    "confidence": 0.8,
    "beats": [0.5, 1.0],
    "bars": [0.5],
    "loudness_lufs": -12.0,
    "peaks": [0.5] * 1000,
}


def brought(http: httpx.Client, **params: str) -> dict[str, Any]:
    answer = http.post("/soundtracks", params={"filename": "a.flac", **params}, content=SOUND)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/soundtracks/{answer.json()['id']}"
    found: dict[str, Any] = answer.json()
    return found


def heard(store: Store, row: dict[str, Any]) -> None:
    """As its job would have heard it."""
    with store.begin() as tx:
        job = tx.jobs.claim(new_id(), ["listen"])
        assert job is not None
        assert str(job.id) == row["job_id"]
        tx.soundtracks.heard(
            UUID(row["id"]),
            HEARD,
            duration_s=2.0,
            note=None,
            media_type="audio/flac",
            job_id=job.id,
            attempt=job.attempt,
        )
        tx.jobs.move(job.id, job.attempt, State.SUCCEEDED)


def test_music_is_brought_listened_to_and_played(http: httpx.Client, store: Store) -> None:
    row = brought(http)
    assert (row["state"], row["name"], row["tempo"], row["beats"]) == ("listening", "a.flac", None, [])
    unheard = http.get(f"/soundtracks/{row['id']}/file")
    assert unheard.headers["content-type"] == "application/octet-stream"
    assert "attachment" in unheard.headers["content-disposition"]
    assert http.delete(f"/soundtracks/{row['id']}").status_code == 409
    heard(store, row)
    told = http.get(f"/soundtracks/{row['id']}").json()
    assert (told["state"], told["tempo"], told["bars"], told["duration_s"]) == ("ready", 120.0, [0.5], 2.0)
    (line,) = http.get("/soundtracks").json()["items"]
    assert (line["id"], line["loudness_lufs"]) == (row["id"], -12.0)
    assert "peaks" not in line
    part = http.get(f"/soundtracks/{row['id']}/file", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, bytes([0, 1, 2, 3]))
    assert part.headers["content-type"] == "audio/flac"
    assert http.get(f"/soundtracks/{row['id']}/file", params={"save": "1"}).headers["content-disposition"]
    assert http.delete(f"/soundtracks/{row['id']}").status_code == 204
    assert http.get(f"/soundtracks/{row['id']}").status_code == 404


def test_a_form_brings_it_under_its_own_name(http: httpx.Client) -> None:
    answer = http.post("/soundtracks", files={"file": ("../Evening.mp3", SOUND)})
    assert (answer.status_code, answer.json()["name"]) == (202, "Evening.mp3")


def test_what_a_job_refuses_is_told_and_can_be_deleted(http: httpx.Client, store: Store) -> None:
    row = brought(http)
    with store.begin() as tx:
        job = tx.jobs.claim(new_id(), ["listen"])
        assert job is not None
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"detail": "There is no sound in this file."})
    told = http.get(f"/soundtracks/{row['id']}").json()
    assert (told["state"], told["reason"]) == ("refused", "There is no sound in this file.")
    assert http.delete(f"/soundtracks/{row['id']}").status_code == 204


def test_nothing_is_no_music(http: httpx.Client) -> None:
    assert http.post("/soundtracks", params={"filename": "a.mp3"}, content=b"").status_code == 400
    large = http.post("/soundtracks", content=b"x", headers={"Content-Length": "9999999999"})
    assert large.status_code in (400, 413)
    assert http.get("/soundtracks").json()["items"] == []


def test_music_that_a_journey_goes_with_stays(http: httpx.Client, store: Store, base: str) -> None:
    row = brought(http)
    heard(store, row)
    told = {"recipe": recipe(base, soundtrack={"id": row["id"], "snap": "beats"})}
    journey = http.post("/journeys", json=told).raise_for_status().json()
    refused = http.delete(f"/soundtracks/{row['id']}")
    assert refused.status_code == 409
    assert refused.json()["journey_id"] == journey["id"]
    http.delete(f"/journeys/{journey['id']}").raise_for_status()
    assert http.delete(f"/soundtracks/{row['id']}").status_code == 204
