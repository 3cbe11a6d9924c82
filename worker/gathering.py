"""Photographs that come into a dataset from others: each once, with what its owner has said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.aspect import SQUARE, Aspect
from jobs.events import Artifact
from kinds.index.params import IndexParams
from kinds.ingest.frame import fitting, squares
from store.datasets import USABLE
from store.looks import look_soon
from store.rows import Dataset, Job, Photo, View, photo_id, view_id
from store.store import Store
from store.tx import Tx
from store.types import now

if TYPE_CHECKING:
    from worker.keep import Keeper

AT_ONCE = 500  # photographs of a transaction that only changes rows
ROLES = ("original_key", "image_key", "small_key", "thumb_key")
BARE: Mapping[str, Any] = dict.fromkeys((*ROLES, "phash", "width", "height", "average", "blur", "focus"))
LOST = "Its file was not found where the archive keeps it."
GONE = "It was withdrawn before, and nothing of it was kept."
Boxes = Sequence[tuple[Sequence[int], str, bool]]  # box, frame, by hand


def keep_copies(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Bring some photographs: their files get a second name, then their rows are written."""
    for artifact in made:
        _bring(keeper, UUID(artifact.facts["archive"]), artifact.facts["positions"])


def all_came(tx: Tx, job: Job) -> None:
    """Say of a dataset's archives that all came in, or how many did, and forget what was to come.

    What is to be moved leaves its old place afterwards (`finish`), since that is what the names of places are kept for.
    """
    dataset_id = UUID(job.params["dataset_id"])
    left = tx.gathered.left(dataset_id)
    for archive in tx.archives.of_dataset(dataset_id):
        if archive.job_id == job.id:
            total, missing = tx.gathered.total(archive.id), len(left.get(archive.id, ()))
            reason = f"{total - missing:,} of {total:,} files came in." if missing else None
            tx.archives.set_state(archive.id, "ready", reason=reason)
    if not job.params.get("move"):
        tx.gathered.done(dataset_id)


def finish(store: Store) -> int:
    """Do what is left to do of gatherings that have ended, some photographs at a time, so that nobody waits for long.

    What a cancelled one has brought is deleted; what a move has brought leaves its old place, each photograph at once.
    Returns: how many photographs. Killed at any moment, the next call goes on.
    """
    with store.read() as tx:
        cancelled, leaving = tx.gathered.called_off(), tx.moved.leaving()
    return sum(_all_of(store, dataset_id, _take_out) for dataset_id in cancelled) + sum(
        _all_of(store, dataset_id, _leave) for dataset_id in leaving
    )


def _all_of(store: Store, dataset_id: UUID, some: Callable[[Tx, UUID], int]) -> int:
    done, last = 0, AT_ONCE
    while last == AT_ONCE:
        with store.begin() as tx:
            last = some(tx, dataset_id)
        done += last
    return done


def _take_out(tx: Tx, dataset_id: UUID) -> int:
    return tx.gathered.take_out(dataset_id, most=AT_ONCE)


def _leave(tx: Tx, dataset_id: UUID) -> int:
    left = tx.moved.leave(dataset_id, most=AT_ONCE)
    if left.late:
        tx.photos.withdraw(dataset_id, left.late)
    for id in (*left.sources, *([dataset_id] if left.count < AT_ONCE else ())):
        look_soon(tx, IndexParams(dataset_id=id), id)
    return left.count


@dataclass(slots=True)
class Coming:
    """Some photographs on their way, as they are in the transaction that brings them.

    `first` are those of the dataset that keep a file, those of this batch among them; `become` says what photographs
    that come into it, now or later, are in it; `standing` says of those whose first one stays away which comes first.
    """

    dataset: Dataset
    sources: Mapping[int, Photo]
    heads: Mapping[UUID, Photo]
    become: Mapping[UUID, UUID]
    standing: Mapping[UUID, UUID]
    gone: set[str]
    first: dict[str, Photo]
    twin_of: dict[UUID, UUID] = field(default_factory=dict)  # of what came as a duplicate

    @classmethod
    def read(cls, tx: Tx, keeper: Keeper, archive_id: UUID, positions: Sequence[int], *, lock: bool = False) -> Coming:
        """Read what is to come to these places; with `lock` it stays so until the commit."""
        dataset = tx.datasets.get(tx.archives.get(archive_id).dataset_id)
        sources = tx.gathered.sources(archive_id, positions, lock=lock)
        heads = {one.duplicate_of for one in sources.values() if one.duplicate_of}
        become = tx.gathered.become(dataset.id, heads | {one.id for one in sources.values()})
        away = heads - become.keys()
        standing = tx.gathered.first_like(dataset.id, away) if away else {}
        files = {one.sha256 for one in sources.values() if one.sha256}
        return cls(
            dataset=dataset,
            sources=sources,
            heads={id: tx.photos.get(id) for id in away if id in standing and _is_there(tx, id)},
            become=become | tx.gathered.become(dataset.id, set(standing.values())),
            standing=standing,
            gone=tx.photos.gone([UUID(id) for id in keeper.job.params["sources"]], files),
            first=tx.photos.known(dataset.id, files),
            twin_of=tx.photos.twins_of([become[id] for id in heads & become.keys()]),
        )

    def pictured_by(self, source: Photo) -> Photo | None:
        """Give the photograph whose files this one gets; None, where it comes as a line alone."""
        if source.state in ("refused", "withdrawn") or source.sha256 in self.gone or self._same(source):
            return None
        if source.clean_key is None and self._leads(source):
            return self.heads.get(source.duplicate_of) if source.duplicate_of else None
        return source if source.clean_key else None

    def judged(self, photo: Photo, source: Photo, pictured: Photo | None) -> Photo:
        """Say what a photograph is here: as it was, but once for each file, and the first of those without their first.

        `photo` is the source under its new id, with the keys of its files here.
        """
        head = self._head(source)
        if source.state in ("refused", "withdrawn"):
            return replace(photo, duplicate_of=head)
        if source.sha256 in self.gone:
            known: dict[str, Any] = dict.fromkeys(("taken_at", "dated_by", "caption", "album"))
            return replace(photo, **BARE, **known, **_refused(GONE), gone_sha256=source.sha256)
        if (same := self._same(source)) and same.id != photo.id:
            self.twin_of[photo.id] = same.id
            reason = f"The same file as {same.name}."
            return replace(photo, **BARE, state="duplicate", reason=reason, duplicate_of=same.id)
        leads = source.state == "duplicate" and self._leads(source)
        if (pictured is not None or leads) and photo.clean_key is None:
            return replace(photo, **BARE, **_refused(LOST))
        if leads:
            shown = {name: getattr(pictured or source, name) for name in BARE if name not in ROLES}
            photo = replace(photo, **shown, state="ready", reason=None, duplicate_of=None)
        else:
            photo = replace(photo, duplicate_of=head)
        if photo.sha256 and photo.state in (*USABLE, "excluded"):
            self.first[photo.sha256] = photo
        if photo.state == "duplicate" and head:
            self.twin_of[photo.id] = head
        return photo

    def _same(self, source: Photo) -> Photo | None:
        return self.first.get(source.sha256) if source.sha256 else None

    def _leads(self, source: Photo) -> bool:
        """Whether it is the first of those that are the same as one that does not come."""
        return source.duplicate_of is not None and self.standing.get(source.duplicate_of) == source.id

    def _head(self, source: Photo) -> UUID | None:
        """Give the photograph of this dataset that it is the same as, if there is one: never one that is a twin."""
        of = source.duplicate_of
        if of is None or self._leads(source):
            return None
        head = self.become.get(of) or self.become.get(self.standing.get(of, of))
        return self.twin_of.get(head, head) if head else None


def _bring(keeper: Keeper, archive_id: UUID, positions: Sequence[int]) -> None:
    with keeper.store.read() as tx:
        coming = Coming.read(tx, keeper, archive_id, positions)
    pictured = {at: of for at, source in coming.sources.items() if (of := coming.pictured_by(source))}
    linked = _linked(keeper, archive_id, pictured)

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        coming = Coming.read(tx, keeper, archive_id, positions, lock=True)  # before its dataset, as a withdrawal does
        revision = tx.datasets.touch_revision(coming.dataset.id)
        photos = {at: _placed(coming, archive_id, at, linked.get(at, {})) for at in coming.sources}
        _discard_spare(tx, photos, linked)
        if tx.photos.add_many(list(photos.values())):
            tx.jobs.got_further(keeper.job.id)
        _bring_along(tx, coming, photos, revision)

    keeper.write(change)


def _placed(coming: Coming, archive_id: UUID, position: int, keys: Mapping[str, str]) -> Photo:
    source = coming.sources[position]
    own: dict[str, Any] = {role: keys.get(role) for role in ROLES}
    photo = replace(
        source,
        id=photo_id(archive_id, position),
        dataset_id=coming.dataset.id,
        archive_id=archive_id,
        position=position,
        created_at=now(),
        **own,
    )
    return coming.judged(photo, source, coming.pictured_by(source))


def _bring_along(tx: Tx, coming: Coming, photos: Mapping[int, Photo], revision: int) -> None:
    """Write what belongs to photographs: their squares, labels, and what those left out would be."""
    new = {coming.sources[position].id: photo for position, photo in photos.items()}
    views = tx.views.of_photos(list(new))
    froms = {id: tx.datasets.get(id) for id in {one.dataset_id for one in coming.sources.values()}}
    seen: list[View] = []
    for source in coming.sources.values():
        photo = new[source.id]
        if photo.state in (*USABLE, "excluded"):
            seen += _views(photo, _boxes(photo, views[source.id], was=froms[source.dataset_id], now=coming.dataset))
    tx.views.add_many(seen)
    there = {id: photo.id for id, photo in new.items() if photo.state not in ("refused", "withdrawn")}
    said = tx.labels.said(list(there))
    tx.labels.bring(coming.dataset.id, {there[id]: label for id, label in said.items()}, revision=revision)
    were = tx.photos.were(list(coming.sources.values()))
    left_out = {new[id].id: before for id, before in were.items() if new[id].state == "excluded"}
    tx.photos.note_before(left_out, coming.dataset.id)


def _boxes(photo: Photo, views: Sequence[View], *, was: Dataset, now: Dataset) -> Boxes:
    """Give the squares of a photograph: as they were set by hand, or framed as its new dataset is."""
    if views and (was.framing, was.aspect) == (now.framing, now.aspect):
        return [(view.box, view.frame, view.by_hand) for view in views]
    width, height = photo.width or 1, photo.height or 1
    if any(view.by_hand for view in views):
        aspect = Aspect.of(now.aspect) if now.aspect else SQUARE
        turned = [(view, fitting(view.box, width, height, aspect=aspect)) for view in views]
        return [(box, view.frame, view.by_hand) for view, box in turned]
    found = squares(width, height, framing=now.framing, focus=photo.focus, aspect=now.aspect)
    return [(square.box, square.frame, False) for square in found]


def _views(photo: Photo, boxes: Boxes) -> list[View]:
    return [
        View(
            id=view_id(photo.id, number),
            dataset_id=photo.dataset_id,
            photo_id=photo.id,
            position=number,
            box=box,
            frame=frame,
            by_hand=by_hand,
        )
        for number, (box, frame, by_hand) in enumerate(boxes)
    ]


def _linked(keeper: Keeper, archive_id: UUID, pictured: Mapping[int, Photo]) -> dict[int, dict[str, str]]:
    """Give photographs' files a second name each; those of which one is gone meanwhile are left out."""
    named = {at: {role: key for role in ROLES if (key := getattr(photo, role))} for at, photo in pictured.items()}
    wanted = {photo_id(archive_id, at): list(keys.values()) for at, keys in named.items()}
    shared = keeper.store.objects.share(wanted, kind="photos", attempt=keeper.job.attempt)
    found = {at: shared.get(photo_id(archive_id, at)) for at in named}
    return {at: dict(zip(named[at], keys, strict=True)) for at, keys in found.items() if keys}


def _discard_spare(tx: Tx, photos: Mapping[int, Photo], linked: Mapping[int, Mapping[str, str]]) -> None:
    for position, keys in linked.items():
        named = photos[position].keys if position in photos else []
        tx.discard(*(key for key in keys.values() if key not in named))


def _refused(reason: str) -> dict[str, Any]:
    return {"state": "refused", "reason": reason, "sha256": None, "duplicate_of": None}


def _is_there(tx: Tx, id: UUID) -> bool:
    return bool(tx.photos.names([id]))
