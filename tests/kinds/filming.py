"""Journey jobs as a worker runs them, and looks into the files that they make."""

import hashlib
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np

from jobs.events import Artifact, Made, Progress
from jobs.journey import Recipe
from jobs.place import Place
from kinds.journey.params import JourneyParams
from kinds.journey.run import run
from latent.point import Direction

MODEL = UUID(int=1)
FACTS = {"architecture": {"resolution": 16, "widths": [8, 8, 8], "c_dim": 0}, "resolution": 16, "line": ["a"]}


def asked(*, model: UUID = MODEL, seeds: tuple[int, ...] = (1, 2, 3), **values: Any) -> JourneyParams:
    lasts = float(values.pop("duration_s", 1.0))
    keyframes = [
        {"at_s": number * lasts / len(seeds), "model_id": model, "point": {"anchor": {"seed": seed}}}
        for number, seed in enumerate(seeds)
    ]
    recipe = {"duration_s": lasts, "fps": 24, "keyframes": keyframes, "speed": "plain", **values}
    return JourneyParams(recipe=Recipe.model_validate(recipe))


class Making:
    """Runs a journey job as a worker would: what it is handed is moved away."""

    def __init__(self, model: Path, folder: Path, params: JourneyParams, *, frame: Any = None) -> None:
        self.model, self.folder, self.params, self.frame = model, folder, params, frame
        self.pieces: list[dict[str, Any]] = []
        self.lengths: Any = None
        self.events: list[Any] = []
        self.composer: dict[str, Any] = {}
        self.attempt = 0
        folder.mkdir()

    def go(self, *, stop_at: int = 10**9, interrupt: bool = False, more: dict[str, Path] | None = None) -> "Making":
        self.attempt += 1
        scratch = self.folder / str(self.attempt)
        scratch.mkdir()
        done = 0
        others = more or {}
        place = Place(
            scratch=scratch,
            cache=scratch,
            inputs={"model": self.model, "film": scratch, **others},
            facts={
                "model": {"frame": self.frame},
                "film": {"lengths": self.lengths, "pieces": list(self.pieces)},
                **self.composer,
            },
            resume_point=None,
            stop=lambda: done >= stop_at,
            interrupted=lambda: interrupt and done >= stop_at,
        )
        for event in run(self.params, place):
            self.events.append(event)
            if isinstance(event, Progress):
                done = event.done
            elif not isinstance(event, Artifact):
                continue
            elif event.type is Made.PACE:
                self.lengths = event.facts["lengths"]
            elif event.type is Made.FILM_PART:
                kept = self.folder / f"kept-{event.facts['step']}"
                shutil.move(event.files["part"], kept)
                self.pieces.append({"path": str(kept), "frames": event.facts["frames"]})
        return self

    @property
    def film(self) -> Artifact:
        """The latest one."""
        return [one for one in self.events if isinstance(one, Artifact) and one.type is Made.FILM][-1]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.film.files["film"].read_bytes()).hexdigest()


def nowhere(_: UUID) -> Direction:
    raise KeyError


def pictures(file: Path) -> list[np.ndarray[Any, Any]]:
    with av.open(str(file)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def atoms(file: Path) -> list[str]:
    """The boxes of an MP4, in order (ISO/IEC 14496-12, 4.2)."""
    content, at, found = file.read_bytes(), 0, []
    while at < len(content):
        found.append(content[at + 4 : at + 8].decode())
        at += int.from_bytes(content[at : at + 4], "big")
    return found
