"""Pictures from a model: one a seed, each with its recipe, the same bits each time."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from jobs.errors import JobFailed
from jobs.events import Artifact, Progress
from jobs.place import Place
from kinds.generate.params import GenerateParams
from kinds.generate.run import run
from kinds.registry import resolve
from tests.kinds.models import tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "model", spdx="CC0-1.0", terms="Free to use.")


def drawn(model: Path, scratch: Path, *, already: int = 0, stop: bool = False, **asked: Any) -> list[Any]:
    scratch.mkdir()
    facts = {"id": "the id", "hash": "the hash", "drawn": already}
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model},
        facts={"model": facts},
        resume_point=None,
        stop=lambda: stop,
    )
    return list(run(resolve(GenerateParams(model_id=uuid4(), **asked), {}), here))


def pictures(events: list[Any]) -> list[Artifact]:
    return [event for event in events if isinstance(event, Artifact)]


def test_each_picture_carries_the_recipe_that_draws_it_again(model: Path, tmp_path: Path) -> None:
    first = pictures(drawn(model, tmp_path / "a", seeds=[5, 1], truncation_psi=0.6))
    with Image.open(first[1].files["image"]) as image:
        recipe = json.loads(image.info["reverie"])
        assert image.size == (16, 16)
    assert recipe == {
        "format": 1,
        "model": "the hash",
        "model_id": "the id",
        "seed": 1,
        "truncation_psi": 0.6,
        "noise_mode": "const",
    }
    again = pictures(drawn(model, tmp_path / "b", count=1, seed=1, truncation_psi=recipe["truncation_psi"]))
    assert again[0].files["image"].read_bytes() == first[1].files["image"].read_bytes()


def test_a_second_attempt_goes_on_where_the_first_one_stored(model: Path, tmp_path: Path) -> None:
    whole = pictures(drawn(model, tmp_path / "a", count=4))
    rest = drawn(model, tmp_path / "b", count=4, already=3)
    assert [picture.facts for picture in pictures(rest)] == [whole[3].facts]
    assert [event.done for event in rest if isinstance(event, Progress)] == [4]


def test_it_stops_when_it_is_asked_to(model: Path, tmp_path: Path) -> None:
    assert len(pictures(drawn(model, tmp_path / "a", count=50, stop=True))) == 1


def test_a_model_that_cannot_be_read_is_told(model: Path, tmp_path: Path) -> None:
    (model / "model.json").write_text("{}")
    with pytest.raises(JobFailed):
        drawn(model, tmp_path / "a", count=1)
