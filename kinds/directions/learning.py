"""Learn directions from the photographs that a model has learnt from: their w are guessed, their facts are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from gan.errors import FeaturesMissing
from gan.generator import Generator
from gan.metrics import extractor
from jobs.events import JobEvent, Notice, Progress
from jobs.place import Place
from kinds.cost import REMEMBERED, remember_s
from kinds.directions.cost import PHOTO_S, photographs_s, work_s
from kinds.directions.facts import WORDS, facts_of
from kinds.directions.photographs import Line, squares
from kinds.memories import Remembering
from latent.directions import Direction
from latent.facts import LEAST_PHOTOS, Learnt, learn
from latent.looker import Looker
from latent.memory import Memory, seen
from latent.spread import Floats, Spread
from latent.traits import LUMA, side

AT_A_TIME = 8


class Learning:
    """Guesses the w of photographs, and learns; `directions` are those that are worth it."""

    def __init__(self, G: Generator, of: Spread, place: Place, photographs: Sequence[Line]) -> None:
        self._G, self._of, self._place, self._photographs = G, of, place, photographs
        self.directions: list[Direction] = []

    def events(self) -> Iterator[JobEvent]:
        """Yield a Progress now and then, and Notices of how good it is; ends early when it is to stop."""
        if len(self._photographs) < LEAST_PHOTOS:
            text = f"Nothing was learnt from facts of photographs: it takes {LEAST_PHOTOS} of them."
            yield Notice(code="too_few_photographs", text=text)
            return
        try:
            looker = Looker(extractor(self._G.mapping.w_avg.device), self._G.resolution)
        except FeaturesMissing as error:
            yield Notice(code="features_missing", text=f"Nothing was learnt from facts of photographs: {error}")
            return
        cache, model_hash = self._place.cache, self._place.facts["model"]["hash"]
        remembering = Remembering(self._G, looker, self._of, cache=cache, model_hash=model_hash)
        for looked_at in remembering.pictures(self._place.stop):
            yield self._progress(looked_at, REMEMBERED, unit="picture", phase="remembering")
        if self._place.stop():
            return
        known: list[tuple[Line, Floats, float]] = []
        for some in _batches(squares(self._photographs, resolution=side(self._G.config))):
            known += _guessed(some, looker, remembering.memory, device=self._G.mapping.w_avg.device)
            yield self._progress(len(known), len(self._photographs), unit="photo", phase="guessing")
            if self._place.stop():
                return
        yield from self._learn(known, quality=remembering.memory.quality)

    def _learn(self, known: Sequence[tuple[Line, Floats, float]], *, quality: float) -> Iterator[JobEvent]:
        w = np.stack([w for _, w, _ in known]) if known else np.zeros((0, self._G.w_dim), np.float32)
        facts = facts_of([line for line, _, _ in known], np.array([light for _, _, light in known]))
        learnt = [learn(fact, w, self._of, num_ws=self._G.num_ws) for fact in facts]
        told = [one for one in learnt if one is not None]
        self.directions = [one.direction for one in told if one.direction is not None]
        yield Notice(
            code="places_guessed",
            text=f"Where {len(known):,} photographs lie in this model was guessed; of its own pictures such a guess "
            f"correlates with the truth by {quality:.2f}.",
        )
        yield from _notices(told, {fact.kind for fact in facts} - {one.fact.kind for one in told})

    def _progress(self, done: int, total: int, *, unit: str, phase: str) -> Progress:
        architecture = self._place.facts["model"].get("architecture") or {}
        work, whole = work_s(architecture), work_s(architecture) + photographs_s(architecture, len(self._photographs))
        looked_s = remember_s(architecture)
        work += looked_s * done / total if phase == "remembering" else looked_s + done * PHOTO_S
        metrics = {"work": work, "work_total": whole}
        return Progress(done=done, total=total, unit=unit, phase=phase, metrics=metrics)


def _guessed(
    some: Sequence[tuple[Line, NDArray[np.uint8]]], looker: Looker, memory: Memory, *, device: torch.device
) -> Iterator[tuple[Line, Floats, float]]:
    pixels = np.stack([each for _, each in some])  # [N, r, r, 3]
    light = (pixels / 255).mean(axis=(1, 2)) @ np.array(LUMA)  # [N]
    pictures = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    for (line, _), w, luma in zip(some, memory.guess(seen(looker, pictures)), light, strict=True):
        yield line, w, float(luma)


def _batches(
    cut: Iterator[tuple[Line, NDArray[np.uint8] | None]],
) -> Iterator[list[tuple[Line, NDArray[np.uint8]]]]:
    batch = []
    for line, pixels in cut:
        if pixels is not None:
            batch.append((line, pixels))
        if len(batch) == AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


def _notices(told: Sequence[Learnt], unknown: Collection[str]) -> Iterator[Notice]:
    for one in told:
        name = f"“{one.fact.name}”"
        if one.direction is None:
            text = (
                f"{name} is not offered: photographs that were left out told it by {one.correlation:.2f}, where chance "
                f"comes to {one.by_chance:.2f}."
            )
            yield Notice(code="not_learnt", text=text)
        else:
            text = f"{name} was learnt: photographs that were left out tell it by {one.correlation:.2f} (1 is certain)."
            yield Notice(code="learnt", text=text)
    if unknown:
        words = [WORDS[kind] for kind in WORDS if kind in unknown]
        text = f"Too little is known of the photographs to learn from {' or '.join(words)}."
        yield Notice(code="too_little_known", text=text)
