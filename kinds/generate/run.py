"""Draw pictures from a model; each carries its recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gan import device
from gan.errors import GanError
from gan.generate import generate, latents, to_uint8
from gan.generator import Generator, one_hot
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.generate.cost import PIXELS_PER_S
from kinds.generate.params import GenerateParams
from kinds.recipe import encoded, recipe_of
from kinds.shown import shown
from latent.farthest import farthest

MAPPED = 2000  # candidates at a time
TOLD_EVERY = 200  # of what is chosen


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Draw one picture a seed with `place.inputs["model"]`, a model folder.

    `place.facts["model"]`: `id` and `hash` of the model; `drawn`, how many pictures an earlier attempt has stored;
    `frame`, how its squares are shown (see `jobs.frame`), where that is not as they are; `licence`, which goes along.
    Yields: an Artifact of type SAMPLE for each picture, a Progress after each.
    Raises: JobFailed, if the model cannot be read.
    """
    if not isinstance(params, GenerateParams):
        raise TypeError(f"these are parameters of {params.kind}")
    facts, seeds = place.facts["model"], params.all_seeds()
    first = int(facts.get("drawn", 0))
    try:
        G_ema = load_generator(place.inputs["model"], device.configure())
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    psi, noise_mode = params.truncation_psi, params.noise_mode
    if psi is None or noise_mode is None:
        raise ValueError("the parameters are not resolved")
    if params.diverse is not None:
        seeds = []
        for seed in diverse(G_ema, params):
            seeds.append(seed)
            if len(seeds) % TOLD_EVERY == 1:
                yield Progress(done=first, total=params.count or 0, unit="picture", phase="choosing")
            if place.stop():
                return
    labels = labels_of(params, seeds, c_dim=G_ema.config.c_dim)
    left = labels[first:] if labels else None
    pictures = generate(G_ema, seeds[first:], truncation_psi=psi, noise_mode=noise_mode, label=left)
    for position, picture in enumerate(pictures, first):
        how = {"seed": seeds[position], "truncation_psi": psi, "noise_mode": noise_mode}
        recipe = recipe_of(facts, how, class_label=labels[position] if labels else None)
        drawn = to_uint8(picture)
        yield _sample(
            shown(drawn, facts.get("frame")), place.scratch / f"{position:05d}", position=position, recipe=recipe
        )
        each_s = drawn.shape[0] * drawn.shape[1] / PIXELS_PER_S
        work = {"work": (position + 1) * each_s, "work_total": len(seeds) * each_s}
        yield Progress(done=position + 1, total=len(seeds), unit="picture", phase="drawing", metrics=work)
        if place.stop():
            return


def diverse(G_ema: Generator, params: GenerateParams) -> Iterator[int]:
    """Choose `params.count` seeds of its candidates, those farthest apart in W; the same ones on the same device."""
    candidates, wide, c_dim = params.candidates(), G_ema.mapping.w_avg, G_ema.config.c_dim
    labels = labels_of(params, candidates, c_dim=c_dim)
    ws = []
    for at in range(0, len(candidates), MAPPED):
        c = one_hot(labels[at : at + MAPPED], c_dim, wide.device)
        with torch.no_grad():
            ws.append(G_ema.mapping.style(latents(candidates[at : at + MAPPED], G_ema.z_dim).to(wide.device), c))
    for index in farthest(torch.cat(ws), params.count or 0):  # of [N, W]
        yield candidates[index]


def labels_of(params: GenerateParams, seeds: Sequence[int], *, c_dim: int) -> Sequence[int]:
    """Say what each seed draws, for a network that knows `c_dim` labels: what was asked for, or what its seed says."""
    if not c_dim:
        return ()
    return [seed % c_dim if params.class_label is None else params.class_label for seed in seeds]


def _sample(drawn: NDArray[np.uint8], folder: Path, *, position: int, recipe: Mapping[str, Any]) -> Artifact:
    """Write a picture, uint8 `[H, W, 3]`, as PNG with its recipe, and as a WebP to look at."""
    folder.mkdir(parents=True)
    made = encoded(Image.fromarray(drawn), recipe)
    files = {"image": folder / "image.png", "thumb": folder / "thumb.webp"}
    files["image"].write_bytes(made.image)
    files["thumb"].write_bytes(made.thumb)
    return Artifact(type=Made.SAMPLE, files=files, facts={"position": position, **made.facts})
