"""Find directions in a model's space: from its weights, its w, small pictures that it draws, and photographs' facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan import device
from gan.errors import GanError
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.directions.cost import photographs_s, work_s
from kinds.directions.learning import Learning
from kinds.directions.photographs import chosen
from latent.directions import Direction, Named, followed, found, read_vector, write_vector
from latent.spread import spread
from latent.traits import TRAITS, Traits, learnt, rows_of, seen


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Find directions in the space of `place.inputs["model"]`, a model folder.

    `place.facts["named"]["directions"]` are those of earlier moments that have names, the nearest moments first: `id`,
    `name`, `kind`, `layers`, `file`. `place.inputs["learnt_from"]` lists the photographs that it has learnt from, as
    lines of JSON: `view` (see `kinds.ingest.square`), `taken_at`, `dated_by`, `album`; none, if there is no such file.
    Yields: a Progress after some pictures each, then all directions in one Artifact; a Notice of what was not learnt.
    Raises: JobFailed, if the model cannot be read.
    """
    try:
        G_ema = load_generator(place.inputs["model"], device.configure())
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    of, told = spread(G_ema), list[Traits]()
    photographs = _photographs(place)
    rows, done = rows_of(of), 0
    yield _progress(place, done, len(rows), photographs=len(photographs))
    for some in seen(G_ema, of, rows):
        told.append(some)
        done += len(some[TRAITS[0]])
        if place.stop():
            return
        if done < len(rows):  # the last ones are told once all is kept
            yield _progress(place, done, len(rows), photographs=len(photographs))
    directions = found(G_ema, of) + learnt(G_ema, of, rows, told)
    yield from _unlearnt(directions)
    if photographs:
        learning = Learning(G_ema, of, place, photographs)
        yield from learning.events()
        if place.stop():
            return
        directions += learning.directions
    yield _artifact(directions, place)
    yield _progress(place, done, len(rows), photographs=len(photographs), all_done=True)


def _photographs(place: Place) -> list[Mapping[str, Any]]:
    file = place.inputs.get("learnt_from")
    return chosen([json.loads(line) for line in file.read_text("utf-8").splitlines()]) if file is not None else []


def _progress(place: Place, done: int, total: int, *, photographs: int, all_done: bool = False) -> Progress:
    architecture = place.facts["model"].get("architecture") or {}
    whole_s = work_s(architecture)
    work_total = whole_s + photographs_s(architecture, photographs)
    work = {"work": work_total if all_done else whole_s * done / total, "work_total": work_total}
    return Progress(done=done, total=total, unit="picture", phase="looking", metrics=work)


def _unlearnt(directions: Sequence[Direction]) -> Iterator[Notice]:
    missing = [kind for kind in TRAITS if kind not in {one.kind for one in directions}]
    if missing:
        text = f"No direction was found for {' and '.join(missing)}: what this model draws hardly varies in it."
        yield Notice(code="not_learnt", text=text)


def _artifact(directions: Sequence[Direction], place: Place) -> Artifact:
    before = place.facts["named"]["directions"]
    made = followed(directions, [_named(one) for one in before])
    files, facts = {}, []
    for number, one in enumerate(made):
        role, earlier = f"{number:02d}", None if one.named is None else before[one.named]
        files[role] = write_vector(place.scratch / f"{role}.npy", one.direction.vector)
        facts.append(
            {
                "file": role,
                "kind": one.direction.kind,
                "position": one.direction.position,
                "layers": list(one.direction.layers),
                "deviation": one.direction.deviation,
                "share": one.direction.share,
                "name": earlier["name"] if earlier else one.direction.name,
                "follows": earlier["id"] if earlier else None,
                "turned": one.cosine < 0,
            }
        )
    return Artifact(type=Made.DIRECTIONS, files=files, facts={"directions": facts})


def _named(told: Mapping[str, Any]) -> Named:
    first, last = told["layers"]
    vector = read_vector(Path(told["file"]))
    return Named(name=told["name"], kind=told["kind"], layers=(first, last), vector=vector)
