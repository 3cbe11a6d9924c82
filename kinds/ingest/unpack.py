"""Take one file out of an archive, or say why not."""

from __future__ import annotations

import errno
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import DiskFull
from kinds.ingest.contents import Entry
from kinds.ingest.formats import WORDS, heif_refusal, raw_refusal
from kinds.ingest.limits import CHUNK_BYTES, Limits, megabytes
from kinds.ingest.magic import ARCHIVES, HEIF, PICTURES, kind_of
from kinds.ingest.streams import TooLarge, copied

DAMAGED = "It is damaged inside the archive and cannot be taken out."
PACKED_ODDLY = "It is packed in a way that Reverie does not read; pack the zip in the usual way (Deflate)."
DAMAGES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # a password
)
NOT_PICTURES = {
    "video": "A video; Reverie learns from photographs.",
    "pdf": "A PDF; Reverie learns from photographs.",
    "jpegxl": "A JPEG XL picture; save it as JPEG or PNG, and send that.",
    "jpeg2000": "A JPEG 2000 picture; save it as JPEG or PNG, and send that.",
}
NOT_A_PICTURE = f"Not a photograph that Reverie reads ({WORDS})."
NESTED = "An archive inside the archive; send it by itself."


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """A file that was taken out, with its SHA-256, or the reason why it was not."""

    entry: Entry
    file: Path | None = None
    sha256: str | None = None
    size_bytes: int = 0
    refusal: str | None = None


def unpacked(entry: Entry, to: Path, *, room: int, limits: Limits) -> Unpacked:
    """Take `entry` out to the file `to`, if it begins like a picture; at most `room` bytes.

    Raises: DiskFull.
    """
    if entry.refusal:
        return Unpacked(entry=entry, refusal=entry.refusal, size_bytes=entry.size_bytes)
    limit = min(limits.max_file_bytes, room)
    try:
        with entry.open() as stream:
            start = stream.read(CHUNK_BYTES)
            if refusal := _not_a_picture(start, limits):
                return Unpacked(entry=entry, refusal=refusal, size_bytes=entry.size_bytes)
            if entry.size_bytes > limit:  # neither zip nor tar gives more than it declares
                raise TooLarge
            sha256, size_bytes = copied(stream, to, start=start, limit=limit)
    except TooLarge:
        to.unlink(missing_ok=True)
        return Unpacked(entry=entry, refusal=_too_large(room, limits), size_bytes=entry.size_bytes)
    except NotImplementedError:
        return Unpacked(entry=entry, refusal=PACKED_ODDLY, size_bytes=entry.size_bytes)
    except DAMAGES as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "there is no room to unpack the archive", remedy="Free some space, then try again."
            ) from error
        to.unlink(missing_ok=True)
        return Unpacked(entry=entry, refusal=DAMAGED, size_bytes=entry.size_bytes)
    return Unpacked(entry=entry, file=to, sha256=sha256, size_bytes=size_bytes)


def _too_large(room: int, limits: Limits) -> str:
    if room < limits.max_file_bytes:
        return (
            f"With it the archive unpacks to more than {limits.max_ratio} times its size; it was left out for safety. "
            "Send it in an archive of its own."
        )
    return f"It unpacks to more than {megabytes(limits.max_file_bytes)}; it was left out for safety."


def _not_a_picture(start: bytes, limits: Limits) -> str | None:
    if not start:
        return "The file is empty."
    kind = kind_of(start)
    if kind is not None and kind in HEIF:
        return heif_refusal(kind, allowed=limits.heif)
    if kind == "raw":
        return raw_refusal(allowed=limits.raw)
    if kind in PICTURES:
        return None
    if kind in ARCHIVES:
        return NESTED
    return NOT_PICTURES.get(kind or "", NOT_A_PICTURE)
