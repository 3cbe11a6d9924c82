"""Looking at photographs: each once, what is alike goes together, and a kill costs nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import ImageEnhance

from jobs.events import Artifact, Made, Notice, Progress
from jobs.place import Place
from kinds.index import files
from kinds.index import run as index
from kinds.index.cost import cost
from kinds.index.files import (
    BOXES,
    PART_WIDTH,
    ROW,
    WIDTH,
    Damaged,
    Found,
    found,
    likenesses,
    packed,
    packed_parts,
    photos_of,
    ranked,
    read_found,
    read_parts,
    read_rows,
    read_standing,
    unit,
    unit_parts,
    unit_small,
)
from kinds.index.heaps import heaps, how_many
from kinds.index.params import IndexParams
from kinds.index.tracing import sketched
from tests.kinds.pictures import picture

Lines = list[dict[str, Any]]


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Six photographs in two heaps: three of one scene, brighter and brighter, and three of another."""
    listed = []
    for number in range(6):
        file = tmp_path / f"{number}.jpg"
        ImageEnhance.Brightness(picture(number // 3, size=(96, 64))).enhance(1 + number % 3 / 10).save(file)
        listed.append(
            {"photo": str(UUID(int=number + 1)), "image": str(file), "clean": "", "usable": True, "looked": False}
        )
    return listed


def _no_squares(folder: Path) -> Path:
    """Lay out that all squares are sketched, and no sample is to be compared: that has tests of its own."""
    folder.mkdir()
    np.save(folder / "sketches.npy", sketched([]))
    for name in ("lacking.jsonl", "samples.jsonl"):
        (folder / name).touch()
    return folder


def place(folder: Path, lines: Lines, *, files: list[Path] = [], stop_after: int | None = None) -> Place:  # noqa: B006
    folder.mkdir()
    listed = folder / "photos.jsonl"
    listed.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    asked = iter(range(1000))
    return Place(
        scratch=folder,
        cache=folder,
        inputs={"photos": listed, "squares": _no_squares(folder / "squares")},
        facts={
            "photos": {"files": [str(file) for file in files]},
            "squares": {"id": str(uuid4()), "calibrated": {"steps": None}},
        },
        resume_point=None,
        stop=lambda: stop_after is not None and next(asked) >= stop_after,
    )


def looked(here: Place) -> Iterator[Any]:
    return iter(list(index.run(IndexParams(dataset_id=uuid4()), here)))


def made(events: Iterator[Any], type: Made) -> list[Path]:
    return [next(iter(event.files.values())) for event in events if isinstance(event, Artifact) and event.type is type]


def test_each_photograph_gets_features_and_what_is_alike_a_heap(tmp_path: Path, lines: Lines) -> None:
    events = list(looked(place(tmp_path / "run", lines)))
    (kept,) = [event.files for event in events if isinstance(event, Artifact) and event.type is Made.FEATURES]
    both = read_found(kept["features"], kept["parts"])
    assert photos_of(both.rows) == photos_of(both.parts) == [UUID(line["photo"]) for line in lines]
    (standing,) = made(iter(events), Made.HEAPS)
    rows = read_standing(standing)
    assert [row["photo_id"] for row in rows] == [UUID(line["photo"]) for line in lines]
    of_scenes = [{row["heap"] for row in rows[:3]}, {row["heap"] for row in rows[3:]}]
    assert of_scenes == [{0}, {1}] or of_scenes == [{1}, {0}]
    assert all(row["nearest"] > 900_000 for row in rows)
    for scene in (rows[:3], rows[3:]):
        assert sorted(row["place"] for row in scene) == [0, 1, 2]
    told = [event for event in events if isinstance(event, Progress)]
    assert [(event.done, event.total, event.phase) for event in told][-1] == (6, 6, "sorting")
    assert told[-1].metrics["work"] == told[-1].metrics["work_total"]


def test_only_what_is_new_is_looked_at_and_the_heaps_are_those_of_one_look(tmp_path: Path, lines: Lines) -> None:
    whole = list(looked(place(tmp_path / "whole", lines)))
    (first,) = made(looked(place(tmp_path / "first", lines[:4])), Made.FEATURES)
    later = [{**line, "looked": number < 4} for number, line in enumerate(lines)]
    for line in later[:4]:
        line["image"] = ""  # nobody opens it
    rest = list(looked(place(tmp_path / "rest", later, files=[first])))
    (file,) = made(iter(rest), Made.FEATURES)
    assert photos_of(read_rows(file)) == [UUID(line["photo"]) for line in lines[4:]]
    assert [read_standing(path) for path in made(iter(rest), Made.HEAPS)] == [
        read_standing(path) for path in made(iter(whole), Made.HEAPS)
    ]


def test_a_stop_keeps_what_was_found_and_sorts_nothing(
    tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [{**lines[number % 6], "photo": str(UUID(int=number + 1))} for number in range(72)]  # batches and a bit
    events = list(looked(place(tmp_path / "run", many, stop_after=0)))
    (file,) = made(iter(events), Made.FEATURES)
    assert len(read_rows(file)) == index.BATCH
    assert made(iter(events), Made.HEAPS) == []
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.done < last.total  # so that a worker that shuts down puts the job back into the queue


def test_a_picture_that_cannot_be_read_is_told_and_one_that_is_gone_is_not(tmp_path: Path, lines: Lines) -> None:
    Path(lines[1]["image"]).write_bytes(b"no picture")
    Path(lines[2]["image"]).unlink()
    events = list(looked(place(tmp_path / "run", lines)))
    (file,) = made(iter(events), Made.FEATURES)
    assert [photo.int for photo in photos_of(read_rows(file))] == [1, 4, 5, 6]
    (told,) = [event for event in events if isinstance(event, Notice)]
    assert told.text.startswith("1 of the photographs could not be read")


def test_an_archive_without_photographs_is_looked_at_at_once(tmp_path: Path) -> None:
    events = list(looked(place(tmp_path / "run", [])))
    assert [(event.done, event.total) for event in events if isinstance(event, Progress)] == [(0, 0), (0, 0)]
    assert made(iter(events), Made.HEAPS) == []


def test_an_archive_of_one_photograph_has_an_index_of_one_row(tmp_path: Path, lines: Lines) -> None:
    events = list(looked(place(tmp_path / "run", lines[:1])))
    (kept,) = [event.files for event in events if isinstance(event, Artifact) and event.type is Made.FEATURES]
    assert len(read_found(kept["features"], kept["parts"]).parts) == 1
    (standing,) = made(iter(events), Made.HEAPS)
    assert [(row["heap"], row["place"], row["nearest"]) for row in read_standing(standing)] == [(0, 0, 0)]


def test_a_file_that_is_gone_or_damaged_counts_as_none(tmp_path: Path, lines: Lines) -> None:
    spoiled = tmp_path / "spoiled.npy"
    spoiled.write_bytes(b"\x93NUMPY")
    events = looked(place(tmp_path / "run", lines, files=[spoiled, tmp_path / "gone.npy"]))
    assert len(made(events, Made.HEAPS)) == 1


def rows_of(count: int, *, seed: int = 0) -> Any:
    values = np.random.default_rng(seed).gamma(0.5, size=(count, WIDTH)).astype(np.float32)
    return values, packed([UUID(int=number + 1) for number in range(count)], values, values[::-1])


def found_in(count: int) -> Found:
    """What a look has found in so many photographs."""
    rows = rows_of(count)[1]
    parts = np.random.default_rng(0).normal(size=(count, len(BOXES), PART_WIDTH)).astype(np.float32)
    return Found(rows=rows, parts=packed_parts(photos_of(rows), parts))


def test_what_is_kept_is_as_alike_as_what_was_found() -> None:
    values, rows = rows_of(200)
    exact = values / np.linalg.norm(values, axis=1, keepdims=True)
    alike = np.stack([likenesses(rows, one) for one in unit(rows)])
    np.testing.assert_allclose(alike, exact @ exact.T, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(unit(rows), axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(unit_small(rows), unit(rows)[::-1])


def test_what_windows_show_is_kept_to_a_hundredth() -> None:
    values = np.random.default_rng(0).normal(size=(3, len(BOXES), PART_WIDTH)).astype(np.float32)
    kept = unit_parts(packed_parts([UUID(int=number) for number in range(3)], values))
    np.testing.assert_allclose(kept, values / np.linalg.norm(values, axis=2, keepdims=True), atol=0.002)
    np.testing.assert_allclose(np.linalg.norm(kept, axis=2), 1, atol=1e-5)


def test_windows_cover_the_picture_and_lie_within_it() -> None:
    assert BOXES.min() == 0
    assert BOXES.max() == 1
    assert (BOXES[:, 2:] > BOXES[:, :2]).all()
    assert len({tuple(box) for box in BOXES.tolist()}) == len(BOXES)


def test_the_nearest_come_first_from_all_files_without_itself() -> None:
    _, rows = rows_of(50)
    itself = UUID(int=8)
    of = found([rows[:20], rows[20:]], itself)
    total, first = ranked([rows[:20], rows[20:]], of, least=0.0, most=5, but=itself)
    alike = likenesses(rows, of)
    order = [number for number in np.argsort(-alike) if number != 7][:5]
    assert total == 49
    assert [photo.int - 1 for photo, _ in first] == order
    assert ranked([rows], of, least=1.0, most=5, but=itself) == (0, [])
    with pytest.raises(Damaged):
        found([rows], UUID(int=99))


@pytest.mark.parametrize("keep", [0, 60, 200, -1])
def test_a_file_that_is_cut_short_is_damaged(tmp_path: Path, keep: int) -> None:
    file, _ = found_in(5).only({UUID(int=2), UUID(int=4)}).write(tmp_path, "a")
    assert [photo.int for photo in photos_of(read_rows(file))] == [2, 4]
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(Damaged):
        read_rows(file)


def test_another_file_is_no_file_of_features(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(128 + ROW.itemsize))
    with pytest.raises(Damaged, match="holds no features"):
        read_rows(tmp_path / "a")
    rows, parts = found_in(2).write(tmp_path, "b")
    with pytest.raises(Damaged):
        read_parts(rows)
    with pytest.raises(Damaged):
        read_rows(parts)


def test_what_another_version_of_the_network_has_found_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = found_in(2).write(tmp_path, "a")
    assert len(read_found(*both).parts) == 2
    monkeypatch.setattr(files, "VERSION", files.VERSION + 1)
    for read, path in zip((read_rows, read_parts), both, strict=True):
        with pytest.raises(Damaged, match="another version"):
            read(path)


def test_two_files_that_do_not_belong_together_are_damaged(tmp_path: Path) -> None:
    rows, _ = found_in(2).write(tmp_path, "a")
    _, parts = found_in(3).write(tmp_path, "b")
    with pytest.raises(Damaged, match="not of the same photographs"):
        read_found(rows, parts)


def test_fewer_photographs_than_heaps_and_many_that_are_the_same_are_sorted_too() -> None:
    one = unit(rows_of(1)[1])
    assert heaps(one, np.array([True])).heap.tolist() == [0]
    same = heaps(np.repeat(one, 40, axis=0), np.ones(40, bool))
    assert set(same.heap.tolist()) == {0}
    assert sorted(same.place.tolist()) == list(range(40))
    none = heaps(one, np.array([False]))
    assert none.nearest.tolist() == [0]
    assert (how_many(1), how_many(2), how_many(200), how_many(50_000)) == (1, 1, 10, 24)


def test_in_a_heap_what_repeats_another_comes_last() -> None:
    vectors = unit(rows_of(6, seed=3)[1])
    twice = vectors[[0, 1, 2, 0, 1, 2]]  # one heap of three photographs that come twice
    sorted_ = heaps(twice, np.array([True, False, False, False, False, False]))
    assert set(sorted_.heap.tolist()) == {0}
    order = sorted_.place.argsort() % 3  # which photograph lies at each place
    assert order[0] == 0  # the middle itself
    assert set(order[:3].tolist()) == set(order[3:].tolist()) == {0, 1, 2}


def test_what_is_left_out_lies_in_a_heap_and_moves_none() -> None:
    vectors = unit(rows_of(60)[1])
    usable = np.arange(60) < 50
    alone, together = heaps(vectors[:50], np.ones(50, bool)), heaps(vectors, usable)
    assert together.heap[:50].tolist() == alone.heap.tolist()
    np.testing.assert_allclose(together.nearest[:50], alone.nearest, atol=1e-6)


def test_it_costs_a_look_at_each_new_photograph() -> None:
    def seconds(photos: int, unlooked: int) -> float:
        facts = {"photos": {"photos": photos, "unlooked": unlooked, "unfocused": 0}, "host": {}}
        return cost(IndexParams(dataset_id=uuid4()), facts).seconds

    assert seconds(1000, 0) < seconds(1000, 500) < seconds(1000, 1000) < seconds(50_000, 50_000)
