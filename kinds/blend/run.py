"""Blend two models: a model of its own, which tells both of its parents, and its sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan import device
from gan.discriminator import Discriminator
from gan.errors import GanError
from gan.generator import Generator
from gan.model import Dtype, load_discriminator, load_generator, model_hash, read_model_json, save_model
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.blend.cost import work_s
from kinds.blend.params import BlendParams
from kinds.blend.rights import rights_of_both
from kinds.convert.networks import pictures, sheet_shape
from kinds.sheet import write_sheet
from kinds.shown import all_shown
from latent.blend import along, blended, stored_as

MOST_LINEAGE = 100
MOST_NAME, MOST_OF_ONE = 200, 80


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Blend `place.inputs["model"]` with `place.inputs["with"]`, model folders.

    Yields: a Progress after each picture of the sheet, then the model in one Artifact.
    Raises: JobFailed, if a model cannot be read, or is not as it was when the job was posted; OSError.
    """
    if not isinstance(params, BlendParams):
        raise TypeError(f"these are parameters of {params.kind}")
    on = device.configure()
    try:
        one, other = (Parent.read(place, name) for name in ("model", "with"))
        G, D = _blended(params, one, other)
    except (GanError, ValueError) as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose other models.") from error
    G = G.to(on)
    rows, columns = sheet_shape(G.config)
    work_total = work_s(one.size_bytes)
    drawn: list[NDArray[np.uint8]] = []
    for picture in pictures(G, rows * columns):
        if place.stop():
            return
        work = {"work": work_total * len(drawn) / (rows * columns), "work_total": work_total}
        yield Progress(done=len(drawn), total=rows * columns, unit="picture", phase="drawing", metrics=work)
        drawn.append(picture)
    described = _described(params, one, other)
    folder = save_model(place.scratch / "model", G_ema=G, D=D, facts=described, dtype=_dtype(params, one, other))
    shown = all_shown(np.stack(drawn), described.get("frame"))
    write_sheet(place.scratch / "sheet.png", shown, rows=rows, columns=columns)
    yield _artifact(folder, place.scratch / "sheet.png")
    work = {"work": work_total, "work_total": work_total}
    yield Progress(done=rows * columns, total=rows * columns, unit="picture", phase="drawing", metrics=work)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parent:
    """One of the two models that are blended."""

    id: str
    name: str
    hash: str  # as lines of descent name it
    facts: Mapping[str, Any]  # its model.json
    folder: Path
    size_bytes: int

    @classmethod
    def read(cls, place: Place, name: str) -> Parent:
        """Read what it says of itself. Raises: ModelError."""
        folder, told = place.inputs[name], place.facts[name]
        return cls(
            id=told["id"],
            name=told["name"],
            hash=model_hash(folder),
            facts=read_model_json(folder),
            folder=folder,
            size_bytes=sum(file.stat().st_size for file in folder.iterdir()),
        )

    @property
    def line(self) -> list[Mapping[str, Any]]:
        """What it descends from, oldest first, and itself last."""
        told = [one for one in self.facts.get("lineage") or () if isinstance(one, Mapping) and "model_hash" in one]
        return [*told, {"model_hash": self.hash, "recipe": self.facts.get("recipe")}]


def _blended(params: BlendParams, one: Parent, other: Parent) -> tuple[Generator, Discriminator | None]:
    """Blend the generators. Along a line the discriminators as well, else that of the first one judges on."""
    mine, theirs = load_generator(one.folder), load_generator(other.folder)
    G = blended(mine, theirs, at=params.at, t=params.t)
    D, D_other = load_discriminator(one.folder), load_discriminator(other.folder)
    if params.t is not None and D is not None and D_other is not None:
        D = along(D, D_other, t=params.t)
    return G, D_other if params.at == 0 else D


def _end(params: BlendParams, one: Parent) -> int | None:
    """Which of the two a blend is to the bit, 0 or 1; None where it lies between them."""
    if params.at is not None:
        return {0: 1, int(one.facts["resolution"]): 0}.get(params.at)
    return int(params.t) if params.t in (0, 1) else None


def _dtype(params: BlendParams, one: Parent, other: Parent) -> Dtype:
    """Hold the weights as the parents do; as exactly as the more exact one, where both are in it."""
    held, end = (stored_as(one.folder), stored_as(other.folder)), _end(params, one)
    if end is not None:
        return held[end]
    return "fp16" if held == ("fp16", "fp16") else "fp32"


def _described(params: BlendParams, one: Parent, other: Parent) -> dict[str, Any]:
    """Give what goes into model.json beside the architecture."""
    where: dict[str, Any] = {"at": params.at} if params.at is not None else {"t": params.t}
    of = one if params.at != 0 else other  # whose mapping it has
    mine = {each["model_hash"] for each in one.line}
    lineage = [*one.line, *(each for each in other.line if each["model_hash"] not in mine)]
    told = {name: of.facts[name] for name in ("frame", "labels") if name in of.facts}
    return told | {
        "name": params.name or _name(params, one, other),
        "licence": rights_of_both(one.facts.get("licence", {}), other.facts.get("licence", {})),
        "lineage": lineage[-MOST_LINEAGE:],
        "recipe": {"blend": {"of": one.hash, "with": other.hash, **where}},
        "parents": [{"id": each.id, "name": each.name, "hash": each.hash} for each in (one, other)],
    }


def _name(params: BlendParams, one: Parent, other: Parent) -> str:
    mine, theirs = one.name[:MOST_OF_ONE], other.name[:MOST_OF_ONE]
    by_layers = f"{mine} up to {params.at} px, then {theirs}"
    words = by_layers if params.t is None else f"{params.t:.0%} of the way from {mine} to {theirs}"
    return words[:MOST_NAME]


def _artifact(folder: Path, sheet: Path) -> Artifact:
    described = read_model_json(folder)
    licence = described["licence"]
    return Artifact(
        type=Made.BLEND,
        files={"folder": folder, "sheet": sheet},
        facts={
            "name": described["name"],
            "model": described,
            "licence": licence["spdx"],
            "terms": licence["terms"],
        },
    )
