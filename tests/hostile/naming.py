"""Names in all scripts, and names that are meant to mislead: shown as they are, or harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from tests.hostile.case import Case, Line, photo
from tests.hostile.zips import UTF8, Entry, write

SCRIPTS = (
    "Tal nach dem Regen.jpg",
    "Ελλάδα.jpg",
    "Байкал.jpg",
    "ذاكرة الصيف.jpg",
    "זיכרון.jpg",
    "यादें.jpg",
    "ความทรงจำ.jpg",
    "記憶\u3000夏.jpg",
    "기억.jpg",
    "می\u200cخواهم.jpg",
    "👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿.jpg",
    "Screenshot 2024-05-01 at 9.41.00\u202fAM.jpg",
    unicodedata.normalize("NFC", "Søren é.jpg"),
    unicodedata.normalize("NFD", "Søren é.jpg"),
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢.jpg",
    "CON.jpg",
    "aux",
    "a<b>|c?.jpg",
    "%2e%2e%2fup.jpg",
    "$(touch x).jpg",
    "'; DROP TABLE photos;--.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "=cmd|'calc'!A1.jpg",
    "~/.ssh/id.jpg",
    " .jpg",
    ".hidden.jpg",
    "a" * 251 + ".jpg",
)
MISLEADING = {
    "photo\u202egpj.exe.jpg": "photo\ufffdgpj.exe.jpg",
    "two\nlines.jpg": "two\ufffdlines.jpg",
    "red\x1b[31m.jpg": "red\ufffd[31m.jpg",
    "break\u2028.jpg": "break\ufffd.jpg",
    "\u2067ab\u2069.jpg": "\ufffdab\ufffd.jpg",
    "b" * 900 + ".jpg": "…" + "b" * 496 + ".jpg",
}
NOTES = ("__MACOSX/._a.jpg", "._b.jpg", ".DS_Store", "album/Thumbs.db", "desktop.ini")


def scripts() -> Iterator[Case]:
    names = [*SCRIPTS, *MISLEADING]
    entries = [Entry(name=name.encode(), content=photo(name), flags=UTF8) for name in names]
    lines = [Line(name=MISLEADING.get(name, name), state="ready") for name in names]
    yield Case(name="scripts.zip", content=write(entries), lines=lines)


def encodings() -> Iterator[Case]:
    """Names that are not UTF-8, or are and do not say so."""
    names = {
        "Größe.jpg".encode(): "Größe.jpg",  # UTF-8 without its flag, as macOS writes it
        "Gr\x94\xe1e.jpg".encode("latin-1"): "Größe.jpg",  # code page 437, as DOS wrote it
        "夏.jpg".encode("shift-jis"): "ë─.jpg",  # nobody can tell; shown as it stands
        b"nul\0.jpg": "nul",
        b"": "(no name)",
    }
    entries = [Entry(name=raw, content=photo(repr(raw))) for raw in names]
    lines = [Line(name=name, state="ready") for name in names.values()]
    false = Entry(name=b"false\xff.jpg", content=photo("false"), flags=UTF8)
    lines.append(Line(name="false\xa0.jpg", state="refused", word="damaged inside"))
    yield Case(name="encodings.zip", content=write([*entries, false]), lines=lines)


def notes() -> Iterator[Case]:
    """What systems leave behind, and notes of exports without their picture."""
    entries = [Entry(name=name.encode(), content=b"\0\5\x16\7" + bytes(100)) for name in NOTES]
    entries += [
        Entry(name=b"lost.jpg.json", content=b'{"title": "lost.jpg", "photoTakenTime": {"timestamp": "1562254212"}}'),
        Entry(name=b"side.xmp", content=b"<x:xmpmeta/>"),
        Entry(name=b"good.jpg", content=photo("good.jpg")),
    ]
    lines = [Line(name=name, state="refused", word="operating system") for name in NOTES]
    lines += [Line(name=name, state="refused", word="Not a photograph") for name in ("lost.jpg.json", "side.xmp")]
    lines.append(Line(name="good.jpg", state="ready"))
    yield Case(name="notes.zip", content=write(entries), lines=lines)
