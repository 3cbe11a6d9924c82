"""Where a job's run works: local files only, no database, no queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Place:
    """The local world of one attempt.

    `inputs` are files or folders by the names that the kind's params asked for (`JobParams.needs`), read-only.
    `facts` are the JSON facts that belong to each input, by the same names. `cache` lives across jobs and may vanish
    at any time between them. `stop` says that the run is to end soon, `interrupted` besides that it will go on later
    (a pause, a worker that shuts down): then only the resume point counts.
    """

    scratch: Path
    cache: Path
    inputs: Mapping[str, Path]
    facts: Mapping[str, Mapping[str, Any]]
    resume_point: Path | None
    stop: Callable[[], bool]
    interrupted: Callable[[], bool] = lambda: False
