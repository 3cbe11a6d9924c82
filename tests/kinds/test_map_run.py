"""The job that lays out a map: samples are looked at once, a stop keeps what was seen, progress never falls back."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jobs.events import Artifact, Made, Notice, Progress
from kinds.map.files import ids_of, read_seen
from tests.kinds.maps import features, laid, map_in, place
from tests.kinds.pictures import picture


@pytest.fixture
def drawn(tmp_path: Path) -> list[dict[str, Any]]:
    """Samples whose pictures lie in files."""
    lines = []
    for number in range(4):
        file = tmp_path / f"{number}.png"
        picture(number, size=(64, 64)).save(file)
        lines.append({"sample": str(UUID(int=1000 + number)), "image": str(file), "looked": False})
    return lines


def test_samples_are_looked_at_once_and_lie_among_the_photographs(tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    Path(drawn[2]["image"]).write_bytes(b"no picture")
    Path(drawn[3]["image"]).unlink()  # deleted meanwhile
    file = features(tmp_path, 20)
    events = laid(place(tmp_path / "run", samples=drawn, features=[file], photos=20))
    (seen,) = [one.files["seen"] for one in events if isinstance(one, Artifact) and one.type is Made.SEEN]
    assert ids_of(read_seen(seen)["id"]) == [UUID(int=1000), UUID(int=1001)]
    (told,) = [one for one in events if isinstance(one, Notice)]
    assert told.text == "1 of the samples could not be read, and are not on the map."
    points = map_in(events)
    assert points["invented"].tolist() == [0] * 20 + [1, 1]
    later = [{**line, "looked": True, "image": ""} for line in drawn[:2]]  # nobody opens it
    again = laid(place(tmp_path / "again", samples=later, features=[file], photos=20, seen=[str(seen)]))
    assert map_in(again).tobytes() == points.tobytes()
    assert [one.done for one in again if isinstance(one, Progress)][-1] == 22
    fewer = laid(place(tmp_path / "fewer", samples=later[:1], features=[file], photos=20, seen=[str(seen)]))
    assert len(map_in(fewer)) == 21  # one was deleted since


def test_a_stop_keeps_what_was_seen_and_makes_no_map(tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    file = features(tmp_path, 20)
    events = laid(place(tmp_path / "run", samples=drawn, features=[file], photos=20, stops=True))
    assert [one.type for one in events if isinstance(one, Artifact)] == [Made.SEEN]
    last = [one for one in events if isinstance(one, Progress)][-1]
    assert last.done < last.total  # so that a worker that shuts down puts the job back into the queue
    without = laid(place(tmp_path / "without", features=[file], photos=20, stops=True))
    assert not [one for one in without if isinstance(one, Artifact)]


def test_progress_never_falls_back_and_ends_with_the_map(tmp_path: Path) -> None:
    events = laid(place(tmp_path, features=[features(tmp_path, 50)], photos=50))
    told = [one for one in events if isinstance(one, Progress)]
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert (told[-1].done, told[-1].total) == (50, 50)
    assert told[-1].metrics["work"] == told[-1].metrics["work_total"]
    assert isinstance(events[-2], Artifact)
