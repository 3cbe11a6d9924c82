"""Echoes of made features, whose truth is known: who is remembered, who is forgotten, what is implied."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from kinds.echoes.comparing import Calibration, calibrated
from kinds.echoes.files import AHEAD, IMPLIED, NONE, Remembered, percent, photos_of
from kinds.echoes.implied import implied
from kinds.echoes.told import Echoes
from kinds.index.files import WIDTH
from kinds.index.heaps import Floats
from tests.kinds.echoed import along, archive, found, photo, sights


def mixed(one: int, share: float, other: int) -> Floats:
    """Something that is so like one direction, and for the rest like another."""
    vector: Floats = along(one) * share + along(other) * np.float32((1 - share**2) ** 0.5)
    return vector


def moment(photographs: Floats, pictures: Floats, folder: Path, *, name: str = "0") -> Remembered:
    """What a moment remembers that draws these pictures."""
    folder = folder / name
    folder.mkdir()
    seen = sights(pictures)
    compared = found(archive(photographs, folder), seen)
    nearest = compared.pictures["likeness"][:, 0].astype(np.int64)
    return Remembered(near=compared.near, pictures=compared.pictures, implied=implied(seen, nearest))


def numbers(listed: list[UUID]) -> list[int]:
    return [id.int - 1 for id in listed]


@pytest.mark.parametrize("files", [1, 3])
def test_each_photograph_has_its_best_picture_and_each_picture_its_nearest_photographs(
    tmp_path: Path, files: int
) -> None:
    rng = np.random.default_rng(3)
    photographs = rng.gamma(0.2, size=(1300, WIDTH)).astype(np.float32)
    pictures = rng.gamma(0.2, size=(2, 40, WIDTH)).astype(np.float32)
    seen = sights(pictures[0], pictures[1])
    compared = found(archive(photographs, tmp_path, files=files), seen)
    unit = photographs / np.linalg.norm(photographs, axis=1, keepdims=True)
    as_it_is, mirrored = unit @ seen.whole[0].T, unit @ seen.whole[1].T
    alike = np.maximum(as_it_is, mirrored)
    np.testing.assert_allclose(compared.near["likeness"] / 1e6, alike.max(axis=1), atol=0.004)  # of 8 bits a feature
    mine = alike[np.arange(1300), compared.near["seed"]]
    np.testing.assert_allclose(mine, alike.max(axis=1), atol=0.004)
    turned = mirrored[np.arange(1300), compared.near["seed"]] > as_it_is[np.arange(1300), compared.near["seed"]]
    assert (turned == compared.near["mirrored"]).mean() > 0.98
    for picture in range(40):
        rows = compared.pictures["row"][picture]
        assert len(set(rows.tolist())) == AHEAD
        np.testing.assert_allclose(alike[rows, picture], np.sort(alike[:, picture])[::-1][:AHEAD], atol=0.004)
    assert photos_of(compared.near) == [photo(number) for number in range(1300)]


def test_remembered_is_what_some_picture_is_nearest_to_after_the_first_moment(tmp_path: Path) -> None:
    """Photographs 0 to 4: 0 is drawn at the last moment, 1 at the one before, 2 at the first alone, 3 and 4 never."""
    photographs = np.stack([along(number) for number in range(5)])
    drawn = {
        0: [mixed(2, 0.9, 100)],
        10: [mixed(1, 0.8, 101), mixed(1, 0.6, 102)],
        20: [mixed(0, 0.7, 103), mixed(3, 0.5, 0), mixed(1, 0.1, 104)],
    }
    moments = [moment(photographs, np.stack(some), tmp_path, name=str(step)) for step, some in drawn.items()]
    told = Echoes([*drawn], moments, there=[photo(number) for number in range(5)])
    assert [UUID(bytes=one.name).int - 1 for one in told.remembered] == [0, 1]
    assert [UUID(bytes=one.name).int - 1 for one in told.forgotten] == [2, 4, 3]  # the least alike first
    story = told.story(photo(1))
    assert story is not None
    assert (story.best, story.seeds[1], story.pictures) == (1, 0, 2)
    assert story.curve == [0, pytest.approx(800_000, abs=2000), pytest.approx(100_000, abs=2000)]
    nearest = told.story(photo(0))
    assert nearest is not None
    assert (nearest.best, nearest.seeds[2], nearest.pictures) == (2, 1, 2)  # both of it: 0.7, and 0.87 of the other


def test_what_repeats_the_nearest_photograph_is_remembered_with_it(tmp_path: Path) -> None:
    photographs = np.stack([along(0), mixed(0, 0.9, 50), mixed(0, 0.7, 51)])
    (one,) = [moment(photographs, mixed(0, 0.99, 60)[None], tmp_path)]
    assert one.counted().tolist() == [1, 1, 0]
    told = Echoes([5], [one], there=[photo(number) for number in range(3)])
    assert [UUID(bytes=each.name).int - 1 for each in told.forgotten] == [2]


def test_what_was_withdrawn_makes_room_for_the_next(tmp_path: Path) -> None:
    photographs = np.stack([along(0), mixed(0, 0.6, 50), along(2)])
    one = moment(photographs, along(0)[None], tmp_path)
    assert one.counted().tolist() == [1, 0, 0]
    left = one.without([photo(0)])
    assert photos_of(left.near) == [photo(1), photo(2)]
    assert left.counted().tolist() == [1, 0]
    assert left.pictures["row"][0].tolist() == [0, 1, *[NONE] * 6]
    assert photo(0).bytes not in left.write(tmp_path / "left.npy").read_bytes()
    for told in (Echoes([5], [one], there=[photo(1), photo(2)]), Echoes([5], [left], there=[photo(1), photo(2)])):
        assert [UUID(bytes=each.name).int - 1 for each in told.remembered] == [1]
    nothing = left.without([photo(1), photo(2)])
    assert (len(nothing.near), nothing.counted().tolist()) == (0, [])
    assert left.without([photo(0)]) is left


def test_photographs_that_only_some_moments_were_compared_with_have_gaps(tmp_path: Path) -> None:
    photographs = np.stack([along(number) for number in range(3)])
    early = moment(photographs[:2], along(0)[None], tmp_path, name="early")
    late = moment(photographs, along(2)[None], tmp_path, name="late")
    told = Echoes([1, 2], [early, late], there=[photo(number) for number in range(3)])
    story = told.story(photo(2))
    assert story is not None
    assert (story.curve[0], story.best, story.remembered, len(told)) == (None, 1, True, 3)
    assert told.story(photo(7)) is None


def test_a_moment_that_has_learnt_nothing_counts_where_there_is_no_other(tmp_path: Path) -> None:
    one = moment(along(0)[None], along(0)[None], tmp_path)
    assert len(Echoes([0], [one], there=[photo(0)]).remembered) == 1


def test_implied_is_what_is_crowded_and_no_photograph_is_like(tmp_path: Path) -> None:
    """60 pictures around photograph 0, 20 around a place of no photograph, 20 of which each stands for itself."""
    rng = np.random.default_rng(4)

    def around(middle: int, count: int, grain: int) -> Floats:
        noise = np.abs(rng.normal(size=(count, 40))).astype(np.float32)
        vectors = np.tile(along(middle), (count, 1))
        vectors[:, grain : grain + 40] = 0.2 * noise / np.linalg.norm(noise, axis=1, keepdims=True) * 4
        return vectors

    known, unknown = around(0, 60, 300), around(1, 20, 400)
    alone = np.stack([along(600 + number) + 0.3 * along(0) for number in range(20)])
    one = moment(along(0)[None], np.concatenate([known, unknown, alone]), tmp_path)
    seeds = one.implied["seed"].tolist()
    assert seeds
    assert set(seeds) <= set(range(60, 80))
    assert (one.implied["company"] >= 8).all()
    told = Echoes([5], [one], there=[photo(0)])
    assert [each.company for each in told.implied] == sorted((each.company for each in told.implied), reverse=True)
    assert all(numbers(list(each.nearest)) == [0] for each in told.implied)


def test_implied_pictures_do_not_repeat_each_other_and_are_24_at_most() -> None:
    rng = np.random.default_rng(5)
    same = np.tile(along(0), (120, 1))
    assert len(implied(sights(same), np.zeros(120, np.int64))) == 1
    apart = rng.gamma(0.3, size=(400, WIDTH)).astype(np.float32)
    found = implied(sights(apart), np.zeros(400, np.int64))
    assert len(found) == 24
    assert len(set(found["seed"].tolist())) == 24
    assert implied(sights(same[:5]), np.zeros(5, np.int64)).dtype == IMPLIED


def test_photographs_are_compared_with_their_nearest_other_moment(tmp_path: Path) -> None:
    """Twelve pairs, each with a burst of three: in a burst one is 0.98 of the other, in a pair 0.1 to 0.65."""
    photographs = []
    for number in range(12):
        one, other = along(10 * number), mixed(10 * number, 0.1 + 0.05 * number, 10 * number + 1)
        photographs += [one, other, *(0.98 * one + 0.2 * along(10 * number + at) for at in (2, 3))]
    (*_, last) = calibrated(archive(np.stack(photographs), tmp_path))
    assert isinstance(last, Calibration)
    assert last.steps is not None
    assert len(last.steps) == 100
    assert last.steps == sorted(last.steps)
    assert last.steps[0] == pytest.approx(0.1, abs=0.03)
    assert last.steps[-1] == pytest.approx(0.65, abs=0.03)
    assert percent(last.steps, 0.0) == 0
    assert percent(last.steps, 0.99) == 100
    assert 30 < (percent(last.steps, 0.4) or 0) < 70


def test_nine_photographs_are_too_few_for_percentages(tmp_path: Path) -> None:
    (*_, last) = calibrated(archive(np.stack([along(number) for number in range(9)]), tmp_path))
    assert last == Calibration(None)
    assert percent(None, 0.5) is None
