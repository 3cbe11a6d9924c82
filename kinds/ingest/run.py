"""Read an archive: each of its files becomes one photograph, with a state and a reason."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.errors import ArchiveRejected
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.cores import cores
from kinds.ingest.contents import Contents, Entry, contents
from kinds.ingest.cost import BYTES_PER_S
from kinds.ingest.decoders import Answer, Decoders
from kinds.ingest.formats import WORDS
from kinds.ingest.frame import squares
from kinds.ingest.limits import Limits
from kinds.ingest.notes import Notes, read_notes
from kinds.ingest.streams import let_go
from kinds.ingest.traits import is_named_screenshot
from kinds.ingest.twins import Seen, Twins
from kinds.ingest.unpack import Unpacked, unpacked

MOST_DECODERS = 4
USABLE = ("ready", "repaired")
ROLES = ("image", "small", "thumb")  # what decoding may make of a photo


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Account for each file of the archive exactly once, in its order.

    `place.facts["archive"]`: `filename`; `framing` of the dataset, and its `aspect`; `limits`, where they differ from
    `Limits`; `known`, the dataset's photos of other archives (photo, with sha256 or phash); `done`, the rows of this
    archive that an earlier attempt has stored already (position, name, state, reason, sha256, phash, width, height),
    which are not read again.
    Yields: an Artifact of type PHOTO for each file, a Progress after each, a Notice where the archive is cut off.
    Raises: ArchiveRejected, if it cannot be opened or holds no picture; DiskFull.
    """
    reading = Reading.begin(place)
    with contents(place.inputs["archive"], reading.limits) as found:
        reading.notes = read_notes(found.entries, room=reading.room // 2, stop=place.stop)
        reading.room -= reading.notes.read_bytes
        workers = min(MOST_DECODERS, cores())
        limits = reading.limits
        with Decoders(workers, max_pixels=limits.max_pixels, heif=limits.heif, raw=limits.raw) as decoders:
            yield from _photos(reading, found, decoders=decoders, ahead=2 * workers)
    if found.cut_off:
        yield Notice(code="archive_cut_off", text=found.cut_off)
    if not reading.usable and not place.stop():
        count = len(found.entries)
        raise ArchiveRejected(
            f"none of its {count:,} files is a photograph that can be used"
            if count > 1
            else "its only file is no photograph that can be used",
            remedy=f"Each file's reason stands in the list. Send photographs as {WORDS}.",
        )


@dataclass(slots=True)
class Reading:
    """One pass over an archive: what was seen, and how much has been unpacked."""

    facts: Mapping[str, Any]
    scratch: Path
    place: Place
    twins: Twins
    done: Mapping[int, Mapping[str, Any]]
    verdicts: dict[str, dict[str, Any]]  # of each SHA-256 of this archive: state, reason, duplicate_of
    limits: Limits
    room: int
    notes: Notes = field(default_factory=Notes)  # of the export that the archive may be
    usable: int = 0
    read_bytes: int = 0
    all_bytes: int = 0

    @classmethod
    def begin(cls, place: Place) -> Reading:
        """Start with what the dataset holds already."""
        facts = place.facts["archive"]
        done = {row["position"]: row for row in facts.get("done", ())}
        twins = Twins()
        for row in facts.get("known", ()):
            twins.add(_seen(row, ref={"photo": row["photo"]}), sha256=row["sha256"], phash=row["phash"])
        limits = Limits(**facts.get("limits", {}))
        room = limits.unpacked(place.inputs["archive"].stat().st_size)
        return cls(facts, place.scratch, place, twins, done, {}, limits, room)

    def take(self, entry: Entry, decoders: Decoders) -> Taken:
        """Unpack a file and have it decoded, unless its bytes were seen before."""
        folder = self.scratch / f"{entry.position:06d}"
        if said := self.notes.said.get(entry.position):
            return Taken(file=Unpacked(entry=entry, refusal=said, size_bytes=entry.size_bytes), folder=folder)
        folder.mkdir(parents=True, exist_ok=True)
        file = unpacked(entry, folder / "original", room=self.room, limits=self.limits)
        if file.file is None:
            return Taken(file=file, folder=folder)
        self.room -= file.size_bytes
        if file.sha256 in self.verdicts or self.twins.same(str(file.sha256)):
            return Taken(file=file, folder=folder)
        self.verdicts[str(file.sha256)] = {}  # to come, before its twin is judged
        answer = decoders.decode(file.file, into=folder)
        return Taken(file=file, folder=folder, answer=answer)

    def skip(self, row: Mapping[str, Any]) -> None:
        """Remember a file that an earlier attempt has stored."""
        if row["sha256"]:
            self.verdicts.setdefault(row["sha256"], {"state": row["state"], "reason": row["reason"]})
        if row["state"] in USABLE:
            self.usable += 1
            seen = _seen(row, ref={"position": row["position"]})
            self.twins.add(seen, sha256=row["sha256"], phash=row["phash"])
        elif row["state"] == "duplicate":
            self.usable += 1

    def account(self, taken: Taken) -> Artifact:
        """Judge one file, in the order of the archive."""
        file = taken.file
        facts: dict[str, Any] = {
            "position": file.entry.position,
            "name": file.entry.name or self.facts["filename"],
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        files: dict[str, Path] = {}
        if file.refusal:
            facts |= {"state": "refused", "reason": file.refusal}
        elif taken.answer is None:
            facts |= self._twin(str(file.sha256))
        else:
            answer = taken.answer.result()
            facts |= self._judged(answer, file, name=facts["name"])
            self.verdicts[str(file.sha256)] = {key: facts.get(key) for key in ("state", "reason", "duplicate_of")}
            if "facts" in answer:
                files = {role: path for role in ROLES if (path := taken.folder / f"{role}.jpg").exists()}
        if file.file is not None and taken.answer is not None:
            files["original"] = file.file
            let_go(file.file)  # it is decoded, and perhaps never read again
        elif file.file is not None:
            file.file.unlink()  # its bytes are kept with its twin
        if facts["state"] != "refused":
            camera = facts.get("taken_at")
            facts |= self.notes.known(facts["name"], camera=camera, inside=bool(file.entry.name))
            self.usable += 1
        return Artifact(type=Made.PHOTO, files=files, facts=facts)

    def _twin(self, sha256: str) -> dict[str, Any]:
        if twin := self.twins.same(sha256):
            return {"state": "duplicate", "reason": f"The same file as {twin.called}.", "duplicate_of": dict(twin.ref)}
        return self.verdicts[sha256]  # refused, or a duplicate itself

    def _judged(self, answer: Answer, file: Unpacked, *, name: str) -> dict[str, Any]:
        if "refused" in answer:
            return {"state": "refused", "reason": answer["refused"]}
        facts = dict(answer["facts"])
        repairs, camera = facts.pop("repairs"), facts.pop("camera")
        if facts["kind"] != "tiny" and not camera and is_named_screenshot(name):
            facts["kind"] = "screenshot"
        ratio = facts["width"] / facts["height"]
        if twin := self.twins.alike(facts["phash"], ratio=ratio):
            reason = f"It looks the same as {twin.called}, which is kept."
            return {**facts, "state": "duplicate", "reason": reason, "duplicate_of": dict(twin.ref)}
        seen = Seen(ref={"position": file.entry.position}, name=name, ratio=ratio)
        self.twins.add(seen, sha256=file.sha256, phash=facts["phash"])
        framed = {"framing": self.facts["framing"], "aspect": self.facts.get("aspect")}
        views = squares(facts["width"], facts["height"], **framed)
        usable = {"state": "repaired", "reason": " ".join(repairs)} if repairs else {"state": "ready", "reason": None}
        return {**facts, **usable, "views": [view.as_json() for view in views]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A file on its way: taken out of the archive, perhaps being decoded."""

    file: Unpacked
    folder: Path
    answer: Future[Answer] | None = None


def _photos(reading: Reading, found: Contents, *, decoders: Decoders, ahead: int) -> Iterator[JobEvent]:
    under_way: deque[Taken] = deque()
    total = len(found.entries)
    reading.all_bytes = sum(entry.size_bytes for entry in found.entries)
    for entry in found.entries:
        if reading.place.stop():
            break
        if (row := reading.done.get(entry.position)) is not None:
            yield from _drained(reading, under_way, total=total, keep=0)
            reading.skip(row)
            reading.read_bytes += entry.size_bytes
            continue
        under_way.append(reading.take(entry, decoders))
        yield from _drained(reading, under_way, total=total, keep=ahead)
    yield from _drained(reading, under_way, total=total, keep=0)


def _drained(reading: Reading, under_way: deque[Taken], *, total: int, keep: int) -> Iterator[JobEvent]:
    while len(under_way) > keep:
        taken = under_way.popleft()
        yield reading.account(taken)
        reading.read_bytes += taken.file.entry.size_bytes
        yield Progress(
            done=taken.file.entry.position + 1,
            total=total,
            unit="photo",
            phase="reading",
            metrics={"work": reading.read_bytes / BYTES_PER_S, "work_total": reading.all_bytes / BYTES_PER_S},
        )


def _seen(row: Mapping[str, Any], *, ref: Mapping[str, Any]) -> Seen:
    width, height = row.get("width"), row.get("height")
    return Seen(ref=ref, name=row.get("name"), ratio=width / height if width and height else None)
