"""Names of files inside an archive: shown to people, never used as a path."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

LONGEST = 500  # characters that are kept of a name
TURNING = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # the direction of writing
BREAKS = "\n\r\x85\u2028\u2029"
ODD = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{BREAKS}{TURNING}]")  # control characters, halves of pairs
SYSTEM = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.IGNORECASE)


def shown(name: str) -> str:
    """Make a name fit for a database and a page: on one line, as it reads, not endless.

    What writes a script or an emoji stays, printable or not: spaces of all kinds, joiners, characters yet to come.
    """
    clean = ODD.sub("�", name)
    return clean if len(clean) <= LONGEST else "…" + clean[-LONGEST:]


def text(value: Any, *, longest: int, lines: bool = False) -> str | None:
    """Make what a file says fit for a database and a page; None for what is no text or has no words.

    No control characters, no lone surrogates, nothing that turns the direction of writing around; on one line, or with
    its own `lines`; cut at `longest` characters.
    """
    if not isinstance(value, str):
        return None
    clean = ODD.sub(_mended, value[: 4 * longest].replace("\r\n", "\n"))
    if lines:
        clean = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in clean.split("\n"))).strip()
    else:
        clean = " ".join(clean.split())
    return (clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…") or None


def _mended(odd: re.Match[str]) -> str:
    c = odd[0]
    if c in TURNING:
        return ""
    if c in BREAKS:
        return "\n"
    return "�" if "\ud800" <= c <= "\udfff" else " "


def unmangled(name: str) -> str:
    """Undo what zipfile does to a UTF-8 name without the UTF-8 flag: it reads it as code page 437."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def refusal(name: str) -> str | None:
    """Say why a name is not taken, or None: one that climbs out of the archive, or a system's own file."""
    path = name.replace("\\", "/")
    if path.startswith("/") or re.match(r"^[A-Za-z]:", path):
        return "Its name is a place on a disk, not in the archive; it was left out for safety."
    if ".." in PurePosixPath(path).parts:
        return "Its name climbs out of the archive; it was left out for safety."
    if SYSTEM.search(path):
        return "A note of the operating system, not a photograph."
    return None
