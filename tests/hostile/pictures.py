"""Sound pictures of every odd make: each is to be read, and to look as it was meant."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from tests.hostile.case import File, patched, photo, scene, shown
from tests.hostile.pngs import chunk, png
from tests.hostile.zips import zipped
from tests.kinds.pictures import saved

ARITHMETIC = Path(__file__).with_name("arithmetic.jpg")
UNDONE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def lying() -> Iterator[File]:
    """Pictures that lie as the camera was held, with its note of that."""
    for orientation in range(10):
        yield _lying("JPEG", orientation)
    for format in ("PNG", "WEBP"):
        yield _lying(format, 6)
    for orientation in (3, 6):
        yield _lying("TIFF", orientation)


def _lying(format: str, orientation: int) -> File:
    name = f"held-{orientation}.{format.lower()}"
    upright = scene(name)
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = UNDONE.get(orientation)
    stored = upright.transpose(turn) if turn is not None else upright
    options = {"lossless": True} if format == "WEBP" else {"quality": 95} if format == "JPEG" else {}
    content = saved(stored, format, exif=exif, **options)
    word = "upright" if turn is not None else ""
    return File(name=name, content=content, state="repaired" if word else "ready", word=word, shows=upright)


def colours() -> Iterator[File]:
    """Modes and depths beyond 8-bit RGB."""
    yield _as("grey.jpg", "JPEG", mode="L")
    yield _as("print.jpg", "JPEG", mode="CMYK", word="print colours")
    yield _as("print.tif", "TIFF", mode="CMYK", word="print colours")
    yield _as("one-bit.png", "PNG", mode="1")
    yield _as("fax.tif", "TIFF", mode="1", compression="group4")
    yield _as("palette.bmp", "BMP", mode="P")
    yield _as("grey-lzw.tif", "TIFF", mode="L", compression="tiff_lzw")
    yield _as("jpeg-in.tif", "TIFF", mode="RGB", compression="jpeg")
    yield _as("ycbcr.tif", "TIFF", mode="YCbCr")
    glass = scene("glass").convert("RGBA")
    glass.putalpha(Image.linear_gradient("L").resize(glass.size))
    for mode, format in (("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "TIFF")):
        name = f"see-through-{mode.lower()}.{format.lower()}"
        own = scene(name).convert(mode)
        own.putalpha(glass.getchannel("A"))
        yield _kept(name, saved(own, format, **({"lossless": True} if format == "WEBP" else {})), shown(own), "white")
    palette = scene("see-through-palette.png").quantize(32)
    see_through = shown(_with_hole(palette))
    yield _kept("see-through-palette.png", saved(palette, "PNG", transparency=0), see_through, "white")
    deep = scene("deep")
    grey = np.asarray(deep.convert("L")).astype(np.uint16) * 257
    yield _kept("16-bit.png", saved(Image.fromarray(grey), "PNG"), shown(deep.convert("L")), "8 bits")
    other = scene("deep-tiff").convert("L")
    grey = np.asarray(other).astype(np.uint16) * 257
    yield _kept("16-bit.tif", saved(Image.fromarray(grey), "TIFF"), shown(other), "8 bits")
    floating = scene("float").convert("L")
    unit = np.asarray(floating).astype(np.float32) / 255
    yield _kept("float.tif", saved(Image.fromarray(unit), "TIFF"), shown(floating), "8 bits")
    rgb = scene("deep-rgb")
    rows = b"".join(b"\0" + row.repeat(2).tobytes() for row in np.asarray(rgb).reshape(48, -1))
    yield _kept("16-bit-rgb.png", png(64, 48, depth=16, packed=zlib.compress(rows)), rgb)


def _as(name: str, format: str, *, mode: str, word: str = "", **options: object) -> File:
    image = scene(name).convert(mode)
    if format == "JPEG":
        options["quality"] = 95
    return _kept(name, saved(image, format, **options), shown(image), word)


def _kept(name: str, content: bytes, shows: Image.Image, word: str = "") -> File:
    return File(name=name, content=content, state="repaired" if word else "ready", word=word, shows=shows)


def _with_hole(palette: Image.Image) -> Image.Image:
    image = palette.convert("RGBA")
    image.putalpha(Image.fromarray(np.where(np.asarray(palette) == 0, 0, 255).astype(np.uint8)))
    return image


def profiles() -> Iterator[File]:
    """Colour profiles: true, broken, of another device, of another kind."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield _profiled("srgb.jpg", srgb)
    yield _profiled("no-profile.jpg", b"no profile", "profile is damaged")
    yield _profiled("profile-cut.jpg", srgb[: len(srgb) // 2], "profile is damaged")
    yield _profiled("profile-of-print.jpg", patched(srgb, {16: b"CMYK"}), "profile is damaged")
    yield _profiled("profile-of-grey.jpg", patched(srgb, {16: b"GRAY"}), "profile is damaged")
    yield _profiled("profile-says-4-gb.jpg", patched(srgb, {0: b"\xff\xff\xff\xff"}))
    yield _profiled("profile-of-4-billion-tags.jpg", patched(srgb, {128: b"\xff\xff\xff\xff"}), "profile is damaged")


def _profiled(name: str, profile: bytes, word: str = "") -> File:
    image = scene(name)
    return _kept(name, saved(image, "JPEG", quality=95, icc_profile=profile), image, word)


def makes() -> Iterator[File]:
    """Ways to write a format that few programs use."""
    ways: dict[str, dict[str, Any]] = {
        "progressive.jpg": {"progressive": True},
        "marked.jpg": {"restart_marker_blocks": 2},
        "half-colour.jpg": {"subsampling": 2},
    }
    for name, options in ways.items():
        image = scene(name)
        yield _kept(name, saved(image, "JPEG", quality=95, **options), image)
    yield _kept("arithmetic.jpg", ARITHMETIC.read_bytes(), scene("arithmetic.jpg"))
    frames = [scene(f"frame {i}") for i in range(3)]
    more = {"save_all": True, "append_images": frames[1:]}
    yield _kept("stereo.mpo", saved(frames[0], "MPO", quality=95, **more), frames[0])
    for format in ("GIF", "PNG", "WEBP", "TIFF"):
        name = f"moving.{format.lower()}"
        shots = [scene(f"{name} {i}") for i in range(3)]
        content = saved(shots[0], format, save_all=True, append_images=shots[1:])
        yield _kept(name, content, shots[0], "first of 3")
    yield _kept("big.tif", _big_tiff(scene("big.tif")), scene("big.tif"))
    for name, size in {"long.jpg": (20_000, 16), "tall.jpg": (16, 20_000)}.items():
        yield File(name=name, content=photo(name, size=size), state="ready")
    yield _kept("tail.jpg", photo("tail.jpg") + bytes(range(256)) * 400, scene("tail.jpg"))
    yield _kept("no-ending", photo("no-ending"), scene("no-ending"))


def _big_tiff(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", big_tiff=True)
    return buffer.getvalue()


def polyglots() -> Iterator[File]:
    """Files that are two things at once: the picture is taken, and nothing else of them is ever sent."""
    script = b"<script>alert(1)</script>"
    yield _kept("page.png", _with_text(script), scene("page.png"))
    yield _kept("zip.jpg", photo("zip.jpg") + zipped([("inner.jpg", photo("inner"))]), scene("zip.jpg"))
    gif = saved(scene("script.gif"), "GIF")
    yield File(name="script.gif", content=gif + b";/*" + script + b"*/=1;", state="ready")
    yield _kept("pdf.jpg", photo("pdf.jpg") + b"\n%PDF-1.7\n%%EOF", scene("pdf.jpg"))
    note = scene("comment.jpg")
    yield _kept("comment.jpg", saved(note, "JPEG", quality=95, comment=b"<?php system('id') ?>"), note)


def _with_text(text: bytes) -> bytes:
    content = saved(scene("page.png"), "PNG")
    return content[:33] + chunk(b"tEXt", b"Comment\0" + text) + content[33:]
