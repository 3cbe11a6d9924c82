"""Originals: a picture is looked at, and the photographs nearest to it are found, in a thread of their own.

So drawing goes on meanwhile. The network that looks is read when somebody first asks; files stay mapped while they
are asked for, and what was seen in a picture of the gallery is kept for the next question about it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from uuid import UUID

from PIL import Image

from gan.errors import FeaturesMissing
from jobs.errors import Busy, NotFound, NotLooked, Unavailable
from jobs.originals import Box, Nearest, NearPart, NearPhoto, Search
from jobs.picture import Order
from kinds.index.files import Damaged
from kinds.index.heaps import Floats
from kinds.index.looking import Looker
from kinds.index.near import Archive, Mapped, Query, Stopped, nearest, nearest_parts, regions
from renderer.drawing import Renderer
from store.store import Store

MOST_WAITING = 64  # searches that are asked for and not answered yet
MOST_SEEN = 256  # pictures of which is kept what was seen in them, some 40 kB each
MOST_BYTES = 4 * 2**30  # of files that stay mapped: 600,000 photographs
RETRY_S = 1

Files = tuple[str, str]
Stop = Callable[[], bool]


class Originals:
    """Used on the event loop; looking and searching have one thread, so that a search has all cores."""

    def __init__(self, renderer: Renderer, *, most_waiting: int = MOST_WAITING, most_bytes: int = MOST_BYTES) -> None:
        self._renderer = renderer
        self._most_waiting = most_waiting
        self._work = Work(renderer.store, most_bytes=most_bytes)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="originals")
        self._left: set[Event] = set()  # of what is asked for and not answered yet

    @property
    def waiting(self) -> int:
        """How many searches are asked for and not answered yet."""
        return len(self._left)

    def close(self) -> None:
        """Search no more."""
        for left in list(self._left):
            left.set()
        self._thread.shutdown(cancel_futures=True)

    async def find(self, asked: Search) -> Nearest:
        """Find the originals of a picture; a cancelled call frees its work.

        Raises: Busy, where too much waits already; NotLooked, where a file of the index is gone or damaged; NotFound,
        without the picture; Unavailable, without the network that looks; of a point, what `Renderer.picture` raises.
        """
        if self.waiting >= self._most_waiting:
            raise Busy(
                f"{self.waiting} pictures wait for their originals already",
                retry_after_s=RETRY_S,
                remedy="Wait a moment, and ask for what is on the screen alone.",
            )
        left = Event()
        self._left.add(left)
        try:
            drawn = None
            if asked.point is not None:
                order = Order(model_id=asked.model_id, point=asked.point, view=asked.view, turn=asked.turn)
                drawn = await self._renderer.shown(order)
            search = asyncio.get_running_loop().run_in_executor(
                self._thread, self._work.find, asked, drawn, left.is_set
            )
            try:
                return await search
            except Stopped as error:
                raise Unavailable("The renderer is ending.", remedy="Ask again in a moment.") from error
        finally:
            left.set()
            self._left.remove(left)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sight:
    """What was seen in a picture: as a whole, and in parts of it `[boxes, 2, 128]`."""

    whole: Query | None  # None, where only parts were asked about
    parts: Floats


class Work:
    """Looks and searches; used by one thread."""

    def __init__(self, store: Store, *, most_bytes: int) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._looker: Looker | None = None
        # By the key of the picture, and what of it was asked about; those asked for last at the end.
        self._seen: OrderedDict[tuple[str, tuple[Box, ...], bool], Sight] = OrderedDict()
        self._mapped: OrderedDict[Files, Mapped] = OrderedDict()  # likewise

    def find(self, asked: Search, drawn: Image.Image | None, stop: Stop) -> Nearest:
        """Find the originals of a picture that was drawn, or is there. Raises: as `Originals.find`; Stopped."""
        if stop():
            raise Stopped
        archive = self._archive(asked.files)
        boxes = tuple(asked.boxes) if asked.fragments else ()
        whole = bool(asked.whole)
        sight = self._look(drawn, boxes, whole) if drawn is not None else self._known(asked.picture or "", boxes, whole)

        def there(photos: Collection[UUID]) -> Collection[UUID]:
            with self._store.read() as tx:
                return tx.features.shown(asked.dataset_id, list(photos))

        near = nearest(archive, sight.whole, most=asked.whole, there=there, stop=stop) if sight.whole else []
        parts = nearest_parts(archive, sight.parts, most=asked.fragments, there=there, stop=stop) if len(boxes) else []
        return Nearest(
            whole=tuple(NearPhoto(photo=one.photo, likeness=one.likeness, mirrored=one.mirrored) for one in near),
            parts=tuple(
                tuple(
                    NearPart(photo=one.photo, likeness=one.likeness, mirrored=one.mirrored, box=one.box) for one in each
                )
                for each in parts
            ),
        )

    def _known(self, key: str, boxes: tuple[Box, ...], whole: bool) -> Sight:
        """Look at a picture of the gallery, or remember what was seen in it: it never changes under its key."""
        named = key, boxes, whole
        if named not in self._seen:
            try:
                with Image.open(self._store.objects.path(key)) as picture:
                    opened = picture.convert("RGB")
            except (OSError, ValueError) as error:
                raise NotFound("The file of the picture is gone or damaged.", remedy="Draw it again.") from error
            self._seen[named] = self._look(opened, boxes, whole)
            while len(self._seen) > MOST_SEEN:
                self._seen.popitem(last=False)
        self._seen.move_to_end(named)
        return self._seen[named]

    def _look(self, picture: Image.Image, boxes: Sequence[Box], whole: bool) -> Sight:
        if self._looker is None:
            try:
                self._looker = Looker()
            except FeaturesMissing as error:
                raise Unavailable(str(error), remedy="Install it, then start Reverie again.") from error
        seen = Query.of(self._looker, picture) if whole else None
        return Sight(whole=seen, parts=regions(self._looker, picture, boxes))

    def _archive(self, files: Sequence[Files]) -> Archive:
        """Map the files of an archive, those that are not yet, and let go of what nobody asked for in the longest time.

        Raises: NotLooked.
        """
        objects = self._store.objects
        for pair in files:
            if pair not in self._mapped:
                try:
                    self._mapped[pair] = Mapped.read(*map(objects.path, pair))
                except (NotFound, OSError, Damaged) as error:
                    raise NotLooked(
                        "A file of the index is gone or damaged.", remedy="Have Reverie look at the archive again."
                    ) from error
            self._mapped.move_to_end(pair)
        held = sum(one.size_bytes for one in self._mapped.values())
        while held > self._most_bytes and len(self._mapped) > len(set(files)):
            held -= self._mapped.popitem(last=False)[1].size_bytes
        return Archive.of([self._mapped[pair] for pair in files])
