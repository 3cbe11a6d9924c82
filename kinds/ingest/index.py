"""A zip's list of contents, checked and mended as `zipfile` reads it: before memory is taken for what it lists."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from jobs.errors import ArchiveRejected
from kinds.ingest.limits import Limits

ENTRY = b"PK\x01\x02"
ENTRY_BYTES = 46  # and a name, further fields and a comment
FLAGS_AT, LENGTHS_AT = 8, 28
UTF8 = 0x800


class Index(io.BufferedReader):
    """An archive's file that looks at the list of contents on its way; `passed` ends that, once the zip is open.

    Raises, when read: ArchiveRejected, for a list of too many files.
    """

    def __init__(self, archive: Path, limits: Limits) -> None:
        super().__init__(io.FileIO(archive))
        self._limits = limits
        self.passed = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; `zipfile` reads the list in one piece."""
        if self.passed or size is None:
            return super().read(size)
        if size > self._limits.max_index_bytes:
            raise too_many(size // ENTRY_BYTES, self._limits)
        found = super().read(size)
        return self._mended(found) if found.startswith(ENTRY) else found

    def _mended(self, index: bytes) -> bytes:
        """Count the files, and take the mark of UTF-8 off names that are none: of one, zipfile would refuse the zip."""
        mended, at, count = bytearray(index), 0, 0
        while index.startswith(ENTRY, at) and len(index) >= at + ENTRY_BYTES:
            count += 1
            if count > self._limits.max_files:
                raise too_many(len(index) // ENTRY_BYTES, self._limits)
            (flags,) = struct.unpack_from("<H", index, at + FLAGS_AT)
            name, *further = struct.unpack_from("<HHH", index, at + LENGTHS_AT)
            if flags & UTF8 and not _is_utf8(index[at + ENTRY_BYTES : at + ENTRY_BYTES + name]):
                struct.pack_into("<H", mended, at + FLAGS_AT, flags & ~UTF8)
            at += ENTRY_BYTES + name + sum(further)
        return bytes(mended)


def too_many(count: int, limits: Limits) -> ArchiveRejected:
    """Say that an archive has more files than are taken; `count` as far as they were counted."""
    return ArchiveRejected(
        f"the archive holds more than {limits.max_files:,} files",
        remedy=f"Split it into archives of at most {limits.max_files:,} files each.",
        files=count,
    )


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
