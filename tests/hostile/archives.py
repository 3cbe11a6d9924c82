"""Archives that climb out, point elsewhere, lie about themselves or swell."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import zstandard

from tests.hostile.case import Case, Line, photo
from tests.hostile.zips import DEFLATED, LOCKED, SIZES_BEHIND, Entry, write, zipped

OUTSIDE = "for safety"
LINK = "link or a device"
SWELLS = "unpacks to more than"
GOOD = Line(name="good.jpg", state="ready")


def refused(name: str, word: str) -> Line:
    return Line(name=name, state="refused", word=word)


def slips(outside: str) -> Iterator[Case]:
    """Names that lead out of the archive; `outside` is a folder that is there, and must stay as it is."""
    up = "/".join([".."] * 12)
    names = {
        f"{up}{outside}/slip.jpg": "climbs out",
        "../up.jpg": "climbs out",
        "a/../../up.jpg": "climbs out",
        "a/b/..": "climbs out",
        "..\\up.jpg": "climbs out",
        "..\\..\\Windows\\win.jpg": "climbs out",
        f"{outside}/slip.jpg": "place on a disk",
        "//server/share/unc.jpg": "place on a disk",
        "\\\\server\\share\\unc.jpg": "place on a disk",
        "C:\\win.jpg": "place on a disk",
        "c:win.jpg": "place on a disk",
    }
    files = [GOOD.name, *names]
    lines = [GOOD, *(refused(name, word) for name, word in names.items())]
    yield Case(name="slips.zip", content=zipped([(name, photo(name)) for name in files]), lines=lines)
    yield Case(name="slips.tar", content=tarred([(name, photo(name)) for name in files]), lines=lines)


def links(outside: str) -> Iterator[Case]:
    """Links and devices, and files whose way leads through a link."""
    entries = [
        Entry(name=b"link.jpg", content=b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
        Entry(name=b"folder", content=outside.encode(), mode=stat.S_IFLNK | 0o777),
        Entry(name=b"folder/through.jpg", content=photo("through a zip")),
        Entry(name=b"device.jpg", mode=stat.S_IFCHR | 0o666),
        Entry(name=b"pipe.jpg", mode=stat.S_IFIFO | 0o666),
        Entry(name=b"good.jpg", content=photo("good.jpg")),
    ]
    through = Line(name="folder/through.jpg", state="ready")
    lines = [refused(name, LINK) for name in ("link.jpg", "folder", "device.jpg", "pipe.jpg")]
    yield Case(name="links.zip", content=write(entries), lines=[*lines[:2], through, *lines[2:], GOOD])
    types = {
        "soft.jpg": tarfile.SYMTYPE,
        "hard.jpg": tarfile.LNKTYPE,
        "folder": tarfile.SYMTYPE,
        "char.jpg": tarfile.CHRTYPE,
        "block.jpg": tarfile.BLKTYPE,
        "pipe.jpg": tarfile.FIFOTYPE,
        "contiguous.jpg": tarfile.CONTTYPE,
    }
    to = {"folder": outside}
    special = [member(name, type=type, linkname=to.get(name, "/etc/passwd")) for name, type in types.items()]
    content = tarred([("folder/through.jpg", photo("through a tar")), ("good.jpg", photo("good.jpg"))], before=special)
    lines = [refused(name, "" if name == "contiguous.jpg" else LINK) for name in types]
    yield Case(name="links.tar", content=content, lines=[*lines, through, GOOD])


def fields() -> Iterator[Case]:
    """Zips whose headers are rare, or lie."""
    files = list(_headers())
    content = write([entry for entry, _ in files])
    (at,) = struct.unpack_from("<L", content, len(content) - 6)  # of zip64.jpg, whose sizes stand in a further field
    content = content[: at + 20] + b"\xff" * 8 + content[at + 28 :]
    yield Case(name="fields.zip", content=content, lines=[line for _, line in files])
    good, other = (Entry(name=name.encode(), content=photo(name)) for name in ("good.jpg", "other.jpg"))
    both = [GOOD, Line(name="other.jpg", state="ready")]
    yield Case(name="counts-wrong.zip", content=write([good, other], count=60_000), lines=both)
    yield Case(name="behind-a-program.zip", content=write([good], front=b"MZ" + bytes(500)), failed="neither a zip")
    yield Case(name="comment.zip", content=write([good], comment=b"PK\5\6" * 1000), failed="list of contents")
    yield Case(name="cut.zip", content=write([good, other])[:-60], failed="cut off")


def _headers() -> Iterator[tuple[Entry, Line]]:
    def one(name: str, word: str = "", **odd: Any) -> tuple[Entry, Line]:
        content = odd.pop("content", photo(name))
        line = Line(name=name, state="refused" if word else "ready", word=word)
        return Entry(name=name.encode(), content=content, **odd), line

    size = len(photo("zip64.jpg"))
    yield one("zip64.jpg", extra=struct.pack("<HHQQ", 1, 16, size, size))
    yield one("sizes-behind.jpg", method=DEFLATED, flags=SIZES_BEHIND)
    yield one("locked.jpg", "password", flags=LOCKED)
    yield one("strongly-locked.jpg", "password", flags=LOCKED | 0x40)
    yield one("odd-packing.jpg", "packed in a way", says_method=99)
    yield one("zstd-within.jpg", "packed in a way", says_method=93)
    yield one("wrong-sum.jpg", "damaged inside", crc=1)
    yield one("says-less.jpg", "damaged inside", method=DEFLATED, size=10)
    yield one("says-more.jpg", SWELLS, method=DEFLATED, size=2**31 - 1)
    yield one("noise.jpg", "damaged inside", method=DEFLATED, raw=b"\xff" * 900)
    yield one("inner.zip", "archive inside", content=zipped([("inner.jpg", photo("inner"))]))
    yield one("twice.jpg")
    yield one("twice.jpg", content=photo("twice, the other"))
    yield one("elsewhere.jpg", "damaged inside", at=2**31)


def bombs() -> Iterator[Case]:
    """Archives that are small and would not be."""
    start, good = photo("swells"), Entry(name=b"good.jpg", content=photo("good.jpg"))
    raw = _deflated(start, megabytes=3000)
    open_, hidden = (
        Entry(name=name, raw=raw, says_method=DEFLATED, size=size)
        for name, size in ((b"swells.jpg", 3000 * 2**20), (b"hidden.jpg", len(start)))
    )
    lines = [GOOD, refused("swells.jpg", SWELLS), refused("hidden.jpg", "damaged inside")]
    yield Case(name="swells.zip", content=write([good, open_, hidden]), lines=lines)
    yield Case(name="overlapping.zip", content=_overlapping(), lines=_overlaps())
    lines = [GOOD, refused("swells.jpg", SWELLS)]
    for ending, packer in PACKERS.items():
        yield Case(name=f"swells.tar.{ending}", content=_swelling_tar(start, packer), lines=lines, notice=SWELLS)
    yield Case(name="sparse.tar", content=_sparse(start), lines=lines)
    long = member("n" * 3_000_000 + ".jpg").tobuf(tarfile.GNU_FORMAT)
    yield Case(name="long-name.tar", content=_part() + long, lines=[GOOD], notice="at once")
    names = b"".join(member(f"{i}" + "n" * 900_000, size=0).tobuf(tarfile.GNU_FORMAT) for i in range(150))
    yield Case(name="many-long-names.tar.gz", content=gzip.compress(names, 1, mtime=0), failed="names of its files")
    quine = gzip.compress(b"", mtime=0)
    for _ in range(20):
        quine = gzip.compress(quine, mtime=0)
    yield Case(name="gz-in-gz.gz", content=quine, failed="neither a zip nor a tar")
    yield Case(name="zeros.gz", content=gzip.compress(bytes(2**24), mtime=0) * 200, failed="no files")


PACKERS = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "bz2": bz2.compress,
    "xz": lambda content: lzma.compress(content, preset=0),
    "zst": zstandard.compress,
}


def _deflated(start: bytes, *, megabytes: int) -> bytes:
    """A stream of `start` and zeros: a block of a megabyte that stands alone, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    zeros = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + zeros * megabytes + packer.flush()


def _swelling_tar(start: bytes, packer: Callable[[bytes], bytes]) -> bytes:
    """A tar of one good picture, and one that is 1.6 GB large; of each packer, several streams make a longer one."""
    swells = member("swells.jpg", size=len(start) + 100 * 2**24).tobuf() + start
    return packer(_part() + swells) + packer(bytes(2**24)) * 100


def _sparse(start: bytes) -> bytes:
    """A tar with a file of 2 GB, all of which is a hole but its beginning (GNU's old sparse form)."""
    header = bytearray(member("swells.jpg", type=tarfile.GNUTYPE_SPARSE, size=len(start)).tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"00000000000\0" + b"%011o\0" % len(start)
    header[483:495] = b"%011o\0" % (2**31 - 1)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return _part() + bytes(header) + start + bytes(-len(start) % 512)


def _overlapping() -> bytes:
    """Twenty files of a zip, each of which holds the header of the next as a further field (after Fifield's bomb)."""
    kernel = photo("kernel")
    headers = b""
    for i in reversed(range(20)):
        header = Entry(name=b"%02d.jpg" % i, content=kernel).header(len(kernel))
        headers = b"PK\3\4" + header + struct.pack("<HH", 6, len(headers)) + b"%02d.jpg" % i + headers
    entries = [Entry(name=b"%02d.jpg" % i, content=kernel, at=36 * i) for i in range(20)]
    return write(entries, front=headers + kernel)


def _overlaps() -> Sequence[Line]:
    return [*(refused(f"{i:02}.jpg", "shares its bytes") for i in range(19)), Line(name="19.jpg", state="ready")]


def member(name: str, *, type: bytes = tarfile.REGTYPE, linkname: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = type, linkname, size
    return made


def tarred(files: Sequence[tuple[str, bytes]], *, before: Sequence[tarfile.TarInfo] = ()) -> bytes:
    return b"".join(special.tobuf() for special in before) + _part(*files) + bytes(1024)


def _part(*files: tuple[str, bytes]) -> bytes:
    """The beginning of a tar of these files, or of one good picture."""
    files = files or (("good.jpg", photo("good.jpg")),)
    return b"".join(
        member(name, size=len(content)).tobuf() + content + bytes(-len(content) % 512) for name, content in files
    )
