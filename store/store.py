"""The one door to what lasts: the database, the objects, and the doorbell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from jobs.errors import DataFolderError, Rejected, Unavailable
from store import bases, folder, sweep
from store.database import Database
from store.doorbell import Doorbell
from store.local_objects import LocalObjects
from store.objects import Objects
from store.rows import Model
from store.settings import Settings
from store.tx import Tx


class Store:
    """Opened once in a process, used from any thread."""

    def __init__(self, settings: Settings, *, database: Database, objects: Objects, doorbell: Doorbell) -> None:
        self.settings = settings
        self.database = database
        self.objects = objects
        self.doorbell = doorbell

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the data folder and what stands behind it.

        Raises: DataFolderError, for a folder that is not ours or of a newer format; Unavailable, DiskFull.
        """
        folder.prepare(settings.folder)
        return cls(
            settings,
            database=Database(settings.database),
            objects=_objects(settings),
            doorbell=Doorbell(broker=settings.broker, redis=settings.redis),
        )

    def close(self) -> None:
        """Ring what waits, and give everything back."""
        self.doorbell.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def migrate(self) -> None:
        """Bring the database's tables up to this program's; of several that try at once, one does."""
        from store import migrate  # loads Alembic: who starts the service does this once, and its parts never

        migrate.upgrade(self.database)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Open a transaction that writes. It commits at the end; then the doorbell rings and objects go."""
        with self.database.begin() as connection:
            tx = Tx(connection)
            yield tx
            told = tx.events.flush()
        self.doorbell.announce(told)
        self.doorbell.ring(tx.rung)
        for key in tx.discarded:
            # What is committed is done: a file that stays is swept later.
            with contextlib.suppress(OSError, Rejected):
                self.objects.delete(key)
        tx.committed()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that only reads."""
        with self.database.read() as connection:
            yield Tx(connection)

    def bundled(self, where: Path) -> list[Model]:
        """Register the base models that come with Reverie: each model folder in `where`. Again changes nothing."""
        return bases.register(self, where)

    def let_go(self, keys: Sequence[str]) -> None:
        """Delete those of these objects that no row names; where that does not work, they are swept later."""
        with contextlib.suppress(Unavailable):
            sweep.let_go(self, keys)

    def sweep(self) -> sweep.Swept:
        """Delete objects that no row has named for long, forgotten workers, and old idempotency keys."""
        return sweep.sweep(self, older_than_s=self.settings.unnamed_hours * 3600)


def _objects(settings: Settings) -> Objects:
    url = settings.objects_url
    if "://" in url and not url.startswith("file://"):
        raise DataFolderError(
            f"REVERIE_OBJECTS_URL is {url!r}: objects lie in a folder.", remedy="Give a folder's path, or leave it out."
        )
    return LocalObjects(Path(url.removeprefix("file://")).absolute() if url else settings.folder / "objects")
