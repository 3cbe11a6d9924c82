"""What a case is: an archive, what its files are to be called in the list, and how each of them is to stand."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from tests.hostile.zips import zipped
from tests.kinds.pictures import picture, saved


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """How one file is to stand: `word` stands in its reason, `shows` is what its picture looks like."""

    name: str
    state: str
    word: str = ""
    shows: Image.Image | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One file of an archive that has nothing odd about itself."""

    name: str
    content: bytes
    state: str
    word: str = ""
    shows: Image.Image | None = None

    @property
    def line(self) -> Line:
        return Line(name=self.name, state=self.state, word=self.word, shows=self.shows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One archive. `failed` stands in what its job says when it fails; `notice` in what it says on the way."""

    name: str
    content: bytes
    lines: Sequence[Line] = ()
    failed: str = ""
    notice: str = ""


def together(name: str, files: Sequence[File]) -> Case:
    """Put files into one zip, as they are."""
    content = zipped([(file.name, file.content) for file in files])
    return Case(name=name, content=content, lines=[file.line for file in files])


def scene(name: str, *, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture unlike that of any other name."""
    return picture(zlib.crc32(name.encode()), size=size, mode=mode)


def photo(name: str, *, size: tuple[int, int] = (64, 48)) -> bytes:
    return saved(scene(name, size=size), "JPEG", quality=95)


def shown(image: Image.Image) -> Image.Image:
    """What a picture looks like on white."""
    if image.mode in ("RGBA", "LA", "PA"):
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def patched(content: bytes, at: Mapping[int, bytes]) -> bytes:
    """Overwrite bytes at positions."""
    raw = bytearray(content)
    for position, piece in at.items():
        raw[position : position + len(piece)] = piece
    return bytes(raw)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
