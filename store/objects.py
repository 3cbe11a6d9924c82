"""Files that outlive a job: what an object store is, and the form of its keys. Nothing else touches such files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from jobs.errors import Rejected

# A key's first part is the table whose row, by the id that follows, may name the key.
KINDS = (
    *("archives", "photos", "models", "model_files", "samples"),
    *("artifacts", "resume_points", "features", "directions", "maps", "seen", "echoes", "videos"),
    "soundtracks",
)
_KEY = re.compile(
    r"(?P<kind>[a-z_]+)/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9]{1,9}/[0-9a-f]{64}(\.[a-z0-9]{1,16})?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """An object: its key, the SHA-256 of its bytes in hex, and how many there are."""

    key: str
    sha256: str
    size_bytes: int


class Objects(Protocol):
    """An object store. Objects are never overwritten, and either whole or not there."""

    def put_file(
        self,
        path: Path,
        *,
        kind: str,
        id: UUID,
        attempt: int = 0,
        consume: bool = False,
        share: bool = False,
        sha256: str | None = None,
    ) -> Stored:
        """Store a file; its suffix is kept. With `consume` the file is taken over, with `share` it stays as well.

        `sha256` may be known then; the file must not be written any more.
        """

    def put_folder(self, folder: Path, *, kind: str, id: UUID, attempt: int = 0) -> dict[str, Stored]:
        """Store each file of a flat folder, by name."""

    def share(self, wanted: Mapping[UUID, Sequence[str]], *, kind: str, attempt: int = 0) -> dict[UUID, list[str]]:
        """Give objects another key each, of another owner: either is deleted without the other.

        `wanted`: keys by the id of their new owner; one of which a file is gone is left out.
        """

    def open(self, key: str) -> BinaryIO:
        """Open an object to read. Raises: NotFound."""

    def path(self, key: str) -> Path:
        """Give an object as a local file, which must not be written. Raises: NotFound."""

    def folder(self, files: Mapping[str, str], into: Path) -> Path:
        """Lay objects out under these names in a new folder."""

    def delete(self, key: str) -> None:
        """Delete an object, or do nothing if there is none."""

    def older_than(self, seconds: float) -> Iterator[str]:
        """Name the objects that were stored longer ago than this."""

    def sweep_parts(self, seconds: float) -> int:
        """Delete what a crash left half-written longer ago than this; return how many."""

    def check(self) -> None:
        """Raise unless the store can be read and written now."""

    def free_bytes(self) -> int | None:
        """Tell the room that is left, where that is known."""


def key_of(kind: str, id: UUID, attempt: int, sha256: str, *, suffix: str = "") -> str:
    """Form a key: kind/id/attempt/hash, with the file's suffix if it is a plain one."""
    plain = suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,16}", suffix) else ""
    return checked_key(f"{kind}/{id}/{attempt}/{sha256}{plain}")


def checked_key(key: str) -> str:
    """Give a key back if it has the form of one; nothing else becomes a path. Raises: Rejected."""
    found = _KEY.fullmatch(key)
    if found is None or found["kind"] not in KINDS:
        raise Rejected(f"{key[:80]!r} is no object's key.")
    return key


def owner_of(key: str) -> tuple[str, UUID]:
    """Say which table's row may name a key: the kind, and the row's id."""
    kind, id, *_ = checked_key(key).split("/")
    return kind, UUID(id)


def hash_of(key: str) -> str:
    """Say the SHA-256 of an object's bytes, in hex."""
    return checked_key(key).split("/")[3].partition(".")[0]


def folder_hash(files: Mapping[str, Stored]) -> str:
    """Hash a folder by the names and hashes of its files; SHA-256 in hex."""
    lines = "".join(f"{name} {files[name].sha256}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def digest(path: Path, *, each: Callable[[bytes], object] = lambda block: None) -> tuple[str, int]:
    """Read a file once: its SHA-256 in hex and its size; `each` block is handed on."""
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
            each(block)
            size += len(block)
    return hasher.hexdigest(), size
