"""Photos: each file of each archive, with its state and the reason for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams, NotFound, WrongState
from jobs.state import State
from store import tables as t
from store.database import insert
from store.datasets import ACTIVE, AWAY, USABLE, Datasets
from store.listing import Listing, Overview, all_ids, overview
from store.lists import pieces
from store.pages import Page, page_of
from store.rows import Photo, columns
from store.types import now

# What a withdrawn photo leaves: its line, and nothing of what it showed or what was known of it.
_GONE = (
    *("original_key", "image_key", "small_key", "thumb_key", "sha256", "phash", "blur", "average", "reason"),
    *("taken_at", "dated_by", "caption", "album", "focus", "kind"),
)


class Photos:
    """The table `photos`."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        datasets: Datasets,
        discard: Callable[..., None],
        forget: Callable[[Sequence[UUID]], None],
    ) -> None:
        self._connection = connection
        self._datasets = datasets
        self._discard = discard
        self._forget = forget

    def add_many(self, photos: Sequence[Photo]) -> int:
        """Add photos of one dataset; one that is there already (`id`, or archive and position) stays as it is.

        An ingest that is made again therefore adds what is missing and undoes nothing that the owner changed since.
        Returns how many were new; the dataset's revision rises.
        """
        if not photos:
            return 0
        dataset_id = photos[0].dataset_id
        revision = self._datasets.touch_revision(dataset_id)
        rows = [columns(replace(photo, revision=revision)) for photo in photos]
        statement = insert(self._connection, t.photos).on_conflict_do_nothing().returning(t.photos.c.id)
        return len(self._connection.execute(statement, rows).all())

    def page(
        self,
        dataset_id: UUID,
        *,
        states: Sequence[str] = (),
        album: str | None = None,
        taken: str | None = None,
        kind: str | None = None,
        order: str = "came",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Photo]:
        """List photos of a dataset, as `Listing` has it. Raises: BadParams; Rejected, for a cursor of another order."""
        listing = Listing(states=states, album=album, taken=taken, kind=kind, order=order)
        query = sa.select(t.photos).where(listing.of(dataset_id, begun=cursor is not None))
        among = listing.runs()
        return page_of(self._connection, query, Photo, order=listing.by, among=among, limit=limit, cursor=cursor)

    def overview(self, dataset_id: UUID, listing: Listing, *, every: int) -> Overview:
        """Look at a list of photos from afar, in pages of `every`. Raises: BadParams."""
        return overview(self._connection, dataset_id, listing, every=every)

    def ids(self, dataset_id: UUID, listing: Listing) -> list[UUID]:
        """Name all photos of a list, in its order. Raises: BadParams."""
        return all_ids(self._connection, dataset_id, listing)

    def get(self, photo_id: UUID) -> Photo:
        """Read a photo; NotFound without one."""
        row = self._connection.execute(sa.select(t.photos).where(t.photos.c.id == photo_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no photo {photo_id}.")
        return Photo(**row)

    def some(self, dataset_id: UUID, photo_ids: Collection[UUID], *, lock: bool = False) -> list[Photo]:
        """List these photos of a dataset in the order of upload, those that are there; locked until the commit."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id).order_by(t.photos.c.id)
        query = query.with_for_update() if lock else query
        found = (self._among(query, t.photos.c.id, ids) for ids in pieces(sorted(photo_ids)))
        return [photo for photos in found for photo in photos]

    def names(self, photo_ids: Collection[UUID]) -> dict[UUID, str]:
        """Give the name of each of these photos that is there."""
        query = sa.select(t.photos.c.id, t.photos.c.name)
        found = (self._connection.execute(query.where(t.photos.c.id.in_(ids))) for ids in pieces(photo_ids))
        return {row.id: row.name for rows in found for row in rows}

    def counts_of_archive(self, dataset_id: UUID, archive_id: UUID) -> dict[str, int]:
        """Count the files of one archive by state; states of none are left out."""
        query = sa.select(t.photos.c.state, sa.func.count()).group_by(t.photos.c.state)
        query = query.where(t.photos.c.dataset_id == dataset_id, t.photos.c.archive_id == archive_id)
        return dict(self._connection.execute(query).all())

    def hashes(self, dataset_id: UUID, *, but_archive: UUID | None = None) -> dict[str, UUID]:
        """Name the photo that has each SHA-256, first come; without those of one archive, which may be read again."""
        return self._first_with(t.photos.c.sha256, dataset_id, but_archive)

    def phashes(self, dataset_id: UUID, *, but_archive: UUID | None = None) -> dict[str, UUID]:
        """Name the photo that has each perceptual hash, first come, among those that training could see."""
        return self._first_with(t.photos.c.phash, dataset_id, but_archive)

    def find_duplicates(self, dataset_id: UUID, sha256: str) -> list[Photo]:
        """List the photos of a dataset whose file is this one."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.sha256 == sha256)
        return [Photo(**row) for row in self._connection.execute(query.order_by(t.photos.c.id)).mappings()]

    def known(self, dataset_id: UUID, sha256s: Collection[str]) -> dict[str, Photo]:
        """Give the photo of a dataset that keeps each of these files, where there is one."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.sha256.in_(list(sha256s)))
        query = query.where(t.photos.c.state.in_(("ready", "repaired", "excluded"))).order_by(t.photos.c.id.desc())
        return {str(row["sha256"]): Photo(**row) for row in self._connection.execute(query).mappings()}

    def gone(self, dataset_ids: Collection[UUID], sha256s: Collection[str]) -> set[str]:
        """Name those of these files that were withdrawn from any of these datasets."""
        query = sa.select(t.photos.c.gone_sha256).where(t.photos.c.dataset_id.in_(list(dataset_ids)))
        return set(self._connection.execute(query.where(t.photos.c.gone_sha256.in_(list(sha256s)))).scalars())

    def elsewhere(self, dataset_id: UUID, photo_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """Name the photos of each other dataset whose files are those of these photos, or of copies of them."""
        photos = [*self.some(dataset_id, photo_ids), *self.copies(dataset_id, photo_ids)]
        files = {one.sha256 for one in photos}
        others = sa.select(t.datasets.c.id).where(t.datasets.c.id != dataset_id)
        query = sa.select(t.photos.c.dataset_id, t.photos.c.id).where(t.photos.c.dataset_id.in_(others))
        query = query.where(t.photos.c.state.not_in(("refused", *AWAY))).order_by(t.photos.c.id)
        found: dict[UUID, list[UUID]] = {}
        for some in pieces(files - {None}):
            for other_id, photo_id in self._connection.execute(query.where(t.photos.c.sha256.in_(some))):
                found.setdefault(other_id, []).append(photo_id)
        return found

    def were(self, photos: Sequence[Photo]) -> dict[UUID, str]:
        """Say what each of these that is left out was before: ready, or repaired."""
        return self._states_before([photo.id for photo in photos if photo.state == "excluded"])

    def twins_of(self, photo_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Say of these which are duplicates, and of which photo."""
        query = sa.select(t.photos.c.id, t.photos.c.duplicate_of).where(t.photos.c.state == "duplicate")
        query = query.where(t.photos.c.duplicate_of.is_not(None))
        found: dict[UUID, UUID] = {}
        for ids in pieces(photo_ids):
            found |= dict(self._connection.execute(query.where(t.photos.c.id.in_(ids))).all())
        return found

    def note_before(self, photos: Mapping[UUID, str], dataset_id: UUID) -> None:
        """Remember what photos that came in left out would be, if they were taken in."""
        revision = self._datasets.get(dataset_id).revision
        rows = [
            {"photo_id": id, "revision": revision, "dataset_id": dataset_id, "before": before}
            for id, before in photos.items()
        ]
        if rows:
            statement = insert(self._connection, t.photo_changes).on_conflict_do_nothing()
            self._connection.execute(statement, [row | {"created_at": now()} for row in rows])

    def withdrawn(self, photo_ids: Collection[UUID], *, lock: bool = False) -> set[UUID]:
        """Name those of these photos, of any dataset, that are there and withdrawn.

        Locked until the commit, all of them: a withdrawal that comes now finds what is kept here, and takes it along.
        """
        of = t.photos.c
        query = sa.select(of.id, of.state).order_by(of.id)
        query = query.with_for_update() if lock else query
        found = (self._connection.execute(query.where(of.id.in_(ids))) for ids in pieces(sorted(photo_ids)))
        return {row.id for rows in found for row in rows if row.state == "withdrawn"}

    def was_withdrawn(self, dataset_id: UUID, sha256: str) -> bool:
        """Say whether a photo of these bytes was withdrawn from a dataset, and is not to come in again."""
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.gone_sha256 == sha256)
        return self._connection.execute(query.limit(1)).first() is not None

    def welcome(self, photo_id: UUID) -> None:
        """Let what was withdrawn come in again: its dataset forgets that it knew these bytes. Raises: NotFound."""
        photo = self.get(photo_id)
        same = (t.photos.c.dataset_id == photo.dataset_id) & (t.photos.c.gone_sha256 == photo.gone_sha256)
        self._connection.execute(sa.update(t.photos).where(same).values(gone_sha256=None))

    def set_included(self, photo_id: UUID, included: bool) -> Photo:
        """Let training see a photo, or not, as `choose` does. Raises: NotFound; WrongState."""
        photo = self.get(photo_id)
        ids = {"include": [photo_id], "exclude": []} if included else {"include": [], "exclude": [photo_id]}
        (chosen,) = self.choose(photo.dataset_id, **ids)
        return chosen

    def choose(self, dataset_id: UUID, *, include: Sequence[UUID], exclude: Sequence[UUID]) -> list[Photo]:
        """Let training see some photos of a dataset, and others not, in one step. Once more of it changes nothing.

        One that was left out for another that looks the same can be taken in too; its views are the caller's to add.
        Gives the photos as they are now, in the order of upload.
        Raises: NotFound; BadParams, for one that is in both lists; WrongState, for one that training could never see.
        Then nothing is changed.
        """
        wanted = dict.fromkeys(include, True) | dict.fromkeys(exclude, False)
        if both := set(include).intersection(exclude):
            raise BadParams(f"Photo {min(both)} is to be taken in and left out.", pointer="#/exclude")
        revision = self._datasets.touch_revision(dataset_id)
        photos = self.some(dataset_id, list(wanted), lock=True)
        if missing := wanted.keys() - {photo.id for photo in photos}:
            raise NotFound(f"There is no photo {min(missing)} in this dataset.")
        before = self._states_before([photo.id for photo in photos if photo.state == "excluded"])
        moved: dict[str, list[Photo]] = {}
        for photo in photos:
            state = _chosen(photo, wanted[photo.id], before=before.get(photo.id))
            if state != photo.state:
                moved.setdefault(state, []).append(photo)
        self._record([photo for some in moved.values() for photo in some], revision)
        for state, some in moved.items():
            twins = [photo.id for photo in some if photo.state == "duplicate"]
            self._change([photo.id for photo in some], state=state)
            self._change(twins, reason=None)
        return self.some(dataset_id, list(wanted))

    def leave_out(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[UUID]:
        """Leave out those of these photos that training sees; gives them. No row is read: for many at once."""
        revision = self._datasets.touch_revision(dataset_id)
        usable = (t.photos.c.dataset_id == dataset_id) & t.photos.c.state.in_(USABLE) & t.photos.c.id.in_(photo_ids)
        at = sa.literal(now(), t.photo_changes.c.created_at.type)
        were = sa.select(t.photos.c.id, sa.literal(revision), t.photos.c.dataset_id, t.photos.c.state, at).where(usable)
        columns = ["photo_id", "revision", "dataset_id", "before", "created_at"]
        self._connection.execute(sa.insert(t.photo_changes).from_select(columns, were))
        left_out = sa.update(t.photos).where(usable).values(state="excluded").returning(t.photos.c.id)
        return list(self._connection.execute(left_out).scalars())

    def copies(self, dataset_id: UUID, photo_ids: Collection[UUID]) -> list[Photo]:
        """List the photos that are left out and show the same as one of these, by their bytes or by their looks.

        Of copies the one that came first is named by the others, also where another of them was taken in for it.
        """
        photos, wanted = t.photos.c, set(photo_ids)
        # A dataset has few that are left out for another beside those that it has: they are told apart here.
        query = sa.select(photos.id, photos.duplicate_of).where(photos.dataset_id == dataset_id)
        first = dict(self._connection.execute(query.where(photos.duplicate_of.is_not(None))).all())
        heads = wanted | {first[id] for id in wanted & first.keys()}
        alike = heads | {id for id, head in first.items() if head in heads}
        return [one for one in self.some(dataset_id, alike - wanted) if one.state in ("duplicate", "excluded")]

    def withdraw(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[Photo]:
        """Take photos away for good, with their copies: their files go with the commit, their lines stay.

        What was found in them goes too, with that of others in the same file (`Features.add` gives it back).

        Gives those that are gone by this. Again changes nothing. Raises: NotFound.
        """
        revision = self._datasets.touch_revision(dataset_id)
        if missing := set(photo_ids) - {photo.id for photo in self.some(dataset_id, photo_ids)}:
            raise NotFound(f"There is no photo {min(missing)} in this dataset.")
        wanted = {*photo_ids, *(copy.id for copy in self.copies(dataset_id, photo_ids))}
        photos = [photo for photo in self.some(dataset_id, wanted, lock=True) if photo.state != "withdrawn"]
        self._record(photos, revision)
        known = sa.func.coalesce(t.photos.c.sha256, t.photos.c.gone_sha256)
        self._change([photo.id for photo in photos], state="withdrawn", gone_sha256=known, **dict.fromkeys(_GONE))
        self._discard(*(key for photo in photos for key in photo.keys))
        self._forget([photo.id for photo in photos])
        self._let_go({photo.archive_id for photo in photos})
        return photos

    def developed(self, photo_id: UUID, image_key: str) -> bool:
        """Keep the picture that was made of a photo for looking at, unless there is one or the photo is withdrawn."""
        one = (t.photos.c.id == photo_id) & t.photos.c.image_key.is_(None) & t.photos.c.state.not_in(AWAY)
        return self._connection.execute(sa.update(t.photos).where(one).values(image_key=image_key)).rowcount == 1

    def focused(self, dataset_id: UUID, found: Mapping[UUID, Sequence[float]]) -> list[Photo]:
        """Keep where photos are looked at; gives those of them that are there."""
        there = [photo for photo in self.some(dataset_id, list(found)) if photo.state not in AWAY]
        for photo in there:
            one = sa.update(t.photos).where(t.photos.c.id == photo.id)
            self._connection.execute(one.values(focus=list(found[photo.id])))
        return [replace(photo, focus=found[photo.id]) for photo in there]

    def withdrawn_unseen(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> bool:
        """Say whether any of these is away or gone, and no job of the dataset is at work, which may read it."""
        at_work = sa.select(t.jobs.c.id).where(t.jobs.c.dataset_id == dataset_id, t.jobs.c.state == State.RUNNING)
        if self._connection.execute(at_work.limit(1)).first() is not None:
            return False
        there = sa.select(sa.func.count()).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.not_in(AWAY))
        count = sum(
            self._connection.execute(there.where(t.photos.c.id.in_(ids))).scalar_one() for ids in pieces(photo_ids)
        )
        return count < len(photo_ids)

    def taken_on(self, dataset_id: UUID, day: date) -> list[UUID]:
        """Name the photos of a day, UTC."""
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id)
        query = query.where(t.photos.c.taken_at >= begin, t.photos.c.taken_at < begin + timedelta(days=1))
        return list(self._connection.execute(query.order_by(t.photos.c.id)).scalars())

    def of_album(self, dataset_id: UUID, album: str) -> list[UUID]:
        """Name the photos of an album."""
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.album == album)
        return list(self._connection.execute(query.order_by(t.photos.c.id)).scalars())

    def framed(self, dataset_id: UUID) -> list[Photo]:
        """List the photos of which training sees squares, or would, if they were not left out."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.width.is_not(None))
        query = query.where(t.photos.c.state.in_(("ready", "repaired", "excluded")))
        return [Photo(**row) for row in self._connection.execute(query.order_by(t.photos.c.id)).mappings()]

    def lookalikes(self, dataset_id: UUID) -> list[Photo]:
        """List what can be told to look alike: usable photos, and those left out, by the owner or for their looks."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.phash.is_not(None))
        query = query.where(
            t.photos.c.state.in_(("ready", "repaired", "excluded", "duplicate")), t.photos.c.thumb_key.is_not(None)
        )
        return [Photo(**row) for row in self._connection.execute(query.order_by(t.photos.c.id)).mappings()]

    def _let_go(self, archive_ids: Collection[UUID]) -> None:
        """Delete archives as they came, which hold the photos' bytes too; one that is being read, by its worker."""
        reading = sa.select(t.jobs.c.id).where(t.jobs.c.state.in_(ACTIVE))
        done = t.archives.c.id.in_(archive_ids) & t.archives.c.key.is_not(None)
        done &= t.archives.c.job_id.is_(None) | t.archives.c.job_id.not_in(reading)
        keys = self._connection.execute(sa.select(t.archives.c.key).where(done)).scalars().all()
        self._connection.execute(sa.update(t.archives).where(done).values(key=None))
        self._discard(*keys)

    def let_go_if_withdrawn(self, archive_id: UUID) -> None:
        """Delete an archive as it came, once it is read, if one of its photos was withdrawn meanwhile."""
        withdrawn = (t.photos.c.state == "withdrawn") | t.photos.c.gone_sha256.is_not(None)
        gone = sa.select(t.photos.c.id).where(t.photos.c.archive_id == archive_id, withdrawn)
        if self._connection.execute(gone.limit(1)).first() is None:
            return
        key = self._connection.execute(sa.select(t.archives.c.key).where(t.archives.c.id == archive_id)).scalar()
        self._connection.execute(sa.update(t.archives).where(t.archives.c.id == archive_id).values(key=None))
        self._discard(*filter(None, [key]))

    def _record(self, photos: Sequence[Photo], revision: int) -> None:
        """Remember what photos were before a change."""
        if photos:
            at = now()
            rows = [
                {"photo_id": one.id, "revision": revision, "dataset_id": one.dataset_id, "before": one.state}
                for one in photos
            ]
            self._connection.execute(sa.insert(t.photo_changes).values(created_at=at), rows)

    def _states_before(self, photo_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Say what each of these excluded photos was before: ready, or repaired."""
        changes = t.photo_changes.c
        query = sa.select(changes.photo_id, changes.before).order_by(changes.revision)
        query = query.where(changes.before.in_(("ready", "repaired")))
        found: dict[UUID, str] = {}
        for ids in pieces(photo_ids):
            found |= dict(self._connection.execute(query.where(changes.photo_id.in_(ids))).all())
        return found  # of several, the last read is the latest

    def _change(self, photo_ids: Collection[UUID], **values: Any) -> None:
        for ids in pieces(photo_ids):
            self._connection.execute(sa.update(t.photos).where(t.photos.c.id.in_(ids)).values(**values))

    def _among(self, query: sa.Select[Any], column: sa.Column[Any], ids: Sequence[UUID]) -> list[Photo]:
        return [Photo(**row) for row in self._connection.execute(query.where(column.in_(ids))).mappings()]

    def _first_with(self, column: sa.Column[str], dataset_id: UUID, but_archive: UUID | None) -> dict[str, UUID]:
        query = sa.select(column, t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, column.is_not(None))
        query = query.where(t.photos.c.state.in_(("ready", "repaired", "excluded")))
        if but_archive is not None:
            query = query.where(t.photos.c.archive_id != but_archive)
        first: dict[str, UUID] = {}
        for value, photo_id in self._connection.execute(query.order_by(t.photos.c.id)):
            first.setdefault(value, photo_id)
        return first


def _chosen(photo: Photo, included: bool, *, before: str | None) -> str:
    """Give the state of a photo that training is to see, or not; `before` is what an excluded one was."""
    twin = photo.state == "duplicate" and photo.clean_key is not None
    if photo.state not in ("ready", "repaired", "excluded") and not (twin and included):
        raise WrongState(
            f"The photo is {photo.state}: {photo.reason or 'training cannot see it'}.",
            remedy="Only ready, repaired and excluded photos, and those that look like another, are included.",
            state=photo.state,
        )
    if not included:
        return "excluded"
    if photo.state == "excluded":
        return before or "ready"
    return "ready" if twin else photo.state
