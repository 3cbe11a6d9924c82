"""Composing for a journey: as long as it is, the same bits for a seed, and clear words for composers that are none."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.journey import Recipe
from jobs.place import Place
from kinds.compose import run as compose
from kinds.compose.params import ComposeParams
from sound import loudness
from sound.reading import read

MODEL = UUID(int=7)


def recipe(**values: Any) -> Recipe:
    keyframes = [
        {"at_s": 2.0 * number, "model_id": str(MODEL), "point": {"anchor": {"seed": number}}} for number in range(3)
    ]
    return Recipe.model_validate({"name": "Fields", "duration_s": 6.0, "keyframes": keyframes, **values})


def composed(
    folder: Path, model: Path, values: Mapping[str, Any], *, stop: bool = False, film: Any = None
) -> list[JobEvent]:
    folder.mkdir()
    place = Place(
        scratch=folder,
        cache=folder,
        inputs={"model": model},
        facts={
            "model": {},
            "film": film or {},
            "composer": {"folder": str(folder / "composers" / str(values.get("with")))},
        },
        resume_point=None,
        stop=lambda: stop,
    )
    return list(compose.run(ComposeParams.model_validate({"recipe": recipe(), **values}), place))


def made(events: list[JobEvent]) -> Artifact:
    (found,) = [one for one in events if isinstance(one, Artifact)]
    return found


def test_a_journey_gets_music_as_long_as_it_is_and_as_loud_as_all_other(tmp_path: Path, model: Path) -> None:
    events = composed(tmp_path / "a", model, {"seed": 3, "mood": "calm", "key": "D"})
    artifact = made(events)
    assert artifact.type is Made.COMPOSED
    assert artifact.facts["composed"]["scale"].startswith("D ")
    sound = read(artifact.files["sound"])
    assert sound.duration_s == pytest.approx(6.0, abs=0.01)
    assert loudness.measure(sound) == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak(sound) <= -0.9
    assert len(artifact.facts["beats"]) == 4 * len(artifact.facts["bars"])
    told = [one.done for one in events if isinstance(one, Progress)]
    assert told == sorted(told)
    assert told[-1] == 100


def test_for_a_film_of_constant_speed_it_comes_to_keyframes_when_the_film_does(tmp_path: Path, model: Path) -> None:
    asked = {"seed": 3, "recipe": recipe(speed="constant")}
    *_, pace, piece = [one for one in composed(tmp_path / "a", model, asked) if isinstance(one, Artifact)]
    assert (pace.type, piece.type) == (Made.PACE, Made.COMPOSED)
    known = made(composed(tmp_path / "b", model, asked, film=dict(pace.facts)))
    assert known.files["sound"].read_bytes() == piece.files["sound"].read_bytes()
    late = made(composed(tmp_path / "c", model, asked, film={"lengths": [[0.0, 9.0], [0.0, 1.0], [0.0, 1.0]]}))
    assert late.files["sound"].read_bytes() != piece.files["sound"].read_bytes()
    assert "film" in ComposeParams.model_validate(asked).needs()
    assert "film" not in ComposeParams.model_validate({"recipe": recipe()}).needs()


def test_the_same_seed_gives_the_same_file_and_another_one_another(tmp_path: Path, model: Path) -> None:
    files = [
        made(composed(tmp_path / str(number), model, {"seed": seed})).files["sound"].read_bytes()
        for number, seed in enumerate((5, 5, 6))
    ]
    assert files[0] == files[1] != files[2]


def test_a_stop_makes_nothing(tmp_path: Path, model: Path) -> None:
    assert not [one for one in composed(tmp_path / "a", model, {}, stop=True) if isinstance(one, Artifact)]


def test_a_composer_that_is_none_is_told_so(tmp_path: Path, model: Path) -> None:
    with pytest.raises(JobFailed, match="There is no composer choir"):
        composed(tmp_path / "a", model, {"with": "choir"})
    for number, (config, words) in enumerate(
        [
            ("{", "cannot be read"),
            ('{"model_type": "llama"}', "no MusicGen"),
            ('{"model_type": "musicgen"}', "no weights"),
        ]
    ):
        folder = tmp_path / str(number) / "composers" / "choir"
        place = Place(
            scratch=tmp_path,
            cache=tmp_path,
            inputs={"model": model},
            facts={"model": {}, "composer": {"folder": str(folder)}},
            resume_point=None,
            stop=lambda: False,
        )
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(config)
        with pytest.raises(JobFailed, match=words):
            list(compose.run(ComposeParams.model_validate({"recipe": recipe(), "with": "choir"}), place))


@pytest.mark.parametrize(
    "wrong",
    [
        {"with": "../choir"},
        {"with": ".."},
        {"with": "a/b"},
        {"mood": "loud"},
        {"key": "H"},
        {"duration_s": 0.1},
        {"seed": -1},
    ],
)
def test_wishes_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ComposeParams.model_validate({"recipe": recipe(), **wrong})


def test_a_journey_of_one_place_is_refused() -> None:
    one = json.loads(recipe().model_dump_json(by_alias=True))
    one["keyframes"] = one["keyframes"][:1]
    asked = ComposeParams.model_validate({"recipe": one})
    facts = {"model": {"architecture": {}, "line": [], "resolution": 64}}
    with pytest.raises(BadParams, match="keyframes"):
        asked.resolved(facts)
