"""Maps for tests: features of photographs of a few scenes, and layouts of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from jobs.events import Artifact, JobEvent, Made
from jobs.place import Place
from kinds.index.files import BOXES, PART_WIDTH, WIDTH, Found, packed, packed_parts
from kinds.map.files import Points, read_map
from kinds.map.params import MapParams
from kinds.map.run import run

SCENES = 3
Values = Any


def values(count: int) -> Values:
    """Features of photographs of three scenes, in turn."""
    chance = np.random.default_rng(0)
    scenes = chance.gamma(0.5, size=(SCENES, WIDTH))
    return (scenes[np.arange(count) % SCENES] + chance.gamma(0.5, size=(count, WIDTH)) * 0.4).astype(np.float32)


def features(folder: Path, count: int, *, first: int = 0) -> str:
    """A file of the features of photographs, numbered from 1."""
    folder.mkdir(exist_ok=True)
    ids = [UUID(int=number + 1) for number in range(first, count)]
    return written(folder, f"features-{first}", ids, values(count)[first:])


def written(folder: Path, name: str, ids: Sequence[UUID], whole: Values) -> str:
    """Write what a look has found, of which a map reads the whole pictures alone."""
    parts = np.ones((len(ids), len(BOXES), PART_WIDTH), np.float32)
    return str(Found(rows=packed(ids, whole, whole), parts=packed_parts(ids, parts)).write(folder, name)[0])


def place(folder: Path, *, samples: Sequence[dict[str, Any]] = (), stops: bool = False, **facts: Any) -> Place:
    folder.mkdir(exist_ok=True)
    listed = folder / "samples.jsonl"
    listed.write_text("".join(f"{json.dumps(line)}\n" for line in samples))
    told = {"photos": 0, "features": [], "seen": [], "before": None} | facts
    return Place(
        scratch=folder,
        cache=folder,
        inputs={"map": listed},
        facts={"map": told},
        resume_point=None,
        stop=lambda: stops,
    )


def laid(here: Place, *, anew: bool = False) -> list[JobEvent]:
    return list(run(MapParams(dataset_id=UUID(int=1), anew=anew), here))


def map_in(events: Sequence[JobEvent]) -> Points:
    (made,) = [one for one in events if isinstance(one, Artifact) and one.type is Made.MAP]
    return read_map(made.files["map"])


def mapped(folder: Path, count: int, **facts: Any) -> Points:
    files = [features(folder, count)] if count else []
    return map_in(laid(place(folder, features=files, photos=count, **facts)))


def places(points: Points) -> Any:
    return np.stack([points["x"], points["y"]], axis=1)


def nearest_rows(points: Points) -> Any:
    far = ((places(points)[:, None] - places(points)[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(far, np.inf)
    return far.argmin(axis=1)
