"""Decode one hostile picture, and write it anew so that no byte of it is served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from kinds.ingest import limits
from kinds.ingest.formats import FORMATS, RAW
from kinds.ingest.phash import phash
from kinds.ingest.plain import JPEGS, Refused, drafted, plain, turn
from kinds.ingest.raw import is_raw, preview
from kinds.ingest.traits import kind_of
from kinds.looks import looks

IMAGE_SIDE = 2048  # most of the long side of what is served
ENOUGH = 1536  # ... of a JPEG that can be decoded at a half or a quarter
SMALL_SIDE = 360  # least of the short side of what a JPEG is decoded to at first: 256 px are cut from it at 40 dB
THUMB_SIDE = 320
IMAGE, SMALL, THUMB = "image.jpg", "small.jpg", "thumb.jpg"
MOST_PIECES = 2**17  # strips or tiles of one TIFF: a quarter of a minute for a million


def decode(file: Path, *, into: Path, max_pixels: int, formats: tuple[str, ...] = FORMATS) -> dict[str, Any]:
    """Decode `file`, write a clean picture and a thumbnail (long side ≤ 320) into a folder; give the facts of `photos`.

    A large JPEG is decoded at a fraction of its size, which is twice as quick: its clean picture is `SMALL`, and what
    needs more pixels takes them from the original again (`develop`, `kinds.ingest.square`). Everything else becomes an
    `IMAGE` (long side ≤ 2048). Of a raw file the preview is decoded, and is the picture.
    Facts: width and height (of the upright original), phash, average, blur, taken_at (ISO 8601 or None), camera
    (whether one is named), kind (as `kind_of`), repairs (a list of sentences).
    Raises: Refused. Whatever else comes out (OSError, MemoryError, a crash) is a fault of the file too.
    """
    Image.MAX_IMAGE_PIXELS = None  # the declared size is checked here, and refused, not warned about
    raw = RAW in formats and is_raw(file)
    with preview(file) if raw else Image.open(file, formats=[one for one in formats if one != RAW]) as opened:
        _check_size(*opened.size, max_pixels=max_pixels)
        width, height = opened.size
        _check_pieces(opened)
        repairs = _many(opened)
        small = not raw and drafted(opened, SMALL_SIDE / min(width, height))
        if opened.format == "HEIF":  # what it declares and what it holds may differ
            opened.load()
            _check_size(*opened.size, max_pixels=max_pixels)
            width, height = opened.size
        if turn(opened) >= 5 and opened.format != "TIFF":  # on its side; a TIFF gives its size as it is to be seen
            width, height = height, width
        if raw:
            repairs.append(f"The preview in the camera's raw file was taken: {width:,} × {height:,} pixels.")
        clean, mended = plain(opened)
        taken_at, camera = _taken_at(opened.getexif()), raw or _names_camera(opened.getexif())
    if small:
        clean.save(into / SMALL, "JPEG", quality=95, subsampling=0)
    else:
        _write(clean, into / IMAGE)
    thumb = clean.copy()
    # As crisp as by LANCZOS at a third of the time.
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.HAMMING, reducing_gap=3.0)
    thumb.save(into / THUMB, "JPEG", quality=82)
    return {
        **looks(thumb),
        "width": width,
        "height": height,
        "phash": phash(thumb),
        "taken_at": taken_at,
        "camera": camera,
        "kind": kind_of(clean, width=width, height=height, camera=camera),
        "repairs": [*repairs, *mended],
    }


def develop(file: Path, *, into: Path) -> None:
    """Decode a JPEG again, of which `decode` made a `SMALL`, and write the `IMAGE` of it (long side ≤ 2048).

    Raises: as `decode`.
    """
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(file, formats=JPEGS) as opened:
        drafted(opened, ENOUGH / max(opened.size))
        clean, _ = plain(opened)
    _write(clean, into / IMAGE)


def _write(clean: Image.Image, image: Path) -> None:
    clean.thumbnail((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    clean.save(image, "JPEG", quality=92, subsampling=0)


def _check_size(width: int, height: int, *, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refused(
            f"It says that it has {width * height / 1e6:,.0f} megapixels; the limit is {max_pixels / 1e6:,.0f}. "
            "Make it smaller and send it again."
        )
    if min(width, height) < limits.SIDE_MIN:
        raise Refused(f"{width} × {height} pixels are too few; the short side needs {limits.SIDE_MIN}.")


def _check_pieces(opened: Image.Image) -> None:
    """Refuse a TIFF that would be long at work: honest strips and tiles are as many at most as the picture has rows."""
    pieces = len(getattr(opened, "tile", ()))
    if pieces > MOST_PIECES:
        raise Refused(f"It is cut into {pieces:,} pieces, far more than a picture needs. Save it anew, and send that.")


def _many(opened: Image.Image) -> list[str]:
    frames = getattr(opened, "n_frames", 1)
    # An MPO's further pictures are previews and depth maps of the camera: nothing that anyone would miss.
    if frames > 1 and opened.format != "MPO":
        which = "main" if opened.format == "HEIF" else "first"  # a HEIC says which one it is about
        return [f"The {which} of {frames} pictures in the file was taken."]
    return []


def _names_camera(exif: Image.Exif) -> bool:
    return bool(exif.get(ExifTags.Base.Make) or exif.get(ExifTags.Base.Model))


def _taken_at(exif: Image.Exif) -> str | None:
    """Read when the picture was taken; without a zone the camera's clock is taken for UTC."""
    try:
        details: Mapping[int, Any] = exif.get_ifd(ExifTags.IFD.Exif)
        written = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        zone = details.get(ExifTags.Base.OffsetTimeOriginal)
        if not isinstance(written, str):
            return None
        moment = datetime.strptime(written.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - its zone follows
        if isinstance(zone, str):
            moment = datetime.fromisoformat(moment.isoformat() + zone.strip("\x00 "))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    except (ValueError, TypeError, KeyError, OSError, SyntaxError, OverflowError):
        return None  # a broken note costs the time, not the picture
