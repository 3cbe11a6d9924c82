"""Draw pictures from a model; each carries its recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan import device
from gan.errors import GanError
from gan.generator import Generator
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.originality import COPY_FROM, NEAR_FROM
from jobs.params import JobParams
from jobs.place import Place
from kinds.generate.cost import PIXELS_PER_S
from kinds.generate.params import GenerateParams
from kinds.generate.ways import OfRegion, OfSeeds, Picture, Way, chosen
from kinds.index.tracing import Tracer
from kinds.recipe import encoded, recipe_of
from kinds.shown import shown
from latent.directions import way_of
from latent.point import Direction

TOLD_EVERY = 200  # of what is chosen


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Draw one picture a seed with `place.inputs["model"]`, a model folder.

    `place.facts["model"]`: `id` and `hash` of the model; `drawn`, how many pictures an earlier attempt has stored;
    `frame`, how its squares are shown (see `jobs.frame`), where that is not as they are; `licence`, which goes along.
    Of a region that goes along directions, `place.inputs["direction …"]` are the vectors, with their facts `deviation`
    and `layers`.
    `place.inputs["originals"]` and their facts say what pictures are compared with, where the archive was looked at.
    Yields: an Artifact of type SAMPLE for each picture, a Progress after each; a Notice of what was passed over.
    Raises: JobFailed, if the model cannot be read; BadParams, for a region that is none of this model's.
    """
    if not isinstance(params, GenerateParams):
        raise TypeError(f"these are parameters of {params.kind}")
    facts, seeds = place.facts["model"], params.tries()
    first = int(facts.get("drawn", 0))
    try:
        G_ema = load_generator(place.inputs["model"], device.configure())
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    way = _way(G_ema, params, place)
    if params.diverse is not None:
        seeds = []
        for seed in chosen(way, params, stop=place.stop):
            seeds.append(seed)
            if len(seeds) % TOLD_EVERY == 1:
                yield Progress(done=first, total=params.count or 0, unit="picture", phase="choosing")
            if place.stop():
                return
    yield from Drawing(params, place, way, seeds).run()


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws seeds in turn, and says how near each picture is to a photograph where that is known.

    The position of a sample is that of its seed, whatever is passed over between: an attempt goes on after the last.
    """

    params: GenerateParams
    place: Place
    way: Way
    seeds: Sequence[int]

    def run(self) -> Iterator[JobEvent]:
        """Draw until there are as many as are wanted, or no seed is left."""
        facts, wanted = self.place.facts["model"], len(self.params.all_seeds())
        tracer = Tracer.of(self.place.inputs.get("originals"), self.place.facts.get("originals", {}))
        if tracer is None and self.params.at_least is not None:
            raise JobFailed(
                "What is known of the archive that this model has learnt from was taken back.",
                code="not_looked",
                remedy="Look for likenesses in it, then try again.",
            )
        kept, last = int(facts.get("drawn", 0)), facts.get("last")
        first = kept if last is None else int(last) + 1
        drawn = first
        for drawn, picture in enumerate(self.way.pictures(self.seeds[first:]) if kept < wanted else (), first + 1):
            near = self._near(tracer, picture)
            if self._own_enough(near):
                yield self._sample(picture, near, position=drawn - 1)
                kept += 1
            yield self._progress(picture, kept, drawn=drawn, wanted=wanted)
            if kept == wanted or self.place.stop():
                break
        if self.params.at_least is not None and not (self.place.stop() and kept < wanted):
            yield from _passed_over(kept, drawn=drawn, wanted=wanted)

    def _near(self, tracer: Tracer | None, picture: Picture) -> dict[str, Any]:
        return tracer.facts(Image.fromarray(picture.drawn)) if tracer is not None else {}

    def _own_enough(self, near: Mapping[str, Any]) -> bool:
        if self.params.at_least is None:
            return True
        return int(near["traced"]["percent"]) < {"own": NEAR_FROM, "near": COPY_FROM}[self.params.at_least]

    def _sample(self, picture: Picture, near: Mapping[str, Any], *, position: int) -> Artifact:
        facts = self.place.facts["model"]
        recipe = recipe_of(facts, picture.how, class_label=picture.class_label)
        drawn, folder = shown(picture.drawn, facts.get("frame")), self.place.scratch / f"{position:06d}"
        return _sample(drawn, folder, position=position, recipe=recipe, near=near)

    def _progress(self, picture: Picture, kept: int, *, drawn: int, wanted: int) -> Progress:
        each_s = picture.drawn.shape[0] * picture.drawn.shape[1] / PIXELS_PER_S
        metrics = {"work": kept * each_s, "work_total": wanted * each_s}
        metrics |= {"passed_over": float(drawn - kept)} if self.params.at_least is not None else {}
        return Progress(done=kept, total=wanted, unit="picture", phase="drawing", metrics=metrics)


def _passed_over(kept: int, *, drawn: int, wanted: int) -> Iterator[Notice]:
    over = f"{drawn - kept:,} of {drawn:,} pictures were passed over: they are too near to one photograph."
    if kept < wanted:
        yield Notice(code="too_few_own", text=f"{over} So there are {kept:,} and not {wanted:,}; more were not tried.")
    elif drawn > kept:
        yield Notice(code="passed_over", text=over)


def _way(G_ema: Generator, params: GenerateParams, place: Place) -> Way:
    if params.region is None:
        return OfSeeds(G_ema, params)
    ways = {id: _direction(place, f"direction {id}") for id in params.region.point.directions}
    return OfRegion(G_ema, params.region, ways)


def _direction(place: Place, name: str) -> Direction:
    facts = place.facts[name]
    return way_of(place.inputs[name], deviation=facts["deviation"], layers=facts["layers"])


def _sample(
    drawn: NDArray[np.uint8], folder: Path, *, position: int, recipe: Mapping[str, Any], near: Mapping[str, Any]
) -> Artifact:
    """Write a picture, uint8 `[H, W, 3]`, as PNG with its recipe, and as a WebP to look at; `near` goes along."""
    folder.mkdir(parents=True)
    made = encoded(Image.fromarray(drawn), recipe)
    files = {"image": folder / "image.png", "thumb": folder / "thumb.webp"}
    files["image"].write_bytes(made.image)
    files["thumb"].write_bytes(made.thumb)
    return Artifact(type=Made.SAMPLE, files=files, facts={"position": position, **made.facts, **near})
