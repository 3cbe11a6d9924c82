"""Make a picture larger: in bands of rows from the top, which are kept as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enlarge import lanczos
from enlarge.mixing import Mix
from enlarge.network import Enlarger, Stopped, load
from foreign.errors import Refused
from gan import device
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.upscale.cost import network_s
from kinds.upscale.files import blur_of, opened, write, write_view
from kinds.upscale.known import LANCZOS, REAL_ESRGAN, words
from kinds.upscale.params import UpscaleParams
from kinds.upscale.sizes import MOST_SIDE, Size, printed, told

POINTS = 16  # of rest, at most, at which rows are kept
ROWS, STATE = "rows.raw", "rows.json"
NOTHING_KEPT = "It was stopped before the picture was whole; nothing of it is kept."
Picture = NDArray[np.uint8]  # [H, W, 3]


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Enlarge the picture `place.inputs["picture"]`, by the weights `place.inputs["enlarger"]` where these are wanted.

    `place.facts["picture"]`: `recipe`, what is known of how it was made; `place.facts["enlarger"]`: `sha256`.
    Yields: Progress; now and then a RESUME_POINT, the rows that are done; one ENLARGED.
    Raises: JobFailed, for a picture or weights that cannot be read.
    """
    if not isinstance(params, UpscaleParams):
        raise TypeError(f"these are parameters of {params.kind}")
    picture = opened(place.inputs["picture"])
    factor = params.factor or 4
    if params.made_with == LANCZOS:
        yield Progress(done=0, total=100, unit="percent", phase="enlarging")
        yield from Making(params, place).kept(picture, lanczos.enlarged(picture, factor=factor))
        return
    try:
        enlarger = load(
            REAL_ESRGAN if params.made_with == REAL_ESRGAN else place.inputs["enlarger"], device=device.configure()
        )
    except Refused as error:
        raise JobFailed(error.found, code="weights_unreadable", remedy=error.remedy) from error
    if max(picture.shape[:2]) * factor > MOST_SIDE:
        raise JobFailed("The picture is too large for this factor.", code="too_large", remedy="Choose a smaller one.")
    rows = Rows.begun(picture, params, place=place)
    try:
        yield from _enlarging(enlarger, picture, rows, params=params, place=place)
    except Stopped:
        if place.interrupted():
            yield rows.point()
        else:
            yield Notice(code="nothing_kept", text=NOTHING_KEPT)
        return
    yield from Making(params, place).kept(picture, rows.all())


def _enlarging(
    enlarger: Enlarger, picture: Picture, rows: Rows, *, params: UpscaleParams, place: Place
) -> Iterator[JobEvent]:
    """Add rows until all are there. Raises: Stopped."""
    far = Far(params=params, place=place, pixels=picture.shape[0] * picture.shape[1])
    yield far.progress()
    every = -(-rows.height // POINTS)
    bands = enlarger.bands(
        picture, factor=rows.factor, mix=mix_of(params), start=rows.done, stop=place.stop, progress=far.heard
    )
    kept = rows.done
    for band in bands:
        rows.add(band)
        yield far.progress()
        if every <= rows.done - kept and rows.done < rows.height:
            kept = rows.done
            yield rows.point()


def mix_of(params: UpscaleParams) -> Mix:
    """Say how much of the network's detail is kept; all of it, where a request from before says nothing."""
    return Mix(detail=1.0 if params.detail is None else params.detail, faithful=bool(params.faithful))


@dataclass(slots=True)
class Far:
    """How far the network is."""

    params: UpscaleParams
    place: Place
    pixels: int
    done: int = 0
    total: int = 1

    def heard(self, done: int, total: int) -> None:
        """Hear of it."""
        self.done, self.total = done, total

    def progress(self) -> Progress:
        """Tell it, with what is done in nominal seconds."""
        whole = network_s(self.params, self.place.facts, pixels=self.pixels)
        share = self.done / self.total
        work = {"work": whole * share, "work_total": whole}
        return Progress(done=int(100 * share), total=100, unit="percent", phase="enlarging", metrics=work)


class Rows:
    """The rows of the result that are done, in a file; an attempt goes on behind them."""

    def __init__(self, folder: Path, *, width: int, height: int, factor: int, how: Mapping[str, Any]) -> None:
        self.folder, self.width, self.height, self.factor = folder, width, height, factor
        self.of = {"width": width, "height": height, **how}  # what other rows do not go with
        self.path = folder / ROWS
        self.done = 0

    @classmethod
    def begun(cls, picture: Picture, params: UpscaleParams, *, place: Place) -> Rows:
        """Begin, or go on where an earlier attempt was."""
        (height, width), factor = picture.shape[:2], params.factor or 4
        folder = place.scratch / "enlarged"
        folder.mkdir()
        rows = cls(folder, width=factor * width, height=factor * height, factor=factor, how=how(params, place))
        rows.path.touch()
        if place.resume_point is not None:
            rows._go_on(place.resume_point)
        return rows

    def _go_on(self, point: Path) -> None:
        """Take over what is whole of it, and was made by the same weights in the same way; else all is made anew."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            state = json.loads((point / STATE).read_bytes())
            rows = (point / ROWS).read_bytes()
            done = int(state["done"])
            if state["of"] == self.of and 0 < done <= self.height and len(rows) == 3 * self.width * done:
                self.path.write_bytes(rows)
                self.done = done

    def add(self, band: Picture) -> None:
        """Add rows below."""
        with self.path.open("ab") as file:
            file.write(np.ascontiguousarray(band).data)
        self.done += len(band)

    def point(self) -> Artifact:
        """Give what is done, to go on from."""
        folder = self.folder.parent / f"point-{self.done:06d}"
        folder.mkdir(exist_ok=True)
        (folder / ROWS).write_bytes(self.path.read_bytes())
        (folder / STATE).write_text(json.dumps({"done": self.done, "of": self.of}), encoding="ascii")
        return Artifact(type=Made.RESUME_POINT, files={"folder": folder}, facts={"step": self.done})

    def all(self) -> Picture:
        """Give the whole picture."""
        return np.fromfile(self.path, np.uint8).reshape(self.height, self.width, 3)


@dataclass(frozen=True, slots=True)
class Making:
    """The files of what was made."""

    params: UpscaleParams
    place: Place

    def kept(self, picture: Picture, large: Picture) -> Iterator[JobEvent]:
        """Bring it to the size of its print, write it, and hand it out."""
        params, size = self.params, Size(picture.shape[1], picture.shape[0])
        by, factor, sentence = words(params.made_with, params.detail, params.faithful), params.factor or 4, ""
        form, dpi = "png", None
        if params.print is not None:
            asked = params.print.model_dump()
            wanted = printed(size, asked)
            # Lanczos alone goes straight to the size of the print: twice would be softer.
            source = picture if params.made_with == LANCZOS else large
            large = lanczos.resized(source, width=wanted.width, height=wanted.height)
            sentence = told(size, wanted, asked, factor=factor, by=by.split(":")[0])
            form, dpi = params.print.form, params.print.dpi
        recipe = {**self.place.facts["picture"].get("recipe", {}), "enlarged": self._how()}
        scratch = self.place.scratch
        file = write(large, scratch / f"large.{form}", form=form, dpi=dpi, recipe=recipe)
        view = write_view(large, scratch / "view.jpg")
        facts = {
            "factor": factor,
            "with": params.made_with,
            "words": by,
            "width": large.shape[1],
            "height": large.shape[0],
            "print": params.print.model_dump(mode="json") | {"words": sentence} if params.print else None,
            "recipe": recipe,
            "blur": blur_of(large),
        }
        yield Artifact(type=Made.ENLARGED, files={"file": file, "view": view}, facts=facts)
        yield Progress(done=100, total=100, unit="percent", phase="enlarging")

    def _how(self) -> Mapping[str, Any]:
        params = self.params
        sheet = {} if params.print is None else {"print": params.print.model_dump(mode="json", exclude_none=True)}
        return how(params, self.place) | sheet


def how(params: UpscaleParams, place: Place) -> dict[str, Any]:
    """Say what a large picture comes of besides the small one: its recipe, and what kept rows must agree in."""
    said: dict[str, Any] = {"factor": params.factor or 4, "with": params.made_with}
    if params.made_with == LANCZOS:
        return said
    mix = mix_of(params)
    said |= {"detail": mix.detail, "faithful": mix.faithful}
    if params.made_with != REAL_ESRGAN:
        said["sha256"] = place.facts["enlarger"]["sha256"]
    return said
