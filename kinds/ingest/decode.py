"""Decode one hostile picture: upright, sRGB, 8 bits, opaque, and written anew so that no byte of it is served."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

from kinds.ingest import limits
from kinds.ingest.formats import FORMATS
from kinds.looks import looks

IMAGE_SIDE = 2048  # long side of what is served and trained on
ENOUGH = 1536  # ... of a JPEG that can be decoded at a half, a quarter or an eighth, which is three times as quick
THUMB_SIDE = 320
WHITE = (255, 255, 255)


class Refused(Exception):
    """The file is no picture that can be used; the text says why, in one sentence."""


def decode(
    file: Path, *, image: Path, thumb: Path, max_pixels: int, formats: tuple[str, ...] = FORMATS
) -> dict[str, Any]:
    """Decode `file`, write `image` (long side ≤ 2048) and `thumb` (≤ 320), both JPEG; give the facts of `photos`.

    Facts: width and height (of the upright original), phash, average, blur, taken_at (ISO 8601 or None), repairs (a
    list of sentences).
    Raises: Refused. Whatever else comes out (OSError, MemoryError, a crash) is a fault of the file too.
    """
    Image.MAX_IMAGE_PIXELS = None  # the declared size is checked here, and refused, not warned about
    with Image.open(file, formats=formats) as opened:
        _check_size(*opened.size, max_pixels=max_pixels)
        exif = opened.getexif()
        turned = exif.get(ExifTags.Base.Orientation, 1) not in (0, 1)
        width, height = opened.size
        repairs = _many(opened)
        share = min(1.0, ENOUGH / max(width, height))
        opened.draft(None, (round(width * share), round(height * share)))  # a JPEG is decoded no larger than needed
        opened.load()
        if opened.format == "HEIF":  # what it declares and what it holds may differ
            _check_size(*opened.size, max_pixels=max_pixels)
            width, height = opened.size
        if turned and exif.get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8):
            width, height = height, width
        taken_at = _taken_at(exif)
        upright = ImageOps.exif_transpose(opened)
    if turned:
        repairs.append("Turned upright, as the camera noted.")
    plain = _plain(upright, repairs)
    plain.info.clear()  # what Pillow would write along: EXIF, a colour profile, comments
    plain.thumbnail((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    plain.save(image, "JPEG", quality=92, subsampling=0)
    small = plain.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    small.save(thumb, "JPEG", quality=82)
    phash = str(imagehash.phash(small))
    return {
        **looks(small),
        "width": width,
        "height": height,
        "phash": phash,
        "taken_at": taken_at,
        "repairs": repairs,
    }


def _check_size(width: int, height: int, *, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refused(
            f"It says that it has {width * height / 1e6:,.0f} megapixels; the limit is {max_pixels / 1e6:,.0f}. "
            "Make it smaller and send it again."
        )
    if min(width, height) < limits.SIDE_MIN:
        raise Refused(f"{width} × {height} pixels are too few; the short side needs {limits.SIDE_MIN}.")


def _many(opened: Image.Image) -> list[str]:
    frames = getattr(opened, "n_frames", 1)
    # An MPO's further pictures are previews and depth maps of the camera: nothing that anyone would miss.
    if frames > 1 and opened.format != "MPO":
        which = "main" if opened.format == "HEIF" else "first"  # a HEIC says which one it is about
        return [f"The {which} of {frames} pictures in the file was taken."]
    return []


def _plain(picture: Image.Image, repairs: list[str]) -> Image.Image:
    """Convert to 8-bit opaque sRGB, noting what was done."""
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture, repairs)
    alpha = _alpha(picture)
    picture = _srgb(picture, repairs)
    if alpha is not None and alpha.getextrema() != (255, 255):
        repairs.append("What was transparent is white now.")
        ground = Image.new("RGB", picture.size, WHITE)
        ground.paste(picture, mask=alpha)
        return ground
    return picture


def _eight_bits(picture: Image.Image, repairs: list[str]) -> Image.Image:
    values = np.asarray(picture).astype(np.float32)
    if not np.isfinite(values).all():
        raise Refused("Its pixels are not finite numbers.")
    if picture.mode == "F":
        full = 1.0 if values.max(initial=0) <= 1 else 255.0 if values.max(initial=0) <= 255 else 65_535.0
    else:
        full = 65_535.0 if picture.mode != "I" or values.max(initial=0) > 255 else 255.0
    repairs.append("Its tones were reduced to 8 bits.")
    return Image.fromarray((values * (255.0 / full)).clip(0, 255).round().astype(np.uint8))


def _alpha(picture: Image.Image) -> Image.Image | None:
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA").getchannel("A")
    return None


def _srgb(picture: Image.Image, repairs: list[str]) -> Image.Image:
    """Convert to RGB in sRGB, through the embedded colour profile if there is one that works."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK":
        repairs.append("Its print colours (CMYK) were turned into screen colours.")
    if picture.mode not in ("RGB", "CMYK", "L", "LAB"):
        picture = picture.convert("RGB")  # palette, alpha, one bit, YCbCr
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            repairs.append("Its colour profile is damaged; the colours were read as sRGB.")
        else:
            return turned if turned is not None else picture
    return picture.convert("RGB")


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
