"""Tags: words that samples have, known by their letters alone, and gone with their last sample."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams
from jobs.ids import new_id
from store import sample_tables as s
from store.database import insert
from store.lists import pieces
from store.names import folded, plain
from store.pages import Order, Page, page_of
from store.types import now

MOST_TAGS, LONGEST_TAG = 32, 64  # of a sample; characters
_NEWEST = Order(name="tags", columns=[s.tags.c.id])
_HAS = s.sample_tags.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A word that samples have; `samples` is how many."""

    id: UUID
    name: str
    samples: int
    created_at: datetime


class Tags:
    """The tables `tags` and `sample_tags`. Who writes holds the samples (`Samples.hold`)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[Tag]:
        """List tags with the number of their samples, those given last first."""
        count = sa.select(sa.func.count()).where(_HAS.tag_id == s.tags.c.id).scalar_subquery().label("samples")
        query = sa.select(s.tags.c.id, s.tags.c.name, s.tags.c.created_at, count)
        return page_of(self._connection, query, Tag, order=_NEWEST, limit=limit, cursor=cursor)

    def put(self, sample_id: UUID, names: Sequence[str]) -> None:
        """Give a sample these tags, in this order, in place of those that it has. Raises: BadParams."""
        names = checked(names)
        old = set(self._of([sample_id]))
        self._connection.execute(sa.delete(s.sample_tags).where(_HAS.sample_id == sample_id))
        self._give([sample_id], names, begin=0)
        self.forget_unused(old)

    def change(self, sample_ids: Collection[UUID], *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Give some samples more tags, and take some away. Raises: BadParams, where one would have too many."""
        add, gone = checked(add), self._ids(checked(remove))
        for ids in pieces(sample_ids):
            has = _HAS.tag_id.in_(gone) & _HAS.sample_id.in_(ids)
            self._connection.execute(sa.delete(s.sample_tags).where(has))
            self._give(ids, add, begin=MOST_TAGS)
            many = sa.select(_HAS.sample_id).where(_HAS.sample_id.in_(ids)).group_by(_HAS.sample_id)
            many = many.having(sa.func.count() > MOST_TAGS).limit(1)
            if add and (full := self._connection.execute(many).scalar_one_or_none()) is not None:
                raise BadParams(
                    f"Sample {full} would have more than {MOST_TAGS} tags.",
                    pointer="#/add_tags",
                    remedy="Take some away.",
                )
        self.forget_unused(gone)

    def forget_unused(self, tag_ids: Iterable[UUID]) -> None:
        """Forget those of these tags that no sample has any more.

        They are locked first: what another transaction has just given is seen then.
        """
        ids = sorted(tag_ids)
        if not ids:
            return
        locked = sa.select(s.tags.c.id).where(s.tags.c.id.in_(ids)).order_by(s.tags.c.id).with_for_update()
        self._connection.execute(locked).all()
        unused = s.tags.c.id.in_(ids) & ~sa.exists().where(_HAS.tag_id == s.tags.c.id)
        self._connection.execute(sa.delete(s.tags).where(unused))

    def of(self, sample_ids: Collection[UUID]) -> list[UUID]:
        """Name the tags that any of these samples has."""
        return [id for ids in pieces(sample_ids) for id in self._of(ids)]

    def _of(self, sample_ids: Sequence[UUID]) -> list[UUID]:
        query = sa.select(_HAS.tag_id).where(_HAS.sample_id.in_(sample_ids)).distinct()
        return list(self._connection.execute(query).scalars())

    def _ids(self, names: Sequence[str]) -> list[UUID]:
        """Name those of these tags that are there, and hold them."""
        query = sa.select(s.tags.c.id, s.tags.c.folded).where(s.tags.c.folded.in_([folded(name) for name in names]))
        query = query.order_by(s.tags.c.id).with_for_update(read=True, key_share=True)
        found = {row.folded: row.id for row in self._connection.execute(query)}
        return [found[letters] for letters in map(folded, names) if letters in found]

    def _give(self, sample_ids: Sequence[UUID], names: Sequence[str], *, begin: int) -> None:
        """Give samples tags from a position on; what one has already stays where it is."""
        if not names:
            return
        made = [{"id": new_id(), "name": name, "folded": folded(name), "created_at": now()} for name in names]
        known = insert(self._connection, s.tags).on_conflict_do_nothing(index_elements=["folded"])
        self._connection.execute(known, sorted(made, key=lambda tag: str(tag["folded"])))  # two wait in one order
        of = s.samples.c
        marks = [of[name] for name in s.MARKS]
        into = ["tag_id", "sample_id", *s.MARKS, "position"]
        for position, tag_id in enumerate(self._ids(names), begin):
            rows = sa.select(sa.literal(tag_id, sa.Uuid), of.id, *marks, sa.literal(position))
            rows = rows.where(of.id.in_(sample_ids))
            given = insert(self._connection, s.sample_tags).from_select(into, rows).on_conflict_do_nothing()
            self._connection.execute(given)


def checked(names: Sequence[str]) -> list[str]:
    """Give tags on one line each, each once, in their order. Raises: BadParams."""
    clean = list({folded(name): plain(name) for name in reversed(names)}.values())[::-1]
    if len(clean) > MOST_TAGS or any(not 1 <= len(tag) <= LONGEST_TAG for tag in clean):
        raise BadParams(f"A sample has up to {MOST_TAGS} tags of 1 to {LONGEST_TAG} characters.", pointer="#/tags")
    return clean
