"""Pictures that are their own: beside what is known of the archive, and those that are too near passed over."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image

from jobs.errors import BadParams, NotLooked
from jobs.events import Notice, Progress
from kinds.generate.params import GenerateParams
from kinds.index.sketches import sketch
from kinds.index.tracing import sketched
from kinds.registry import resolve
from tests.kinds.drawing import drawn, pictures


@pytest.fixture
def originals(model: Path, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """Sketches of an archive that holds what seeds 0, 2 and 3 draw, and the calibration that all else is its own by."""
    made = pictures(drawn(model, tmp_path / "first", count=5))
    bodies = []
    for nth in (0, 2, 3):
        with Image.open(made[nth].files["image"]) as image:
            bodies.append(sketch(image).tobytes())
    file = tmp_path / "originals.npy"
    np.save(file, sketched([(UUID(int=nth), UUID(int=nth), body) for nth, body in enumerate(bodies)]))
    return file, {"id": str(UUID(int=9)), "steps": [0.9995] * 100}


def test_what_is_known_of_the_archive_goes_along_with_each_picture(
    model: Path, tmp_path: Path, originals: tuple[Path, dict[str, Any]]
) -> None:
    made = pictures(drawn(model, tmp_path / "a", count=3, originals=originals))
    assert [picture.facts["traced"]["percent"] for picture in made] == [100, 0, 100]
    assert made[2].facts["traced"]["photo"] == str(UUID(int=1))
    assert made[2].facts["traced"]["by"] == str(UUID(int=9))
    assert made[2].facts["traced"]["likeness"] == pytest.approx(1)
    assert "traced" not in pictures(drawn(model, tmp_path / "b", count=1))[0].facts


def test_more_are_drawn_in_place_of_what_is_too_near(
    model: Path, tmp_path: Path, originals: tuple[Path, dict[str, Any]]
) -> None:
    asked: dict[str, Any] = {"count": 3, "at_least": "own", "originals": originals}
    events = drawn(model, tmp_path / "a", **asked)
    assert [picture.facts["position"] for picture in pictures(events)] == [1, 4, 5]
    assert [picture.facts["recipe"]["seed"] for picture in pictures(events)] == [1, 4, 5]
    assert [event.done for event in events if isinstance(event, Progress)] == [0, 1, 1, 1, 2, 3]
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert notice.code == "passed_over"
    assert notice.text.startswith("3 of 6 pictures were passed over")
    rest = drawn(model, tmp_path / "b", already=1, last=1, **asked)
    assert [picture.facts for picture in pictures(rest)] == [picture.facts for picture in pictures(events)[1:]]
    assert not pictures(drawn(model, tmp_path / "c", already=3, last=5, **asked))


def test_where_all_is_too_near_it_ends_and_says_so(model: Path, tmp_path: Path, originals: Any) -> None:
    file, by = originals
    near = file, {**by, "steps": [-1.0] * 100}
    events = drawn(model, tmp_path / "a", count=2, at_least="near", originals=near)
    assert not pictures(events)
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert notice.code == "too_few_own"
    assert "40 of 40" in notice.text


@pytest.mark.parametrize(
    ("known", "error"),
    [
        ({"dataset": str(UUID(int=1)), "photos": None, "calibrated": False}, NotLooked),
        ({"dataset": str(UUID(int=1)), "photos": 9, "calibrated": False}, BadParams),
        ({"dataset": None, "photos": None, "calibrated": False}, BadParams),
        ({}, BadParams),
    ],
)
def test_what_is_its_own_cannot_be_told_without_a_look(known: dict[str, Any], error: type[Exception]) -> None:
    asked: dict[str, Any] = {"count": 2, "at_least": "own"}
    params = GenerateParams(model_id=uuid4(), **asked)
    with pytest.raises(error) as raised:
        resolve(params, {"model": {}, "originals": known})
    if error is NotLooked:
        assert raised.value.facts["job"] == {"kind": "index", "dataset_id": str(UUID(int=1))}  # type: ignore[attr-defined]
    resolve(params.model_copy(update={"at_least": None}), {"model": {}, "originals": known})


@pytest.mark.parametrize("beside", [{"seeds": [1, 2]}, {"count": 2, "diverse": 9}])
def test_what_is_passed_over_is_not_chosen_otherwise(beside: dict[str, Any]) -> None:
    with pytest.raises(BadParams, match=r"at_least|passes"):
        resolve(
            GenerateParams(model_id=uuid4(), **{**beside, "at_least": "own"}),
            {"model": {}, "originals": {"calibrated": True}},
        )
