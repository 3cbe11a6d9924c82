"""Pictures that are none, that end too early, that lie about what they are or how large: each costs its own line."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.hostile.case import File, patched, photo, scene
from tests.hostile.pngs import chunk, png
from tests.hostile.tiffs import grey, tiff
from tests.hostile.zips import zipped
from tests.kinds.pictures import saved


def cut() -> Iterator[File]:
    """Files that end too early, at several places."""
    for share in (0.02, 0.3, 0.7, 0.98):
        for format in ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"):
            name = f"cut-{round(100 * share)}.{format.lower()}"
            whole = saved(scene(name, size=(200, 150)), format)
            content = whole[: max(20, round(share * len(whole)))]
            yield File(name=name, content=content, state="refused", word="damaged")
    yield File(name="empty.jpg", content=b"", state="refused", word="empty")
    yield File(name="one-byte.jpg", content=b"\xff", state="refused", word="Not a photograph")
    yield File(name="start-alone.jpg", content=b"\xff\xd8\xff", state="refused", word="damaged")
    yield File(name="zeros.jpg", content=b"\xff\xd8\xff" + bytes(3000), state="refused", word="damaged")


def mistaken() -> Iterator[File]:
    """Files under the name of another kind: what they hold counts."""
    image = scene("png-as.jpg")
    yield File(name="png-as.jpg", content=saved(image, "PNG"), state="ready", shows=image)
    image = scene("jpeg-as.png")
    yield File(name="jpeg-as.png", content=photo("jpeg-as.png"), state="ready", shows=image)
    html = b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
    elf, exe = b"\x7fELF\2\1\1" + bytes(200), b"MZ\x90\0" + bytes(200)
    for name, content, word in (
        ("page.jpg", html, "Not a photograph"),
        ("program.png", elf, "Not a photograph"),
        ("program.jpg", exe, "Not a photograph"),
        ("archive.jpg", zipped([("a.jpg", photo("a"))]), "archive inside"),
        ("archive.tar.gz", gzip.compress(photo("b"), mtime=0), "archive inside"),
        ("letter.jpg", b"Dear all, " * 50, "Not a photograph"),
        ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Not a photograph"),
        ("entities.svg", b"<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'>]><svg/>", "Not a photograph"),
        ("scan.pdf", b"%PDF-1.7\n" + bytes(200), "PDF"),
        ("print.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file", "Not a photograph"),
        ("layers.psd", b"8BPS\0\1" + bytes(200), "Not a photograph"),
        ("icon.ico", b"\0\0\1\0\1\0" + bytes(200), "Not a photograph"),
        ("plain.ppm", b"P6 4000000000 4000000000 255\n", "Not a photograph"),
    ):
        yield File(name=name, content=content, state="refused", word=word)


def unread() -> Iterator[File]:
    """Real kinds of pictures and films that are not read."""
    box = bytes(200)
    for name, content, word in (
        ("film.mp4", b"\0\0\0\x18ftypmp42" + box, "video"),
        ("live.mov", b"\0\0\0\x14ftypqt  " + box, "video"),
        ("film.mkv", b"\x1aE\xdf\xa3" + box, "video"),
        ("film.avi", b"RIFF\xc8\0\0\0AVI LIST" + box, "video"),
        ("film.mpg", b"\0\0\1\xba\x44" + box, "video"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + box, "REVERIE_HEIF=true"),
        ("web.avif", b"\0\0\0\x1cftypavif" + box, "REVERIE_HEIF=true"),
        ("new.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + box, "JPEG XL"),
        ("film.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + box, "JPEG 2000"),
        ("canon.cr3", b"\0\0\0\x18ftypcrx " + box, "raw file"),
        ("canon.cr2", b"II*\0\x10\0\0\0CR\2\0" + box, "raw file"),
        ("fuji.raf", b"FUJIFILMCCD-RAW 0201" + box, "raw file"),
        ("olympus.orf", b"IIRO\x08\0\0\0" + box, "raw file"),
        ("panasonic.rw2", b"IIU\0\x18\0\0\0" + box, "raw file"),
    ):
        yield File(name=name, content=content, state="refused", word=word)
    for name, more in (("adobe.dng", (50706, 1, 4, 0x0401)), ("nikon.nef", (330, 4, 1, 8))):
        yield File(name=name, content=_previewed(more), state="refused", word="raw file")


def _previewed(more: tuple[int, int, int, int]) -> bytes:
    """A camera's raw file as a reader of plain TIFFs sees it: a grey preview of 160 × 120."""
    size, at = 160 * 120, 8 + 2 + 12 * 12 + 4
    entries = [(254, 4, 1, 1), (256, 4, 1, 160), (257, 4, 1, 120), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, 1, at), (277, 3, 1, 1), (278, 4, 1, 120), (279, 4, 1, size), (284, 3, 1, 1), more]
    return tiff(entries) + bytes(range(256)) * (size // 256)


def damaged() -> Iterator[File]:
    """Pictures with bytes that are wrong."""
    whole = saved(scene("marks", size=(200, 150)), "JPEG", quality=90, restart_marker_blocks=2)
    marks = [at for at in range(len(whole) - 1) if whole[at] == 0xFF and 0xD0 <= whole[at + 1] <= 0xD7]
    wrong = patched(whole, {at + 1: b"\xd5" for at in marks[3:40]})
    yield File(name="wrong-marks.jpg", content=wrong, state="ready")
    good = photo("noise-within.jpg", size=(200, 150))
    start = good.index(b"\xff\xda") + 14
    content = patched(good, {start: bytes(range(256)) * 4})
    yield File(name="noise-within.jpg", content=content, state="refused", word="damaged")
    image = saved(scene("bad-sum.png"), "PNG")
    at = image.index(b"IDAT") + 10
    yield File(name="bad-sum.png", content=patched(image, {at: b"\0\1\2"}), state="refused", word="damaged")
    rows = zlib.compress(bytes(48 * 193))
    yield File(
        name="bad-filter.png",
        content=png(64, 48, packed=zlib.compress(b"\x09" * 48 * 193)),
        state="refused",
        word="damaged",
    )
    no_end = saved(scene("no-end.png"), "PNG")[:-12]  # all of its pixels are there
    yield File(name="no-end.png", content=no_end, state="ready", shows=scene("no-end.png"))
    yield File(name="no-size.png", content=png(0, 0, packed=rows), state="refused", word="damaged")
    yield File(name="no-pixels.png", content=png(64, 48, packed=b""), state="refused", word="damaged")
    for value, name in ((np.inf, "infinite.tif"), (np.nan, "no-number.tif")):
        full = np.full((32, 32), value, np.float32)
        content = saved(Image.fromarray(full), "TIFF")
        yield File(name=name, content=content, state="refused", word="finite numbers")
    loops = {"exif-loop.jpg": b"Exif\0\0" + tiff([(0x8769, 4, 1, 8)]), "exif-far.jpg": b"Exif\0\0II*\0\xff\xff\xff\x7f"}
    for name, exif in loops.items():
        yield File(
            name=name, content=saved(scene(name), "JPEG", quality=95, exif=exif), state="ready", shows=scene(name)
        )
    loop = saved(scene("ifd-loop.tif"), "TIFF")
    directory = int.from_bytes(loop[4:8], "little")
    then = directory + 2 + 12 * int.from_bytes(loop[directory : directory + 2], "little")
    yield File(
        name="ifd-loop.tif", content=patched(loop, {then: loop[4:8]}), state="ready", shows=scene("ifd-loop.tif")
    )


def sized() -> Iterator[File]:
    """Too small, and too large by what they say, before memory is taken for them."""
    for size in ((1, 1), (1, 20_000), (20_000, 1), (15, 400)):
        name = f"{size[0]}x{size[1]}.png"
        word = f"{size[0]} × {size[1]} pixels are too few"
        yield File(name=name, content=saved(Image.new("RGB", size), "PNG"), state="refused", word=word)
    few = zlib.compress(bytes(1000))
    huge = struct.pack(">HH", 65_500, 65_500)
    jpeg = photo("huge")
    frame = jpeg.index(b"\xff\xc0")
    gif, bmp = (saved(scene("huge"), format) for format in ("GIF", "BMP"))
    webp = saved(scene("huge"), "WEBP", save_all=True, append_images=[scene("other")])
    for name, content in {
        "huge.png": png(100_000, 100_000, packed=few),
        "most.png": png(2**31 - 1, 2**31 - 1, packed=few),
        "huge.jpg": patched(jpeg, {frame + 5: huge}),
        "huge.gif": patched(gif, {6: b"\xff\xff\xff\xff"}),
        "huge.bmp": patched(bmp, {18: struct.pack("<ll", 100_000, 100_000)}),
        "huge.webp": patched(webp, {webp.index(b"VP8X") + 12: (16_382).to_bytes(3, "little") * 2}),
        "huge.tif": grey(100_000, 100_000, strips=1, offsets=8, sizes=100),
    }.items():
        yield File(name=name, content=content, state="refused", word="megapixels")


def bombs() -> Iterator[File]:
    """Small files that would be large in memory, or long at work."""
    swollen = zlib.compress(bytes(100_000_000), 9)
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in np.asarray(scene("text.png")).reshape(48, -1)))
    text = chunk(b"zTXt", b"Comment\0\0" + swollen)
    yield File(name="text-bomb.png", content=png(64, 48, packed=rows, before=text), state="refused", word="damaged")
    profile = chunk(b"iCCP", b"sRGB\0\0" + swollen)
    yield File(
        name="profile-bomb.png", content=png(64, 48, packed=rows, before=profile), state="refused", word="damaged"
    )
    yield File(name="pixel-bomb.png", content=png(64, 48, packed=swollen), state="ready")
    yield File(name="strips.tif", content=_strips(200_000), state="refused", word="200,000 pieces")
    yield File(name="moving.gif", content=_frames(100_000), state="repaired", word="first of")
    yield File(name="tags.tif", content=tiff([(65_000, 1, 2**31 - 1, 8)]), state="refused", word="damaged")


def _strips(count: int) -> bytes:
    """A TIFF of so many strips, each of one row, all at the same place."""
    at = len(grey(100, count, strips=count, offsets=0, sizes=0))
    head = grey(100, count, strips=count, offsets=at, sizes=at + 4 * count)
    return head + struct.pack("<L", 8) * count + struct.pack("<L", 100) * count


def _frames(count: int) -> bytes:
    """A GIF whose first picture is sound, with a hundred thousand of one pixel behind it."""
    first = saved(scene("moving"), "GIF")[:-1]
    frame = b"!\xf9\4\4\1\0\0\0" + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return first + frame * count + b";"
