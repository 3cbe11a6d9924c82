"""Draw pictures from a model; each carries its recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.generate.cost import PIXELS_PER_S
from kinds.generate.params import GenerateParams
from kinds.generate.ways import OfRegion, OfSeeds, Way, chosen
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
    Yields: an Artifact of type SAMPLE for each picture, a Progress after each.
    Raises: JobFailed, if the model cannot be read; BadParams, for a region that is none of this model's.
    """
    if not isinstance(params, GenerateParams):
        raise TypeError(f"these are parameters of {params.kind}")
    facts, seeds = place.facts["model"], params.all_seeds()
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
    for position, picture in enumerate(way.pictures(seeds[first:]), first):
        recipe = recipe_of(facts, picture.how, class_label=picture.class_label)
        drawn, folder = picture.drawn, place.scratch / f"{position:05d}"
        yield _sample(shown(drawn, facts.get("frame")), folder, position=position, recipe=recipe)
        each_s = drawn.shape[0] * drawn.shape[1] / PIXELS_PER_S
        work = {"work": (position + 1) * each_s, "work_total": len(seeds) * each_s}
        yield Progress(done=position + 1, total=len(seeds), unit="picture", phase="drawing", metrics=work)
        if place.stop():
            return


def _way(G_ema: Generator, params: GenerateParams, place: Place) -> Way:
    if params.region is None:
        return OfSeeds(G_ema, params)
    ways = {id: _direction(place, f"direction {id}") for id in params.region.point.directions}
    return OfRegion(G_ema, params.region, ways)


def _direction(place: Place, name: str) -> Direction:
    facts = place.facts[name]
    return way_of(place.inputs[name], deviation=facts["deviation"], layers=facts["layers"])


def _sample(drawn: NDArray[np.uint8], folder: Path, *, position: int, recipe: Mapping[str, Any]) -> Artifact:
    """Write a picture, uint8 `[H, W, 3]`, as PNG with its recipe, and as a WebP to look at."""
    folder.mkdir(parents=True)
    made = encoded(Image.fromarray(drawn), recipe)
    files = {"image": folder / "image.png", "thumb": folder / "thumb.webp"}
    files["image"].write_bytes(made.image)
    files["thumb"].write_bytes(made.thumb)
    return Artifact(type=Made.SAMPLE, files=files, facts={"position": position, **made.facts})
