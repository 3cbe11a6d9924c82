"""Bring photographs of other datasets into a new one, some at a time, so that nobody waits for long to write."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.gather.cost import PHOTOS_PER_S

BATCH = 100  # photographs of a transaction


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Name the places of the dataset's archives that nothing has come to yet, in their order.

    `place.inputs["gathered"]`: JSON, positions by archive; `place.facts["gathered"]`: `total`, of all photographs.
    Yields: an Artifact of type COPIES for some places of one archive, and a Progress after each.
    """
    left: dict[str, list[int]] = json.loads(place.inputs["gathered"].read_text(encoding="utf-8"))
    total = int(place.facts["gathered"]["total"])
    done = total - sum(map(len, left.values()))
    for archive, positions in left.items():
        for first in range(0, len(positions), BATCH):
            if place.stop():
                return
            some = positions[first : first + BATCH]
            yield Artifact(type=Made.COPIES, facts={"archive": archive, "positions": some})
            done += len(some)
            work = {"work": done / PHOTOS_PER_S, "work_total": total / PHOTOS_PER_S}
            yield Progress(done=done, total=total, unit="photo", phase="gathering", metrics=work)
