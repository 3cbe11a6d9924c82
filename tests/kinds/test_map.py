"""Laying out a map: alike beside alike, the same for the same; what is there stays, and a few are laid out too."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.place import Place
from kinds.index.files import BOXES, PART_WIDTH, WIDTH, Found, packed, packed_parts
from kinds.map.cost import cost
from kinds.map.features import few_numbers
from kinds.map.files import UNKNOWN, Damaged, Points, ids_of, read_map, read_seen, seen_of, write
from kinds.map.layout import apart
from kinds.map.neighbours import Neighbours, nearest
from kinds.map.params import MapParams
from kinds.map.run import run
from tests.kinds.pictures import picture

SCENES = 3
Values = Any


def values(count: int) -> Values:
    """Features of photographs of three scenes, in turn."""
    chance = np.random.default_rng(0)
    scenes = chance.gamma(0.5, size=(SCENES, WIDTH))
    return (scenes[np.arange(count) % SCENES] + chance.gamma(0.5, size=(count, WIDTH)) * 0.4).astype(np.float32)


def features(folder: Path, count: int, *, first: int = 0) -> str:
    """A file of the features of photographs, numbered from 1."""
    folder.mkdir(exist_ok=True)
    ids = [UUID(int=number + 1) for number in range(first, count)]
    return written(folder, f"features-{first}", ids, values(count)[first:])


def written(folder: Path, name: str, ids: Sequence[UUID], whole: Values) -> str:
    """Write what a look has found, of which a map reads the whole pictures alone."""
    parts = np.ones((len(ids), len(BOXES), PART_WIDTH), np.float32)
    return str(Found(rows=packed(ids, whole, whole), parts=packed_parts(ids, parts)).write(folder, name)[0])


def place(folder: Path, *, samples: Sequence[dict[str, Any]] = (), stops: bool = False, **facts: Any) -> Place:
    folder.mkdir(exist_ok=True)
    listed = folder / "samples.jsonl"
    listed.write_text("".join(f"{json.dumps(line)}\n" for line in samples))
    told = {"photos": 0, "features": [], "seen": [], "before": None} | facts
    return Place(
        scratch=folder,
        cache=folder,
        inputs={"map": listed},
        facts={"map": told},
        resume_point=None,
        stop=lambda: stops,
    )


def laid(here: Place, *, anew: bool = False) -> list[JobEvent]:
    return list(run(MapParams(dataset_id=UUID(int=1), anew=anew), here))


def map_in(events: Sequence[JobEvent]) -> Points:
    (made,) = [one for one in events if isinstance(one, Artifact) and one.type is Made.MAP]
    return read_map(made.files["map"])


def mapped(folder: Path, count: int, **facts: Any) -> Points:
    files = [features(folder, count)] if count else []
    return map_in(laid(place(folder, features=files, photos=count, **facts)))


def places(points: Points) -> Any:
    return np.stack([points["x"], points["y"]], axis=1)


def nearest_rows(points: Points) -> Any:
    far = ((places(points)[:, None] - places(points)[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(far, np.inf)
    return far.argmin(axis=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Points]:
    """The map of 60 photographs, and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    return folder / "map.npy", mapped(folder, 60)


def test_what_is_alike_lies_together_and_the_same_photographs_lie_alike(
    tmp_path: Path, whole: tuple[Path, Points]
) -> None:
    _, points = whole
    rows = np.arange(60)
    assert ids_of(points["id"]) == [UUID(int=number + 1) for number in range(60)]
    assert (rows[nearest_rows(points)] % SCENES == rows % SCENES).mean() > 0.95
    assert (points["likeness"] == UNKNOWN).all()
    split = [features(tmp_path, 60, first=30), features(tmp_path / "more", 30)]  # in other files, in another order
    again = map_in(laid(place(tmp_path, features=split, photos=60)))
    assert again.tobytes() == points.tobytes()


def test_what_has_a_place_keeps_it_and_what_is_new_comes_beside_what_it_is_like(
    tmp_path: Path, whole: tuple[Path, Points]
) -> None:
    file, before = whole
    events = laid(place(tmp_path, features=[features(tmp_path, 66)], photos=66, before=str(file)))
    points = map_in(events)
    np.testing.assert_array_equal(places(points)[:60], places(before))
    beside = nearest_rows(points)[60:]
    np.testing.assert_array_equal(beside % SCENES, np.arange(60, 66) % SCENES)
    (made,) = [one for one in events if isinstance(one, Artifact)]
    assert made.facts == {"photos": 66, "samples": 0, "kept": True}


def test_what_has_gone_is_not_on_the_next_map(tmp_path: Path, whole: tuple[Path, Points]) -> None:
    file, before = whole
    points = map_in(laid(place(tmp_path, features=[features(tmp_path, 59)], photos=59, before=str(file))))
    assert points.tobytes() == before[:59].tobytes()


@pytest.mark.parametrize("count", [130, 12])
def test_a_map_that_is_no_help_is_laid_out_anew(tmp_path: Path, whole: tuple[Path, Points], count: int) -> None:
    points = mapped(tmp_path, count, before=str(whole[0]))  # far more than it holds; too few to have neighbours
    assert points.tobytes() == mapped(tmp_path / "plain", count).tobytes()


def test_everything_is_laid_out_anew_on_request_or_where_the_map_is_spoiled(
    tmp_path: Path, whole: tuple[Path, Points]
) -> None:
    spoiled = tmp_path / "spoiled.npy"
    spoiled.write_bytes(whole[0].read_bytes()[:-1])
    for number, (before, anew) in enumerate([(whole[0], True), (spoiled, False), (tmp_path / "gone.npy", False)]):
        folder = tmp_path / str(number)
        events = laid(place(folder, features=[features(folder, 62)], photos=62, before=str(before)), anew=anew)
        assert not np.array_equal(places(map_in(events))[:60], places(whole[1]))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 16, 17])
def test_few_photographs_are_laid_out_as_well(tmp_path: Path, count: int) -> None:
    points = mapped(tmp_path, count)
    assert len(points) == count
    assert len(np.unique(places(points), axis=0)) == count
    assert np.isfinite(places(points)).all()


def test_photographs_that_look_the_same_do_not_hide_one_another(tmp_path: Path) -> None:
    ids = [UUID(int=number + 1) for number in range(40)]
    same = written(tmp_path, "same", ids, np.repeat(values(1), 40, axis=0))
    points = map_in(laid(place(tmp_path, features=[same], photos=40)))
    assert len(np.unique(places(points), axis=0)) == 40


def test_places_that_are_one_are_moved_apart_and_the_first_stays() -> None:
    moved = apart(np.array([[1, 1], [2, 2], [1, 1], [1, 1]], np.float32))
    np.testing.assert_array_equal(moved[:2], [[1, 1], [2, 2]])
    assert len(np.unique(moved, axis=0)) == 4
    assert np.abs(moved - [[1, 1], [2, 2], [1, 1], [1, 1]]).max() < 0.1


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
    assert ((points["likeness"][20:] > 0) & (points["likeness"][20:] <= 1)).all()
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


def test_neighbours_are_the_nearest_and_each_is_its_own_first() -> None:
    points = np.random.default_rng(0).normal(size=(600, 5)).astype(np.float32)
    points[7] = points[3]
    *_, found = nearest(points, points, many=6, itself=True)
    assert isinstance(found, Neighbours)
    far = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    assert found.rows[:, 0].tolist() == list(range(600))
    np.testing.assert_allclose(found.far, np.sqrt(np.sort(far, axis=1)[:, :6]), atol=2e-3)
    *_, few = nearest(points[:2], points[:3], many=3)
    assert isinstance(few, Neighbours)
    assert few.rows.shape == (2, 3)


def test_few_numbers_keep_how_far_apart_photographs_are(tmp_path: Path) -> None:
    from kinds.index.files import read_rows, unit
    from kinds.map.features import gathered

    rows = read_rows(Path(features(tmp_path, 40)))
    *_, numbers = few_numbers(gathered([rows], [], set()), most=40)
    assert not isinstance(numbers, int)
    exact = unit(rows)
    exact -= exact.mean(axis=0)
    np.testing.assert_allclose(numbers @ numbers.T, exact @ exact.T, atol=1e-3)


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    seen = write(tmp_path / "seen.npy", seen_of([UUID(int=1)], values(1)))
    assert len(read_seen(seen)) == 1
    with pytest.raises(Damaged):
        read_map(seen)
    with pytest.raises(FileNotFoundError):
        read_map(tmp_path / "none.npy")


def test_it_costs_what_is_new() -> None:
    facts = {"map": {"photos": 50_000, "samples": 1_000, "placed": 50_900, "unlooked": 100}}
    kept = cost(MapParams(dataset_id=UUID(int=1)), facts)
    anew = cost(MapParams(dataset_id=UUID(int=1), anew=True), facts)
    assert kept.seconds < anew.seconds
    assert (
        kept.sentence
        == "100 of 51,000 pictures get a place. 100 of the pictures drawn from it are looked at first, once."
    )
    assert anew.sentence.startswith("51,000 of 51,000 pictures get a place.")
