"""The files of an enlarged picture: with a profile and its size on paper, and with nothing of where it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, PngImagePlugin, TiffImagePlugin

from jobs.errors import JobFailed
from kinds.looks import looks
from kinds.recipe import RECIPE
from kinds.upscale.known import VIEW_SIDE

DATE = slice(24, 36)  # of a profile's header: when it was made
MADE = bytes([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  # 1 January 2026, so that the same picture is the same file
DESCRIPTION = 270  # a tag of TIFF
Picture = NDArray[np.uint8]  # [H, W, 3]


def opened(path: Path) -> Picture:
    """Read a picture as colours alone. Raises: JobFailed, if it cannot be read."""
    try:
        with Image.open(path) as file:
            return np.asarray(file.convert("RGB")).copy()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise JobFailed(
            "The picture cannot be read; its file is damaged.",
            code="picture_unreadable",
            remedy="Draw it again from its recipe, or bring the photograph again.",
        ) from error


def write(picture: Picture, path: Path, *, form: str, dpi: int | None, recipe: Mapping[str, Any]) -> Path:
    """Write a PNG or TIFF with the profile sRGB, its recipe, and `dpi` where it is for paper."""
    image, text = Image.fromarray(picture), json.dumps(recipe, sort_keys=True)
    options: dict[str, Any] = {"icc_profile": srgb()} | ({"dpi": (dpi, dpi)} if dpi else {})
    if form == "tiff":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[DESCRIPTION] = text
        image.save(path, "TIFF", compression="tiff_adobe_deflate", tiffinfo=tags, **options)
    else:
        said = PngImagePlugin.PngInfo()
        said.add_itxt(RECIPE, text)
        image.save(path, "PNG", pnginfo=said, compress_level=4, **options)
    return path


def write_view(picture: Picture, path: Path) -> Path:
    """Write a JPEG to look at."""
    image = Image.fromarray(picture)
    image.thumbnail((VIEW_SIDE, VIEW_SIDE), Image.Resampling.LANCZOS)
    block, ImageFile.MAXBLOCK = ImageFile.MAXBLOCK, max(ImageFile.MAXBLOCK, 4 * image.width * image.height)
    try:
        image.save(path, "JPEG", quality=92, subsampling=0, icc_profile=srgb())
    finally:
        ImageFile.MAXBLOCK = block
    return path


def blur_of(picture: Picture) -> str:
    """Give what a page shows before the picture is there."""
    small = Image.fromarray(picture)
    small.thumbnail((64, 64))
    return looks(small)["blur"]


def srgb() -> bytes:
    """The profile sRGB, with a fixed date."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[DATE] = MADE
    return bytes(made)
