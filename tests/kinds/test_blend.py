"""Blending: the ends are the parents to the bit, and the model tells what it is made of and whose it is."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from gan.generator import Generator
from gan.model import load_discriminator, load_generator, model_hash, save_model
from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, Progress
from jobs.place import Place
from kinds.blend.params import BlendParams
from kinds.blend.rights import OF_BOTH, rights_of_both
from kinds.blend.run import run
from kinds.registry import resolve
from kinds.train.rights import FROM_BOUND, FROM_FREE, FROM_NOTHING
from tests.kinds.models import TINY, tiny

ONE, OTHER = UUID(int=1), UUID(int=2)
OWN = "NOASSERTION"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return tiny(tmp_path / "one", spdx="CC0-1.0", terms="Free to use.")


def later(folder: Path, of: Path, **options: Any) -> Path:
    """What a model has become by learning on."""
    G, D = load_generator(of), load_discriminator(of)
    with torch.no_grad():
        for number, value in enumerate(G.parameters()):
            value.add_(0.1 * torch.randn(value.shape, generator=torch.Generator().manual_seed(number)))
    facts = {"lineage": [{"model_hash": model_hash(of), "recipe": {}}], "recipe": {"steps": 100}}
    facts |= {"licence": {"spdx": "CC-BY-4.0", "terms": "Say who."}}
    return save_model(folder, G_ema=G, D=D, facts=facts, **options)


@pytest.fixture
def other(one: Path, tmp_path: Path) -> Path:
    return later(tmp_path / "other", one)


def blended(one: Path, other: Path, scratch: Path, *, stop: bool = False, **asked: Any) -> list[Any]:
    scratch.mkdir()
    facts = {
        "model": {"id": str(ONE), "name": "One"},
        "with": {"id": str(OTHER), "name": "Other"},
    }
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": one, "with": other},
        facts=facts,
        resume_point=None,
        stop=lambda: stop,
    )
    return list(run(BlendParams(model_id=ONE, with_id=OTHER, **asked), here))


def model_of(events: list[Any]) -> Artifact:
    (made,) = (event for event in events if isinstance(event, Artifact))
    return made


def weights(folder: Path) -> bytes:
    return (folder / "generator.safetensors").read_bytes()


@pytest.mark.parametrize("dtypes", [("fp16", "fp16"), ("fp32", "fp32"), ("fp16", "fp32")])
def test_the_ends_are_the_parents_to_the_bit(one: Path, tmp_path: Path, dtypes: tuple[str, str]) -> None:
    mine = save_model(tmp_path / "mine", G_ema=load_generator(one), dtype=dtypes[0])  # type: ignore[arg-type]
    theirs = later(tmp_path / "theirs", one, dtype=dtypes[1])
    for name, asked, wanted in (
        ("t0", {"t": 0.0}, mine),
        ("t1", {"t": 1.0}, theirs),
        ("all", {"at": 16}, mine),
        ("none", {"at": 0}, theirs),
    ):
        assert weights(model_of(blended(mine, theirs, tmp_path / name, **asked)).files["folder"]) == weights(wanted)
    for name, asked in (("line", {"t": 0.37}), ("layers", {"at": 8})):
        assert weights(model_of(blended(mine, mine, tmp_path / name, **asked)).files["folder"]) == weights(mine)


def test_between_them_it_is_neither_and_as_exact_as_the_more_exact_one(one: Path, tmp_path: Path) -> None:
    exact = later(tmp_path / "exact", one, dtype="fp32")
    made = model_of(blended(one, exact, tmp_path / "a", at=8)).files["folder"]
    mine, theirs, both = (load_file(folder / "generator.safetensors") for folder in (one, exact, made))
    assert {value.dtype for value in both.values()} == {torch.float32}
    assert torch.equal(both["synthesis.b8.conv1.weight"], mine["synthesis.b8.conv1.weight"].float())
    assert torch.equal(both["synthesis.b16.conv1.weight"], theirs["synthesis.b16.conv1.weight"])


def test_it_tells_both_of_its_parents_and_what_they_ask(one: Path, other: Path, tmp_path: Path) -> None:
    events = blended(one, other, tmp_path / "a", t=0.5)
    made = model_of(events)
    facts = made.facts["model"]
    assert made.facts["name"] == "50% of the way from One to Other"
    assert (made.facts["licence"], made.facts["terms"]) == ("CC-BY-4.0", "Say who.")
    assert facts["parents"] == [
        {"id": str(ONE), "name": "One", "hash": model_hash(one)},
        {"id": str(OTHER), "name": "Other", "hash": model_hash(other)},
    ]
    assert [each["model_hash"] for each in facts["lineage"]] == [model_hash(one), model_hash(other)]
    assert facts["recipe"] == {"blend": {"of": model_hash(one), "with": model_hash(other), "t": 0.5}}
    assert json.loads((made.files["folder"] / "model.json").read_text()) == facts
    assert load_discriminator(made.files["folder"]) is not None
    with Image.open(made.files["sheet"]) as sheet:
        assert sheet.size == (7 * 16, 4 * 16)
        assert np.asarray(sheet).std() > 0
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total) == (28, 28)
    assert progress[-1].metrics["work"] == progress[-1].metrics["work_total"]


def test_it_has_the_name_that_was_asked_for(one: Path, other: Path, tmp_path: Path) -> None:
    assert model_of(blended(one, other, tmp_path / "a", at=8, name="Both")).facts["name"] == "Both"
    by_layers = model_of(blended(one, other, tmp_path / "b", at=8))
    assert by_layers.facts["name"] == "One up to 8 px, then Other"
    again = model_of(blended(by_layers.files["folder"], other, tmp_path / "c", at=8))
    assert len(again.facts["model"]["lineage"]) == 3  # each once


def test_it_ends_when_it_is_asked_to(one: Path, other: Path, tmp_path: Path) -> None:
    assert blended(one, other, tmp_path / "a", stop=True, at=8) == []


def test_networks_that_do_not_fit_and_files_that_are_none_are_told(one: Path, tmp_path: Path) -> None:
    wide = save_model(tmp_path / "wide", G_ema=Generator(type(TINY)(resolution=16, channel_base=256, channel_max=16)))
    for number, with_ in enumerate((wide, tmp_path)):
        with pytest.raises(JobFailed) as failed:
            blended(one, with_, tmp_path / str(number), at=8)
        assert failed.value.reason == "model_unreadable"


def test_where_it_cannot_be_names_its_field() -> None:
    shape = {"resolution": 64, "channel_base": 4096, "channel_max": 128}
    facts: dict[str, Any] = {"model": {"architecture": shape, "line": ["a"]}, "with": {"architecture": shape}}
    for asked, line, pointer in (({"at": 128}, ["a"], "#/at"), ({"t": 0.5}, ["b"], "#/t")):
        with pytest.raises(BadParams) as refused:
            resolve(
                BlendParams.model_validate({"model_id": uuid4(), "with_id": uuid4(), **asked}),
                facts | {"with": {"architecture": shape, "line": line}},
            )
        assert refused.value.pointer == pointer
        assert refused.value.remedy


@pytest.mark.parametrize("known", [{}, *({"architecture": known} for known in (None, {}, {"resolution": 8}))])
@pytest.mark.parametrize("how", [{"at": 8}, {"t": 0.5}])
def test_a_model_of_whose_layers_nothing_is_known_is_told(known: dict[str, Any], how: dict[str, float]) -> None:
    shape = {"resolution": 8, "channels": 3, "w_dim": 16, "channel_base": 64, "channel_max": 16}
    params = BlendParams.model_validate({"model_id": uuid4(), "with_id": uuid4(), **how})
    whole, bare = {"architecture": shape, "line": ["a"]}, {**known, "line": ["a"]}
    for one, other, pointer in ((whole, bare, "#/with_id"), (bare, whole, "#/model_id"), (bare, bare, "#/model_id")):
        with pytest.raises(BadParams, match="nothing is known of the layers") as refused:
            params.resolved({"model": one, "with": other})
        assert refused.value.pointer == pointer
        assert refused.value.remedy


def test_widths_that_are_listed_are_those_that_follow_a_rule() -> None:
    rule: dict[str, Any] = {"resolution": 16, "channel_base": 128, "channel_max": 8, "widths": []}
    listed = rule | {"channel_base": 1, "widths": [8, 8, 8]}
    facts = {"model": {"architecture": rule, "line": []}, "with": {"architecture": listed, "line": []}}
    asked = BlendParams.model_validate({"model_id": ONE, "with_id": OTHER, "at": 8})
    assert resolve(asked, facts) == asked


FREE, NC, SA = (
    {"spdx": "CC0-1.0", "terms": "Free."},
    {"spdx": "CC-BY-NC-4.0", "terms": "No money"},
    {"spdx": "CC-BY-SA-4.0", "terms": ""},
)
MINE, MINE_ON_FREE = {"spdx": OWN, "terms": FROM_NOTHING}, {"spdx": OWN, "terms": FROM_FREE}
LEARNT_NC = {"spdx": "CC-BY-NC-4.0", "terms": f"{FROM_BOUND}No money."}
BOTH = {"spdx": "CC-BY-NC-4.0 AND CC-BY-SA-4.0", "terms": f"{OF_BOTH}No money. And: CC-BY-SA-4.0."}


@pytest.mark.parametrize(
    ("one_asks", "other_asks", "both"),
    [
        (FREE, FREE, FREE),
        (FREE, {"spdx": "Unlicense", "terms": ""}, FREE),
        (FREE, MINE, MINE_ON_FREE),
        (MINE, MINE_ON_FREE, MINE_ON_FREE),
        (FREE, NC, NC),
        (NC, MINE, NC),
        (NC, SA, BOTH),
        (NC, LEARNT_NC, {"spdx": "CC-BY-NC-4.0", "terms": f"{OF_BOTH}No money. And: {FROM_BOUND}No money."}),
        (
            NC,
            {},
            {
                "spdx": OWN,
                "terms": f"{OF_BOTH}No money. And: nobody has said what it asks; ask whoever made it.",
            },
        ),
        (
            BOTH,
            {"spdx": "MIT", "terms": "Say who."},
            {
                "spdx": "(CC-BY-NC-4.0 AND CC-BY-SA-4.0) AND MIT",
                "terms": f"{OF_BOTH}No money. And: CC-BY-SA-4.0. And: Say who.",
            },
        ),
    ],
)
def test_what_both_ask_follows(one_asks: dict[str, str], other_asks: dict[str, str], both: dict[str, str]) -> None:
    assert rights_of_both(one_asks, other_asks) == both
