"""Laying out a map: alike beside alike, the same for the same; what is there stays, and a few are laid out too."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from jobs.events import Artifact
from kinds.map.cost import READ_S, START_S, cost
from kinds.map.features import few_numbers
from kinds.map.files import Damaged, Points, ids_of, read_map, read_seen, seen_of, write
from kinds.map.layout import apart
from kinds.map.neighbours import Neighbours, nearest
from kinds.map.params import MapParams
from tests.kinds.maps import SCENES, features, laid, map_in, mapped, nearest_rows, place, places, values, written


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
    drawn = {"photos": 50_000, "samples": 20_000, "placed": 70_000, "unlooked": 0}
    assert cost(MapParams(dataset_id=UUID(int=1)), {"map": drawn}).seconds == pytest.approx(START_S + 70_000 * READ_S)
    assert anew.sentence.startswith("51,000 of 51,000 pictures get a place.")
