"""Kinds by their names: what a request may ask, what a preset fills in, what it would cost."""

import subprocess
import sys
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from jobs.errors import BadParams, NotFound, TooFewPhotos
from jobs.params import JobParams
from kinds.presets import presets_of
from kinds.registry import KINDS, AnyParams, cost, params_of, preset_hash, resolve, run_of
from kinds.train.params import TrainParams
from kinds.train.schedule import snapshots

ID = UUID("0199d3a0-0000-7000-8000-000000000001")
FACTS: dict[str, Any] = {
    "dataset": {"usable_views": 191, "photos": 191},
    "model": {"resolution": 64, "architecture": {"resolution": 64, "channel_base": 4096, "channel_max": 128}},
    "archive": {"size_bytes": 1_000_000, "filename": "a.zip"},
    "picture": {"width": 256, "height": 256},
    "file": {"size_bytes": 300_000_000, "filename": "a.pkl"},
}
NEEDED: dict[str, dict[str, Any]] = {
    "ingest": {"archive_id": ID},
    "train": {"dataset_id": ID, "base_model_id": ID},
    "generate": {"model_id": ID},
    "convert": {"file_id": ID},
    "index": {"dataset_id": ID},
    "gather": {"dataset_id": ID, "sources": [ID]},
    "directions": {"model_id": ID},
    "blend": {"model_id": ID, "with_id": ID, "at": 16},
    "measure": {"training_id": ID},
    "project": {"model_id": ID, "photo_id": ID},
    "map": {"dataset_id": ID},
    "echoes": {"training_id": ID},
    "journey": {
        "recipe": {
            "duration_s": 1.0,
            "keyframes": [{"at_s": at_s, "model_id": ID, "point": {"anchor": {"seed": 1}}} for at_s in (0.0, 0.5)],
        }
    },
    "upscale": {"sample_id": ID},
    "export": {"model_id": ID},
    "listen": {"soundtrack_id": ID},
    "compose": {
        "recipe": {
            "duration_s": 1.0,
            "keyframes": [{"at_s": at_s, "model_id": ID, "point": {"anchor": {"seed": 1}}} for at_s in (0.0, 0.5)],
        }
    },
}
SCRATCH: dict[str, Any] = {"base_model_id": None, "from_scratch": True}
requests: TypeAdapter[JobParams] = TypeAdapter(AnyParams)


def asked(kind: str, **fields: Any) -> JobParams:
    return requests.validate_python({"kind": kind, **NEEDED[kind], **fields})


def test_parameters_load_without_the_tensor_library() -> None:
    code = "import sys, kinds.registry; assert not {'torch', 'gan', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_parameters_and_a_run(kind: str) -> None:
    assert params_of(kind).model_fields["kind"].default == kind
    assert callable(run_of(kind))


def test_an_unknown_kind_names_those_that_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        params_of("dream")
    assert "ingest, train, generate, convert" in caught.value.remedy


@pytest.mark.parametrize(("kind", "preset"), [(kind, p.name) for kind in KINDS for p in presets_of(kind)])
def test_each_preset_resolves_to_parameters_that_mean_the_same_ever_after(kind: str, preset: str) -> None:
    params = resolve(asked(kind, preset=preset), FACTS)
    assert preset_hash(params) == next(p.hash for p in presets_of(kind) if p.name == preset)
    again = requests.validate_json(params.model_dump_json())
    assert again == params
    assert resolve(again, FACTS) == params
    assert cost(params, FACTS).seconds > 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_preset_is_told(kind: str) -> None:
    with pytest.raises(BadParams) as caught:
        resolve(asked(kind, preset="nonsense"), FACTS)
    assert caught.value.pointer == "#/preset"


@pytest.mark.parametrize(
    "fields",
    [
        {"augment": "ada", "ada_target": 0.5},
        {"augment": "fixed", "augment_p": 0.9},
        {"augment": "none"},
        {"measure": "none"},
        {"measure": "ends", "measure_pictures": 50},
        SCRATCH | {"channel_base": 256},
        SCRATCH | {"channel_base": 256, "channel_max": 64},
        SCRATCH | {"resolution": 1024},
    ],
)
def test_a_job_can_be_posted_again_as_it_was_kept(fields: dict[str, Any]) -> None:
    params = resolve(asked("train", **fields), FACTS)
    assert params.model_dump() | fields == params.model_dump()
    assert resolve(params, FACTS) == params
    assert cost(params, FACTS).seconds > 0


def test_what_the_user_says_stands_over_the_preset() -> None:
    params = resolve(asked("train", preset="glimpse", steps=150, mirror=False), FACTS)
    assert isinstance(params, TrainParams)
    assert (params.steps, params.mirror, params.measure) == (150, False, "all")
    assert params.snapshot_steps == [0, 10, 20, 50, 100, 150]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"steps": 20, "snapshot_steps": [0, 30]}, "#/snapshot_steps"),
        ({"batch": 6}, "#/batch"),
        ({"resolution": 128}, "#/resolution"),
        ({"channel_max": 64}, "#/channel_max"),
        ({"augment": "ada", "augment_p": 0.9}, "#/augment_p"),
        ({"augment_p": 0.2}, "#/augment_p"),
        ({"augment": "none", "augment_p": 0}, "#/augment_p"),
        ({"augment": "fixed", "ada_target": 0.6}, "#/ada_target"),
        ({"measure": "none", "measure_pictures": 250}, "#/measure_pictures"),
        (SCRATCH | {"resolution": 512, "channel_base": 256}, "#/channel_base"),
        (SCRATCH | {"channel_base": 256, "channel_max": 65}, "#/channel_max"),
    ],
)
def test_what_would_change_nothing_or_cannot_be_names_its_field(fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(BadParams) as caught:
        resolve(asked("train", **fields), FACTS)
    assert caught.value.pointer == pointer
    assert caught.value.remedy


def test_seven_pictures_are_too_few() -> None:
    with pytest.raises(TooFewPhotos):
        resolve(asked("train"), {**FACTS, "dataset": {"usable_views": 7, "photos": 7}})


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": 0},
        {"steps": -1},
        {"steps": 1_000_001},
        {"steps": True},
        {"steps": "100"},
        {"gamma": float("nan")},
        {"gamma": float("inf")},
        {"learning_rate": 0},
        {"from_scratch": True},
        {"base_model_id": None},
        {"colour": "red"},
        {"snapshot_steps": []},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked("train", **fields)


def test_a_training_from_nothing_knows_its_shape() -> None:
    params = resolve(asked("train", base_model_id=None, from_scratch=True, resolution=32), FACTS)
    assert isinstance(params, TrainParams)
    assert (params.resolution, params.channel_base, params.channel_max) == (32, 4096, 128)
    assert set(params.needs()) == {"dataset"}


def test_seeds_are_those_given_or_a_row_of_them() -> None:
    row = resolve(asked("generate", count=3, seed=2**32 - 3), FACTS)
    assert list(row.all_seeds()) == [2**32 - 3, 2**32 - 2, 2**32 - 1]  # type: ignore[attr-defined]
    single = resolve(asked("generate", seeds=[9, 4]), FACTS)
    assert list(single.all_seeds()) == [9, 4]  # type: ignore[attr-defined]
    assert resolve(single, FACTS) == single
    with pytest.raises(BadParams):
        resolve(asked("generate", count=4, seed=2**32 - 3), FACTS)


@pytest.mark.parametrize("fields", [{"count": 100}, {"seed": 9}, {"count": 2, "seed": 0}])
def test_single_seeds_go_with_no_other_count_and_first_seed(fields: dict[str, int]) -> None:
    with pytest.raises(BadParams) as caught:
        resolve(asked("generate", seeds=[3, 14], **fields), FACTS)
    assert caught.value.pointer == f"#/{list(fields)[-1]}"
    assert caught.value.remedy


@given(st.integers(1, 1_000_000))
def test_snapshots_begin_at_nothing_rise_and_end_with_the_last_step(steps: int) -> None:
    moments = snapshots(steps)
    assert moments[0] == 0
    assert moments[-1] == steps
    assert list(moments) == sorted(set(moments))
    assert len(moments) <= 60
    assert set(moments) >= {step for step in (0, 10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000) if step < steps}


def test_a_cost_is_told_in_words_and_follows_what_the_machine_has_shown() -> None:
    params = resolve(asked("train", steps=500), FACTS)
    told = cost(params, FACTS)
    assert (told.photos_seen, told.times_each_seen) == (4000, 20.94)
    assert "about 21 times" in told.sentence
    assert [word.code for word in told.notices] == ["few_photos"]
    slow = cost(params, {**FACTS, "host": {"train_work_per_s": 0.5}})
    assert slow.seconds > 1.9 * told.seconds
    exact = resolve(asked("train", steps=500, precision="float32"), FACTS)
    host = {"train_work_per_s": 0.4, "train_mixed_work_per_s": 0.5, "train_float32_work_per_s": 0.3}
    assert cost(exact, {**FACTS, "host": host}).seconds > 1.5 * slow.seconds
    assert cost(params, {**FACTS, "host": host}) == slow
    assert cost(exact, {**FACTS, "host": {"train_work_per_s": 0.5}}).seconds == slow.seconds  # until there was one
    assert not cost(params, {**FACTS, "dataset": {"usable_views": 900, "photos": 900}}).notices


def test_ids_come_as_strings() -> None:
    assert requests.validate_json(f'{{"kind": "generate", "model_id": "{uuid4()}"}}').kind == "generate"


@pytest.mark.parametrize("model", [{}, {"architecture": None}, {"architecture": {"resolution": 64}}])
def test_a_base_of_whose_layers_nothing_is_known_is_refused_in_words(model: dict[str, Any]) -> None:
    with pytest.raises(BadParams, match="nothing is known") as told:
        resolve(asked("train"), {**FACTS, "model": model})
    assert told.value.pointer == "#/base_model_id"
