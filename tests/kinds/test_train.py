"""A training as a folder and a for loop: what it yields, keeps, and measures."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from gan.dataset import Pictures
from gan.model import load_generator
from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, JobEvent, Made, Measured, Notice, Progress
from jobs.place import Place
from kinds.registry import resolve
from kinds.sheet import write_sheet
from kinds.train.classes import Classes
from kinds.train.measures import in_between
from kinds.train.params import TrainParams
from kinds.train.pictures import prepared
from kinds.train.rights import FROM_BOUND
from kinds.train.run import run
from tests.kinds.models import TINY, tiny
from tests.kinds.pictures import picture


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with random weights."""
    return tiny(tmp_path_factory.mktemp("bases") / "base", spdx="CC-BY-SA-4.0", terms="Share alike.")


@pytest.fixture
def views(tmp_path: Path) -> Path:
    """A list of nine views, two of them of one photograph."""
    lines = []
    for i in range(8):
        file = tmp_path / f"{i}.jpg"
        picture(i, size=(96, 48)).save(file, quality=95)
        boxes = [[0, 0, 48, 48], [48, 0, 96, 48]] if i == 0 else [[24, 0, 72, 48]]
        view = {"photo": f"photo-{i}", "key": f"key-{i}", "image": str(file), "width": 96, "height": 48}
        lines += [json.dumps({**view, "box": box}) for box in boxes]
    file = tmp_path / "dataset.jsonl"
    file.write_text("\n".join(lines))
    return file


def place(tmp_path: Path, views: Path, base: Path | None, **changed: Any) -> Place:
    scratch = tmp_path / f"scratch-{uuid4()}"
    scratch.mkdir()
    inputs = {"dataset": views} | ({"model": base} if base else {})
    facts: dict[str, Any] = {"dataset": {"id": "dataset-0", "usable_views": 9, "photos": 8}}
    if base:
        facts["model"] = json.loads((base / "model.json").read_text())
    if "stop" in changed:  # the pictures lie in the cache, so that the trainer alone asks whether to stop
        list(prepared(place(tmp_path, views, base), resolution=16))
    given: dict[str, Any] = {"cache": tmp_path / "cache", "resume_point": None, "stop": lambda: False}
    return Place(scratch=scratch, inputs=inputs, facts=facts, **{**given, **changed})


def training(base: Path | None, **asked: Any) -> TrainParams:
    begin = {"base_model_id": uuid4()} if base else {"from_scratch": True, "resolution": 16, "channel_base": 256}
    quick: dict[str, Any] = {"steps": 4, "batch": 4, "snapshot_steps": [0, 2], "measure": "none"}
    params = TrainParams(dataset_id=uuid4(), **{**begin, **quick, **asked})
    model = json.loads((base / "model.json").read_text()) if base else {}
    whole = resolve(params, {"dataset": {"usable_views": 9}, "model": model})
    assert isinstance(whole, TrainParams)
    return whole


def made(events: list[JobEvent], type: Made) -> list[Artifact]:
    return [event for event in events if isinstance(event, Artifact) and event.type is type]


def test_a_training_yields_moments_sheets_and_a_point_to_go_on_from(tmp_path: Path, views: Path, base: Path) -> None:
    events = list(run(training(base, resume_every=3), place(tmp_path, views, base)))
    moments = made(events, Made.SNAPSHOT)
    assert [(m.facts["step"], m.facts["photos_seen"]) for m in moments] == [(0, 0), (2, 8), (4, 16)]
    assert {(m.facts["licence"], m.facts["terms"]) for m in moments} == {("CC-BY-SA-4.0", f"{FROM_BOUND}Share alike.")}
    assert all((m.files["folder"] / "discriminator.safetensors").is_file() for m in moments)
    assert [point.facts["step"] for point in made(events, Made.RESUME_POINT)] == [3, 4]
    for sheet in made(events, Made.SHEET):
        with Image.open(sheet.files["sheet"]) as image:
            assert image.size == (7 * 16, 4 * 16)
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.done for event in progress if event.unit == "step"] == [0, 1, 2, 3, 4]
    assert progress[-1].metrics["photos_seen"] == 16
    assert progress[-1].metrics["work"] == progress[-1].metrics["work_total"]
    assert [event.code for event in events if isinstance(event, Notice)] == ["few_pictures"]


@pytest.mark.parametrize(("asked", "used"), [({}, "mixed"), ({"precision": "float32"}, "float32"), (None, "float32")])
def test_a_job_learns_in_mixed_precision_unless_it_says_otherwise_or_is_older(
    tmp_path: Path, views: Path, base: Path, asked: dict[str, str] | None, used: str
) -> None:
    params = training(base, steps=1, snapshot_steps=[0], **(asked or {}))
    if asked is None:  # as a release kept it that knew no other precision
        params = params.model_copy(update={"precision": None})
    (*_, last) = made(list(run(params, place(tmp_path, views, base))), Made.SNAPSHOT)
    recipe = json.loads((last.files["folder"] / "model.json").read_text())["recipe"]
    assert recipe["config"]["precision"] == used


def test_what_is_learnt_squeezed_is_shown_as_wide_again_and_measured_as_it_is(
    tmp_path: Path, views: Path, base: Path
) -> None:
    params = training(base, steps=1, snapshot_steps=[0], measure="ends", measure_pictures=50)
    events = {}
    for aspect in (None, "3:2"):
        here = place(tmp_path, views, base)
        events[aspect] = list(run(params, replace(here, facts=told(here, aspect=aspect))))
    frames = [[m.facts["model"].get("frame") for m in made(some, Made.SNAPSHOT)] for some in events.values()]
    assert frames == [[None] * 2, [{"kind": "squeeze", "width": 3, "height": 2}] * 2]
    square, wide = made(events[None], Made.SHEET)[-1], made(events["3:2"], Made.SHEET)[-1]
    assert [wide.facts[name] for name in ("width", "height", "resolution")] == [24, 16, 16]
    assert [square.facts[name] for name in ("width", "height", "resolution")] == [16, 16, 16]
    with Image.open(wide.files["sheet"]) as sheet, Image.open(square.files["sheet"]) as squares:
        assert sheet.size == (7 * 24, 4 * 16)
        first = squares.crop((0, 0, 16, 16)).resize((24, 16), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(np.asarray(sheet.crop((0, 0, 24, 16))), np.asarray(first))
    measures = [[event.measures for event in some if isinstance(event, Measured)] for some in events.values()]
    assert measures[0] == measures[1]  # of squares, as the photographs are


def test_what_learns_from_a_squeezed_one_is_shown_as_its_own_training_says(
    tmp_path: Path, views: Path, base: Path
) -> None:
    wide = tmp_path / "wide"
    shutil.copytree(base, wide)
    facts = json.loads((wide / "model.json").read_text()) | {"frame": {"kind": "squeeze", "width": 3, "height": 2}}
    (wide / "model.json").write_text(json.dumps(facts))
    for aspect, frame in ((None, None), ("4:3", {"kind": "squeeze", "width": 4, "height": 3})):
        here = place(tmp_path, views, wide)
        events = list(run(training(wide, steps=1, snapshot_steps=[0]), replace(here, facts=told(here, aspect=aspect))))
        assert [m.facts["model"].get("frame") for m in made(events, Made.SNAPSHOT)] == [frame] * 2


def told(here: Place, **said: Any) -> dict[str, Any]:
    """The facts of a place, with more of its dataset."""
    return {**here.facts, "dataset": {**here.facts["dataset"], **said}}


def test_a_moment_of_a_training_from_nothing_belongs_to_its_owner(tmp_path: Path, views: Path) -> None:
    events = list(run(training(None, steps=1, snapshot_steps=[1]), place(tmp_path, views, None)))
    (moment,) = made(events, Made.SNAPSHOT)
    assert moment.facts["licence"] == "NOASSERTION"
    assert "your own photographs" in moment.facts["terms"]
    assert moment.facts["model"]["architecture"]["channel_base"] == 256


def later(calls: int) -> Callable[[], bool]:
    """Say no so many times, and yes ever after."""
    answers: Iterator[bool] = iter([False] * calls)
    return lambda: next(answers, True)


def test_a_stop_keeps_a_moment_and_an_interruption_only_its_point(tmp_path: Path, views: Path, base: Path) -> None:
    params = training(base, steps=1000)
    stopped = list(run(params, place(tmp_path, views, base, stop=later(3))))
    assert [m.facts["step"] for m in made(stopped, Made.SNAPSHOT)] == [0, 2, 3]
    paused = list(run(params, place(tmp_path, views, base, stop=later(3), interrupted=lambda: True)))
    assert [m.facts["step"] for m in made(paused, Made.SNAPSHOT)] == [0, 2]
    (point,) = made(paused, Made.RESUME_POINT)
    assert point.facts["step"] == 3


def test_the_moments_of_a_resumed_training_are_the_same_to_the_bit(tmp_path: Path, views: Path, base: Path) -> None:
    params = training(base)
    whole = list(run(params, place(tmp_path, views, base)))
    begun = list(run(params, place(tmp_path, views, base, stop=later(1), interrupted=lambda: True)))
    (point,) = made(begun, Made.RESUME_POINT)
    rest = list(run(params, place(tmp_path, views, base, resume_point=point.files["folder"])))
    bits = [
        [(f.name, f.read_bytes()) for f in sorted(made(run_, Made.SNAPSHOT)[-1].files["folder"].iterdir())]
        for run_ in (whole, rest)
    ]
    assert bits[0] == bits[1]


def test_ends_are_measured_and_the_base_is_no_distance_from_itself(tmp_path: Path, views: Path, base: Path) -> None:
    events = list(run(training(base, steps=3, measure="ends", measure_pictures=50), place(tmp_path, views, base)))
    first, last = [event for event in events if isinstance(event, Measured)]
    assert (first.step, last.step) == (0, 3)
    assert first.measures["kernel_to_base"] == first.measures["in_between"] == 0
    assert last.measures["kernel_low"] <= last.measures["kernel"] <= last.measures["kernel_high"]
    assert last.measures["real_pictures"] == 9


def test_in_between_is_nothing_at_the_ends_and_whole_halfway() -> None:
    assert in_between(0.4, 0.0, 0.4) == 0
    assert in_between(0.0, 0.4, 0.4) == 0
    assert in_between(0.1, 0.1, 0.4) == 1
    assert in_between(0.1, 0.1, 0.1) == 1  # as far from one as from the other, off the line
    assert 0 < in_between(0.39, 0.01, 0.4) < in_between(0.3, 0.1, 0.4) < 1
    assert in_between(0.41, -0.01, 0.4) == 0  # estimates below nought
    assert in_between(-0.01, 0.5, 0.4) == 0  # past the archive
    assert in_between(0.1, 0.1, 0.0) == 0  # the base is the archive


def test_pictures_are_cut_once_and_found_again(tmp_path: Path, views: Path, base: Path) -> None:
    here = place(tmp_path, views, base)
    *_, folder = prepared(here, resolution=16)
    assert isinstance(folder, Path)
    pictures = Pictures.open(folder)
    assert pictures.rows.shape == (9, 3, 16, 16)
    assert pictures.photos == (0, 0, 1, 2, 3, 4, 5, 6, 7)
    for i in range(8):
        (tmp_path / f"{i}.jpg").unlink()
    assert list(prepared(here, resolution=16)) == [folder]
    shutil.rmtree(here.cache)
    with pytest.raises(JobFailed) as caught:
        list(prepared(here, resolution=16))
    assert caught.value.reason == "photo_withdrawn"


def test_a_sheet_lies_row_by_row(tmp_path: Path) -> None:
    shades = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 4, 4), np.uint8) * 40
    with Image.open(write_sheet(tmp_path / "s.png", shades, rows=2, columns=3)) as image:
        laid = np.asarray(image)
    assert laid.shape == (8, 12, 3)
    assert [laid[0, 0, 0], laid[0, 5, 0], laid[0, 11, 0], laid[7, 0, 0]] == [0, 40, 80, 120]


def test_a_base_that_cannot_be_read_is_told_in_plain_words(tmp_path: Path, views: Path, base: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(base, broken)
    (broken / "generator.safetensors").write_bytes(b"nothing")
    with pytest.raises(JobFailed) as caught:
        list(run(training(base), place(tmp_path, views, broken)))
    assert caught.value.remedy


def test_a_point_of_another_training_is_told(tmp_path: Path, views: Path, base: Path) -> None:
    begun = list(run(training(base, seed=5), place(tmp_path, views, base, stop=later(1), interrupted=lambda: True)))
    (point,) = made(begun, Made.RESUME_POINT)
    with pytest.raises(JobFailed) as caught:
        list(run(training(base, seed=6), place(tmp_path, views, base, resume_point=point.files["folder"])))
    assert caught.value.reason == "resume_point_unfit"


@pytest.mark.parametrize("left", [8, 0])
def test_a_training_whose_photographs_are_withdrawn_keeps_what_it_had_learnt(
    tmp_path: Path, views: Path, base: Path, left: int
) -> None:
    params = training(base, steps=1000)
    stopped = list(run(params, place(tmp_path, views, base, stop=later(3))))
    (point,) = made(stopped, Made.RESUME_POINT)
    views.write_text("".join(views.read_text().splitlines(keepends=True)[:left]))
    went_on = run(params, place(tmp_path, views, base, resume_point=point.files["folder"]))
    told: list[JobEvent] = []
    with pytest.raises(JobFailed) as caught:
        told.extend(went_on)
    assert caught.value.reason == "archive_changed"
    assert "step 3" in caught.value.remedy
    then, now = (made(events, Made.SNAPSHOT)[-1].files["folder"] for events in (stopped, told))
    assert [(f.name, f.read_bytes()) for f in sorted(now.iterdir())] == [
        (f.name, f.read_bytes()) for f in sorted(then.iterdir())
    ]
    asked = list(run(params, place(tmp_path, views, base, resume_point=point.files["folder"], stop=lambda: True)))
    assert [m.facts["step"] for m in made(asked, Made.SNAPSHOT)] == [3]


def test_the_stored_moment_draws(tmp_path: Path, views: Path, base: Path) -> None:
    events = list(run(training(base, steps=1, snapshot_steps=[1]), place(tmp_path, views, base)))
    (moment,) = made(events, Made.SNAPSHOT)
    assert load_generator(moment.files["folder"]).config == TINY


@pytest.fixture
def labelled_views(views: Path) -> Path:
    """The same views, of two labels in turn."""
    lines = [json.loads(line) for line in views.read_text().splitlines()]
    views.write_text("\n".join(json.dumps({**line, "label": number % 2}) for number, line in enumerate(lines)))
    return views


def told_apart(tmp_path: Path, views: Path, base: Path | None, labels: list[str], **asked: Any) -> list[Artifact]:
    on = place(tmp_path, views, base)
    facts = {**on.facts, "dataset": {**on.facts["dataset"], "labels": labels}}
    params = training(base, steps=2, snapshot_steps=[0], conditional=True, **asked)
    return made(list(run(params, replace(on, facts=facts))), Made.SNAPSHOT)


def test_labels_are_learnt_from_a_base_that_knows_none_and_their_names_are_kept(
    tmp_path: Path, labelled_views: Path, base: Path
) -> None:
    moments = told_apart(tmp_path, labelled_views, base, ["née", "写真"])
    assert [moment.facts["model"]["labels"] for moment in moments] == [["née", "写真"]] * 2
    learnt = moments[-1].files["folder"]
    assert load_generator(learnt).config.c_dim == 2
    further = told_apart(tmp_path, labelled_views, learnt, ["写真", "a third"])  # known by its name, and one more
    assert further[-1].facts["model"]["labels"] == ["née", "写真", "a third"]
    assert load_generator(further[-1].files["folder"]).config.c_dim == 3
    arrays = (json.loads(file.read_text())["labels"] for file in (tmp_path / "cache").rglob("pictures.json"))
    assert {tuple(labels) for labels in arrays} == {(0, 1) * 4 + (0,), (1, 2) * 4 + (1,)}


def test_labels_are_learnt_from_nothing(tmp_path: Path, labelled_views: Path) -> None:
    (_, last) = told_apart(tmp_path, labelled_views, None, ["a", "b"])
    assert (last.facts["model"]["labels"], last.facts["model"]["architecture"]["c_dim"]) == (["a", "b"], 2)


def test_a_base_of_labels_is_refused_without_any(tmp_path: Path) -> None:
    base = tiny(tmp_path / "labelled", spdx="CC0-1.0", terms="", config=dataclasses.replace(TINY, c_dim=3))
    facts = {"dataset": {"usable_views": 9, "labels": 0}, "model": json.loads((base / "model.json").read_text())}
    for asked in ({}, {"conditional": False}):
        wish: dict[str, Any] = {"dataset_id": uuid4(), "base_model_id": uuid4(), **asked}
        with pytest.raises(BadParams) as refused:
            resolve(TrainParams(**wish), facts)
        assert refused.value.pointer == "#/conditional"


@pytest.mark.parametrize(
    ("labels", "base", "names", "numbers"),
    [
        (["a", "b"], None, ["a", "b"], [0, 1]),
        (["a"], {"architecture": {"c_dim": 3}}, ["a", "1", "2"], [0]),
        (["a", "b"], {"architecture": {"c_dim": 2}, "labels": ["b", "c"]}, ["b", "c", "a"], [2, 0]),
        (["b"], {"architecture": {"c_dim": 3}, "labels": ["b"]}, ["b", "1", "2"], [0]),
    ],
)
def test_labels_keep_the_numbers_that_the_base_knows_them_by(
    labels: list[str], base: dict[str, Any] | None, names: list[str], numbers: list[int]
) -> None:
    found = Classes.of(labels, base)
    assert (list(found.names), list(found.numbers)) == (names, numbers)
