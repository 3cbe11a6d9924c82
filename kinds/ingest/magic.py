"""What a file is, by its first bytes. A name proves nothing."""

from __future__ import annotations

PICTURES = frozenset({"jpeg", "png", "webp", "tiff"})
ARCHIVES = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "7z", "rar"})

_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (257, b"ustar", "tar"),  # first: a tar begins with the name of its first file
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II+\x00", "tiff"),  # BigTIFF
    (0, b"MM\x00+", "tiff"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),  # an empty one
    (0, b"PK\x07\x08", "zip"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (0, b"%PDF", "pdf"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"{", "text"),
    (0, b"<", "text"),
)
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")


def kind_of(start: bytes) -> str | None:
    """Name what begins with `start` (at least 512 bytes, where there are as many), or None."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp":
        return "heif" if start[8:12] in _HEIF else "video"
    for at, mark, kind in _MARKS:
        if start[at : at + len(mark)] == mark:
            return kind
    return "tar" if _old_tar(start) else None


def _old_tar(start: bytes) -> bool:
    """Recognise a tar from before 1988, which has no mark: by the checksum of its first header."""
    if len(start) < 512:
        return False
    header = start[:512]
    try:
        written = int(header[148:156].strip(b" \x00") or b"x", 8)
    except ValueError:
        return False
    return written == sum(header[:148]) + 8 * 0x20 + sum(header[156:])
