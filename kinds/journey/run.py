"""Make the film of a journey: measure its way, draw its frames and encode them beside, put the pieces together."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Generator as Steps
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from enlarge import lanczos
from enlarge.mixing import Mix
from enlarge.network import Enlarger, Stopped, load
from foreign.errors import Refused
from gan import device
from gan.errors import GanError
from gan.generator import Generator
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.frame import size
from jobs.journey import Recipe
from jobs.params import JobParams
from jobs.place import Place
from jobs.route import Lengths, Route
from kinds.compose.owned import check_composer
from kinds.journey.cost import PIXELS_PER_S
from kinds.journey.encoding import Picture, Piece, Pieces
from kinds.journey.joining import join
from kinds.journey.measuring import way
from kinds.journey.music import breath, brought, composed, mastered
from kinds.journey.params import JourneyParams
from kinds.journey.pictures import first_frame, frames_zip, gif
from kinds.journey.resuming import ends_a_piece, gone_on_from
from kinds.journey.shape import shape_of
from kinds.shown import shown
from kinds.upscale.known import LANCZOS, REAL_ESRGAN
from latent.directions import way_of
from latent.journey import Flight
from latent.point import Direction
from sound.reading import NoSound, Sound

MEDIA = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif", "frames": "application/zip"}
SOUNDING = ("mp4", "webm")  # forms with sound
ENDINGS = {"mp4": ".mp4", "webm": ".webm", "gif": ".gif", "frames": ".zip"}
POSTER_SIDE = 640  # px, at most


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Make the film of `params`, with the model folders that are its inputs.

    `place.facts["film"]`: `lengths`, where the way was measured before, and `pieces`, what an earlier attempt has made
    of the film: a `path` and the number of `frames` each, in order.
    Yields: a PACE where the way had to be measured, a FILM_PART for each whole piece, a Progress a frame, in the end
    one FILM. One that is stopped keeps what there is as a film; one that is interrupted keeps its pieces.
    Raises: JobFailed, if a model, what enlarges or what composes cannot be read; BadParams, for places that are none
    of theirs; OSError.
    """
    if not isinstance(params, JourneyParams):
        raise TypeError(f"these are parameters of {params.kind}")
    on = device.configure()
    try:
        networks = {id: load_generator(folder, on) for id, folder in _folders(params.whole, place).items()}
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    film = Film.of(params.whole, place, networks, on, enlarger_of(params.whole, place, on))
    film.listen()
    lengths = yield from film.lengths()
    if lengths is None:  # stopped before there was a picture of it
        return
    pieces = yield from film.draw(lengths)
    if place.interrupted() or not pieces:
        return
    made = film.whole(pieces)
    if place.interrupted():  # its music may have been cut short
        return
    yield made
    yield film.progress(made.facts["frames"], of=made.facts["frames"], phase="done")


@dataclass(slots=True)
class Film:
    """Makes one film; `size`: width and height of its frames, `drawn`: how many of them there are, `enlarger`: the
    network that makes them larger, if there is one, `loudness`: of each frame, where motion follows that."""

    recipe: Recipe
    place: Place
    networks: Mapping[UUID, Generator]
    on: torch.device
    size: tuple[int, int]
    enlarger: Enlarger | None = None
    drawn: int = 0
    loudness: Sequence[float] = ()
    timed: Recipe | None = None  # with keyframes when the film comes to them

    @classmethod
    def of(
        cls,
        recipe: Recipe,
        place: Place,
        networks: Mapping[UUID, Generator],
        on: torch.device,
        enlarger: Enlarger | None = None,
    ) -> Film:
        """Find out how large its frames are."""
        side = next(iter(networks.values())).resolution
        shape = shape_of(recipe, size(side, place.facts["model"].get("frame")))
        return cls(recipe, place, networks, on, shape, enlarger)

    def listen(self) -> None:
        """Make sure, before there is a frame, that its music can be read or composed. Raises: JobFailed."""
        recipe, composer = self.recipe, self._composer()
        if composer is not None:
            check_composer(composer)
        if recipe.soundtrack is not None and (recipe.form in SOUNDING or recipe.soundtrack.breathe > 0):
            sound = self._brought()
            self.loudness = breath(sound, recipe) if recipe.soundtrack.breathe > 0 else ()

    def lengths(self) -> Steps[JobEvent, None, Lengths | None]:
        """Measure the way, unless that was done, or the speed is plain.

        Returns: how long its stretches are; of none, where they need not be known; None, where it was stopped.
        """
        known: Lengths | None = self.place.facts["film"].get("lengths")
        if known is not None or self.recipe.speed == "plain":
            return known or []
        route = Route(self.recipe)
        found: list[list[float]] = []
        for lengths in way(self._flight(route), route.stretch_count, on=self.on):
            found.append(lengths)
            yield self.progress(0, phase="measuring")
            if self.place.stop() and len(found) < route.stretch_count:
                return None
        yield Artifact(type=Made.PACE, facts={"lengths": found})
        return found

    def draw(self, lengths: Lengths) -> Steps[JobEvent, None, list[Path]]:
        """Draw the frames that are not there yet. Returns: the files of all pieces, in order."""
        there = gone_on_from(self.place.facts["film"].get("pieces") or [], self.recipe)
        files, folder = [Path(piece["path"]) for piece in there], self.place.scratch / "pieces"
        folder.mkdir()
        recipe, first = self.recipe, sum(int(piece["frames"]) for piece in there)
        encoder = Pieces(folder, form=recipe.form, fps=recipe.fps, size=self.size, first=len(files), start=first)
        route = Route(recipe, lengths=lengths or None, loudness=self.loudness)
        flight, self.drawn, self.timed = self._flight(route), first, route.recipe
        for number in range(first, recipe.frames):
            picture = yield from self._larger(flight.frame(number), done=number)
            if picture is None:
                break
            encoder.put(partial(self._fitted, picture))
            yield from self._kept(encoder.finished(), files)
            yield self.progress(min(number + 1, recipe.frames - 1), phase="drawing")
            if self.place.stop():
                break
        last = encoder.close()
        yield from self._kept(last, files)
        return files

    def whole(self, pieces: Sequence[Path]) -> Artifact:
        """Put the film together."""
        recipe, form = self.recipe, self.recipe.form
        target, samples = self.place.scratch / f"film{ENDINGS[form]}", None
        if form in SOUNDING:
            samples = self._samples(pieces)
            join(pieces, target, form=form, fps=recipe.fps, samples=samples)
        elif form == "gif":
            gif(pieces, target, fps=recipe.fps, loop=recipe.loop)
        else:
            frames_zip(pieces, target, recipe=recipe.as_json())
        poster = self.place.scratch / "poster.webp"
        poster.write_bytes(_poster(pieces[0], form=form))
        facts: dict[str, Any] = {
            "media_type": MEDIA[form],
            "width": self.size[0],
            "height": self.size[1],
            "frames": self.drawn,
            "duration_s": self.drawn / recipe.fps,
            "has_sound": samples is not None,
            "partial": self.drawn < recipe.frames,
        }
        return Artifact(type=Made.FILM, files={"film": target, "poster": poster}, facts=facts)

    def progress(self, done: int, *, phase: str, of: int | None = None) -> Progress:
        """Say how far it is. It is not done before the film is stored."""
        total = of or self.recipe.frames
        each_s = next(iter(self.networks.values())).resolution ** 2 / PIXELS_PER_S
        metrics = {"work": done * each_s, "work_total": total * each_s}
        return Progress(done=done, total=total, unit="frame", phase=phase, metrics=metrics)

    def _brought(self) -> Sound:
        try:
            return brought(self.place.inputs["soundtrack"], self.recipe, stop=lambda: False)
        except (NoSound, FileNotFoundError) as error:
            why = str(error) if isinstance(error, NoSound) else "The file of the soundtrack is not there any more."
            raise JobFailed(why, code="no_sound", remedy="Choose another soundtrack.") from error

    def _samples(self, pieces: Sequence[Path]) -> NDArray[np.float32] | None:
        """Give the sound of the film."""
        seconds = self.drawn / self.recipe.fps
        if self.recipe.soundtrack is not None:
            return mastered(self._brought(), self.recipe, seconds=seconds).samples
        if self.recipe.compose is not None:
            timed = self.timed or self.recipe
            sound = composed(pieces, timed, seconds=seconds, folder=self._composer(), stop=self.place.interrupted)
            return None if sound is None else sound.samples
        return None

    def _composer(self) -> Path | None:
        composer = self.place.facts.get("composer")
        return None if composer is None else Path(composer["folder"])

    def _flight(self, route: Route) -> Flight:
        ways = {id: _direction(self.place, f"direction {id}") for id in self.recipe.directions}
        return Flight(self.networks, route, ways.__getitem__)

    def _kept(self, finished: Sequence[Piece], files: list[Path]) -> Iterator[JobEvent]:
        """Hand pieces over, and hold on to their bytes under another name: the film is put together of them.

        One that is cut short is held alone, for what is kept of a film that was stopped: nothing can go on from it.
        """
        for piece in finished:
            if not ends_a_piece(self.drawn + piece.frames, self.recipe):
                if not self.place.interrupted():
                    files.append(piece.path)
                    self.drawn += piece.frames
                continue
            own = piece.path.with_name(f"own-{piece.path.name}")
            try:
                os.link(piece.path, own)
            except OSError:  # a file system that has no links
                shutil.copyfile(piece.path, own)
            files.append(own)
            self.drawn += piece.frames
            facts = {"step": piece.number, "frames": piece.frames, "all_frames": self.drawn, "form": self.recipe.form}
            yield Artifact(type=Made.FILM_PART, files={"part": piece.path}, facts=facts)

    def _larger(self, drawn: Picture, *, done: int) -> Steps[JobEvent, None, Picture | None]:
        """Show a square as its frame says, and have the network make it larger, if there is one.

        Returns: the picture; None, where it was to stop before that was whole.
        """
        picture, upscale = shown(drawn, self.place.facts["model"].get("frame")), self.recipe.upscale
        if self.enlarger is None or upscale is None:
            return picture
        if self.recipe.size is not None:
            part = self.recipe.size / max(picture.shape[:2])
            height, width = (max(2, round(side * part)) for side in picture.shape[:2])
            picture = lanczos.resized(picture, width=width, height=height)
        bands = list[Picture]()
        mix = Mix(detail=1.0 if upscale.detail is None else upscale.detail, faithful=bool(upscale.faithful))
        try:
            for band in self.enlarger.bands(picture, factor=upscale.factor, mix=mix, stop=self.place.stop):
                bands.append(band)
                yield self.progress(done, phase="enlarging")
        except Stopped:
            return None
        return np.concatenate(bands)

    def _fitted(self, picture: Picture) -> Picture:
        """Give a picture the size of the film: by LANCZOS; an odd side gets its last row twice."""
        width, height = self.size
        larger = self.recipe.upscale is not None or self.recipe.size is not None
        if larger and picture.shape[:2] != (height, width):
            return np.asarray(
                Image.fromarray(np.ascontiguousarray(picture)).resize(self.size, Image.Resampling.LANCZOS)
            )
        more = ((0, height - picture.shape[0]), (0, width - picture.shape[1]), (0, 0))
        return np.pad(picture, more, mode="edge") if any(map(any, more)) else np.ascontiguousarray(picture)


def enlarger_of(recipe: Recipe, place: Place, on: torch.device) -> Enlarger | None:
    """Load what makes frames larger, where that is a network. Raises: JobFailed, if it cannot be read."""
    if recipe.upscale is None or recipe.upscale.with_ == LANCZOS:
        return None
    try:
        return load(REAL_ESRGAN if recipe.upscale.with_ == REAL_ESRGAN else place.inputs["enlarger"], device=on)
    except Refused as error:
        raise JobFailed(error.found, code="weights_unreadable", remedy=error.remedy) from error


def _poster(piece: Path, *, form: str) -> bytes:
    """Give the film's first frame, as it is in its first piece."""
    image, buffer = first_frame(piece, form=form), io.BytesIO()
    image.thumbnail((POSTER_SIDE, POSTER_SIDE), Image.Resampling.LANCZOS)
    image.save(buffer, "WEBP", quality=85)
    return buffer.getvalue()


def _folders(recipe: Recipe, place: Place) -> dict[UUID, Path]:
    first, *others = recipe.model_ids
    return {first: place.inputs["model"], **{id: place.inputs[f"model {id}"] for id in others}}


def _direction(place: Place, name: str) -> Direction:
    facts = place.facts[name]
    return way_of(place.inputs[name], deviation=facts["deviation"], layers=facts["layers"])
