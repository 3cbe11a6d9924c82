"""A film while it is made: joined once for all who look, bounded, and told in words where there is none."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from jobs.ids import new_id
from jobs.state import State
from kinds.journey.encoding import Pieces
from store.journeys import PART
from store.rows import ArtifactRow, Job
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import process
from tests.api.test_journeys import made, recipe, refused


def begun(store: Store, http: httpx.Client, base: str, **values: Any) -> Job:
    """A journey job that is being worked at."""
    posted = http.post("/jobs", json={"kind": "journey", "recipe": recipe(base, duration_s=60.0, **values)})
    assert posted.status_code == 202, posted.text
    return rows.begun(store, posted.json()["id"])


def add(store: Store, job: Job, folder: Path, steps: Sequence[int], *, side: int = 16) -> list[ArtifactRow]:
    """Keep pieces of its film, of two seconds each."""
    found = []
    for step in steps:
        place = folder / f"{job.id}-{step}"
        place.mkdir()
        pieces, noise = Pieces(place, form="mp4", fps=24, size=(side, side), first=step), np.random.RandomState(step)
        for _ in range(48):
            picture = noise.randint(0, 256, (side, side, 3)).astype(np.uint8)
            pieces.put(partial(np.copy, picture))
        (piece,) = pieces.close()
        id = new_id()
        stored = store.objects.put_file(piece.path, kind="artifacts", id=id, attempt=job.attempt, consume=True)
        facts = {"step": step, "frames": 48, "all_frames": 48 * (step + 1), "form": "mp4"}
        named: dict[str, Any] = {"key": stored.key, "sha256": stored.sha256, "media_type": "video/mp4"}
        with store.begin() as tx:
            row = ArtifactRow(id=id, job_id=job.id, attempt=job.attempt, type=PART, step=step, facts=facts, **named)
            found.append(tx.artifacts.add(row))
    return found


def kept(store: Store) -> set[str]:
    return {path.name for path in store.settings.uploads.iterdir()}


def test_a_film_so_far_is_joined_once_for_all_who_look(
    http: httpx.Client, store: Store, base: str, tmp_path: Path
) -> None:
    job = begun(store, http, base)
    add(store, job, tmp_path, [0, 1])
    address = f"/jobs/{job.id}/film"

    def part(number: int) -> bytes:
        sent = http.get(address, headers={"Range": f"bytes={100 * number}-{100 * number + 99}"})
        assert sent.status_code == 206, sent.text
        return sent.content

    with ThreadPoolExecutor(8) as many:
        parts = [*many.map(part, range(8))]
    once = kept(store)
    assert len(once) == 1
    whole = http.get(address)
    assert kept(store) == once
    assert b"".join(parts) == whole.content[:800]
    assert http.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    (tmp_path / "film.mp4").write_bytes(whole.content)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert len([*film.decode(video=0)]) == 96
    add(store, job, tmp_path, [2])
    longer = http.get(address)
    assert (longer.status_code, longer.headers["etag"] != whole.headers["etag"]) == (200, True)
    assert len(kept(store)) == 1
    assert kept(store) != once


def test_a_file_that_a_sweep_took_is_made_again(http: httpx.Client, store: Store, base: str, tmp_path: Path) -> None:
    job = begun(store, http, base)
    add(store, job, tmp_path, [0])
    first = http.get(f"/jobs/{job.id}/film")
    for name in kept(store):
        (store.settings.uploads / name).unlink()
    assert http.get(f"/jobs/{job.id}/film").content == first.content


@pytest.mark.parametrize("to", [State.CANCELLED, State.FAILED])
def test_a_film_whose_job_ends_meanwhile_is_told_in_words(
    http: httpx.Client, store: Store, base: str, tmp_path: Path, to: State
) -> None:
    """Its rows were read, and then its pieces went."""
    job = begun(store, http, base)
    told = refused(http.get(f"/jobs/{job.id}/film"), 409)
    assert "Wait" in told["remedy"]
    for piece in add(store, job, tmp_path, [0, 1]):
        store.objects.delete(piece.key)
    assert "yet" in refused(http.get(f"/jobs/{job.id}/film"), 409)["detail"]
    rows.end(store, job, to, **({"code": "x"} if to is State.FAILED else {}))
    assert "ended" in refused(http.get(f"/jobs/{job.id}/film"), 409)["detail"]


def test_a_disk_without_room_is_told_and_nothing_half_made_stays(
    http: httpx.Client, store: Store, base: str, tmp_path: Path
) -> None:
    job = begun(store, http, base)
    (piece,) = add(store, job, tmp_path, [0])
    file = store.objects.path(piece.key)
    file.chmod(0o644)
    os.truncate(file, 2**43)  # of holes: larger than what any disk of ours has free
    told = refused(http.get(f"/jobs/{job.id}/film"), 507)
    assert told["type"] == "/problems/disk_full"
    assert kept(store) == set()


def test_a_disk_that_is_full_in_the_middle_is_told_too(sqlite_url: str, tmp_path: Path) -> None:
    """The limit of a file's size stands for a disk without room."""
    data = tmp_path / "data"
    with (
        Store.open(Settings(data=data, database_url=sqlite_url)) as store,
        process(largest_file_bytes=2_000_000, data=data, database_url=sqlite_url) as (http, _),
    ):
        job = begun(store, http, str(rows.base(store).id))
        pieces = add(store, job, tmp_path, range(5), side=256)
        assert sum(store.objects.path(piece.key).stat().st_size for piece in pieces) > 3_000_000
        told = refused(http.get(f"/jobs/{job.id}/film"), 507)
        assert told["type"] == "/problems/disk_full"
        assert kept(store) == set()


def test_a_composer_that_is_not_there_is_refused_when_the_job_is_posted(
    http: httpx.Client, store: Store, base: str
) -> None:
    compose = {"with": "choir"}
    asked = {"kind": "journey", "recipe": recipe(base, compose=compose)}
    told = refused(http.post("/jobs", json=asked), 422)
    assert told["errors"][0]["pointer"] == "#/recipe/compose/with"
    assert "no composer choir" in told["detail"]
    music = {"kind": "compose", "recipe": recipe(base), **compose}
    assert refused(http.post("/jobs", json=music), 422)["errors"][0]["pointer"] == "#/with"
    folder = store.settings.folder / "composers" / "choir"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "musicgen"}')
    (folder / "model.safetensors").write_bytes(b"weights")
    assert http.post("/jobs", json=asked).status_code == 202
    assert http.post("/jobs", json=music).status_code == 202


def test_a_film_that_the_disk_cannot_hold_is_estimated_and_refused_before_it_is_made(
    http: httpx.Client, store: Store, base: str
) -> None:
    """Half an hour of frames of 8192 px, without loss: tens of terabytes."""
    huge: dict[str, Any] = {
        "duration_s": 1800.0,
        "fps": 60,
        "size": 2048,
        "upscale": {"factor": 4, "with": "lanczos"},
        "form": "frames",
    }
    asked = {"kind": "journey", "recipe": recipe(base, **huge)}
    estimated = http.post("/jobs/estimate", json=asked).json()
    assert estimated["fits"] is False
    assert estimated["disk_bytes"] > 10 * (store.objects.free_bytes() or 0)
    told = refused(http.post("/jobs", json=asked), 507)
    assert told["type"] == "/problems/disk_full"
    assert "free" in told["detail"]
    assert "shorter" in told["remedy"]
    assert http.get("/jobs").json()["items"] == []
    row = made(http, base, **huge)  # as a recipe it may be kept, for a machine with more room
    assert refused(http.post("/jobs", json={"kind": "journey", "journey_id": row["id"]}), 507)
    smaller = {"kind": "journey", "recipe": recipe(base)}
    assert http.post("/jobs/estimate", json=smaller).json()["fits"]
    assert http.post("/jobs", json=smaller).status_code == 202
