"""Finding a picture in a model: the sample's recipe draws it again, what was stopped is kept, and odd input is told."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from gan.generate import generate, to_uint8
from gan.model import load_generator
from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, Made, Notice, Progress
from jobs.place import Place
from jobs.point import Point
from kinds.project.box import box_for
from kinds.project.cost import cost
from kinds.project.params import Part, ProjectParams
from kinds.project.run import run
from kinds.project.target import counting, laid
from kinds.project.words import verdict
from kinds.registry import resolve
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from tests.kinds.models import TINY, tiny
from tests.kinds.pictures import picture

STEPS = 24


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model") / "model", spdx="CC0-1.0", terms="Free to use.")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that the model is looked at once."""
    return tmp_path_factory.mktemp("cache")


@dataclass
class Asking:
    """Asks for a search in a folder of its own."""

    model: Path
    cache: Path
    scratch: Path
    facts: dict[str, Any] = field(default_factory=dict)

    def place(self, square: Path, *, stop: Callable[[], bool] = lambda: False, **more: Any) -> Place:
        self.scratch.mkdir(exist_ok=True)
        return Place(
            scratch=self.scratch,
            cache=self.cache,
            inputs={"model": self.model, "picture": square},
            facts={"model": {"id": "the id", "hash": "the hash", **self.facts}, "picture": {}},
            resume_point=None,
            stop=stop,
            **more,
        )

    def sent(self, image: Image.Image, **asked: Any) -> list[Any]:
        """Look for a picture that was sent."""
        square = self.scratch.parent / f"{uuid4()}.png"
        image.save(square)
        return self.found(self.place(square), **asked)

    def masked(self, image: Image.Image, mask: Image.Image, **asked: Any) -> list[Any]:
        """Look for a picture that was sent with a mask."""
        square, beside = (self.scratch.parent / f"{uuid4()}.png" for _ in range(2))
        image.save(square)
        mask.save(beside)
        place = self.place(square)
        return self.found(replace(place, inputs={**place.inputs, "mask": beside}), mask=True, **asked)

    def found(self, place: Place, **asked: Any) -> list[Any]:
        params = resolve(ProjectParams(model_id=uuid4(), **{"steps": STEPS, **asked}), {})
        return list(run(params, place))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small a network is known from fewer pictures."""
    monkeypatch.setattr("kinds.memories.PICTURES", 96)


@pytest.fixture
def asking(model: Path, cache: Path, tmp_path: Path) -> Asking:
    return Asking(model, cache, tmp_path / "scratch")


def its_own(model: Path, seed: int = 3) -> Image.Image:
    (drawn,) = generate(load_generator(model), [seed])
    return Image.fromarray(to_uint8(drawn))


def made(events: list[Any], type: Made) -> list[Artifact]:
    return [event for event in events if isinstance(event, Artifact) and event.type is type]


def test_what_a_model_drew_is_found_and_drawn_again_from_its_recipe(model: Path, asking: Asking) -> None:
    events = asking.sent(its_own(model))
    (found,) = made(events, Made.FOUND)
    with Image.open(found.files["image"]) as image:
        recipe, pixels = json.loads(image.info["reverie"]), np.asarray(image)
    assert recipe == found.facts["recipe"]
    told = recipe["projection"]
    assert (told["space"], told["verdict"]) == ("w+", "near")
    assert told["distance"] < 0.5 * told["unrelated"]
    G = load_generator(model)
    latents = Space(G, planes=Planes()).latents(Point.of_recipe(recipe), _no_way)
    np.testing.assert_array_equal(Pen(G).draw(latents), pixels)
    (word,) = (event for event in events if isinstance(event, Notice))
    assert (word.code, word.text) == (told["verdict"], told["said"])
    with Image.open(found.files["thumb"]) as thumb:
        assert thumb.format == "WEBP"


def _no_way(direction: object) -> Any:
    raise AssertionError


def test_it_tells_how_far_it_is_and_shows_what_is_nearer(model: Path, asking: Asking) -> None:
    events = asking.sent(its_own(model))
    previews = made(events, Made.PREVIEW)
    distances = [each.facts["distance"] for each in previews]
    assert len(previews) >= 3
    assert distances == sorted(distances, reverse=True)
    with Image.open(previews[-1].files["image"]) as image:
        assert image.size == (16, 16)
    steps = [event for event in events if isinstance(event, Progress) and event.unit == "step"]
    assert [event.done for event in steps] == list(range(1, STEPS + 1))
    assert {event.phase for event in steps} == {"in W", "in W+"}
    work = [event.metrics["work"] for event in events if isinstance(event, Progress)]
    assert work == sorted(work)
    assert work[-1] == pytest.approx(steps[-1].metrics["work_total"])


def test_in_w_the_recipe_holds_one_w(model: Path, asking: Asking) -> None:
    (found,) = made(asking.sent(its_own(model), space="w"), Made.FOUND)
    recipe = found.facts["recipe"]
    assert recipe["projection"]["space"] == "w"
    assert recipe["projection"]["distance"] == pytest.approx(recipe["projection"]["in_w"], rel=0.02)
    assert len(recipe["point"]["anchor"]["w"]) == 1


def test_the_same_picture_is_found_with_the_same_bits(model: Path, asking: Asking) -> None:
    first, again = (made(asking.sent(its_own(model)), Made.FOUND)[0] for _ in range(2))
    assert first.facts == again.facts


def test_one_that_is_stopped_keeps_the_best_so_far(model: Path, asking: Asking, tmp_path: Path) -> None:
    its_own(model).save(tmp_path / "it.png")
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 20

    events = asking.found(asking.place(tmp_path / "it.png", stop=stop), steps=400)
    (found,) = made(events, Made.FOUND)
    assert found.facts["recipe"]["projection"]["space"] == "w"
    assert max(event.done for event in events if isinstance(event, Progress) and event.done < 400) < 100


def test_one_that_is_to_go_on_later_keeps_nothing(model: Path, asking: Asking, tmp_path: Path) -> None:
    its_own(model).save(tmp_path / "it.png")
    place = asking.place(tmp_path / "it.png", stop=lambda: True, interrupted=lambda: True)
    assert made(asking.found(place), Made.FOUND) == []


def test_a_model_is_looked_at_once(model: Path, asking: Asking) -> None:
    asking.sent(its_own(model))
    again = asking.sent(its_own(model))
    assert not [event for event in again if isinstance(event, Progress) and event.unit == "picture"]


def test_a_photograph_is_cut_as_training_cuts_it(model: Path, asking: Asking, tmp_path: Path) -> None:
    picture(1, size=(64, 48)).save(tmp_path / "it.jpg", quality=95)
    told = {"image": str(tmp_path / "it.jpg"), "width": 64, "height": 48, "focus": None, "box": [16, 0, 64, 48]}
    (tmp_path / "it.json").write_text(json.dumps(told))
    events = asking.found(asking.place(tmp_path / "it.json"), photo_id=uuid4())
    (found,) = made(events, Made.FOUND)
    assert "photo" not in json.dumps(found.facts["recipe"])  # a picture that is given away does not name it


def test_a_photograph_that_is_gone_is_told(model: Path, asking: Asking, tmp_path: Path) -> None:
    told = {"image": str(tmp_path / "it.jpg"), "width": 64, "height": 48, "focus": None, "box": None}
    (tmp_path / "it.json").write_text(json.dumps(told))
    with pytest.raises(JobFailed, match="can no longer be read") as failed:
        asking.found(asking.place(tmp_path / "it.json"), photo_id=uuid4())
    assert failed.value.reason == "picture_unreadable"


@pytest.mark.parametrize("colour", ["black", "white"])
def test_a_picture_without_anything_on_it_gets_an_answer(asking: Asking, colour: str) -> None:
    (found,) = made(asking.sent(Image.new("RGB", (16, 16), colour)), Made.FOUND)
    assert np.isfinite(found.facts["recipe"]["projection"]["distance"])


def test_a_square_of_another_size_is_told(asking: Asking) -> None:
    with pytest.raises(JobFailed, match="another size"):
        asking.sent(Image.new("RGB", (32, 32)))


def test_a_mask_counts_as_the_part_does_that_it_is_painted_as(model: Path, asking: Asking) -> None:
    half = Part(box=(0, 0, 0.5, 1))
    counts = counting([half], 16, None)
    assert counts is not None
    left = Image.fromarray(np.rint(counts * 255).astype(np.uint8))
    by_mask, by_part, whole = (
        made(events, Made.FOUND)[0].facts["recipe"]
        for events in (
            asking.masked(its_own(model), left),
            asking.sent(its_own(model), region=(half,)),
            asking.sent(its_own(model)),
        )
    )
    assert by_mask["point"] == by_part["point"]
    assert by_mask["point"] != whole["point"]


def test_a_mask_of_another_size_or_that_is_spoiled_is_told(model: Path, asking: Asking) -> None:
    with pytest.raises(JobFailed, match="another size") as failed:
        asking.masked(its_own(model), Image.new("L", (8, 8), 255))
    assert failed.value.reason == "picture_unreadable"


def test_a_mask_lies_over_what_is_shown_and_its_greys_count_in_between() -> None:
    light = np.zeros((64, 64), np.uint8)
    light[:, :32], light[:, 32:48] = 255, 128
    whole = counting([], 64, None, mask=light)
    assert whole is not None
    assert (whole[:, :32].min(), whole[:, 48:].max()) == (1, 0)
    assert np.allclose(whole[:, 32:48], 128 / 255)
    wide = counting([], 64, {"kind": "crop", "width": 16, "height": 9}, mask=light)
    assert wide is not None
    assert (wide[14:50, :30].min(), wide[:14].max(), wide[50:].max()) == (1, 0, 0)
    with pytest.raises(ValidationError, match="either region or a mask"):
        ProjectParams(model_id=uuid4(), mask=True, region=(Part(box=(0, 0, 1, 1)),))


def test_a_model_that_draws_no_numbers_is_told(model: Path, asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(folder: Path, on: object) -> Any:
        G = load_generator(folder)
        G.synthesis.block(4).const.data.fill_(torch.nan)
        return G

    monkeypatch.setattr("kinds.project.run.load_generator", spoiled)
    asking.facts["hash"] = "spoiled"
    with pytest.raises(JobFailed) as failed:
        asking.sent(its_own(model))
    assert failed.value.reason == "model_unreadable"


def test_a_part_is_drawn_where_it_lies() -> None:
    whole = counting([Part(box=(0, 0, 0.5, 1)), Part(line=((0.5, 0.5), (1, 0.5), (1, 1)))], 64, None)
    assert whole is not None
    assert whole[:, :31].min() == 1
    assert whole[:31, 33:].max() == 0
    assert whole[40, 60] == 1
    assert whole[60, 36] == 0
    assert counting([], 64, None) is None


def test_a_model_of_wide_pictures_is_shown_them_where_it_has_learnt_them() -> None:
    wide = {"kind": "crop", "width": 16, "height": 9}
    whole = counting([], 64, wide)
    assert whole is not None
    assert (whole[14:50].min(), whole[:14].max(), whole[50:].max()) == (1, 0, 0)
    square = np.zeros((64, 64, 3), np.uint8)
    square[:32] = 255
    put = laid(square, wide)
    assert put.shape == (64, 64, 3)
    assert (put[20].min(), put[44].max()) == (255, 0)
    squeezed = {"kind": "squeeze", "width": 3, "height": 2}
    assert laid(square, squeezed) is square
    assert counting([], 64, squeezed) is None


@pytest.mark.parametrize(
    ("frame", "own", "box"),
    [
        (None, [0, 0, 80, 80], (0, 0, 80, 80)),
        (None, [0, 0, 120, 80], (20, 0, 100, 80)),
        ({"kind": "squeeze", "width": 3, "height": 2}, [0, 0, 120, 80], (0, 0, 120, 80)),
        ({"kind": "squeeze", "width": 3, "height": 2}, [0, 0, 80, 80], (0, 0, 120, 80)),
        ({"kind": "crop", "width": 2, "height": 1}, None, (0, 10, 120, 70)),
    ],
)
def test_a_picture_is_cut_to_the_shape_that_a_model_knows(frame: Any, own: Any, box: tuple[int, ...]) -> None:
    assert box_for(frame, 120, 80, own=own) == box


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"box": [0, 0, 1, 1], "line": [[0, 0], [1, 0], [1, 1]]},
        {"box": [0.5, 0, 0.5, 1]},
        {"box": [0.9, 0, 0.1, 1]},
        {"box": [0, 0, 1.5, 1]},
        {"box": [0, 0, float("nan"), 1]},
        {"line": [[0, 0], [1, 1]]},
        {"line": [[0, 0], [0.5, 0.5], [1, 1]]},
        {"line": [[0, 0]] * 1001},
    ],
)
def test_what_is_no_part_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Part.model_validate(part)


def test_presets_fill_what_is_open() -> None:
    soon = ProjectParams(model_id=uuid4()).resolved({})
    assert (soon.preset, soon.steps, soon.space, soon.stretches) == ("soon", 200, "w+", (100, 100))
    asked = ProjectParams(model_id=uuid4(), steps=100, space="w").resolved({})
    assert asked.stretches == (100, 0)
    with pytest.raises(BadParams):
        ProjectParams(model_id=uuid4(), preset="never").resolved({})


def test_larger_pictures_take_longer() -> None:
    asked = ProjectParams(model_id=uuid4()).resolved({})
    small, large = (
        cost(asked, {"model": {"resolution": side, "architecture": {"channel_max": most}}})
        for side, most in ((TINY.resolution, 8), (1024, 512))
    )
    assert small.seconds < 60 < large.seconds


def test_the_words_follow_what_the_model_knows_and_not_what_it_can_paint() -> None:
    codes = [verdict(in_w=share, distance=0.1, unrelated=1).code for share in (0.05, 0.5, 0.95)]
    assert codes == ["near", "some_likeness", "no_memory"]
    assert "layer by layer" in verdict(in_w=0.95, distance=0.1, unrelated=1).text
    assert "layer by layer" not in verdict(in_w=0.95, distance=0.95, unrelated=1).text
    assert verdict(in_w=0, distance=0, unrelated=0).code == "near"
