"""More than a hundred odd and hostile files go the whole way: sent, read by a worker, listed, served."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from kinds.ingest.decoder import BASE_BYTES, BYTES_A_PIXEL
from store.settings import Settings
from tests.hostile import archives, broken, naming, pictures
from tests.hostile.case import Case, File, Line, photo, together
from tests.hostile.watch import watching
from tests.running import running

OUTSIDE = Path(__file__).parents[2].parent / "never-written"  # what slips and links lead to; it is not there
ODD_PICTURES = (pictures.lying, pictures.colours, pictures.profiles, pictures.makes, pictures.polyglots)
NO_PICTURES = (broken.cut, broken.mistaken, broken.unread, broken.damaged, broken.sized, broken.bombs)
MARKS = (b"alert(1)", b"<?php", b"PK\3\4", b"%PDF", b"Exif", b"ICC_PROFILE")
MOST_READING = (
    600 * 2**20
)  # of memory, for what reads an archive, whatever the archive; half of it is the interpreter's
DIFFERENT = 12  # of 255, of a picture that went through JPEG or 256 colours


def cases() -> Iterator[Case]:
    yield together("pictures.zip", list(chain.from_iterable(family() for family in ODD_PICTURES)))
    twice = photo("good.jpg")
    again = File(name="again.jpg", content=twice, state="duplicate", word="The same file as good.jpg")
    good = File(name="good.jpg", content=twice, state="ready")
    yield together("broken.zip", [good, again, *chain.from_iterable(family() for family in NO_PICTURES)])
    yield from archives.slips(str(OUTSIDE))
    yield from archives.links(str(OUTSIDE))
    yield from chain(archives.fields(), archives.bombs())
    yield from chain(naming.scripts(), naming.encodings(), naming.notes())


def test_each_file_is_listed_once_and_nothing_else_happens(tmp_path: Path) -> None:
    """Sends all of the set at once, and looks at each file's line, what is served, and what lies around."""
    letter = tmp_path / "beside" / "letter.txt"
    letter.parent.mkdir()
    letter.write_text("as it was")
    everything = list(cases())
    assert sum(max(1, len(case.lines)) for case in everything) > 200
    with running(tmp_path) as address, httpx.Client(base_url=address, timeout=120) as http, watching() as watch:
        around = _around(tmp_path)
        sent = [_sent(http, case) for case in everything]
        wrong = {case.name: _wrong(http, case, *one) for case, one in zip(everything, sent, strict=True)}
        assert {name: found for name, found in wrong.items() if found} == {}
        assert http.get("/healthz").is_success
        assert _around(tmp_path) == around
    assert letter.read_text() == "as it was"
    assert not OUTSIDE.exists()
    most = BASE_BYTES + BYTES_A_PIXEL * Settings().max_pixels
    assert max(watch.space.values()) <= most
    assert (most, most) in watch.limits.values()
    assert max(watch.read.values()) <= MOST_READING


def _sent(http: httpx.Client, case: Case) -> tuple[str, str]:
    """Send an archive; gives the dataset and the job."""
    dataset = http.post("/datasets", json={"name": case.name}).json()["id"]
    sent = http.put(f"/datasets/{dataset}/archives", params={"filename": case.name}, content=case.content)
    assert sent.status_code == 202, sent.text
    return dataset, sent.json()["job"]["id"]


def _wrong(http: httpx.Client, case: Case, dataset: str, job_id: str) -> list[Any]:
    """Wait for a job, and give what is not as it should be."""
    with http.stream("GET", f"/jobs/{job_id}/events", timeout=600) as events:
        told = "\n".join(events.iter_lines())
    job, listed = http.get(f"/jobs/{job_id}").json(), list(_pages(http, f"/datasets/{dataset}/photos"))
    if [row["name"] for row in listed] != [line.name for line in case.lines]:
        return [job["error"], [row["name"] for row in listed]]
    found: list[Any] = [
        (row["name"], row["state"], row["reason"], line)
        for row, line in zip(listed, case.lines, strict=True)
        if not _stands(row, line)
    ]
    found += [line.name for row, line in zip(listed, case.lines, strict=True) if not _looks(http, row, line)]
    error = job["error"] or {"detail": "", "remedy": ""}
    as_said = job["state"] == ("failed" if case.failed else "succeeded") and case.failed in error["detail"]
    if not (as_said and case.notice in told and bool(error["remedy"]) is bool(case.failed)):
        found += [job, told]
    return found


def _pages(http: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = http.get(path, params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _stands(row: dict[str, Any], line: Line) -> bool:
    reason = row["reason"] or ""
    return row["state"] == line.state and line.word in reason and bool(reason) is (line.state != "ready")


def _looks(http: httpx.Client, row: dict[str, Any], line: Line) -> bool:
    """Look at what is served: the picture, upright, and not a byte of what came with it."""
    served = http.get(f"/photos/{row['id']}/image")
    if row["state"] not in ("ready", "repaired"):
        return served.status_code == 404
    if served.headers["content-type"] != "image/jpeg" or any(mark in served.content for mark in MARKS):
        return False
    if line.shows is None:
        return True
    image = Image.open(io.BytesIO(served.content))
    if not image.size == (row["width"], row["height"]) == line.shows.size:
        return False
    return bool(np.abs(_numbers(image) - _numbers(line.shows)).mean() < DIFFERENT)


def _numbers(image: Image.Image) -> Any:
    return np.asarray(image.convert("RGB")).astype(int)


def _around(folder: Path) -> set[Path]:
    """What lies beside the data, and of the data all that is no object, database or job's own."""
    data = folder / "data"
    own = {data / name for name in ("objects", "scratch", "uploads", "cache")}
    companions = {data / f"reverie.db-{end}" for end in ("wal", "shm", "journal")}  # SQLite's, there while it writes
    return {path for path in folder.rglob("*") if path not in companions and not own & {path, *path.parents}}
