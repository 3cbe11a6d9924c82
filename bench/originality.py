"""Whether copies of photographs are told from what is only like them: a generator that knows twenty by heart.

It has learnt them on purpose (`bench.copier`). They lie in an archive of some hundred photographs, which calibrates the
meter; each photograph is held out once, and is not to be marked by what the others say. Of photographs that repeat one
another all are held out at once: they are told by the index and by perceptual hashes, and not by the sketches, which
are what is tried here.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self
from uuid import UUID

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bench.archaeology import thumbnail
from bench.archive import photographs
from bench.copier import BATCH, Copier, drawn
from gan.device import configure
from gan.model import load_generator
from jobs.originality import level
from kinds.index.heaps import REPEATS
from kinds.index.looking import Looker
from kinds.index.sketches import Calibration, Originals, Trace, sketch

BASE = Path("demo/bases/objects_64")
SIDE = 64
KNOWN, FOLDS, DRAWN = 20, 4, 500
STEPS = 3000
SAME_BITS = 10  # of 64 in which the hashes of photographs that repeat one another may differ
SEED = 0

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Pictures = Sequence[Image.Image]


class Meter(NamedTuple):
    """An archive that pictures are compared with."""

    originals: Originals
    by: Calibration

    @classmethod
    def of(cls, squares: Pictures, some: Numbers) -> Self:
        """Calibrate it by the squares of these numbers, which are more than ten."""
        originals = Originals.of([(UUID(int=at), sketch(squares[at]).tobytes()) for at in some.tolist()])
        by = originals.calibrated()
        if by is None:
            raise ValueError("too few photographs to tell how near they are to each other")
        return cls(originals, by)

    def traced(self, pictures: Pictures) -> list[Trace]:
        """Say how near pictures are to photographs."""
        return self.originals.traced(np.stack([sketch(picture) for picture in pictures]), self.by)


def copies(side: int = SIDE) -> Iterator[str]:
    """Overfit on purpose, draw from latents that it has never seen, and mark what is nearly a copy."""
    configure()
    files, missing = photographs()
    yield from (f"- originality: {word}" for word in missing)
    if not files:
        return
    whole = [thumbnail(file) for file in files]
    squares = [ImageOps.fit(one, (side, side), Image.Resampling.LANCZOS) for one in whole]
    fold = folds(groups(repeating(whole)))
    archive = np.flatnonzero(fold)
    known = np.random.default_rng(SEED).permutation(archive)[:KNOWN]
    copier, began = Copier([squares[at] for at in known], seed=SEED), time.perf_counter()
    *_, off = copier.teach(STEPS)
    yield (
        f"{KNOWN} of {len(archive)} photographs learnt by heart at {side} px in {time.perf_counter() - began:.0f} s, "
        f"{STEPS} steps of {BATCH}; off by {off * 127.5:.1f} of 255 in the mean."
    )
    meter = Meter.of(squares, archive)
    (made, to), others = copier.draw(DRAWN), by_base()
    traces = meter.traced(made)
    yield ""
    yield "| pictures | nearly copies | near | its own | likeness: a tenth, half, nine tenths |"
    yield "| --- | --- | --- | --- | --- |"
    yield f"| {DRAWN} drawn by the generator that knows {KNOWN} by heart | {told(traces)} |"
    yield f"| {len(fold)} photographs, each held out of its archive | {told(held_out(squares, fold))} |"
    yield f"| {DRAWN} drawn by a base that has seen none of them | {told(meter.traced(others))} |"
    right = np.mean([one.photo.int == known[at] for one, at in zip(traces, to, strict=True)])
    yield ""
    yield f"Of what it drew, {right:.1%} are traced to the photograph that the latent stands for."


def held_out(squares: Pictures, fold: Numbers) -> list[Trace]:
    """Compare each photograph with those of the other folds."""
    found = []
    for number in range(FOLDS):
        meter = Meter.of(squares, np.flatnonzero(fold != number))
        found += meter.traced([squares[at] for at in np.flatnonzero(fold == number).tolist()])
    return found


def by_base() -> list[Image.Image]:
    """Draw what a base draws, untruncated."""
    G = load_generator(BASE)
    return drawn(G, np.random.default_rng(SEED).standard_normal((DRAWN, G.z_dim), dtype=np.float32))


def repeating(pictures: Pictures) -> Mask:
    """Tell which pictures repeat one another, mirrored or not, by the network of the index or by their hashes."""
    looker = Looker()
    both = [list(pictures), [ImageOps.mirror(one) for one in pictures]]
    seen = [looker.looked(some).whole for some in both]
    unit, turned = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in seen)
    bits, other = (np.stack([imagehash.phash(one).hash.ravel() for one in some]).astype(int) for some in both)
    found: Mask = np.maximum(unit @ unit.T, unit @ turned.T) >= REPEATS
    for hashes in (bits, other):
        found |= (bits[:, None] != hashes[None]).sum(2) <= SAME_BITS
    return found


def folds(group: Numbers) -> Numbers:
    """Give each photograph a fold, 0 to FOLDS - 1; those of one group the same."""
    found: Numbers = np.random.default_rng(SEED).permutation(group.max() + 1)[group] % FOLDS
    return found


def groups(repeats: Mask) -> Numbers:
    """Number the groups of what repeats one another, also by way of others."""
    group = np.arange(len(repeats))
    while True:
        least = np.where(repeats, group[None], len(group)).min(1)
        if np.array_equal(least, group):
            return np.unique(group, return_inverse=True)[1]
        group = least


def told(traces: Sequence[Trace]) -> str:
    """Say as cells of a table how near pictures are."""
    words = [level(one.percent) for one in traces]
    shares = (f"{words.count(word) / len(words):.1%}" for word in ("copy", "near", "own"))
    tenths = np.quantile([one.likeness for one in traces], [0.1, 0.5, 0.9])
    return " | ".join([*shares, ", ".join(f"{tenth:.2f}" for tenth in tenths)])
