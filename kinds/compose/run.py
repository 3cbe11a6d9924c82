"""Compose music for a journey: look at it coarse, write it down as a score, and play it, or have a network play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from gan import device
from gan.errors import GanError
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from jobs.route import Route
from kinds.compose.params import OWN, ComposeParams
from kinds.compose.seen import Look, looked, scored
from kinds.compose.words import words_of
from kinds.listen.heard import heard
from latent.directions import way_of
from latent.journey import Flight
from latent.point import Direction
from sound.beats import Beats
from sound.composing import beats_of, perform
from sound.loudness import normalised
from sound.piece import compose_piece
from sound.reading import Sound
from sound.score import Score
from sound.writing import write

LOOKED, PLAYED = 1.0, 3.0  # shares of the work


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Compose for the journey of `params`, with the model folders that are its inputs.

    `place.facts["composer"]`: `folder`, of a composer that the owner has brought.
    Yields: Progress, and one COMPOSED; nothing, where it is stopped.
    Raises: JobFailed, if a model or a composer cannot be read.
    """
    if not isinstance(params, ComposeParams):
        raise TypeError(f"these are parameters of {params.kind}")
    seen: list[Look] = []
    flight, recipe = _flight(params, place), params.whole
    stretches = Route(recipe).stretch_count
    for number, looks in enumerate(looked(flight, recipe)):
        seen += looks
        yield _progress(LOOKED * (number + 1) / stretches, "looking")
        if place.stop():
            return
    score = scored(seen, recipe, duration_s=params.long_s)
    yield _progress(LOOKED, "composing")
    made = _own(params, score, place) if params.with_ == OWN else _network(params, score, place)
    if made is None or place.stop():
        return
    sound, beats, told = made
    file = place.scratch / "composed.flac"
    write(sound, file)
    facts = heard(sound, known=beats)
    facts |= {"media_type": "audio/flac", "name": f"{recipe.name[:200]}, {params.mood}", "composed": told}
    yield Artifact(type=Made.COMPOSED, files={"sound": file}, facts=facts)
    yield _progress(LOOKED + PLAYED, "done")


Composed = tuple[Sound, Beats | None, Mapping[str, Any]]


def _own(params: ComposeParams, score: Score, place: Place) -> Composed | None:
    wish = {"seed": params.seed, "key": params.key, "mood": params.mood}
    piece = compose_piece(score, **wish, duration_s=params.long_s, loop=_comes_back(params))  # type: ignore[arg-type]
    sound = perform(piece, seed=params.seed, stop=place.stop)
    told = {"with": OWN, **wish, "scale": piece.scale.name, "tempo": round(piece.tempo, 2), "loop": piece.loop}
    return sound, beats_of(piece), told


def _comes_back(params: ComposeParams) -> bool:
    """Whether the music ends in its beginning: where the film does, and it is as long as the film."""
    return params.whole.loop and params.long_s == params.whole.duration_s


def _network(params: ComposeParams, score: Score, place: Place) -> Composed | None:
    from kinds.compose.musicgen import composed  # loads what its library needs

    prompt = params.prompt or words_of(score, mood=params.mood, key=params.key)
    sound = composed(
        Path(place.facts["composer"]["folder"]),
        prompt=prompt,
        duration_s=params.long_s,
        seed=params.seed,
        on=device.configure(),
        told=lambda seconds: None,
        stop=place.stop,
    )
    if sound is None:
        return None
    told = {"with": params.with_, "seed": params.seed, "key": params.key, "mood": params.mood, "prompt": prompt}
    return normalised(sound), None, told


def _flight(params: ComposeParams, place: Place) -> Flight:
    on, recipe = device.configure(), params.whole
    first = recipe.model_ids[0]
    folders: dict[UUID, Path] = {id: place.inputs["model" if id == first else f"model {id}"] for id in recipe.model_ids}
    try:
        networks = {id: load_generator(folder, on) for id, folder in folders.items()}
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    ways = {id: _direction(place, f"direction {id}") for id in recipe.directions}
    return Flight(networks, Route(recipe), ways.__getitem__)


def _direction(place: Place, name: str) -> Direction:
    facts = place.facts[name]
    return way_of(place.inputs[name], deviation=facts["deviation"], layers=facts["layers"])


def _progress(done: float, phase: str) -> Progress:
    total = LOOKED + PLAYED
    return Progress(done=round(100 * done / total), total=100, unit="percent", phase=phase)
