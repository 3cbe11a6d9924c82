"""The notes of an export: what Instagram and Google Takeout say of its pictures, read before these are.

The files are as hostile as all else in an archive: each is read up to a limit, and whatever is wrong with one
costs what it says, not the job.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kinds.ingest import instagram, names, takeout
from kinds.ingest.contents import Entry
from kinds.ingest.dates import dated
from kinds.ingest.limits import CHUNK_BYTES
from kinds.ingest.note import LONGEST_ALBUM, Note
from kinds.ingest.streams import TooLarge
from kinds.ingest.unpack import DAMAGES

POSTS_BYTES = 64 * 2**20
SIDECAR_BYTES = 2**20
MOST_VALUES = 2_000_000  # in one file: a list of empty lists takes thirty times its bytes when it is read
MOST_CHARACTERS = 50_000_000  # of captions, in one archive
READ = "Notes of the export; they were read."
LOST = "Notes of an export, by their name; they are damaged or too large, and nothing was taken from them."


@dataclass(slots=True)
class Notes:
    """What an archive's exports say. `said` has a sentence for each file of notes, by its position."""

    said: dict[int, str] = field(default_factory=dict)
    read_bytes: int = 0
    by_name: dict[str, Note] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # of albums, by their folder
    roots: set[str] = field(default_factory=set)  # of Instagram's exports
    _characters: int = 0

    def known(self, name: str, *, camera: str | None, inside: bool = True) -> dict[str, Any]:
        """Give taken_at, dated_by, caption and album of a picture; `camera` is what its EXIF says.

        `inside` an archive; a picture that came alone lies in no folder.
        """
        note = self.by_name.get(_key(name))
        export = note.taken_at if note else None
        return {
            **dated(camera, export=export, names=[name, note.title] if note else [name]),
            "caption": note.caption if note else None,
            "album": self._album(_key(name)) if inside else None,
        }

    def add(self, name: str, note: Note) -> None:
        """Keep a picture's note, if it is the first."""
        if name in self.by_name:
            return
        self._characters += len(note.caption or "")
        if self._characters > MOST_CHARACTERS:
            note = Note(taken_at=note.taken_at, caption=None, title=note.title)
        self.by_name[name] = note

    def _album(self, name: str) -> str | None:
        folder = name.rpartition("/")[0]
        for root in self.roots:
            if name.startswith(root) and name[len(root) :].partition("/")[0] in instagram.FOLDERS:
                return None
        title = names.text(self.titles.get(folder), longest=LONGEST_ALBUM)
        title = title or names.text(folder.rpartition("/")[2], longest=LONGEST_ALBUM)
        return None if title is None or takeout.YEAR.fullmatch(title) else title


def read_notes(entries: Sequence[Entry], *, room: int, stop: Callable[[], bool]) -> Notes:
    """Read the files whose names suggest an export, in the archive's order; at most `room` bytes in all."""
    notes = Notes()
    sound = [(entry, _key(entry.name)) for entry in entries if entry.refusal is None]
    pictures = _by_sidecar(sound)
    there = {name for _, name in sound}
    for entry, name in sound:
        if not name.lower().endswith(".json"):
            continue
        if stop():
            break
        folder, _, file = name.rpartition("/")
        if (root := instagram.root_of(name)) is not None:
            _take(notes, entry, limit=min(POSTS_BYTES, room - notes.read_bytes), use=_Posts(notes, root, there))
        elif file.lower() in takeout.METADATA:
            _take(notes, entry, limit=min(SIDECAR_BYTES, room - notes.read_bytes), use=_Title(notes, folder))
        elif entry.position in pictures:
            use = _Sidecar(notes, pictures[entry.position])
            _take(notes, entry, limit=min(SIDECAR_BYTES, room - notes.read_bytes), use=use)
    return notes


def _by_sidecar(sound: Sequence[tuple[Entry, str]]) -> Mapping[int, list[str]]:
    """Name the pictures that each file of Takeout's, by its position, has notes of."""
    sidecars: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by folder, then by name without ".json"
    for entry, name in sound:
        folder, _, file = name.rpartition("/")
        if file.lower().endswith(".json"):
            sidecars[folder].setdefault(file[: -len(".json")], entry.position)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for _, name in sound:
        folder, _, file = name.rpartition("/")
        here = sidecars.get(folder)
        if here and not file.lower().endswith(".json"):
            position = next((here[stem] for stem in takeout.stems(file) if stem in here), None)
            if position is not None:
                found[position].append(name)
    return found


@dataclass(frozen=True, slots=True)
class _Posts:
    """Use of a file of Instagram's posts."""

    notes: Notes
    root: str
    there: set[str]

    def __call__(self, document: Any) -> bool:
        found = instagram.notes_of(document)
        for place, note in (found or {}).items():
            name = _key(names.shown(self.root + place))
            if name in self.there:
                self.notes.add(name, note)
        if found is not None:
            self.notes.roots.add(self.root)
        return found is not None


@dataclass(frozen=True, slots=True)
class _Title:
    """Use of the notes of an album."""

    notes: Notes
    folder: str

    def __call__(self, document: Any) -> bool:
        title = takeout.album_title(document)
        if title is not None:
            self.notes.titles[self.folder] = title[: 2 * LONGEST_ALBUM]
        return title is not None


@dataclass(frozen=True, slots=True)
class _Sidecar:
    """Use of the notes of one picture, and of those made from it."""

    notes: Notes
    pictures: Sequence[str]

    def __call__(self, document: Any) -> bool:
        note = takeout.note_of(document)
        if note is None:
            return False
        for name in self.pictures:
            self.notes.add(name, note)
        return True


def _take(notes: Notes, entry: Entry, *, limit: int, use: Callable[[Any], bool]) -> None:
    """Read one file of notes and have it used; its line says how that went, unless it is no notes at all."""
    try:
        raw = _read(notes, entry, limit=max(0, limit))
        if sum(raw.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
            raise TooLarge("more values than an export has")
        document = json.loads(raw, parse_constant=lambda _: None)
    except (*DAMAGES, RecursionError, MemoryError):
        notes.said[entry.position] = LOST
        return
    if use(document):
        notes.said[entry.position] = READ


def _read(notes: Notes, entry: Entry, *, limit: int) -> bytes:
    raw = bytearray()
    with entry.open() as stream:
        while piece := stream.read(min(CHUNK_BYTES, limit + 1 - len(raw))):
            raw += piece
            notes.read_bytes += len(piece)  # also of what is too large in the end
            if len(raw) > limit:
                raise TooLarge(f"more than {limit} bytes")
    return bytes(raw)


def _key(name: str) -> str:
    """Make names comparable that differ in how their accents are composed, or in their slashes."""
    return unicodedata.normalize("NFC", name).replace("\\", "/")
