"""Google Takeout: which file holds the notes of which picture, what they say, and what an album is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kinds.ingest.dates import of_timestamp
from kinds.ingest.note import Note

LONGEST = 46  # characters of a notes' name that Takeout keeps, before its ".json"
SUPPLEMENT = ".supplemental-metadata"
# As Google Photos names what it was made from, in the languages that we have seen.
EDITED = re.compile(
    r"-(edited|bearbeitet|modifi[ée]|editad[oa]|modificat[oa]|bewerkt|redigerad|edytowane)(?=(\(\d+\))?\.\w+$)",
    re.IGNORECASE,
)
COUNTED = re.compile(r"^(?P<stem>.+)(?P<count>\(\d{1,4}\))(?P<suffix>\.[^.]+)$")
# "Photos from 2019" is no album: Takeout lays what is in none there.
YEAR = re.compile(
    r"(photos from|photos of|fotos (von|aus|de|del|do|da|van)|photos de|photos du|foto (del|da|di)|foto[’']s (uit|van)"
    r"|foton från|zdjęcia z)\s(18|19|20)\d\d( г\.)?",
    re.IGNORECASE,
)
METADATA = frozenset(
    {"metadata.json", "metadaten.json", "métadonnées.json", "metadatos.json", "metadati.json", "metadados.json"}
)


def stems(name: str) -> Iterator[str]:
    """Name the files, without ".json", in which the notes of the picture `name` may lie, likeliest first."""
    plain = EDITED.sub("", name)
    for one in dict.fromkeys((name, plain)):
        yield from _cuts(one, count="")
        if counted := COUNTED.match(one):
            yield from _cuts(counted["stem"] + counted["suffix"], count=counted["count"])


def _cuts(name: str, *, count: str) -> Iterator[str]:
    """Give a picture's name alone and with the longer and longer beginnings of the supplement, or itself cut."""
    whole = name + SUPPLEMENT
    for length in dict.fromkeys((len(name), len(whole), *range(len(whole) - 1, len(name), -1))):
        yield whole[:length] + count
    for room in (LONGEST, LONGEST - len(count)):
        if len(name) > room:
            yield name[:room] + count


def note_of(document: Any) -> Note | None:
    """Read a sidecar: its description and when the picture was taken; nothing of where. None: it is no sidecar."""
    if not isinstance(document, dict) or not {"photoTakenTime", "creationTime", "description"} & document.keys():
        return None
    taken = document.get("photoTakenTime")
    title = document.get("title")
    return Note.of(
        taken_at=of_timestamp(taken.get("timestamp")) if isinstance(taken, dict) else None,
        caption=document.get("description"),
        title=title if isinstance(title, str) else "",
    )


def album_title(document: Any) -> str | None:
    """Read the title of an album's own notes. None: they are none."""
    if isinstance(document, dict) and isinstance(document.get("albumData"), dict):
        document = document["albumData"]
    title = document.get("title") if isinstance(document, dict) else None
    return title if isinstance(title, str) else None
