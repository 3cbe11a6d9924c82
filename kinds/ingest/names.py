"""Names of files inside an archive: shown to people, never used as a path."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

LONGEST = 500  # characters that are kept of a name
SYSTEM = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.IGNORECASE)


def shown(name: str) -> str:
    """Make a name fit for a database and a page: no control characters, no lone surrogates, not endless."""
    clean = name.encode("utf-8", "replace").decode("utf-8")
    clean = "".join(c if c.isprintable() else "�" for c in clean)
    return clean if len(clean) <= LONGEST else "…" + clean[-LONGEST:]


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
