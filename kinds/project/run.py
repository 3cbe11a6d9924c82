"""Find a picture in a model's space: what the model draws most like it, as a sample that one wanders on from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan import device
from gan.errors import FeaturesMissing, GanError
from gan.generate import to_uint8
from gan.generator import Generator
from gan.metrics import extractor
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from jobs.point import Anchor, Point
from kinds.cost import REMEMBERED, remember_s
from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.limits import Limits
from kinds.memories import Remembering
from kinds.project.box import box_for
from kinds.project.cost import step_s
from kinds.project.params import ProjectParams
from kinds.project.target import counting, laid
from kinds.project.words import verdict
from kinds.recipe import encoded, recipe_of
from kinds.shown import shown
from latent.looker import Looker
from latent.memory import Memory
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Direction, Space
from latent.projection import Wanted, as_picture, away, everywhere, project, start_of, strange
from latent.spread import Spread, spread

PREVIEWS = 12
PREVIEW_SIDE = 512  # pixels, at most
DIGITS = 3  # after the point, of the w in the recipe: the sample is drawn of these


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Look for `place.inputs["picture"]` in the space of `place.inputs["model"]`, a model folder.

    That is a square of the model's size where the picture was sent; of a photograph, JSON that says where its pixels
    lie: `image`, `original`, `width`, `height`, `focus`, and `box`, its own framing.
    Yields: a Progress after each step, PREVIEWs of what is found so far, in the end one FOUND, and a Notice that says
    how far it is. One that is stopped keeps the best so far.
    Raises: JobFailed, if the model or the picture cannot be read; OSError.
    """
    if not isinstance(params, ProjectParams):
        raise TypeError(f"these are parameters of {params.kind}")
    on = device.configure()
    try:
        G, network = load_generator(place.inputs["model"], on), extractor(on)
    except FeaturesMissing as error:
        raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    look = Looker(network, G.resolution)
    wanted = _wanted(params, place, look, resolution=G.resolution, on=on)
    search = Search(params=params, place=place, G=G, wanted=wanted, of=spread(G))
    yield from search.remember()
    yield from search.search()
    if not place.interrupted():
        yield from search.told()
        yield search.progress(search.total)


@dataclass(kw_only=True)
class Search:
    """One search. `best` is the ws that draw most like the picture so far, `least` how far it is, `in_w` the best of W.

    `unrelated` is how far apart two pictures are that the model draws of unrelated places.
    """

    params: ProjectParams
    place: Place
    G: Generator
    wanted: Wanted
    of: Spread
    memory: Memory | None = None
    best: Tensor | None = None
    least: float = math.inf
    in_w: float = math.inf
    unrelated: float = math.inf

    @property
    def total(self) -> int:
        """Steps, all in all."""
        return sum(self.params.stretches)

    def remember(self) -> Iterator[JobEvent]:
        """Look at what the model draws, unless an earlier job of this machine has done so."""
        told = self.place.facts["model"]
        remembering = Remembering(self.G, self.wanted.looker, self.of, cache=self.place.cache, model_hash=told["hash"])
        for looked_at in remembering.pictures(self.place.stop):
            yield self.progress(0, looked_at=looked_at)
        self.memory = remembering.memory

    def search(self) -> Iterator[JobEvent]:
        """Look for the picture, and keep the best of what is looked at now and then."""
        if self.memory is None:
            raise AssertionError("what the model draws is known by now")
        start = start_of(self.G, self.wanted, self.memory)
        self.unrelated = strange(self.G, self.wanted, self.of)
        self._take(everywhere(self.G, start), in_w=True)
        if not math.isfinite(self.least + self.unrelated):
            raise JobFailed(
                "What this model draws cannot be compared: it is not made of numbers.",
                code="model_unreadable",
                remedy="Choose another model.",
            )
        yield self._preview(0)
        every, (in_w, _) = max(self.total // PREVIEWS, 1), self.params.stretches
        if self.place.stop():
            return
        for step in project(self.G, self.wanted, of=self.of, start=start, steps=self.params.stretches):
            looks = step.done % every == 0 or step.done in (in_w, self.total)
            if looks and self._take(step.ws, in_w=step.done <= in_w):
                yield self._preview(step.done)
            if step.done < self.total:
                yield self.progress(step.done)
            if self.place.stop():
                return

    def progress(self, done: int, *, looked_at: int = REMEMBERED) -> Progress:
        """Say how far it is, in steps; before the first one, in pictures that were looked at."""
        each_s, looking_s = step_s(self.G.resolution), remember_s(self.place.facts["model"].get("architecture") or {})
        work = {
            "work": looking_s * looked_at / REMEMBERED + done * each_s,
            "work_total": looking_s + self.total * each_s,
        }
        if looked_at < REMEMBERED:
            return Progress(done=looked_at, total=REMEMBERED, unit="picture", phase="looking", metrics=work)
        phase = "in W" if done <= self.params.stretches[0] else "in W+"
        metrics = work | ({"distance": self.least} if math.isfinite(self.least) else {})
        return Progress(done=done, total=self.total, unit="step", phase=phase, metrics=metrics)

    def told(self) -> Iterator[JobEvent]:
        """Draw what was found of the very numbers that its recipe holds, judge it, and tell both."""
        if self.best is None:
            raise AssertionError("there is something that was found")
        rows = np.round(self.best[0].cpu().numpy().astype(np.float64), DIGITS)
        same = (rows == rows[:1]).all()
        point = Point(anchor=Anchor.model_validate({"w": rows[0].tolist() if same else rows.tolist()}), psi=1.0)
        pixels = Pen(self.G).draw(Space(self.G, planes=Planes()).latents(point, _no_way))
        with torch.no_grad():
            distance = float(self.wanted.distance(as_picture(pixels, self.best.device)))
        said = verdict(in_w=self.in_w, distance=distance, unrelated=self.unrelated)
        found = {"distance": distance, "in_w": self.in_w, "unrelated": self.unrelated, "verdict": said.code}
        yield self._found(pixels, point, {"space": "w" if same else "w+", **found, "said": said.text})
        yield Notice(code=said.code, text=said.text)

    def _take(self, ws: Tensor, *, in_w: bool) -> bool:
        """Take this place, if what is drawn there is nearer than all before."""
        distance = away(self.G, ws, self.wanted)
        if not distance < self.least:
            return False
        self.best, self.least = ws.clone(), distance
        if in_w:
            self.in_w = distance
        return True

    def _preview(self, step: int) -> Artifact:
        """Show the best so far."""
        if self.best is None:
            raise AssertionError("there is something to show")
        with torch.no_grad():
            drawn = to_uint8(self.G.synthesis(self.best, noise_mode="const")[0])
        picture = Image.fromarray(shown(drawn, self.place.facts["model"].get("frame")))
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
        file = self.place.scratch / f"preview-{step:05d}.png"
        picture.save(file)
        facts = {"step": step, "width": picture.width, "height": picture.height, "distance": self.least}
        return Artifact(type=Made.PREVIEW, files={"image": file}, facts=facts)

    def _found(self, pixels: NDArray[np.uint8], point: Point, projection: dict[str, Any]) -> Artifact:
        how = {
            "truncation_psi": 1.0,
            "noise_mode": "const",
            "point": point.model_dump(mode="json", exclude_defaults=True),
            "projection": projection,
        }
        facts = self.place.facts["model"]
        recipe = recipe_of(facts, how, class_label=0 if self.G.config.c_dim else None)
        made = encoded(Image.fromarray(shown(pixels, facts.get("frame"))), recipe)
        files = {"image": self.place.scratch / "image.png", "thumb": self.place.scratch / "thumb.webp"}
        files["image"].write_bytes(made.image)
        files["thumb"].write_bytes(made.thumb)
        return Artifact(type=Made.FOUND, files=files, facts={"position": 0, **made.facts})


def _wanted(params: ProjectParams, place: Place, look: Looker, *, resolution: int, on: torch.device) -> Wanted:
    """Give the picture as the model's own are, with the parts of it that count. Raises: JobFailed."""
    frame = place.facts["model"].get("frame")
    read = _sent if params.photo_id is None else _photograph
    square = read(place.inputs["picture"], resolution=resolution, frame=frame)
    mask = _mask(place.inputs["mask"], resolution=resolution) if params.mask else None
    counts = counting(params.region, resolution, frame, mask=mask)
    region = None if counts is None else torch.from_numpy(counts).to(on)[None, None]
    return Wanted(as_picture(laid(square, frame), on), look, region=region)


def _sent(file: Path, *, resolution: int, frame: Any) -> NDArray[np.uint8]:
    """Read what was decoded and cut when it came in: uint8 `[R, R, 3]`."""
    try:
        with Image.open(file, formats=["PNG"]) as sent:
            square = np.asarray(sent.convert("RGB"))
    except (OSError, ValueError) as error:
        _unreadable(error)
    if square.shape != (resolution, resolution, 3):
        _unreadable("it was cut for a model of another size")
    return square


def _mask(file: Path, *, resolution: int) -> NDArray[np.uint8]:
    """Read the mask as it was scaled when it came in: uint8 `[R, R]`."""
    try:
        with Image.open(file, formats=["PNG"]) as sent:
            mask = np.asarray(sent.convert("L"))
    except (OSError, ValueError) as error:
        _unreadable(error)
    if mask.shape != (resolution, resolution):
        _unreadable("its mask was scaled for a model of another size")
    return mask


def _photograph(file: Path, *, resolution: int, frame: Any) -> NDArray[np.uint8]:
    """Cut a photograph's square, uint8 `[R, R, 3]`."""
    told = json.loads(file.read_text(encoding="utf-8"))
    box = box_for(frame, told["width"], told["height"], focus=told["focus"], own=told["box"])
    view = {name: told[name] for name in ("image", "original", "width") if name in told} | {"box": list(box)}
    try:
        with Decoders(1, max_pixels=Limits().max_pixels) as decoders:
            pixels = decoders.square(view, resolution=resolution).result()
    except (FileNotFoundError, Undecoded) as error:
        _unreadable(error)
    return np.frombuffer(pixels, dtype=np.uint8).reshape(resolution, resolution, 3)


def _unreadable(why: object) -> NoReturn:
    raise JobFailed(
        f"The picture can no longer be read: {why}",
        code="picture_unreadable",
        remedy="Choose another photograph, or send the picture again.",
    )


def _no_way(direction: UUID) -> Direction:
    raise AssertionError("what was found goes along no direction")
