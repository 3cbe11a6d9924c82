"""A picture as it is meant to be seen: upright, opaque, in sRGB, 8 bits a channel."""

from __future__ import annotations

import io

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

WHITE = (255, 255, 255)
JPEGS = ("JPEG", "MPO")  # what can be decoded at a half, a quarter or an eighth of its size


class Refused(Exception):
    """The file is no picture that can be used; the text says why, in one sentence."""


def drafted(opened: Image.Image, share: float) -> bool:
    """Have a JPEG decoded no larger than a share of its size needs; say whether that made it smaller."""
    if opened.format not in JPEGS or share >= 1:
        return False
    whole = opened.size
    opened.draft(None, (max(1, round(whole[0] * share)), max(1, round(whole[1] * share))))
    return opened.size != whole


def turn(opened: Image.Image) -> int:
    """Say how the camera noted that it was held: 1 to 8, where 1 is upright (EXIF 2.32, 4.6.4)."""
    noted = opened.getexif().get(ExifTags.Base.Orientation, 1)
    return noted if noted in range(2, 9) else 1


def plain(opened: Image.Image) -> tuple[Image.Image, list[str]]:
    """Give an opened picture, not yet loaded, upright and plain, with sentences about what that took.

    Raises: Refused. Whatever else comes out (OSError, MemoryError, a crash) is a fault of the file too.
    """
    # Read before the pixels are: a TIFF is turned as it is loaded, and its note is gone then.
    repairs = ["Turned upright, as the camera noted."] if turn(opened) != 1 else []
    picture = _plain(ImageOps.exif_transpose(opened), repairs)
    picture.info.clear()  # what Pillow would write along: EXIF, a colour profile, comments
    return picture, repairs


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
