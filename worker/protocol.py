"""What a worker and its child say to each other: one JSON object a line.

To the child: a file with its task (`Task`); then, line by line, `{"beat": n}` now and then, and
`{"stop": "stop" | "interrupt"}`.
From the child: events (`{"event": "progress" | "measured" | "notice" | "artifact", ...}`), and last
`{"end": "finished"}` or `{"end": "failed", "error": {...}, "traceback": "..."}`. A child that ends without that
line has crashed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jobs.events import Artifact, JobEvent, Made, Measured, Notice, Progress

_EVENTS: dict[str, type[Progress] | type[Measured] | type[Notice]] = {
    "progress": Progress,
    "measured": Measured,
    "notice": Notice,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a child is to do, and where."""

    kind: str
    params: Mapping[str, Any]
    scratch: str
    cache: str
    inputs: Mapping[str, str]
    facts: Mapping[str, Mapping[str, Any]]
    resume_point: str | None
    silence_s: float  # without a word from the worker for so long, the child ends itself
    nice: int

    def write(self, file: Path) -> Path:
        """Write it for the child to read."""
        file.write_bytes(_line({field.name: getattr(self, field.name) for field in fields(self)}))
        return file

    @classmethod
    def read(cls, file: Path) -> Task:
        """Read it."""
        return cls(**json.loads(file.read_bytes()))


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """A child's last word."""

    finished: bool
    error: Mapping[str, Any] | None = None
    traceback: str = ""


def beat(number: int) -> bytes:
    """Say that the worker is there."""
    return _line({"beat": number})


def stop(*, interrupt: bool) -> bytes:
    """Ask the run to end soon; with `interrupt` it will go on later."""
    return _line({"stop": "interrupt" if interrupt else "stop"})


def written(event: JobEvent | End) -> bytes:
    """Write what a child says."""
    match event:
        case End():
            end = "finished" if event.finished else "failed"
            return _line({"end": end, "error": event.error, "traceback": event.traceback})
        case Artifact():
            files = {role: str(path) for role, path in event.files.items()}
            return _line({"event": "artifact", "type": event.type, "files": files, "facts": dict(event.facts)})
        case _:
            name = type(event).__name__.lower()
            return _line({"event": name, **{field.name: _plain(getattr(event, field.name)) for field in fields(event)}})


def read(line: bytes) -> JobEvent | End:
    """Read what a child says."""
    said = json.loads(line)
    if "end" in said:
        return End(finished=said["end"] == "finished", error=said["error"], traceback=said["traceback"])
    name = said.pop("event")
    if name == "artifact":
        files = {role: Path(path) for role, path in said["files"].items()}
        return Artifact(type=Made(said["type"]), files=files, facts=said["facts"])
    return _EVENTS[name](**said)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode() + b"\n"
