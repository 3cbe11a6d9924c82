"""The gallery: what is found by which words, tags, albums, and many samples at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, pairwise, product
from random import Random
from typing import Any
from uuid import UUID

import pytest

from jobs.errors import BadParams, Conflict, NotFound, Rejected
from jobs.ids import first_id, new_id
from store.albums import Album
from store.rows import Job, Model, Sample
from store.shelves import ORDERS, STRIDE, Wanted
from store.store import Store
from store.tags import MOST_TAGS
from store.tx import Tx
from tests.store import making
from tests.store.test_pages import walk

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def id_at(at: datetime, nth: int) -> UUID:
    """An id that was made at this time."""
    return UUID(int=first_id(at).int | 7 << 76 | 2 << 62 | nth)


@pytest.fixture
def some(store: Store) -> tuple[list[Sample], list[Model], Job, Album]:
    """Sixty samples of three moments of two trainings, over sixty days, liked, rated, tagged and kept by chance."""
    chance = Random(3)  # noqa: S311 - drawn alike each time
    first, second, drawing = (making.running(store) for _ in range(3))
    models = [making.snapshot(first, 1), making.snapshot(first, 2), making.snapshot(second, 1)]
    samples = [
        replace(
            making.sample(
                drawing,
                nth,
                models[nth % 3].id,
                rating=chance.randrange(6),
                favourite=chance.random() < 0.4,
                nearness=nth * 37 % 102,
            ),
            id=id_at(BEGIN + timedelta(days=nth), nth),
        )
        for nth in range(60)
    ]
    with store.begin() as tx:
        for model in models:
            tx.models.add(model)
        tx.samples.add_many(drawing.id, 1, samples)
        tx.samples.mark([one.id for one in samples if chance.random() < 0.5], add_tags=["Fog", "sea"])
        album = tx.albums.add("Kept")
        tx.albums.change(album.id, add=[one.id for one in samples if chance.random() < 0.5], remove=[])
        return tx.samples.some([one.id for one in samples]), models, drawing, album


def test_each_word_finds_what_it_says_in_each_order(store: Store, some: Any) -> None:
    samples, models, drawing, album = some
    with store.read() as tx:
        kept = {one.id for one in tx.samples.page(Wanted(album_id=album.id), limit=200).items}
    since, until = BEGIN + timedelta(days=20), BEGIN + timedelta(days=45)
    words: dict[str, tuple[dict[str, Any], Callable[[Sample], bool]]] = {
        "model": ({"model_id": models[0].id}, lambda one: one.model_id == models[0].id),
        "training": (
            {"training_id": models[0].job_id},
            lambda one: one.model_id in (models[0].id, models[1].id),
        ),
        "step": ({"training_id": models[0].job_id, "step": 2}, lambda one: one.model_id == models[1].id),
        "job": ({"job_id": drawing.id}, lambda _: True),
        "favourite": ({"favourite": True}, lambda one: one.favourite),
        "plain": ({"favourite": False}, lambda one: not one.favourite),
        "own": ({"originality": "own"}, lambda one: one.nearness < 90),
        "copy": ({"originality": "copy"}, lambda one: 99 <= one.nearness <= 100),
        "rating": ({"rating": 3}, lambda one: one.rating >= 3),
        "tag": ({"tag": "FOG "}, lambda one: "Fog" in one.tags),
        "album": ({"album_id": album.id}, lambda one: one.id in kept),
        "since": ({"since": since}, lambda one: one.id >= id_at(since, 0)),
        "until": ({"until": until}, lambda one: one.id < id_at(until, 0)),
    }
    pairs = [{}, *({one: words[one], two: words[two]} for one, two in combinations_with_replacement(words, 2))]
    pairs += [{name: words[name] for name in ("since", "until", "rating", "tag", "favourite")}]
    for asked, order in product(pairs, ORDERS):
        filters = {name: value for told, _ in asked.values() for name, value in told.items()}
        if {"favourite", "plain"} <= asked.keys() or {"own", "copy"} <= asked.keys():
            continue
        found = walk(store, "samples", Wanted(order=order, **filters), limit=7)
        wanted = [one for one in samples if all(meets(one) for _, meets in asked.values())]
        first = {"best": "rating", "original": "nearness"}.get(order)
        wanted.sort(key=lambda one: (getattr(one, first) if first else 0, one.id), reverse=order in ("newest", "best"))
        assert found == wanted, (filters, order)
        of = Wanted(order=order, **filters)
        with store.read() as tx:
            afar = tx.samples.overview(of, every=25)
            pages = [tx.samples.page(of, limit=25, cursor=cursor).items for cursor in (None, *afar.starts)]
            assert tx.samples.ids(of, limit=1000).items == [one.id for one in wanted]
            assert _named(tx, of, limit=7) == [one.id for one in wanted]
        assert (afar.total, [one for page in pages for one in page]) == (len(wanted), wanted)


def _named(tx: Tx, of: Wanted, *, limit: int) -> list[UUID]:
    """All ids of a list, some at a time."""
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = tx.samples.ids(of, limit=limit, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_what_seldom_meets_is_found_however_far_apart_it_lies(store: Store) -> None:
    first, drawing = making.running(store), making.running(store)
    models = [making.snapshot(first, step) for step in range(2)]
    many = 5 * STRIDE
    late = range(2 * STRIDE - 3, many)  # of the second model: its first ones, and the last three, are tagged
    tagged = [*range(2 * STRIDE), *range(many - 3, many)]
    samples = [making.sample(drawing, nth, models[nth in late].id, rating=nth % 2) for nth in range(many)]
    ids = [one.id for one in samples]
    with store.begin() as tx:
        for model in models:
            tx.models.add(model)
        tx.samples.add_many(drawing.id, 1, samples)
        tx.samples.mark([ids[nth] for nth in tagged], add_tags=["fog"])
        album = tx.albums.add("Even")
        tx.albums.change(album.id, add=ids[::2], remove=[])
    both = [nth for nth in tagged if nth in late]
    for of, wanted in (
        ({"model_id": models[1].id}, both),
        ({"model_id": models[1].id, "album_id": album.id}, [nth for nth in both if nth % 2 == 0]),
        ({"model_id": models[1].id, "album_id": album.id, "rating": 1}, []),
    ):
        for order in ORDERS:
            found = walk(store, "samples", Wanted(tag="fog", order=order, **of), limit=2)
            assert sorted(ids.index(one.id) for one in found) == wanted, (of, order)
            if order in ("newest", "oldest"):
                assert [one.id for one in found] == sorted((ids[nth] for nth in wanted), reverse=order == "newest")


def test_a_step_is_one_of_a_training(store: Store) -> None:
    with pytest.raises(BadParams, match="training") as refused, store.read() as tx:
        tx.samples.page(Wanted(step=3))
    assert refused.value.pointer == "#/step"


def test_a_cursor_of_other_words_is_a_place_and_one_of_another_order_none(store: Store, some: Any) -> None:
    samples, *_ = some
    with store.read() as tx:
        late = tx.samples.page(Wanted(since=BEGIN + timedelta(days=50)), limit=1).next_cursor
        early = Wanted(until=BEGIN + timedelta(days=5))
        assert [one.id for one in tx.samples.page(early, cursor=late).items] == [one.id for one in samples[4::-1]]
        best = tx.samples.page(Wanted(order="best", rating=4), limit=1).next_cursor
        timed = Wanted(order="best", since=BEGIN, until=BEGIN + timedelta(days=9))
        assert {one.id for one in tx.samples.page(timed, cursor=best).items} == {one.id for one in samples[:9]}
        for other in (early, timed):
            with pytest.raises(Rejected):
                tx.samples.page(other, cursor=best if other is early else late)


def test_what_is_liked_or_rated_is_found_in_its_albums_and_by_its_tags(store: Store, some: Any) -> None:
    _, _, _, album = some
    with store.begin() as tx:
        ids = [one.id for one in tx.samples.page(Wanted(album_id=album.id, tag="sea")).items]
        tx.samples.mark(ids, favourite=False, rating=0)
        tx.samples.update(ids[2], favourite=True, rating=5)
    for by in ({"album_id": album.id}, {"tag": "sea"}, {"album_id": album.id, "tag": "sea"}):
        with store.read() as tx:
            best = tx.samples.page(Wanted(order="best", favourite=True, rating=5, **by), limit=200).items
            every = tx.samples.page(Wanted(order="best", **by), limit=200).items
        assert ids[2] in [one.id for one in best]
        assert all(one.rating >= other.rating for one, other in pairwise(every))


def test_tags_are_the_same_in_any_capitals_and_gone_with_their_last_sample(store: Store, some: Any) -> None:
    samples, *_ = some
    one, two = samples[0].id, samples[1].id
    with store.begin() as tx:
        assert tx.samples.update(one, tags=["  Été\u00a0 1991 ", "ÉTÉ 1991", "İ"]).tags == ["Été 1991", "İ"]
        assert tx.samples.update(two, tags=["e\u0301te\u0301 1991", "👩‍👩‍👧"]).tags == ["Été 1991", "👩‍👩‍👧"]
        names = {tag.name: tag.samples for tag in tx.tags.page().items}
    assert (names["Été 1991"], names["İ"], names["👩‍👩‍👧"]) == (2, 1, 1)
    with store.begin() as tx:
        tx.samples.mark([one, two], remove_tags=["été 1991", "never given"])
        tx.samples.delete(two)
        assert {tag.name for tag in tx.tags.page().items}.isdisjoint({"Été 1991", "👩‍👩‍👧"})
        assert tx.samples.get(one).tags == ["İ"]
        tx.samples.mark([one], add_tags=["b", "İ", "a"])
        assert tx.samples.get(one).tags == ["İ", "b", "a"]


@pytest.mark.parametrize("tag", ["", " \n", "\u200b", "x" * 65])
def test_a_tag_that_nobody_could_see_or_that_is_long_is_none(store: Store, some: Any, tag: str) -> None:
    samples, *_ = some
    for add, remove in (([tag], []), ([], [tag])):
        with pytest.raises(BadParams), store.begin() as tx:
            tx.samples.mark([samples[0].id], add_tags=add, remove_tags=remove)


def test_what_would_be_too_many_tags_changes_nothing(store: Store, some: Any) -> None:
    samples, *_ = some
    with store.begin() as tx:
        tx.samples.update(samples[0].id, tags=[f"tag {nth}" for nth in range(MOST_TAGS)])
    with pytest.raises(BadParams) as refused, store.begin() as tx:
        tx.samples.mark([samples[1].id, samples[0].id], rating=1, add_tags=["one more"])
    assert refused.value.pointer == "#/add_tags"
    with store.read() as tx:
        assert tx.samples.get(samples[1].id) == samples[1]


def test_an_album_is_filled_emptied_named_and_deleted(store: Store, some: Any) -> None:
    samples, *_ = some
    ids = [one.id for one in samples]
    with store.begin() as tx:
        album = tx.albums.add("  By the  sea ")
        assert (album.name, album.samples) == ("By the sea", 0)
        assert sorted(tx.albums.change(album.id, add=ids[:3], remove=[])[0]) == ids[:3]
        given, taken = tx.albums.change(album.id, add=[*ids[2:5], ids[2]], remove=[ids[0], ids[9]])
        assert (sorted(given), taken) == (ids[3:5], [ids[0]])
        assert tx.albums.get(album.id).samples == 4
    with store.begin() as tx:
        tx.samples.delete_many(ids[1:3])
        assert tx.albums.rename(album.id, "BY THE SEA").samples == 2
    for refused in ("by the Sea", "KEPT"):
        with pytest.raises(Conflict) as told, store.begin() as tx:
            tx.albums.add(refused)
        assert told.value.facts["album_id"]
    with pytest.raises(Conflict), store.begin() as tx:
        tx.albums.rename(album.id, "kept")
    with pytest.raises(BadParams), store.begin() as tx:
        tx.albums.add(" \u200b ")
    with pytest.raises(NotFound), store.begin() as tx:
        tx.albums.change(album.id, add=[ids[5], new_id()], remove=[ids[3]])
    with store.begin() as tx:
        assert tx.albums.get(album.id).samples == 2
        tx.albums.delete(album.id)
        assert tx.samples.get(ids[3]) == samples[3]
        for ask in (tx.albums.get, tx.albums.delete):
            with pytest.raises(NotFound):
                ask(album.id)


def test_of_many_that_are_marked_or_deleted_all_are_there_or_nothing_is_done(store: Store, some: Any) -> None:
    samples, *_ = some
    ids = [*(one.id for one in samples[:5]), new_id()]
    for do in ("mark", "delete_many"):
        with pytest.raises(NotFound), store.begin() as tx:
            getattr(tx.samples, do)(ids, **({"rating": 5} if do == "mark" else {}))
    with store.read() as tx:
        assert tx.samples.some([one.id for one in samples[:5]]) == samples[:5]


def test_a_sample_is_found_by_what_it_is_drawn_from(store: Store) -> None:
    job, model = making.running(store), making.model()
    drawn: dict[str, Any] = {"model": "a", "seed": 3, "truncation_psi": 1.0, "noise_mode": "const"}
    with store.begin() as tx:
        tx.models.add(model)
        tx.samples.add_many(job.id, 1, [making.sample(job, 0, model.id, recipe={**drawn, "model_id": "here"})])
        found = tx.samples.drawn_from({**drawn, "truncation_psi": 1, "model_id": "elsewhere", "licence": {"spdx": "x"}})
        assert found is not None
        for other in ({**drawn, "seed": 4}, {**drawn, "anchor": {"seed": 3}}, {}, {"seed": nested(50)}):
            assert tx.samples.drawn_from(other) is None


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 0
