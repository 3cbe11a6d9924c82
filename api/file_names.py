"""Names of files that leave this machine: safe to write on any system, each once in its folder."""

from __future__ import annotations

import re
import unicodedata

LONGEST_BYTES = 200  # of one part of a path; most systems take 255, and a number may follow
NAMELESS = "photograph"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')  # by Windows; the rest of what no system takes are slashes
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # devices, to Windows


def safe_part(part: str) -> str:
    """Make a text fit to be the name of one file or folder; "" where nothing of it is."""
    plain = part.encode("utf-8", "replace").decode("utf-8")
    plain = "".join(letter if letter.isprintable() else "_" for letter in plain)
    plain = _FORBIDDEN.sub("_", plain).strip().rstrip(". ")
    return _shortened(f"_{plain}" if _RESERVED.fullmatch(plain) else plain)


def safe_path(name: str) -> str:
    """Make of a name from an archive a relative path with forward slashes, which climbs nowhere."""
    parts = [safe_part(part) for part in re.split(r"[/\\]", name)]
    return "/".join(part for part in parts if part) or NAMELESS


def safe_name(name: str) -> str:
    """Keep the last part of a path, as the name of a file by itself."""
    return safe_path(name).rpartition("/")[2]


class Unique:
    """Gives each path out once; one that comes again gets a number, as does a file whose name a folder bears.

    Names that differ in nothing but capitals, or in how their accents are written, are the same to many systems.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: dict[str, str] = {"": ""}  # each folder as it was asked for, and as it is called
        self._taken: set[str] = set()  # by folders
        self._next: dict[str, int] = {}

    def take(self, path: str) -> str:
        """Give `path`, or the like of it that is free."""
        folder, _, name = path.rpartition("/")
        folder = self._folder(folder)
        free = self._free(f"{folder}/{name}" if folder else name)
        self._files.add(_alike(free))
        return free

    def _folder(self, path: str) -> str:
        if path not in self._folders:
            above, _, name = path.rpartition("/")
            above = self._folder(above)
            called = f"{above}/{name}" if above else name
            if _alike(called) in self._files:
                called = self._free(called)
            self._taken.add(_alike(called))
            self._folders[path] = called
        return self._folders[path]

    def _free(self, path: str) -> str:
        if not self._is_taken(path):
            return path
        start, dot, ending = path.rpartition(".")
        if not dot or "/" in ending or not start or start.endswith("/"):
            start, dot, ending = path, "", ""
        number = self._next.get(_alike(path), 2)  # many of one name are not counted through again and again
        while self._is_taken(f"{start} ({number}){dot}{ending}"):
            number += 1
        self._next[_alike(path)] = number + 1
        return f"{start} ({number}){dot}{ending}"

    def _is_taken(self, path: str) -> bool:
        return _alike(path) in self._files or _alike(path) in self._taken


def _alike(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _shortened(part: str) -> str:
    """Cut the middle out of a long name, and leave its ending."""
    if len(part.encode()) <= LONGEST_BYTES:
        return part
    start, dot, ending = part.rpartition(".")
    ending = f".{ending}" if dot and len(ending.encode()) <= 16 else ""
    kept = (start if ending else part).encode()[: LONGEST_BYTES - len(ending.encode())]
    return kept.decode("utf-8", "ignore").rstrip(". ") + ending
