"""A zip that is written while it is sent: nothing of it is kept but the list of contents, which comes last."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

PIECE_BYTES = 2**18
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, tzinfo=UTC)  # that a zip can say
_PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file to be: its path in the zip, its bytes, which are closed then, about how many they are, and its time."""

    name: str
    source: IO[bytes]
    size_bytes: int
    at: datetime = _FIRST


def zipped(entries: Iterable[Entry]) -> Generator[bytes, None, None]:
    """Write entries one after the other, as they are; some 500 bytes of memory an entry stay in use until the end."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as target:  # type: ignore[call-overload]  # write() will do
        for entry in entries:
            with entry.source as source, target.open(_described(entry), "w") as file:
                while piece := source.read(PIECE_BYTES):
                    file.write(piece)
                    if outlet.waits >= PIECE_BYTES:
                        yield outlet.taken()
        if outlet.waits:
            yield outlet.taken()
    yield outlet.taken()  # the list of contents


class _Outlet:
    """Where the zip is written to: it can neither seek nor tell, so that sizes and sums follow after each file."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self.waits = 0  # bytes

    def write(self, piece: bytes) -> int:
        self._waiting.append(bytes(piece))
        self.waits += len(piece)
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        whole = b"".join(self._waiting)
        self._waiting.clear()
        self.waits = 0
        return whole


def _described(entry: Entry) -> zipfile.ZipInfo:
    at = min(max(entry.at, _FIRST), _LAST)
    described = zipfile.ZipInfo(entry.name, at.timetuple()[:6])
    described.file_size = entry.size_bytes  # from 2 GB on it is written in the long form
    described.external_attr = _PLAIN_FILE
    return described
