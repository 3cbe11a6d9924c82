"""What lies in an archive: its files in a fixed order, each to be read once as a stream, or refused with a reason."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from jobs.errors import ArchiveRejected
from kinds.ingest import names
from kinds.ingest.index import Index, too_many
from kinds.ingest.limits import CHUNK_BYTES, Limits, megabytes
from kinds.ingest.magic import PICTURES, kind_of
from kinds.ingest.streams import Capped, TooLarge, decompressed

SEND_AGAIN = "Make the archive anew, and send it again."
LINK = "A link or a device, not a file; it was left out for safety."
NAMELESS = "(no name)"
HEADER_BYTES = 30  # of a file in a zip, at least


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file of an archive. `refusal` says why it is not to be opened."""

    position: int
    name: str
    size_bytes: int
    refusal: str | None
    open: Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """The files of an archive in the order in which they are to be opened; `cut_off` says why there are no more."""

    entries: tuple[Entry, ...]
    cut_off: str | None = None


@contextmanager
def contents(archive: Path, limits: Limits) -> Iterator[Contents]:
    """Open an archive, by what it holds and not by its name: zip, tar (also gz, bz2, xz, zst), or a single picture.

    Raises: ArchiveRejected, for what is none of these, is empty, broken, or holds too many files.
    """
    with archive.open("rb") as start:
        kind = kind_of(start.read(CHUNK_BYTES))
    if archive.stat().st_size == 0:
        raise ArchiveRejected("the file is empty: it has 0 bytes", remedy="Send it again; the upload may have failed.")
    if kind == "zip":
        with _zip(archive, limits) as found:
            yield _checked(found)
    elif kind in ("tar", "gzip", "bzip2", "xz", "zstd"):
        with _tar(archive, limits, compression=kind) as found:
            yield _checked(found)
    elif kind in PICTURES:  # of those that are not read, its one line says why
        yield Contents(entries=(_single(archive),))
    else:
        what = f"a {kind} file" if kind else "neither a zip nor a tar"
        raise ArchiveRejected(f"this is {what}", remedy="Put the photographs into a zip or a tar, and send that.")


def _checked(found: Contents) -> Contents:
    if not found.entries:
        raise ArchiveRejected("the archive holds no files", remedy="Put photographs into it, and send it again.")
    return found


def _single(archive: Path) -> Entry:
    return Entry(position=0, name="", size_bytes=archive.stat().st_size, refusal=None, open=lambda: archive.open("rb"))


@contextmanager
def _zip(archive: Path, limits: Limits) -> Iterator[Contents]:
    with Index(archive, limits) as file:
        try:
            opened = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError, UnicodeError) as error:
            raise ArchiveRejected(
                "the zip's list of contents is missing or damaged; the upload may have been cut off", remedy=SEND_AGAIN
            ) from error
        file.passed = True
        with opened:
            files = [entry for entry in opened.infolist() if not entry.filename.endswith("/")]
            shared = _shared(files)
            entries = (_zip_entry(opened, info, position=i, shared=i in shared) for i, info in enumerate(files))
            yield Contents(entries=tuple(entries))


def _shared(files: Sequence[zipfile.ZipInfo]) -> frozenset[int]:
    """Find the files that reach into the next one, as in a bomb whose files are all the same bytes of it."""
    in_order = sorted(range(len(files)), key=lambda i: files[i].header_offset)
    return frozenset(
        i
        for i, after in pairwise(in_order)
        if files[i].header_offset + HEADER_BYTES + files[i].compress_size > files[after].header_offset
    )


def _zip_entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo, *, position: int, shared: bool) -> Entry:
    name = info.filename if info.flag_bits & 0x800 else names.unmangled(info.filename)
    original = getattr(info, "orig_filename", name)  # before zipfile cut it at a NUL and turned its slashes
    return Entry(
        position=position,
        name=names.shown(name) or NAMELESS,
        size_bytes=info.file_size,
        refusal=_zip_refusal(info, shared=shared) or names.refusal(original),
        open=lambda: opened.open(info),
    )


def _zip_refusal(info: zipfile.ZipInfo, *, shared: bool) -> str | None:
    mode = info.external_attr >> 16
    if shared:
        return "It shares its bytes with another file of the zip, as in a bomb; it was left out for safety."
    if info.flag_bits & 0x1:
        return "Locked with a password; unlock the zip and send it again."
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return LINK
    return None


@contextmanager
def _tar(archive: Path, limits: Limits, *, compression: str) -> Iterator[Contents]:
    limit = limits.unpacked(archive.stat().st_size)
    with decompressed(archive, compression=compression) as stream:
        capped = Capped(stream, limit=limit)
        try:
            opened = tarfile.open(fileobj=capped, mode="r:", errorlevel=1)  # noqa: SIM115 - closed below
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise ArchiveRejected(
                "this is neither a zip nor a tar", remedy="Put the photographs into a zip or a tar, and send that."
            ) from error
        with opened:
            members, cut_off = _members(opened, limits)
            entries = (_tar_entry(opened, member, position=i) for i, member in enumerate(members))
            yield Contents(entries=tuple(entries), cut_off=cut_off)


def _members(opened: tarfile.TarFile, limits: Limits) -> tuple[list[tarfile.TarInfo], str | None]:
    """List the files, as far as the tar is whole; and say why there are no more, where it is not."""
    members: list[tarfile.TarInfo] = []
    room = limits.max_index_bytes  # a header in several parts may be long, and is held
    try:
        for member in opened:
            if member.isdir():
                continue
            members.append(member)
            room -= len(member.name) + len(member.linkname) + sum(map(len, member.pax_headers.values()))
            if room < 0:
                said = f"the names of its files take more than {megabytes(limits.max_index_bytes)}"
                raise ArchiveRejected(said, remedy="Give them shorter names, and send it again.")
            if len(members) > limits.max_files:
                raise too_many(len(members), limits)
    except TooLarge as error:
        return members, f"The archive {error}; what came before that was read, the rest was left out for safety."
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError):
        return members, "The archive ends too early; what came before that was read."
    return members, None


def _tar_entry(opened: tarfile.TarFile, member: tarfile.TarInfo, *, position: int) -> Entry:
    @contextmanager
    def reader() -> Iterator[IO[bytes]]:
        stream = opened.extractfile(member)
        if stream is None:
            raise tarfile.ExtractError("not a regular file")
        with stream:
            yield stream

    refusal = None if member.isreg() else LINK
    return Entry(
        position=position,
        name=names.shown(member.name) or NAMELESS,
        size_bytes=member.size,
        refusal=refusal or names.refusal(member.name),
        open=reader,
    )
