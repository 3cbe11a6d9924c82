"""Labels: what a dataset's photographs are told apart by, made of their folders or albums, or given by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams, Conflict, NotFound, Rejected
from store import tables as t
from store.datasets import USABLE
from store.lists import pieces
from store.names import checked_name
from store.pages import Order, Page, page_of
from store.rows import Label, Photo
from store.types import storable

MOST_LABELS = 5000  # of a dataset: each is one more input of both networks
LONGEST = 300
REST = "Others"  # what squares are called that have no label, where others have one
GONE = ("refused", "withdrawn", "moved")
_BY_NUMBER = Order(name="labels", columns=[t.labels.c.number], down=False)
_NOW = t.photo_labels.c.until.is_(None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """How a training numbers what it tells apart: labels without gaps, `REST` among them where photos have none."""

    names: Sequence[str]  # none, where no photo has a label
    numbers: Mapping[UUID, int]

    def of(self, photo_id: UUID) -> int | None:
        """Give the number of a photo's class; None where nothing is told apart, or for one that came in since."""
        rest = self.names.index(REST) if REST in self.names else None
        return self.numbers.get(photo_id, rest)


class Labels:
    """The tables `labels` and `photo_labels`. Who changes one has raised the dataset to `revision`, which locks it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(self, dataset_id: UUID, *, limit: int = 50, cursor: str | None = None) -> Page[Label]:
        """List the labels that a dataset has now, by their numbers."""
        query = sa.select(t.labels).where(t.labels.c.dataset_id == dataset_id, t.labels.c.until.is_(None))
        return page_of(self._connection, query, Label, order=_BY_NUMBER, limit=limit, cursor=cursor)

    def get(self, dataset_id: UUID, number: int) -> Label:
        """Read a label as it is now. Raises: NotFound."""
        query = sa.select(t.labels).where(t.labels.c.dataset_id == dataset_id, t.labels.c.number == number)
        row = self._connection.execute(query.where(t.labels.c.until.is_(None))).mappings().one_or_none()
        if row is None:
            raise NotFound(f"This dataset has no label {number}.", remedy="GET /datasets/{id}/labels lists them.")
        return Label(**row)

    def names(self, dataset_id: UUID, *, revision: int | None = None) -> dict[int, str]:
        """Name a dataset's labels, at a revision or now, in the order of their numbers."""
        query = sa.select(t.labels.c.number, t.labels.c.name).where(t.labels.c.dataset_id == dataset_id)
        query = query.where(_there(t.labels, revision)).order_by(t.labels.c.number)
        return dict(self._connection.execute(query).all())

    def how_many(self, dataset_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Count the labels of each of these datasets; those of none are left out."""
        query = sa.select(t.labels.c.dataset_id, sa.func.count()).where(t.labels.c.dataset_id.in_(dataset_ids))
        query = query.where(t.labels.c.until.is_(None)).group_by(t.labels.c.dataset_id)
        return dict(self._connection.execute(query).all())

    def counts(self, dataset_id: UUID, numbers: Sequence[int]) -> dict[int, int]:
        """Count for each of these labels the photographs that training would see."""
        query = _usable(dataset_id, sa.func.count()).where(t.photo_labels.c.number.in_(numbers))
        found: dict[int, int] = dict(self._connection.execute(query.group_by(t.photo_labels.c.number)).all())
        return {number: found.get(number, 0) for number in numbers}

    def covers(self, dataset_id: UUID, numbers: Sequence[int], *, count: int = 6) -> dict[int, list[UUID]]:
        """Name the first usable photographs of each of these labels, in one question."""
        covers: dict[int, list[UUID]] = {number: [] for number in numbers}
        firsts = [
            sa.select(
                _usable(dataset_id, t.photos.c.id)
                .where(t.photo_labels.c.number == number)
                .order_by(t.photo_labels.c.photo_id)
                .limit(count)
                .subquery()
            )
            for number in numbers
        ]
        if firsts:
            for number, photo_id in self._connection.execute(sa.union_all(*firsts)):
                covers[number].append(photo_id)
        return {number: sorted(found) for number, found in covers.items()}

    def of_photos(self, photo_ids: Collection[UUID]) -> dict[UUID, str]:
        """Name the label that each of these photos has now; those without one are left out."""
        found: dict[UUID, str] = {}
        for some in pieces(photo_ids):
            query = sa.select(t.photo_labels.c.photo_id, t.labels.c.name).where(t.photo_labels.c.photo_id.in_(some))
            query = query.join_from(t.photo_labels, t.labels, _same_label()).where(_NOW, t.labels.c.until.is_(None))
            found |= dict(self._connection.execute(query).all())
        return found

    def photos_of(self, dataset_id: UUID, number: int) -> list[UUID]:
        """Name all photos that have a label now, in the order of upload."""
        query = sa.select(t.photo_labels.c.photo_id).where(t.photo_labels.c.dataset_id == dataset_id, _NOW)
        query = query.where(t.photo_labels.c.number == number).order_by(t.photo_labels.c.photo_id)
        return list(self._connection.execute(query).scalars())

    def numbers(self, dataset_id: UUID, *, revision: int | None = None) -> dict[UUID, int]:
        """Give the label of each photo of a dataset that has one, at a revision or now."""
        query = sa.select(t.photo_labels.c.photo_id, t.photo_labels.c.number)
        query = query.where(t.photo_labels.c.dataset_id == dataset_id, _there(t.photo_labels, revision))
        return dict(self._connection.execute(query).all())

    def classes(
        self, dataset_id: UUID, photo_ids: Collection[UUID] | None = None, *, revision: int | None = None
    ) -> Classes:
        """Number what these photos, or all that training sees now, are told apart by, at a revision or now."""
        if photo_ids is None:
            query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(USABLE))
            photo_ids = self._connection.execute(query).scalars().all()
        names, numbers = self.names(dataset_id, revision=revision), self.numbers(dataset_id, revision=revision)
        of = {id: numbers[id] for id in photo_ids if numbers.get(id) in names}
        there = set(of.values())
        used = [number for number in names if number in there]
        place = {number: at for at, number in enumerate(used)}
        called = [names[one] for one in used]
        if used and len(of) < len(set(photo_ids)) and REST not in called:
            called.append(REST)
        return Classes(names=called, numbers={id: place[of[id]] for id in of})

    def squares(self, dataset_id: UUID) -> dict[str, int]:
        """Count the squares that training would see by the name of their label, `REST` for those without one."""
        of_photo = (t.photo_labels.c.photo_id == t.photos.c.id) & _NOW
        query = (
            sa.select(t.photo_labels.c.number, sa.func.count())
            .select_from(
                t.photos.join(t.views, t.views.c.photo_id == t.photos.c.id).outerjoin(t.photo_labels, of_photo)
            )
            .where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(USABLE), t.views.c.until.is_(None))
            .group_by(t.photo_labels.c.number)
        )
        names, found = self.names(dataset_id), dict[str, int]()
        for number, count in self._connection.execute(query):
            name = names.get(number, REST)
            found[name] = found.get(name, 0) + count
        return found

    def make(self, dataset_id: UUID, source: str, *, revision: int) -> None:
        """Label a dataset by its folders or albums, or not at all; what was labelled by hand stays.

        Raises: Rejected, if no photograph lies in one, or there are more than `MOST_LABELS`; nothing is changed then.
        """
        photos = t.photos.c
        query = sa.select(photos.id, photos.name, photos.album).where(photos.dataset_id == dataset_id)
        rows = self._connection.execute(query.where(photos.state.not_in(GONE)).order_by(photos.id)).all()
        called = {row.id: name for row in rows if (name := _called(source, row.name, row.album))}
        if source != "none" and not called:
            raise Rejected(
                f"No photograph of this archive {'lies in a folder' if source == 'folders' else 'is in an album'}.",
                remedy="Give labels by hand: choose photographs, and say what they are.",
            )
        by_hand = set(self._by_hand(dataset_id))
        open_names = {name: number for number, name in self.names(dataset_id).items()}
        kept = self._in_use(dataset_id, by_hand)
        names = sorted({name for id, name in called.items() if id not in by_hand}, key=_natural)
        if len({*names, *(name for name, number in open_names.items() if number in kept)}) > MOST_LABELS:
            raise _too_many(len(names))
        self._end({number for name, number in open_names.items() if name not in names} - kept, dataset_id, revision)
        numbers = self._named(dataset_id, names, revision=revision)
        self._close([row.id for row in rows if row.id not in by_hand], revision)
        self._write(dataset_id, {id: numbers[name] for id, name in called.items() if id not in by_hand}, revision)
        changed = sa.update(t.datasets).where(t.datasets.c.id == dataset_id).values(labelled_by=source)
        self._connection.execute(changed)

    def take_in(self, photos: Iterable[Photo], *, source: str, revision: int) -> None:
        """Label photos that come in as the dataset's others are: a label that was renamed or merged keeps its folder.

        One that would be a label too many comes in without one.
        """
        called = {one: name for one in photos if (name := _called(source, one.name, one.album))}
        if not called:
            return
        dataset_id = next(iter(called)).dataset_id
        known = self._once_named(dataset_id, set(called.values()))
        room = MOST_LABELS - len(self.names(dataset_id))
        fresh = sorted(set(called.values()) - known.keys(), key=_natural)[: max(0, room)]
        known |= self._named(dataset_id, fresh, revision=revision)
        of = {photo.id: known[name] for photo, name in called.items() if name in known and photo.state not in GONE}
        there = set(self._labelled(of))  # by an attempt before this one
        self._write(dataset_id, {id: number for id, number in of.items() if id not in there}, revision)

    def said(self, photo_ids: Collection[UUID]) -> dict[UUID, tuple[str, bool]]:
        """Name the label that each of these photos has now, and say whether it was given by hand."""
        found: dict[UUID, tuple[str, bool]] = {}
        of = t.photo_labels.c
        for some in pieces(photo_ids):
            query = sa.select(of.photo_id, t.labels.c.name, of.by_hand).where(of.photo_id.in_(some), _NOW)
            query = query.join_from(t.photo_labels, t.labels, _same_label()).where(t.labels.c.until.is_(None))
            found |= {row.photo_id: (row.name, row.by_hand) for row in self._connection.execute(query)}
        return found

    def open(self, dataset_id: UUID, names: Collection[str], *, revision: int) -> None:
        """Make labels of these names where there are none, in their natural order. Raises: Rejected, for too many."""
        if len({*names, *self.names(dataset_id).values()}) > MOST_LABELS:
            raise _too_many(len(names))
        self._named(dataset_id, sorted(names, key=_natural), revision=revision)

    def bring(self, dataset_id: UUID, of: Mapping[UUID, tuple[str, bool]], *, revision: int) -> None:
        """Give photos that come in the labels that they have elsewhere, as `said` says them."""
        numbers = self._named(dataset_id, sorted({name for name, _ in of.values()}, key=_natural), revision=revision)
        there = set(self._labelled(of))  # by an attempt before this one
        for hand in (False, True):
            wanted = {id: numbers[name] for id, (name, by_hand) in of.items() if by_hand is hand and id not in there}
            self._write(dataset_id, wanted, revision, by_hand=hand)

    def put(self, dataset_id: UUID, photo_ids: Sequence[UUID], name: str | None, *, revision: int) -> None:
        """Give photos a label by hand, which is made if it is not there, or none. Raises: BadParams; Rejected."""
        numbers: dict[str, int] = {}
        if name is not None:
            name = storable(checked_name(name, pointer="#/label", length=LONGEST))
            names = self.names(dataset_id)
            if name not in names.values() and len(names) >= MOST_LABELS:
                raise _too_many(len(names) + 1)
            numbers = self._named(dataset_id, [name], revision=revision)
        self._close(photo_ids, revision)
        if name is not None:
            self._write(dataset_id, dict.fromkeys(photo_ids, numbers[name]), revision, by_hand=True)

    def rename(self, dataset_id: UUID, number: int, name: str, *, revision: int) -> None:
        """Call a label otherwise from a revision on. Raises: NotFound; BadParams; Conflict, where another has it."""
        name = storable(checked_name(name, length=LONGEST))
        if self.get(dataset_id, number).name == name:
            return
        if other := [one for one, known in self.names(dataset_id).items() if known == name]:
            raise Conflict(
                f"Another label is called {name} already.",
                remedy=f"Make them one: send into: {other[0]}.",
                number=other[0],
            )
        self._end({number}, dataset_id, revision)
        self._open(dataset_id, {name: number}, revision)

    def merge(self, dataset_id: UUID, number: int, into: int, *, revision: int) -> None:
        """Make one label of two. Raises: NotFound; BadParams, for a label that is to go into itself."""
        self.get(dataset_id, number)
        if self.get(dataset_id, into).number == number:
            raise BadParams("A label cannot become one with itself.", pointer="#/into")
        of = self.photos_of(dataset_id, number)
        by_hand = set(self._by_hand(dataset_id))
        self._close(of, revision)
        for hand in (False, True):
            wanted = {id: into for id in of if (id in by_hand) is hand}
            self._write(dataset_id, wanted, revision, by_hand=hand)
        self._end({number}, dataset_id, revision, into=into)

    def _once_named(self, dataset_id: UUID, names: set[str]) -> dict[str, int]:
        """Give for each of these names, now or once a label's, the label that it is now."""
        rows = self._connection.execute(
            sa.select(t.labels).where(t.labels.c.dataset_id == dataset_id).order_by(t.labels.c.since)
        ).mappings()
        all_of = [Label(**row) for row in rows]
        there = {one.number for one in all_of if one.until is None}
        into = {one.number: one.into for one in all_of if one.into is not None}
        found: dict[str, int] = {}
        for one in sorted(all_of, key=lambda one: one.until is None):  # what is called so now comes last, and wins
            number, steps = one.number, 0
            while number not in there and number in into and steps <= len(into):
                number, steps = into[number], steps + 1
            if one.name in names and number in there:
                found[one.name] = number
        return found

    def _named(self, dataset_id: UUID, names: Sequence[str], *, revision: int) -> dict[str, int]:
        """Give the number of the label of each name; those that are not there are made."""
        numbers = {name: number for number, name in self.names(dataset_id).items()}
        highest = sa.select(sa.func.max(t.labels.c.number)).where(t.labels.c.dataset_id == dataset_id)
        last = self._connection.execute(highest).scalar()
        first = 0 if last is None else last + 1
        fresh = [name for name in names if name not in numbers]
        made = {name: first + place for place, name in enumerate(fresh)}
        self._open(dataset_id, made, revision)
        return {name: made.get(name, numbers.get(name, 0)) for name in names}

    def _open(self, dataset_id: UUID, made: Mapping[str, int], revision: int) -> None:
        rows = [
            {"dataset_id": dataset_id, "number": number, "name": name, "since": revision}
            for name, number in made.items()
        ]
        if rows:
            self._connection.execute(sa.insert(t.labels), rows)

    def _end(self, numbers: Collection[int], dataset_id: UUID, revision: int, *, into: int | None = None) -> None:
        ended = (t.labels.c.dataset_id == dataset_id) & t.labels.c.until.is_(None) & t.labels.c.number.in_(numbers)
        self._connection.execute(sa.update(t.labels).where(ended).values(until=revision, into=into))

    def _close(self, photo_ids: Collection[UUID], revision: int) -> None:
        for some in pieces(photo_ids):
            there = _NOW & t.photo_labels.c.photo_id.in_(some)
            self._connection.execute(sa.delete(t.photo_labels).where(there, t.photo_labels.c.since == revision))
            self._connection.execute(sa.update(t.photo_labels).where(there).values(until=revision))

    def _write(self, dataset_id: UUID, of: Mapping[UUID, int], revision: int, *, by_hand: bool = False) -> None:
        values = {"dataset_id": dataset_id, "since": revision, "by_hand": by_hand}
        rows = [{"photo_id": id, "number": number, **values} for id, number in of.items()]
        if rows:
            self._connection.execute(sa.insert(t.photo_labels), rows)

    def _by_hand(self, dataset_id: UUID) -> Iterable[UUID]:
        query = sa.select(t.photo_labels.c.photo_id).where(t.photo_labels.c.dataset_id == dataset_id, _NOW)
        return self._connection.execute(query.where(t.photo_labels.c.by_hand)).scalars()

    def _labelled(self, photo_ids: Collection[UUID]) -> Iterable[UUID]:
        for some in pieces(photo_ids):
            query = sa.select(t.photo_labels.c.photo_id).where(t.photo_labels.c.photo_id.in_(some))
            yield from self._connection.execute(query).scalars()

    def _in_use(self, dataset_id: UUID, photo_ids: Collection[UUID]) -> set[int]:
        return {number for id, number in self.numbers(dataset_id).items() if id in photo_ids} if photo_ids else set()


def _called(source: str, name: str, album: str | None) -> str | None:
    """Say what a photo is labelled: its folder within its archive, its album, or nothing."""
    if source == "none":
        return None
    found = name.replace("\\", "/").rpartition("/")[0].strip("/ ") if source == "folders" else (album or "").strip()
    return (found if len(found) <= LONGEST else f"…{found[1 - LONGEST :]}") or None


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Order names as people do: 9 before 10."""
    parts = re.split(r"([0-9]{1,18})", name.casefold())
    return [(0, int(part), "") if number % 2 else (1, 0, part) for number, part in enumerate(parts)]


def _usable(dataset_id: UUID, column: sa.ColumnElement[Any]) -> sa.Select[tuple[int, Any]]:
    query = sa.select(t.photo_labels.c.number, column).join_from(
        t.photo_labels, t.photos, t.photos.c.id == t.photo_labels.c.photo_id
    )
    return query.where(t.photo_labels.c.dataset_id == dataset_id, _NOW, t.photos.c.state.in_(USABLE))


def _same_label() -> sa.ColumnElement[bool]:
    of = t.photo_labels.c
    return (t.labels.c.dataset_id == of.dataset_id) & (t.labels.c.number == of.number)


def _there(table: sa.Table, revision: int | None) -> sa.ColumnElement[bool]:
    """Say which rows stand at a revision, or now."""
    if revision is None:
        return table.c.until.is_(None)
    return (table.c.since <= revision) & (table.c.until.is_(None) | (table.c.until > revision))


def _too_many(count: int) -> Rejected:
    return Rejected(
        f"That would be {count:,} labels; a training tells at most {MOST_LABELS:,} apart.",
        remedy="Take the albums in place of the folders, or give labels by hand.",
    )
