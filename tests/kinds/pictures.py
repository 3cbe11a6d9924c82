"""Photographs and archives of them, made on the fly."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from PIL import Image

from jobs.events import Artifact, JobEvent, Progress
from jobs.place import Place
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run


def picture(seed: int = 0, *, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Soft random colours, unlike those of any other seed."""
    grid = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC).convert(mode)


def jpeg(seed: int = 0, *, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return saved(picture(seed, size=size), "JPEG", **{"quality": 95, **options})


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def zipped(file: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def place(archive: Path, scratch: Path, **facts: Any) -> Place:
    scratch.mkdir(exist_ok=True)
    told = {"filename": archive.name, "framing": "centre", **facts}
    return Place(
        scratch=scratch,
        cache=scratch,
        inputs={"archive": archive},
        facts={"archive": told},
        resume_point=None,
        stop=lambda: False,
    )


def ingested(archive: Path, scratch: Path, **facts: Any) -> list[Artifact]:
    """Read an archive to its end."""
    return artifacts(run(IngestParams(archive_id=uuid4()), place(archive, scratch, **facts)))


def artifacts(events: Iterator[JobEvent]) -> list[Artifact]:
    return [event for event in events if isinstance(event, Artifact)]


def progress(events: list[JobEvent]) -> list[int]:
    return [event.done for event in events if isinstance(event, Progress)]


def states(found: list[Artifact]) -> dict[str, str]:
    return {artifact.facts["name"]: artifact.facts["state"] for artifact in found}
