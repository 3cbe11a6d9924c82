"""Bring a model: read its file apart, check every tensor, draw a sheet, and hand out a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan import device
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import read_model_json, save_model
from jobs.errors import Conflict, ModelRejected
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.frame import frame_from
from jobs.params import JobParams
from jobs.place import Place
from kinds.convert import networks
from kinds.convert.apart import read_apart
from kinds.convert.cost import BYTES_PER_S, SHEET_S
from kinds.convert.download import Download
from kinds.convert.frame import frame_of
from kinds.convert.params import ConvertParams
from kinds.convert.words import described, notices
from kinds.sheet import write_sheet
from kinds.shown import all_shown

USE_IT = "Use that model; to read the file anew, delete it first."
FRAMED = (
    "Its pictures are {width} x {height} in the middle of the square. The black bars beside them are cut off from what "
    "it draws here, and go when it learns from an archive."
)
FETCHED_IS_KEPT = (
    "It was stopped before all of the file was here. What has come is kept for a day, should you try again."
)
NOT_KEPT = "It was stopped before the model was made; nothing of it is kept."


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Make a model of `place.inputs["file"]`.

    `place.facts["file"]`: `filename`, `size_bytes`, `sha256`; `model_id`, where an earlier attempt has stored it;
    `url`, where the file is still to be fetched from, and then `known`, models' names by the SHA-256 of their files.
    Yields: Progress, a Notice for each word on what was found, one Artifact of type MODEL.
    Raises: ModelRejected, with what was found; NotFetched; DiskFull; OSError.
    """
    if not isinstance(params, ConvertParams):
        raise TypeError(f"these are parameters of {params.kind}")
    facts = place.facts["file"]
    if facts.get("model_id"):
        far = Far(size_bytes=int(facts["size_bytes"]))
        yield far.at(far.total, "drawing")
        return
    if not facts.get("url"):
        yield from made(params, place, file=place.inputs["file"], facts=facts)
        return
    if facts["sha256"] in facts["known"]:
        raise here_already(facts["known"][facts["sha256"]])
    fetching = Download(
        url=facts["url"],
        filename=facts["filename"],
        folder=place.cache / "downloads",
        size_bytes=facts["size_bytes"],
        sha256=facts["sha256"],
        stop=place.stop,
    )
    with fetching:  # until its model is handed out: another job must not take the file away meanwhile
        for here in fetching.run():
            yield fetched(here, fetching.total or facts["size_bytes"] or 0)
        if place.stop():
            yield from stopped(place, said=FETCHED_IS_KEPT)
            return
        size_bytes, sha256 = fetching.checked()
        if sha256 in facts["known"]:
            fetching.forget()
            raise here_already(facts["known"][sha256])
        arrived = {**facts, "size_bytes": size_bytes, "sha256": sha256}
        try:
            handed_out = False
            for event in made(params, place, file=fetching.path, facts=arrived):
                handed_out = handed_out or isinstance(event, Artifact)
                yield event
        except ModelRejected:
            fetching.forget()  # it is what it is: another try must not find it again
            raise
        if handed_out:
            fetching.forget()


def here_already(name: str) -> Conflict:
    """Say that a file need not be fetched."""
    return Conflict(f"this file is here already: it is the model {name}", remedy=USE_IT)


def fetched(here: int, total: int) -> Progress:
    """Say how far a download is, in megabytes. The line's speed is no measure of this machine: no work is told."""
    whole = max(total, here)
    return Progress(done=here // 10**6, total=-(-whole // 10**6), unit="megabyte", phase="fetching")


def made(params: ConvertParams, place: Place, *, file: Path, facts: Mapping[str, Any]) -> Iterator[JobEvent]:
    """Make a model of a file that is here."""
    far = Far(size_bytes=int(facts["size_bytes"]))
    yield far.at(0, "reading")
    folder = place.scratch / "read"
    folder.mkdir()
    found = read_apart(file, folder, stop=place.stop)
    if found is None:
        yield from stopped(place)
        return
    yield from Making(params=params, place=place, found=found, far=far, file=facts).events()


def stopped(place: Place, *, said: str = NOT_KEPT) -> Iterator[JobEvent]:
    """Tell the owner who asked for the end; one that is only interrupted goes on, or begins again."""
    if not place.interrupted():
        yield Notice(code="nothing_kept", text=said)


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
    file: Mapping[str, Any]  # its facts

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
        frame = frame_from(self.found["about"].get("frame"))
        if frame is None and (frame := frame_of(drawn, resolution=config.resolution)):
            yield Notice(code="model_read", text=FRAMED.format(**frame))
        shown = all_shown(np.stack(drawn), frame)
        write_sheet(self.place.scratch / "sheet.png", shown, rows=rows, columns=columns)
        sheet = {"rows": rows, "columns": columns, "resolution": drawn[0].shape[-1]}
        yield self._model(G, D, sheet=sheet, frame=frame)
        yield self.far.at(self.far.total, "drawing")

    def _model(
        self, G: Generator, D: Discriminator | None, *, sheet: Mapping[str, int], frame: Mapping[str, Any] | None
    ) -> Artifact:
        facts = described(self.params, self.found, file=self.file)
        if frame:
            facts["frame"] = dict(frame)
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
                "file": {"size_bytes": self.file["size_bytes"], "sha256": self.file["sha256"]},
                "sheet": dict(sheet),
            },
        )
