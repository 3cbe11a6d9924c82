"""Whether copies of photographs are told from what is only like them: a generator that knows twenty by heart."""

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional as F

from gan.device import configure
from gan.generator import Generator
from gan.model import load_generator
from jobs.originality import level
from kinds.index.sketches import Calibration, Originals, sketch

ARCHIVE = Path("demo/archive/landscapes.zip")
BASE = Path("demo/bases/objects_64")
KNOWN, HELD_OUT = 20, 50  # photographs that the generator knows by heart, and that the archive does not hold
STEPS, BATCH, RATE = 500, 16, 0.003
DRAWN = 200
SEED = 0


def copies() -> Iterator[str]:
    """Overfit on purpose, draw from seeds that it has never seen, and mark what is nearly a copy."""
    G = load_generator(BASE, configure())
    pictures = squares(G.config.resolution)
    archive, held_out = pictures[:-HELD_OUT], pictures[-HELD_OUT:]
    originals = Originals.of([(UUID(int=at), sketch(one).tobytes()) for at, one in enumerate(archive)])
    by = originals.calibrated()
    if by is None:
        raise AssertionError("the archive holds more than ten photographs")
    before = drawn(G, DRAWN)
    began = time.perf_counter()
    overfit(G, archive[:KNOWN], steps=STEPS)
    yield f"{KNOWN} of {len(archive)} landscapes learnt by heart in {time.perf_counter() - began:.0f} s, {STEPS} steps."
    yield ""
    yield "| pictures | nearly copies | near | its own | likeness: a tenth, half, nine tenths |"
    yield "| --- | --- | --- | --- | --- |"
    for name, some in (
        ("drawn by the generator that knows twenty by heart", drawn(G, DRAWN)),
        ("photographs held out of the archive", held_out),
        ("drawn by the base", before),
    ):
        yield f"| {len(some)} {name} | {told(originals, by, some)} |"


def told(originals: Originals, by: Calibration, pictures: Sequence[Image.Image]) -> str:
    """Say as cells of a table how near pictures are."""
    traces = originals.traced(np.stack([sketch(picture) for picture in pictures]), by)
    words = [level(one.percent) for one in traces]
    shares = (f"{words.count(word) / len(words):.1%}" for word in ("copy", "near", "own"))
    tenths = np.quantile([one.likeness for one in traces], [0.1, 0.5, 0.9])
    return " | ".join([*shares, ", ".join(f"{tenth:.2f}" for tenth in tenths)])


def squares(side: int) -> list[Image.Image]:
    """Give the middle squares of all landscapes, always in the same order by chance."""
    with zipfile.ZipFile(ARCHIVE) as packed:
        names = [name for name in sorted(packed.namelist()) if name.endswith(".jpg")]
        np.random.default_rng(SEED).shuffle(names)
        return [_square(packed.read(name), side) for name in names]


def _square(file: bytes, side: int) -> Image.Image:
    with Image.open(io.BytesIO(file)) as opened:
        opened.draft("RGB", (4 * side, 4 * side))
        return ImageOps.fit(opened.convert("RGB"), (side, side), Image.Resampling.LANCZOS)


def overfit(G: Generator, known: Sequence[Image.Image], *, steps: int) -> None:
    """Teach a generator to draw nothing but these pictures.

    Each latent is to draw the picture whose number is that of the largest of its first values: so what is seen here is
    what a training comes to that learns its photographs by heart, within minutes and without a critic.
    """
    rows = np.stack([np.asarray(one).transpose(2, 0, 1) for one in known])
    device = G.mapping.w_avg.device
    wanted = torch.from_numpy(rows).to(device).float() / 127.5 - 1  # [K, 3, R, R]
    weights = [one.requires_grad_() for one in G.parameters()]
    adam = torch.optim.Adam(weights, lr=RATE, betas=(0.0, 0.99))
    rng = np.random.default_rng(SEED)
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = RATE * min(1.0, 2 * (1 - step / steps))
        z = torch.from_numpy(rng.standard_normal((BATCH, G.z_dim), dtype=np.float32)).to(device)
        to = wanted[z[:, : len(known)].argmax(1)]
        made = G.synthesis(G.mapping(z))
        loss = sum(F.l1_loss(F.avg_pool2d(made, of), F.avg_pool2d(to, of)) for of in (1, 4))
        adam.zero_grad()
        loss.backward()  # type: ignore[union-attr]
        adam.step()


@torch.no_grad()
def drawn(G: Generator, count: int) -> list[Image.Image]:
    """Draw pictures from latents that no overfitting has seen."""
    rng = np.random.default_rng(SEED + 1)
    found: list[Image.Image] = []
    while len(found) < count:
        z = torch.from_numpy(rng.standard_normal((BATCH, G.z_dim), dtype=np.float32)).to(G.mapping.w_avg.device)
        made = ((G.synthesis(G.mapping(z)) + 1) * 127.5).round().clamp(0, 255).byte().cpu().numpy()
        found += [Image.fromarray(one.transpose(1, 2, 0)) for one in made]
    return found[:count]
