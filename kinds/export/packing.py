"""A zip of one folder, the same bytes for the same content, with a sum over each file."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PIECE_BYTES = 2**20
SUMS = "SHA256SUMS"
_AT = (1980, 1, 1, 0, 0, 0)  # the time of making would make another file of it
_PLAIN_FILE = 0o100644 << 16
_SMALLER = {".js", ".json", ".txt", ".html", ".css", ".py", ".wasm", ".svg", ""}  # what packs well
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')  # by one system or another
LONGEST = 80


def folder_name(name: str) -> str:
    """Give a name that any system takes for a folder."""
    plain = "".join(letter if letter.isprintable() else "_" for letter in _FORBIDDEN.sub("_", name))
    return f"{plain.strip()[:LONGEST].strip().rstrip('. ') or 'Reverie'} heirloom"


class Pack:
    """A pack that is being written; `root` is the folder that it unzips to. Leaving it writes the sums."""

    def __init__(self, file: Path, *, root: str) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._root = root
        self._sums: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            lines = "".join(f"{sum}  {name}\n" for name, sum in sorted(self._sums.items()))
            self.add(SUMS, lines.encode())
        self._zip.close()

    @property
    def files(self) -> int:
        """How many files are in it."""
        return len(self._sums)

    def add(self, name: str, content: bytes) -> None:
        """Add a file. Raises: OSError, as when the disk is full."""
        with self._entry(name, len(content)) as entry:
            entry.write(content)
        self._sums[name] = hashlib.sha256(content).hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that lies elsewhere. Raises: OSError."""
        sum = hashlib.sha256()
        with path.open("rb") as source, self._entry(name, path.stat().st_size) as entry:
            while piece := source.read(PIECE_BYTES):
                sum.update(piece)
                entry.write(piece)
        self._sums[name] = sum.hexdigest()

    def _entry(self, name: str, size_bytes: int) -> IO[bytes]:
        described = zipfile.ZipInfo(f"{self._root}/{name}", _AT)
        described.external_attr = _PLAIN_FILE
        described.file_size = size_bytes  # from 2 GB on it is written in the long form
        small = Path(name).suffix in _SMALLER
        described.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
        return self._zip.open(described, "w")
