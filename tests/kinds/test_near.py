"""The nearest photographs, as wholes and by part: exact, mirrored or not, each moment once, only what may be named."""

import io
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from kinds.index.files import BOXES, Damaged, Found, packed, packed_parts, unit_parts, unit_small
from kinds.index.files import unit as unit_rows
from kinds.index.looking import Looker
from kinds.index.near import Archive, Fragment, Mapped, Query, Stopped, nearest, nearest_parts
from kinds.index.near import regions as looked_at
from tests.kinds.indexed import archive, fragments, photo, query, regions, unit, wholes
from workshop.stages import ROOT

COUNT = 300
FILES = (1, 2, 130, 290)


@pytest.fixture
def many(tmp_path: Path) -> Archive:
    """300 photographs in files of 1, 1, 128, 160 and 10."""
    return archive(tmp_path, wholes(COUNT), wholes(COUNT, seed=1), fragments(COUNT), files=FILES)


@pytest.fixture
def stranger() -> Query:
    """A picture that is like none of them."""
    return query(wholes(2, seed=7), wholes(2, seed=8))


def test_the_nearest_are_those_that_every_comparison_gives(many: Archive, stranger: Query) -> None:
    rows = np.concatenate([one.rows for one in many.files])
    each = np.maximum(unit_rows(rows) @ stranger.whole.T, unit_small(rows) @ stranger.small.T)
    order = np.argsort(-each.max(axis=1), kind="stable")[:12]
    found = nearest(many, stranger, most=12)
    assert [one.photo for one in found] == [photo(int(row)) for row in order]
    assert np.allclose([one.likeness for one in found], each[order].max(axis=1), atol=1e-5)
    assert [one.mirrored for one in found] == [bool(each[row, 1] > each[row, 0]) for row in order]


def test_fragments_are_those_that_every_comparison_gives(many: Archive) -> None:
    asked = regions(16, seed=9)
    found = nearest_parts(many, asked, most=3)
    parts = np.concatenate([unit_parts(one.parts) for one in many.files])  # [N, P, 128]
    assert len(found) == 16
    for both, best in zip(asked, found, strict=True):
        alike = np.maximum(parts @ both[0], parts @ both[1])  # [N, P]
        order = np.argsort(-alike.max(axis=1), kind="stable")[:3]
        assert [one.photo for one in best] == [photo(int(row)) for row in order]
        assert np.allclose([one.likeness for one in best], alike[order].max(axis=1), atol=1e-5)
        assert [one.box for one in best] == [tuple(BOXES[alike[row].argmax()].tolist()) for row in order]


@pytest.mark.parametrize("way", [0, 1])
def test_a_photograph_is_found_mirrored_or_not(tmp_path: Path, way: int) -> None:
    whole, small, parts = wholes(20), wholes(20, seed=1), fragments(20)
    there = archive(tmp_path, whole, small, parts)
    shown = wholes(2, seed=5)
    shown[way] = whole[13]
    (best,) = nearest(there, query(shown, wholes(2, seed=6)), most=1)
    assert (best.photo, best.mirrored) == (photo(13), bool(way))
    assert best.likeness > 0.999


def test_what_is_small_is_compared_with_what_the_photograph_looks_like_so(tmp_path: Path) -> None:
    whole, small = wholes(20), wholes(20, seed=1)
    there = archive(tmp_path, whole, small, fragments(20))
    shown = wholes(2, seed=6)
    shown[0] = small[4]
    (best,) = nearest(there, query(wholes(2, seed=5), shown), most=1)
    assert best.photo == photo(4)


@pytest.mark.parametrize("way", [0, 1])
def test_of_the_nearest_the_one_that_has_the_picture_in_a_window_comes_first(tmp_path: Path, way: int) -> None:
    whole, parts = wholes(80), fragments(80)
    there = archive(tmp_path, whole, whole, parts)
    asked = np.stack([whole[0] + 0.4 * whole[11] + 0.4 * wholes(1, seed=5)[0]] * 2)  # most like the first one
    shown = regions(1, seed=7)[0]
    shown[way] = unit(parts[11, 30])
    found = nearest(there, query(asked, asked, window=shown), most=80)
    assert found[0].photo == photo(11)
    plain = [one.photo for one in nearest(there, query(asked, asked), most=80)]
    assert plain[0] == photo(0)
    assert {one.photo for one in found} == {*plain}


def test_photographs_of_one_moment_are_named_once(tmp_path: Path) -> None:
    whole = wholes(20)
    whole[3:9] = whole[2] + 0.01 * wholes(6, seed=3)
    there = archive(tmp_path, whole, whole, fragments(20), files=(5,))
    asked = query(np.stack([whole[2]] * 2), np.stack([whole[2]] * 2))
    found = nearest(there, asked, most=15)
    assert found[0].photo == photo(2)
    assert len(found) == 14
    assert not {photo(row) for row in range(3, 9)} & {one.photo for one in found}


def test_the_next_of_a_moment_stands_for_it_where_the_best_is_gone(tmp_path: Path) -> None:
    whole = wholes(20)
    whole[3] = whole[2] + 0.01 * wholes(1, seed=3)[0]
    there = archive(tmp_path, whole, whole, fragments(20))
    asked = query(np.stack([whole[2]] * 2), np.stack([whole[2]] * 2))
    found = nearest(there, asked, most=2, there=lambda photos: set(photos) - {photo(2)})
    assert found[0].photo == photo(3)


def test_only_what_may_be_named_is_named_though_all_the_best_are_gone(many: Archive, stranger: Query) -> None:
    best = [one.photo for one in nearest(many, stranger, most=COUNT)]
    left, asked = best[-4:], list[int]()

    def there(photos: Collection[UUID]) -> set[UUID]:
        asked.append(len(photos))
        return set(photos) & set(left)

    assert [one.photo for one in nearest(many, stranger, most=3, there=there)] == left[:3]
    assert asked == [24, 192, COUNT]
    found = nearest_parts(many, regions(4), most=8, there=lambda photos: {*photos} & {*left})
    assert [{one.photo for one in each} for each in found] == [set(left)] * 4


def test_an_archive_of_one_photograph_and_one_of_none(tmp_path: Path, stranger: Query) -> None:
    one = archive(tmp_path, wholes(1), wholes(1, seed=1), fragments(1))
    assert [each.photo for each in nearest(one, stranger, most=8)] == [photo(0)]
    assert [[each.photo for each in cell] for cell in nearest_parts(one, regions(16), most=3)] == [[photo(0)]] * 16
    none = Archive.of([])
    assert nearest(none, stranger, most=8) == []
    assert nearest_parts(none, regions(16), most=3) == [[]] * 16


@pytest.mark.parametrize("way", [0, 1])
def test_a_fragment_is_found_where_it_lies_in_its_photograph(tmp_path: Path, way: int) -> None:
    parts = fragments(20)
    there = archive(tmp_path, wholes(20), wholes(20, seed=1), parts)
    asked = regions(1, seed=7)
    asked[0, way] = unit(parts[11, 30])
    ((best,),) = nearest_parts(there, asked, most=1)
    assert best == Fragment(photo=photo(11), likeness=best.likeness, mirrored=bool(way), box=tuple(BOXES[30].tolist()))
    assert best.likeness > 0.999


def test_who_leaves_ends_the_search(many: Archive, stranger: Query) -> None:
    with pytest.raises(Stopped):
        nearest(many, stranger, most=3, stop=lambda: True)
    asked = iter([False, False, True])
    with pytest.raises(Stopped):
        nearest_parts(many, regions(16), most=3, stop=lambda: next(asked))


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors where Linux lists them")
def test_an_archive_of_many_files_keeps_none_of_them_open(tmp_path: Path) -> None:
    before = len([*Path("/proc/self/fd").iterdir()])
    there = archive(tmp_path, wholes(40), wholes(40, seed=1), fragments(40), files=range(1, 40))
    assert len([*Path("/proc/self/fd").iterdir()]) == before
    assert len(there) == 40


def test_files_that_are_not_whole_or_not_of_the_same_photographs_are_refused(tmp_path: Path) -> None:
    paths = [
        Found(
            rows=packed(ids, wholes(3), wholes(3)),
            parts=packed_parts(ids, fragments(3)),
        ).write(tmp_path, name)
        for name, ids in {"a": [photo(n) for n in (1, 2, 3)], "b": [photo(n) for n in (1, 2, 4)]}.items()
    ]
    with pytest.raises(Damaged):
        Mapped.read(paths[0][0], paths[1][1])
    paths[0][1].write_bytes(paths[0][1].read_bytes()[:-1])
    with pytest.raises(Damaged):
        Mapped.read(*paths[0])
    with pytest.raises(FileNotFoundError):
        Mapped.read(tmp_path / "gone", paths[0][1])


def photographs(count: int) -> list[Image.Image]:
    """The first photographs of the demo, of 320 × 240 px."""
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))[:count]
        return [Image.open(io.BytesIO(packed.read(name))).convert("RGB").resize((320, 240)) for name in names]


def test_real_pictures_are_found_again_mirrored_darker_small_and_pasted(tmp_path: Path) -> None:
    pictures = photographs(16)
    looker = Looker()
    seen = looker.looked(pictures)
    there = archive(tmp_path, seen.whole, seen.small, seen.parts)

    def asked(shown: Image.Image) -> Query:
        return Query.of(looker, shown)

    changed = (
        ImageOps.mirror(pictures[5]),
        ImageEnhance.Brightness(pictures[5]).enhance(0.7),
        pictures[5].resize((64, 64)),
        pictures[5].crop((20, 20, 290, 220)),
    )
    assert [nearest(there, asked(shown), most=1)[0].photo for shown in changed] == [photo(5)] * 4
    assert nearest(there, asked(changed[0]), most=1)[0].mirrored
    pasted = pictures[2].copy()
    pasted.paste(pictures[5].crop((100, 60, 260, 180)), (0, 0))
    ((best,),) = nearest_parts(there, looked_at(looker, pasted, [(0, 0, 0.5, 0.5)]), most=1)
    assert best.photo == photo(5)
