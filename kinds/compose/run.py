"""Compose music for a journey: look at it coarse, write it down as a score, and play it, or have a network play."""

from __future__ import annotations

from collections.abc import Generator as Steps
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from gan import device
from gan.errors import GanError
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.journey import Recipe
from jobs.params import JobParams
from jobs.place import Place
from jobs.route import Lengths, Route
from kinds.compose.params import OWN, ComposeParams
from kinds.compose.seen import Look, looked, scored
from kinds.compose.words import words_of
from kinds.journey.measuring import way
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

    `place.facts["composer"]`: `folder`, of a composer that the owner has brought; `place.facts["film"]`: `lengths`,
    where the way was measured before and times follow from that.
    Yields: Progress, a PACE where the way had to be measured, and one COMPOSED; nothing more, where it is stopped.
    Raises: JobFailed, if a model or a composer cannot be read.
    """
    if not isinstance(params, ComposeParams):
        raise TypeError(f"these are parameters of {params.kind}")
    seen: list[Look] = []
    flight = _flight(params, place)
    route = yield from _route(params.whole, flight, place)
    if route is None:
        return
    for number, looks in enumerate(looked(flight, route)):
        seen += looks
        yield _progress(LOOKED * (number + 1) / route.stretch_count, "looking")
        if place.stop():
            return
    score = scored(seen, route, duration_s=params.long_s)
    yield _progress(LOOKED, "composing")
    made = _own(params, score, place) if params.with_ == OWN else _network(params, score, place)
    if made is None or place.stop():
        return
    sound, beats, told = made
    file = place.scratch / "composed.flac"
    write(sound, file)
    facts = heard(sound, known=beats)
    facts |= {"media_type": "audio/flac", "name": f"{params.whole.name[:200]}, {params.mood}", "composed": told}
    yield Artifact(type=Made.COMPOSED, files={"sound": file}, facts=facts)
    yield _progress(LOOKED + PLAYED, "done")


def _route(recipe: Recipe, flight: Flight, place: Place) -> Steps[JobEvent, None, Route | None]:
    """Find out when the film comes to keyframes. Returns: None, where it was stopped."""
    plain = Route(recipe)
    known: Lengths | None = place.facts.get("film", {}).get("lengths")
    if not recipe.is_timed_by_length or known is not None:
        return Route(recipe, lengths=known)
    found: list[list[float]] = []
    for lengths in way(flight, plain.stretch_count, on=device.best_device()):
        found.append(lengths)
        yield _progress(0.0, "measuring")
        if place.stop():
            return None
    yield Artifact(type=Made.PACE, facts={"lengths": found})
    return Route(recipe, lengths=found)


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
