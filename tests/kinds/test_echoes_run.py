"""An echoes job over moments that draw pictures: the truth is found again, killed or not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from gan import device
from gan.generate import generate, to_uint8
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, Progress
from kinds.echoes.cost import cost
from kinds.echoes.files import photos_of
from kinds.echoes.told import Echoes
from tests.kinds.echoed import ASKED, photo, place, ran, remembered
from tests.kinds.models import tiny
from tests.kinds.pictures import picture


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model") / "base", spdx="CC0-1.0", terms="Free to use.")


def drawn(base: Path, seeds: list[int]) -> list[Image.Image]:
    """The network's own pictures."""
    G = load_generator(base, device.configure())
    pictures = generate(G, seeds, truncation_psi=1.0)
    return [Image.fromarray(np.ascontiguousarray(to_uint8(one))) for one in pictures]


def test_photographs_that_a_network_draws_are_found_in_their_seeds(base: Path, tmp_path: Path) -> None:
    """Photographs 0 to 4 are pictures of the network, one of them mirrored; the others it never draws."""
    own = drawn(base, [3, 14, 15, 92, 65])
    own[2] = ImageOps.mirror(own[2])
    others = [picture(number, size=(90, 60)) for number in range(9)]
    events = ran(place(tmp_path, [*own, *others], {5: base}))
    (one,) = remembered(events).values()
    assert photos_of(one.near) == [photo(number) for number in range(14)]
    assert one.near["seed"][:5].tolist() == [3, 14, 15, 92, 65]
    assert (one.near["likeness"][:5] > 990_000).all()
    assert one.near["mirrored"][:5].tolist() == [0, 0, 1, 0, 0]
    assert one.pictures["row"][[3, 14, 15, 92, 65], 0].tolist() == [0, 1, 2, 3, 4]
    told = Echoes([5], [one], there=[photo(number) for number in range(14)])
    assert {story.name for story in told.remembered} >= {photo(number).bytes for number in range(5)}
    assert len(told.remembered) + len(told.forgotten) == 14
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.done, last.total, last.unit) == (1, 1, "moment")
    assert last.metrics["work"] == pytest.approx(last.metrics["work_total"])


def test_a_job_that_is_killed_between_moments_comes_to_the_same_bytes(base: Path, tmp_path: Path) -> None:
    pictures = [picture(number, size=(64, 64)) for number in range(12)]
    moments = {0: base, 5: base, 9: base}
    folders = [tmp_path / name for name in ("whole", "first", "second")]
    for folder in folders:
        folder.mkdir()
    whole = ran(place(folders[0], pictures, moments))
    files = {one.facts["step"]: one.files["echoes"].read_bytes() for one in whole if isinstance(one, Artifact)}
    assert [*files] == [9, 5, 0]  # the last one first
    assert [one.facts["last"] for one in whole if isinstance(one, Artifact)] == [False, False, True]
    killed = iter(ran(place(folders[1], pictures, {9: base})))
    first = next(one for one in killed if isinstance(one, Artifact))
    rest = ran(place(folders[2], pictures, {0: base, 5: base}))
    again = [first, *(one for one in rest if isinstance(one, Artifact))]
    assert {one.facts["step"]: one.files["echoes"].read_bytes() for one in again} == files
    assert all(one.facts["steps"] == first.facts["steps"] for one in again)


def test_it_ends_when_it_is_asked_to_and_what_was_begun_is_not_told(base: Path, tmp_path: Path) -> None:
    here = place(tmp_path, [picture(0, size=(64, 64))], {5: base}, stop=lambda: True)
    assert not any(isinstance(event, Artifact) for event in ran(here))


def test_where_all_is_known_there_is_nothing_to_do(base: Path, tmp_path: Path) -> None:
    here = place(tmp_path, [picture(0, size=(64, 64))], {})
    facts = {"echoes": {**here.facts["echoes"], "known": 3}}
    (event,) = ran(replace(here, facts=facts))
    assert isinstance(event, Progress)
    assert (event.done, event.total) == (3, 3)


def test_few_photographs_have_no_percentiles(base: Path, tmp_path: Path) -> None:
    made = [one for one in ran(place(tmp_path, [picture(0, size=(64, 64))], {5: base})) if isinstance(one, Artifact)]
    assert [one.facts["steps"] for one in made] == [None]
    assert remembered(made)[5].counted().tolist() == [100]


def test_what_is_missing_is_told(base: Path, tmp_path: Path) -> None:
    here = place(tmp_path, [picture(0, size=(64, 64))], {5: base})
    with pytest.raises(JobFailed) as failed:
        ran(replace(here, facts={"echoes": {**here.facts["echoes"], "files": []}}))
    assert failed.value.reason == "not_looked"
    broken = tmp_path / "broken"
    broken.mkdir()
    (here.inputs["echoes"] / "5").unlink()
    (here.inputs["echoes"] / "5").symlink_to(broken)
    with pytest.raises(JobFailed) as failed:
        ran(here)
    assert failed.value.reason == "model_unreadable"


def test_what_it_costs_grows_with_moments_pictures_and_photographs() -> None:
    few = {"echoes": {"moments": 2, "known": {}, "photos": 400, "resolution": 64}}
    many = {"echoes": {**few["echoes"], "moments": 12}}
    large = {"echoes": {**few["echoes"], "photos": 50_000}}
    known = {"echoes": {**few["echoes"], "known": {"100/1": 2}}}
    assert cost(ASKED, many).seconds > cost(ASKED, few).seconds < cost(ASKED, large).seconds
    assert cost(ASKED, many).sentence.startswith("100 pictures of each of 12 moments")
    assert cost(ASKED, known).sentence.startswith("All moments were looked at already")
