"""Letters of a print: which the typefaces have, how wide they are, and what stands for those that they lack."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
SERIF, SANS = "serif", "sans"
MM_OF_PT = 25.4 / 72
_MEASURED_AT = 1000  # px; a width is taken from there, so that a line breaks alike in a PNG and in a PDF
_SCRIPTS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one typeface, one after the other."""

    font: str
    text: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A text that the typefaces can draw; `named` where some of its letters are only named."""

    text: str
    named: bool


@cache
def coverage(font: str) -> frozenset[int]:
    """Give the code points that a typeface has."""
    from reportlab.pdfbase.ttfonts import TTFontFile  # its start is not worth it before somebody asks

    return frozenset(code for code in TTFontFile(str(FONTS / f"{font}.ttf")).charToGlyph if code >= 32)


def readable(text: str) -> Readable:
    """Write a text with letters that the typefaces have.

    Letters in fancy dress (`𝓢𝓾𝓶𝓶𝓮𝓻`) are written plainly; pictures among them, such as emoji, and marks that only steer
    are left out; a run of letters of another script is named in brackets: `[Hebrew]`.
    """
    made: list[str] = []
    named = False
    for unknown, piece in _pieces(_plain(text)):
        if unknown:
            made.append(f"[{_script(piece)}]")
            named = True
        else:
            made.append(piece)
    return Readable(_SPACES.sub(" ", "".join(made)).strip(), named)


def runs(text: str, font: str) -> list[Run]:
    """Part a text by typeface: what `font` lacks is drawn in the sans."""
    found: list[Run] = []
    for letter in text:
        of = font if letter == " " and not found else found[-1].font if letter == " " else _font(letter, font)
        if found and found[-1].font == of:
            found[-1] = Run(of, found[-1].text + letter)
        else:
            found.append(Run(of, letter))
    return found


def width_mm(text: str, font: str, size_pt: float) -> float:
    """Measure a line."""
    long = sum(_measuring(run.font).getlength(run.text) for run in runs(text, font))
    return float(long) / _MEASURED_AT * size_pt * MM_OF_PT


def broken(text: str, font: str, size_pt: float, *, width: float, most: int) -> list[str]:
    """Break a text into lines of at most `width` mm; of more than `most` lines, the last one ends in an ellipsis."""
    fits = _fits(font, size_pt, width)
    lines: list[str] = []
    for word in _words(text, fits):
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] = f"{lines[-1]} {word}"
        elif len(lines) == most:
            lines[-1] = _cut(lines[-1], fits)
            break
        else:
            lines.append(word)
    return lines


def _fits(font: str, size_pt: float, width: float) -> Callable[[str], bool]:
    return lambda line: width_mm(line, font, size_pt) <= width


def _words(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield the words; one that is longer than a line, in pieces."""
    for word in text.split():
        while not fits(word):
            long = max(1, bisect_left(range(1, len(word)), True, key=lambda n: not fits(word[:n])))
            yield word[:long]
            word = word[long:]
            if not word:
                break
        if word:
            yield word


def _cut(line: str, fits: Callable[[str], bool]) -> str:
    while line and not fits(f"{line}…"):
        line = line[:-1]
    return f"{line.rstrip(' ,.;:')}…"


def _plain(text: str) -> str:
    """Compose letters, and give those that no typeface has in their plain form, where that is one it has."""
    made = []
    for letter in unicodedata.normalize("NFC", text):
        plain = unicodedata.normalize("NFKC", letter)
        made.append(letter if _known(letter) or not all(map(_known, plain)) else plain)
    return "".join(made)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Part a text into what can be drawn and runs of letters that cannot; what is no letter stands in neither way."""
    kept, unknown, between = "", "", ""
    for letter in text:
        if letter.isspace():
            letter = " "
        if _is_letter(letter) and not _known(letter):
            if kept:
                yield False, kept
            kept, unknown, between = "", unknown + letter, ""
        elif unknown and not _is_letter(letter):
            between += letter if _known(letter) else ""
        elif _known(letter):
            if unknown:
                yield True, unknown
            kept, unknown, between = kept + between + letter, "", ""
    if unknown:
        yield True, unknown
    if kept + between:
        yield False, kept + between


def _script(run: str) -> str:
    """Name the script of a run of letters, as one would say it."""
    words = [unicodedata.name(letter, "UNKNOWN LETTER").split(" ")[0].split("-")[0] for letter in run]
    found = [word for word in words if word not in ("IDEOGRAPHIC", "COMBINING")] or words
    kana = next((word for word in found if word in ("HIRAGANA", "KATAKANA")), found[0])
    return _SCRIPTS.get(kana, kana.capitalize())


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" and not "\ufe00" <= letter <= "\ufe0f" and letter != "\u20e3"


def _known(letter: str) -> bool:
    return letter == " " or ord(letter) in coverage(SERIF) or ord(letter) in coverage(SANS)


def _font(letter: str, wanted: str) -> str:
    return wanted if ord(letter) in coverage(wanted) else SANS if ord(letter) in coverage(SANS) else SERIF


@cache
def _measuring(font: str) -> Any:
    return typeface(font, _MEASURED_AT)


def typeface(font: str, size_px: float) -> Any:
    """Open a typeface to draw with. Letters stand as far apart as they say themselves, as they do in a PDF."""
    from PIL import ImageFont

    return ImageFont.truetype(FONTS / f"{font}.ttf", size_px, layout_engine=ImageFont.Layout.BASIC)
