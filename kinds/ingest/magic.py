"""What a file is, by its first bytes. A name proves nothing."""

from __future__ import annotations

import struct

HEIF = frozenset({"heic", "avif"})  # read where the setting allows it
PICTURES = frozenset({"jpeg", "png", "webp", "tiff", "gif", "bmp"}) | HEIF
ARCHIVES = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar"})

_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (257, b"ustar", "tar"),  # first: a tar begins with the name of its first file
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (8, b"CR\x02\x00", "raw"),  # Canon; before the TIFF that it is
    (0, b"FUJIFILMCCD-RAW", "raw"),
    (0, b"IIRO", "raw"),  # Olympus
    (0, b"IIRS", "raw"),
    (0, b"MMOR", "raw"),
    (0, b"IIU\x00", "raw"),  # Panasonic
    (0, b"FOVb", "raw"),  # Sigma
    (0, b"\x00MRM", "raw"),  # Minolta
    (0, b"\xff\x0a", "jpegxl"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jpegxl"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jpeg2000"),
    (0, b"\xff\x4f\xff\x51", "jpeg2000"),
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
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"%PDF", "pdf"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"\x00\x00\x01\xba", "video"),
    (0, b"FLV\x01", "video"),
    (0, b"{", "text"),
    (0, b"<", "text"),
)
# Of TIFF 6.0, its supplement 1, and DNG 1.7.
SUBFILE_TYPE, SUB_LISTS, DNG_VERSION = 254, 330, 50706
REDUCED = 1  # as a subfile's type: a smaller one of another picture
_AVIF = frozenset({b"avif", b"avis"})
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_EITHER = frozenset({b"mif1", b"msf1"})  # which one, a further brand says
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})  # bytes, in all that have been in use


def kind_of(start: bytes) -> str | None:
    """Name what begins with `start` (at least 512 bytes, where there are as many), or None."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        return "video"
    if start[4:8] == b"ftyp":
        return _boxed(start)
    for at, mark, kind in _MARKS:
        if start[at : at + len(mark)] == mark:
            return "raw" if kind == "tiff" and _is_raw(start) else kind
    if start[:2] == b"BM" and len(start) >= 18 and struct.unpack_from("<L", start, 14)[0] in _BMP_HEADERS:
        return "bmp"  # two letters alone are the start of many a text
    return "tar" if _old_tar(start) else None


def _is_raw(start: bytes) -> bool:
    """Tell a camera's raw file from other TIFFs, by the first of its lists of tags.

    It says that it is a DNG; or, as Nikon's and Sony's, it is about a preview, and the photograph's list is below it.
    """
    order = "<" if start[:2] == b"II" else ">"
    if len(start) < 8 or struct.unpack_from(f"{order}H", start, 2)[0] != 42:  # none writes a BigTIFF
        return False
    (at,) = struct.unpack_from(f"{order}L", start, 4)
    if at + 2 > len(start):
        return False
    (count,) = struct.unpack_from(f"{order}H", start, at)
    whole = min(count, (len(start) - at - 2) // 12)
    tags = {}
    for entry in range(at + 2, at + 2 + 12 * whole, 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHLL", start, entry)
        tags[tag] = value
    return DNG_VERSION in tags or (SUB_LISTS in tags and tags.get(SUBFILE_TYPE) == REDUCED)


def _boxed(start: bytes) -> str:
    brand = start[8:12]
    end = min(int.from_bytes(start[:4], "big"), len(start), 256)
    further = {start[at : at + 4] for at in range(16, end - 3, 4)}
    if brand == b"crx ":
        return "raw"  # Canon's
    if brand in _AVIF or (brand in _EITHER and further & _AVIF):
        return "avif"
    return "heic" if brand in _HEIC | _EITHER else "video"


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
