"""Measuring afterwards: the same numbers that the training would have told, of as few pictures as it takes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gan.dataset import Pictures
from jobs.errors import JobFailed
from jobs.events import JobEvent, Made, Measured, Progress
from jobs.place import Place
from kinds.measure.cost import cost
from kinds.measure.params import MeasureParams
from kinds.measure.run import run
from kinds.train.params import TrainParams
from kinds.train.run import run as train
from tests.kinds.models import tiny
from tests.kinds.test_train import made, place, training
from tests.kinds.test_train import views as views

ASKED = MeasureParams(training_id=uuid4())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny(tmp_path / "base", spdx="CC0-1.0", terms="Free to use.")


def later(
    tmp_path: Path,
    params: TrainParams,
    views: Path,
    *,
    base: Path | None,
    drawn: dict[int, Path],
    known: Any = (),
    **told: Any,
) -> Place:
    """The world of a measure job as a worker lays it out."""
    scratch = tmp_path / f"measure-{uuid4()}"
    moments = scratch / "inputs" / "moments"
    moments.mkdir(parents=True)
    shutil.copy(views, moments / "views.jsonl")
    for step, folder in drawn.items():
        shutil.copytree(folder, moments / str(step))
    if base:
        shutil.copytree(base, moments / "base")
    facts: dict[str, Any] = {"training": params.model_dump(mode="json"), "dataset": {"id": "dataset-0"}}
    facts |= {"drawn": [*drawn], "known": [*known]}
    given: dict[str, Any] = {"cache": tmp_path / "cache", "resume_point": None, "stop": lambda: False}
    return Place(scratch=scratch, inputs={"moments": moments}, facts={"moments": facts}, **{**given, **told})


def measures(events: list[JobEvent]) -> dict[int, dict[str, float]]:
    return {event.step: dict(event.measures) for event in events if isinstance(event, Measured)}


def test_the_numbers_are_those_that_the_training_would_have_told(tmp_path: Path, views: Path, base: Path) -> None:
    params = training(base, measure="all", measure_pictures=50)
    learnt = list(train(params, place(tmp_path, views, base)))
    folders = {moment.facts["step"]: moment.files["folder"] for moment in made(learnt, Made.SNAPSHOT)}
    events = list(run(ASKED, later(tmp_path, params, views, base=base, drawn=folders)))
    then, now = measures(learnt), measures(events)
    assert now.keys() == then.keys() == {0, 2, 4}
    for step in now:
        assert now[step] == pytest.approx(then[step], rel=1e-4, abs=1e-6)
    told = [event for event in events if isinstance(event, Progress) and event.unit == "moment"]
    assert [(event.done, event.total) for event in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert told[-1].metrics["work"] == told[-1].metrics["work_total"]


def test_of_a_large_archive_only_those_are_cut_that_it_is_compared_with(
    tmp_path: Path, views: Path, base: Path
) -> None:
    lines = [json.loads(line) for line in views.read_text().splitlines()]
    many = [{**lines[1], "photo": f"photo-{i}", "box": [i % 40, 0, i % 40 + 48, 48]} for i in range(120)]
    views.write_text("\n".join(map(json.dumps, many)))
    params = training(base, measure="all", measure_pictures=50)
    learnt = list(train(params, place(tmp_path, views, base)))
    folders = {moment.facts["step"]: moment.files["folder"] for moment in made(learnt, Made.SNAPSHOT)}
    here = later(tmp_path, params, views, base=base, drawn={4: folders[4]}, cache=tmp_path / "another")
    now = measures(list(run(ASKED, here)))
    assert now[4] == pytest.approx(measures(learnt)[4], rel=1e-4, abs=1e-6)
    (array,) = (tmp_path / "another" / "pictures").iterdir()
    assert len(Pictures.open(array)) == 50


def test_where_only_the_variety_of_the_archive_is_missing_nothing_is_drawn(tmp_path: Path, views: Path) -> None:
    params = training(None, measure="all", measure_pictures=50)
    found = measures(list(run(ASKED, later(tmp_path, params, views, base=None, drawn={}, known=[0, 2, 4]))))
    assert found.keys() == {0, 2, 4}
    assert all(one.keys() == {"variety_of_archive"} for one in found.values())
    assert 0 < found[0]["variety_of_archive"] == found[4]["variety_of_archive"] < 1


def test_it_ends_when_it_is_asked_to(tmp_path: Path, views: Path, base: Path) -> None:
    params = training(base)
    here = later(tmp_path, params, views, base=base, drawn={0: base})
    assert measures(list(run(ASKED, here)))  # the pictures lie in the cache now
    assert measures(list(run(ASKED, replace(here, stop=lambda: True)))) == {}


def test_too_few_photographs_are_told(tmp_path: Path, views: Path, base: Path) -> None:
    views.write_text("\n".join(views.read_text().splitlines()[:3]))
    with pytest.raises(JobFailed) as failed:
        list(run(ASKED, later(tmp_path, training(base), views, base=base, drawn={0: base})))
    assert failed.value.reason == "too_few_photos"


def test_a_moment_that_cannot_be_read_is_told(tmp_path: Path, views: Path, base: Path) -> None:
    here = later(tmp_path, training(base), views, base=base, drawn={0: base})
    (here.inputs["moments"] / "0" / "generator.safetensors").write_bytes(b"spoiled")
    with pytest.raises(JobFailed) as failed:
        list(run(ASKED, here))
    assert failed.value.reason == "model_unreadable"


def test_what_it_costs_grows_with_the_moments() -> None:
    few, many = ({"moments": {"drawn": count, "pictures": 100}} for count in (1, 20))
    assert cost(ASKED, many).seconds > 5 * cost(ASKED, few).seconds > 0
    assert "100 pictures" in cost(ASKED, few).sentence
