"""`reverie ingest`: photographs from the server's own disk become archives, as if they had been uploaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from uuid import UUID

from api.archives import keep
from api.framing import frame_anew
from api.receive import Received
from cli.errors import Exit
from cli.gather import MOST_FILES, Found, NoRoom, Stopped, Tar, files, is_packed, reason, write
from cli.signals import Stop
from jobs.aspect import Aspect
from jobs.errors import BadParams, DiskFull, NotFound, Rejected
from jobs.ids import new_id
from jobs.state import ENDED, State
from store.objects import digest
from store.rows import Dataset, Job
from store.settings import Settings
from store.store import Store
from store.tx import Tx

LOOK_S = 0.5
TELL_EVERY = 0.1  # of the whole
Say = Callable[[str], None]


def ingest(
    settings: Settings,
    places: Sequence[Path],
    *,
    into: str | None,
    framing: str | None = None,
    aspect: str | None = None,
    say: Say,
    complain: Say,
) -> Exit:
    """Bring in what lies at `places`, say where it is, and follow the reading where a worker is there.

    A framing or an aspect is that of the whole archive from then on, with what it holds already.

    Raises: NotFound, for a place or an archive that is not there; Rejected, for places without files; DiskFull,
    DataFolderError, Unavailable.
    """
    for place in places:
        if not place.exists():
            raise NotFound(f"There is no {place}.", remedy="Look at how it is spelt; nothing was brought in.")
    with Stop() as stop, Store.open(settings) as store:
        store.migrate()
        bringing = Bringing(store, [place.absolute() for place in places], stop=stop, complain=complain)
        bringing.measure()
        if stop:
            return Exit.STOPPED
        with store.begin() as tx:
            dataset = _framed(tx, _dataset(tx, into, default=_called(places[0])), framing, aspect)
        say(f"{dataset.id}  {dataset.name}")
        if dataset.aspect:
            say(f"Training sees its photographs cut to {dataset.aspect} and squeezed; what is drawn is shown so again.")
        jobs = bringing.into(dataset)
        said = "" if not bringing.missed else f"; {bringing.missed:,} could not be read, as said above"
        say(f"{bringing.taken:,} of {bringing.count:,} files are here{said}.")
        if stop:
            complain("Stopped. What is here is read; the same command again brings the rest.")
            return Exit.STOPPED
        well = _followed(store, jobs, stop=stop, say=say)
        return Exit.PARTLY if bringing.missed or not well else Exit.FINE


@dataclass
class Bringing:
    """Files on their way into the store: what was found, what could not be read."""

    store: Store
    places: Sequence[Path]
    stop: Stop = field(kw_only=True)
    complain: Say = field(kw_only=True)
    most_files: int = MOST_FILES  # for one job
    count: int = 0
    size_bytes: int = 0
    taken: int = 0
    missed: int = 0

    def measure(self) -> None:
        """Count what is to come, before a byte of it is copied.

        Raises: Rejected, if there is nothing; DiskFull.
        """
        for place in self.places:
            for found in files(place, but=self.store.settings.folder, missed=lambda *_: None):
                self.count += 1
                self.size_bytes += found.size_bytes
                if self.stop:
                    return
        if not self.count:
            named = ", ".join(str(place) for place in self.places)
            raise Rejected(
                f"There is no file in {named} that could be read.",
                remedy="Hidden files and links are passed by; name the folder that holds the photographs.",
            )
        free_bytes = self.store.objects.free_bytes()
        if free_bytes is not None and self.size_bytes > free_bytes:
            raise DiskFull(
                f"The files take {self.size_bytes / 1e9:.1f} GB, and the disk has {free_bytes / 1e9:.1f} GB left.",
                remedy="Free some space where the data lies, or bring in a folder at a time; nothing was changed.",
            )

    def into(self, dataset: Dataset) -> list[UUID]:
        """Copy all of it into the store, and name the jobs that read it; ends early when told to stop."""
        jobs: list[UUID] = []
        waiting = self._loose(jobs, dataset)
        with suppress(Stopped):
            while self._next_tar(jobs, dataset, waiting):
                pass
        return jobs

    def _next_tar(self, jobs: list[UUID], dataset: Dataset, waiting: Iterator[Found]) -> bool:
        """Bring in as many files as one job should read; say whether there may be more."""
        with self._landing() as path:
            with FileIO(path, "x+") as file:
                tar = Tar(file, stop=self._told_to_stop, most_files=self.most_files)
                more = self._filled(tar, waiting)
                sha256 = tar.end()
            if tar.files:
                received = Received(path=path, size_bytes=tar.size_bytes, sha256=sha256)
                jobs.append(self._kept(dataset, received, _called(self.places[0])))
                self.taken += tar.files
        return more

    def _filled(self, tar: Tar, waiting: Iterator[Found]) -> bool:
        """Write files until there is none or the tar is full; say whether there may be more. Raises: Stopped."""
        for found in waiting:
            if self.stop:
                raise Stopped
            try:
                tar.add(found)
            except NoRoom as error:
                raise _no_room() from error
            except OSError as error:
                self._miss(found.path, reason(error))
            if tar.is_full:
                return True
        return False

    def _loose(self, jobs: list[UUID], dataset: Dataset) -> Iterator[Found]:
        """Name the files that go into tars; one that was named itself and is an archive is brought as it is."""
        for place in self.places:
            try:
                packed = place.is_file() and is_packed(place)
            except OSError as error:
                self._miss(place, reason(error))
                continue
            if not packed:
                yield from files(place, but=self.store.settings.folder, missed=self._miss)
                continue
            # Its own copy, not a link: whoever owns the file may write to it.
            with self._landing() as path:
                received = self._copied(place, path)
                if received is not None:
                    jobs.append(self._kept(dataset, received, place.name))
                    self.taken += 1

    def _copied(self, place: Path, path: Path) -> Received | None:
        def take(piece: bytes) -> None:
            if self.stop:
                raise Stopped
            write(file, piece)

        with FileIO(path, "x") as file:
            try:
                sha256, size_bytes = digest(place, each=take)
            except NoRoom as error:
                raise _no_room() from error
            except OSError as error:
                self._miss(place, reason(error))
                return None
        return Received(path=path, sha256=sha256, size_bytes=size_bytes)

    def _told_to_stop(self) -> bool:
        return bool(self.stop)

    def _kept(self, dataset: Dataset, received: Received, name: str) -> UUID:
        return keep(self.store, dataset.id, received, name).job.id

    def _miss(self, path: Path, why: str) -> None:
        self.missed += 1
        self.complain(f"{_shown(path)}: {why}; the rest goes on.")

    @contextmanager
    def _landing(self) -> Iterator[Path]:
        """Give a place for a file on the disk of the store; what a crash leaves there is swept."""
        path = self.store.settings.uploads / new_id().hex
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _dataset(tx: Tx, into: str | None, *, default: str) -> Dataset:
    """Find the archive by its id or name, or make one of that name."""
    with suppress(ValueError):
        if into is not None:
            return tx.datasets.get(UUID(into))
    name = into if into is not None else default
    found = tx.datasets.named(name)
    if len(found) > 1:
        ids = ", ".join(str(dataset.id) for dataset in found)
        raise BadParams(
            f"There are {len(found)} archives named {name!r}: {ids}.",
            pointer="--into",
            remedy="Name one of them by its id, with --into.",
        )
    return found[0] if found else tx.datasets.add(name=name)


def _framed(tx: Tx, dataset: Dataset, framing: str | None, aspect: str | None) -> Dataset:
    """Frame an archive as it is asked, if it is not yet. Raises: BadParams; DatasetBusy, while it is being read."""
    try:
        wanted = None if aspect is None else str(Aspect.of(aspect))
    except ValueError as error:
        raise BadParams(f"--aspect: {error}.", pointer="--aspect") from error
    if framing not in (None, dataset.framing) or wanted not in (None, dataset.aspect):
        frame_anew(tx, dataset.id, framing, wanted)
    return tx.datasets.get(dataset.id)


def _followed(store: Store, jobs: Sequence[UUID], *, stop: Stop, say: Say) -> bool:
    """Tell how the reading goes until it has ended; at once, where no worker is there. False, if any was refused."""
    with store.read() as tx:
        workers = tx.workers.seen(within_s=store.settings.lease_s, role="worker")
    if jobs and not workers:
        say("No worker is running. One reads it as soon as `reverie up` runs; nothing has to be sent again.")
        return True
    ended = [_end_of(store, job_id, stop=stop, say=say) for job_id in jobs]
    if stop:
        say("Not followed any further; the worker reads on.")
    return all(job.state not in (State.FAILED, State.CANCELLED) for job in ended)


def _end_of(store: Store, job_id: UUID, *, stop: Stop, say: Say) -> Job:
    told = -TELL_EVERY
    while True:
        with store.read() as tx:
            job = tx.jobs.get(job_id)
        if job.state in ENDED or stop:
            break
        if job.total and job.done / job.total >= told + TELL_EVERY:
            told = job.done / job.total
            say(f"Reading, {job.done:,} of {job.total:,}.")
        stop.sleep(LOOK_S)
    if job.error:
        say(f"{job.error.get('detail', '')} {job.error.get('remedy', '')}".strip())
    elif job.state in ENDED and job.dataset_id is not None:
        with store.read() as tx:
            counts = Counter(tx.photos.counts_of_archive(job.dataset_id, UUID(str(job.params["archive_id"]))))
        read = ", ".join(f"{count:,} {state}" for state, count in counts.most_common())
        say(f"Read: {read}. The archive's repair list has the reasons.")
    return job


def _called(place: Path) -> str:
    """Name an archive after a folder, or after a file without its ending."""
    whole = place.absolute().resolve()
    name = whole.name if whole.is_dir() else whole.stem
    return _shown(Path(name or "Photographs"))[:200].strip() or "Photographs"


def _shown(path: Path) -> str:
    """Write a path so that a terminal and a database take it, whatever bytes it holds."""
    text = str(path).encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _no_room() -> DiskFull:
    return DiskFull(
        "The disk is full; what was brought in before is kept.",
        remedy="Free some space where the data lies, then give the same command again.",
    )
