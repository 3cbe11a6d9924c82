"""Bring a model: read its file apart, check every tensor, draw a sheet, and hand out a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan import device
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import read_model_json, save_model
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.convert import networks
from kinds.convert.apart import read_apart
from kinds.convert.cost import BYTES_PER_S, SHEET_S
from kinds.convert.params import ConvertParams
from kinds.convert.words import described, notices
from kinds.sheet import write_sheet

NOT_KEPT = "It was stopped before the model was made; nothing of it is kept."


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Make a model of `place.inputs["file"]`.

    `place.facts["file"]`: `filename`, `size_bytes`, `sha256`; `model_id`, where an earlier attempt has stored it.
    Yields: Progress, a Notice for each word on what was found, one Artifact of type MODEL.
    Raises: ModelRejected, with what was found; OSError, as when the disk is full.
    """
    if not isinstance(params, ConvertParams):
        raise TypeError(f"these are parameters of {params.kind}")
    facts = place.facts["file"]
    far = Far(size_bytes=int(facts["size_bytes"]))
    if facts.get("model_id"):
        yield far.at(far.total, "drawing")
        return
    yield far.at(0, "reading")
    folder = place.scratch / "read"
    folder.mkdir()
    found = read_apart(place.inputs["file"], folder, stop=place.stop)
    if found is None:
        yield from stopped(place)
        return
    yield from Making(params=params, place=place, found=found, far=far).events()


def stopped(place: Place) -> Iterator[JobEvent]:
    """Tell the owner who asked for the end; one that is only interrupted begins again."""
    if not place.interrupted():
        yield Notice(code="nothing_kept", text=NOT_KEPT)


@dataclass(slots=True)
class Far:
    """How far a conversion is: its steps are the pictures of the sheet."""

    size_bytes: int
    total: int = 28

    def at(self, done: int, phase: str) -> Progress:
        """Say it, with what is done in nominal seconds."""
        reading_s = self.size_bytes / BYTES_PER_S
        read_s = reading_s * {"reading": 0.0, "checking": 0.7, "drawing": 1.0}[phase]
        work = {"work": read_s + SHEET_S * done / self.total, "work_total": reading_s + SHEET_S}
        return Progress(done=done, total=self.total, unit="picture", phase=phase, metrics=work)


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """What was found in a file on its way to a model."""

    params: ConvertParams
    place: Place
    found: Mapping[str, Any]
    far: Far

    def events(self) -> Iterator[JobEvent]:
        """Check the networks, draw, and hand out."""
        config = networks.config_of(self.found["architecture"])
        rows, columns = networks.sheet_shape(config)
        self.far.total = rows * columns
        yield self.far.at(0, "checking")
        for text in notices(self.params, self.found):
            yield Notice(code="model_read", text=text)
        device.configure()
        read = self.place.scratch / "read"
        D = networks.discriminator(config, read / "discriminator.safetensors")
        G = networks.generator(config, read / "generator.safetensors", has_mean=self.found["centred"])
        drawn = []
        for picture in networks.pictures(G, rows * columns):
            drawn.append(picture)
            if len(drawn) < rows * columns:  # the last one is told once all is kept
                yield self.far.at(len(drawn), "drawing")
            if self.place.stop():
                yield from stopped(self.place)
                return
        write_sheet(self.place.scratch / "sheet.png", np.stack(drawn), rows=rows, columns=columns)
        yield self._model(G, D, sheet={"rows": rows, "columns": columns, "resolution": drawn[0].shape[-1]})
        yield self.far.at(self.far.total, "drawing")

    def _model(self, G: Generator, D: Discriminator | None, *, sheet: Mapping[str, int]) -> Artifact:
        facts = described(self.params, self.found, file=self.place.facts["file"])
        # As they are in the file, to the bit: half precision would make another model of it.
        folder = save_model(self.place.scratch / "model", G_ema=G, D=D, facts=facts, dtype="fp32")
        return Artifact(
            type=Made.MODEL,
            files={"folder": folder, "sheet": self.place.scratch / "sheet.png"},
            facts={
                "name": facts["name"],
                "licence": facts["licence"]["spdx"],
                "terms": facts["licence"]["terms"],
                "model": read_model_json(folder),
                "notes": self.found["notes"],
                "sheet": dict(sheet),
            },
        )
