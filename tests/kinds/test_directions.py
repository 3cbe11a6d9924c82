"""Finding directions: all of them in one go, names that go on, and an end when it is asked for."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, Notice, Progress
from jobs.place import Place
from kinds.directions.cost import cost
from kinds.directions.params import DirectionsParams
from kinds.directions.run import run
from latent.directions import found, read_vector
from latent.spread import spread
from tests.kinds.models import tiny

ASKED = DirectionsParams(model_id=uuid4())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "model", spdx="CC0-1.0", terms="Free to use.")


def told(model: Path, scratch: Path, *, named: Any = (), stop: bool = False) -> list[Any]:
    scratch.mkdir()
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model},
        facts={"model": {"id": "the id"}, "named": {"directions": list(named)}},
        resume_point=None,
        stop=lambda: stop,
    )
    return list(run(ASKED, here))


def test_all_of_them_come_at_once_with_their_vectors(model: Path, tmp_path: Path) -> None:
    events = told(model, tmp_path / "a")
    (made,) = (event for event in events if isinstance(event, Artifact))
    facts = made.facts["directions"]
    G = load_generator(model)
    for one, wanted in zip(facts, found(G, spread(G)), strict=False):
        np.testing.assert_array_equal(read_vector(made.files[one["file"]]), wanted.vector)
        assert (one["kind"], one["position"], one["layers"]) == (wanted.kind, wanted.position, list(wanted.layers))
        assert (one["deviation"], one["share"], one["name"], one["follows"]) == (
            wanted.deviation,
            wanted.share,
            None,
            None,
        )
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[0].done, progress[-1].done, progress[-1].total) == (0, 500, 500)
    assert progress[-1].metrics["work"] == progress[-1].metrics["work_total"]
    learnt = {one["kind"] for one in facts} & {"brightness", "warmth", "contrast"}
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert (len(learnt) == 3) == (notices == [])


def test_a_name_of_before_goes_on(model: Path, tmp_path: Path) -> None:
    (made,) = (event for event in told(model, tmp_path / "a") if isinstance(event, Artifact))
    first, second = made.facts["directions"][:2]
    np.save(tmp_path / "turned.npy", -read_vector(made.files[second["file"]]))
    before = [
        {"id": "x", "name": "winter", **{k: first[k] for k in ("kind", "layers")}, "file": str(made.files["00"])},
        {"id": "y", "name": "age", **{k: second[k] for k in ("kind", "layers")}, "file": str(tmp_path / "turned.npy")},
    ]
    (again,) = (event for event in told(model, tmp_path / "b", named=before) if isinstance(event, Artifact))
    facts = again.facts["directions"]
    assert [(one["name"], one["follows"], one["turned"]) for one in facts[:3]] == [
        ("winter", "x", False),
        ("age", "y", True),
        (None, None, False),
    ]
    np.testing.assert_array_equal(read_vector(again.files["01"]), np.load(tmp_path / "turned.npy"))


def test_it_ends_when_it_is_asked_to(model: Path, tmp_path: Path) -> None:
    assert [type(event) for event in told(model, tmp_path / "a", stop=True)] == [Progress]


def test_a_model_that_cannot_be_read_is_told(model: Path, tmp_path: Path) -> None:
    (model / "generator.safetensors").write_bytes(b"none")
    with pytest.raises(JobFailed) as failed:
        told(model, tmp_path / "a")
    assert failed.value.reason == "model_unreadable"


def test_a_wider_network_takes_longer() -> None:
    narrow, wide = ({"model": {"architecture": {"channel_max": most}}} for most in (64, 512))
    assert cost(ASKED, narrow).seconds < 10 < cost(ASKED, wide).seconds
