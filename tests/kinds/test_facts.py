"""Facts of photographs: what counts as one, what belongs together, and what is learnt of them by a job."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from jobs.events import Artifact, Notice, Progress
from jobs.place import Place
from kinds.directions.facts import facts_of
from kinds.directions.params import DirectionsParams
from kinds.directions.photographs import MOST, chosen
from kinds.directions.run import run
from latent.facts import LEAST_PHOTOS, Fact
from tests.kinds.models import tiny
from tests.kinds.pictures import picture

NOON = datetime(1991, 7, 1, 13, tzinfo=UTC)


def line(at: datetime | None = None, *, by: str = "camera", album: str | None = None) -> dict[str, Any]:
    return {"taken_at": at.isoformat() if at else None, "dated_by": by if at else None, "album": album}


def by_kind(facts: list[Fact], kind: str) -> Fact:
    (found,) = (fact for fact in facts if fact.kind == kind)
    return found


def test_the_hour_counts_only_where_a_clock_told_it() -> None:
    night = NOON + timedelta(hours=12)
    lines = [line(NOON), line(night, by="export"), line(NOON, by="name"), line()]
    facts = facts_of(lines, np.zeros(4))
    hours, years = by_kind(facts, "time_of_day"), by_kind(facts, "year")
    assert (list(hours.rows), hours.values.round(6).tolist()) == ([0, 1], [1, -1])
    assert list(years.rows) == [0, 1, 2]
    assert years.values[0] == pytest.approx(1991.5, abs=0.01)


def test_a_day_and_a_scene_belong_together() -> None:
    minutes = [0, 5, 14, 60, 24 * 60]
    lines = [*(line(NOON + timedelta(minutes=after)) for after in minutes), line(), line()]
    facts = facts_of(lines, np.zeros(7))
    scenes, days = by_kind(facts, "time_of_day").groups, by_kind(facts, "year").groups
    assert scenes[0] == scenes[1] == scenes[2]
    assert len({*scenes.tolist()}) == 3
    assert len({*days.tolist()}) == 2
    light = by_kind(facts, "photo_light")
    assert len({*light.groups.tolist()}) == 5  # those without a time stand each alone


def test_an_album_has_a_place_of_its_own() -> None:
    lines = [line(album="Small")] * 9 + [line(album="By the sea")] * 12 + [line(album="Hills")] * 15 + [line()] * 4
    albums = [fact for fact in facts_of(lines, np.zeros(40)) if fact.kind == "album"]
    assert [fact.name for fact in albums] == ["As in Hills", "As in By the sea"]
    assert albums[1].values.tolist() == [0.0] * 9 + [1.0] * 12 + [0.0] * 19
    fewer = [fact for fact in facts_of(lines[9:], np.zeros(31)) if fact.kind == "album"]
    assert {fact.name: fact.position for fact in fewer} == {fact.name: fact.position for fact in albums}


def test_of_many_photographs_the_same_ones_are_chosen() -> None:
    lines = [{"n": number} for number in range(2 * MOST)]
    assert len(chosen(lines)) == MOST
    assert chosen(lines) == chosen(lines)
    assert chosen(lines[:5]) == lines[:5]


def told(tmp_path: Path, lines: list[dict[str, Any]]) -> list[Any]:
    listed = tmp_path / "learnt_from.jsonl"
    listed.write_text("".join(json.dumps(each) + "\n" for each in lines))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    place = Place(
        scratch=scratch,
        cache=tmp_path / "cache",
        inputs={"model": tiny(tmp_path / "model", spdx="CC0-1.0", terms=""), "learnt_from": listed},
        facts={"model": {"id": "the id", "hash": "the hash"}, "named": {"directions": []}},
        resume_point=None,
        stop=lambda: False,
    )
    return list(run(DirectionsParams(model_id=uuid4()), place))


def photographs(folder: Path, count: int) -> list[dict[str, Any]]:
    """Lighter from one to the next, a day each; of each fifth the file is gone."""
    lines = []
    for number in range(count):
        file = folder / f"{number}.jpg"
        if number % 5:
            light = picture(number).point(lambda value, n=number: value * 0.3 + 170 * n / count)
            light.save(file, quality=95)
        view = {"image": str(file), "width": 64, "box": [8, 0, 56, 48]}
        lines.append({"view": view, **line(NOON + timedelta(days=37 * number % 400), album="All")})
    return lines


def test_what_photographs_tell_is_learnt_and_what_they_do_not_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinds.memories.PICTURES", 96)
    events = told(tmp_path, photographs(tmp_path, 100))
    notices = [event for event in events if isinstance(event, Notice)]
    (guessed,) = (notice.text for notice in notices if notice.code == "places_guessed")
    assert guessed.startswith("Where 80 photographs lie")
    about = {notice.text.split("”")[0][1:]: notice.code for notice in notices if notice.text.startswith("“")}
    assert about.keys() == {"Lighter photographs", "Later years", "Towards noon"} - {"Towards noon"}
    (made,) = (event for event in events if isinstance(event, Artifact))
    learnt = {one["kind"]: one for one in made.facts["directions"] if one["name"]}
    assert {one["name"] for one in learnt.values()} == {name for name, code in about.items() if code == "learnt"}
    assert about["Lighter photographs"] == "learnt"
    assert 0 < learnt["photo_light"]["share"] <= 1
    assert "Too little is known" in next(notice.text for notice in notices if notice.code == "too_little_known")
    work = [event.metrics["work"] for event in events if isinstance(event, Progress)]
    assert work == sorted(work)


def test_a_few_photographs_are_too_few(tmp_path: Path) -> None:
    events = told(tmp_path, photographs(tmp_path, LEAST_PHOTOS - 1))
    assert "too_few_photographs" in [event.code for event in events if isinstance(event, Notice)]
    assert [event for event in events if isinstance(event, Artifact)]
