"""The other side of the comparison, in a process and an environment of its own: `stylegan2-pytorch` from PyPI.

What is measured is the package's own `Trainer.train()` and generator. It asks for a CUDA card when it is imported; so
calls that move to one are made to do nothing. Its data come from memory, and nothing is saved or drawn between steps.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch

from bench.worker import parameters, serve

# Steps at which its trainer does nothing but train: past 5,000, where path length begins, of each kind that it knows.
STEPS = {"plain": 5025, "penalty": 5028, "path": 5024}
WEIGHTS = {"plain": 24, "penalty": 7, "path": 1}  # of 32 steps


def stand_ins() -> None:
    """Give the imports that training never calls a name: torchvision and fire open files and shells, aim logs."""
    for name in ("torchvision", "fire", "aim"):
        sys.modules[name] = ModuleType(name)
    sys.modules["torchvision"].transforms = ModuleType("transforms")  # type: ignore[attr-defined]


def imported() -> Any:
    """The package, made to believe that there is a card."""
    stand_ins()
    there = torch.cuda.is_available
    torch.cuda.is_available = lambda: True
    torch.Tensor.cuda = lambda self, *_: self  # type: ignore[method-assign]
    torch.nn.Module.cuda = lambda self, *_: self  # type: ignore[method-assign]
    from stylegan2_pytorch import stylegan2_pytorch as package  # type: ignore[import-not-found, unused-ignore]

    torch.cuda.is_available = there
    return package


def capacity(resolution: int, channel_base: int) -> int:
    """Its measure of width: a block at resolution r then has channel_base / r channels, as ours."""
    return channel_base // (2 * resolution)


def training(package: Any, *, resolution: int, channel_base: int, channel_max: int, batch: int) -> dict[str, Any]:
    """A trainer with its data in memory."""
    # Its averaged generator forgets the cap on widths, and then refuses the weights of the one that is capped.
    uncapped = package.Generator
    package.Generator = lambda *args, **kwargs: uncapped(*args, **{**kwargs, "fmap_max": channel_max})
    trainer = package.Trainer(
        base_dir=tempfile.mkdtemp(),
        image_size=resolution,
        network_capacity=capacity(resolution, channel_base),
        fmap_max=channel_max,
        batch_size=batch,
        save_every=10**9,
        evaluate_every=10**9,
    )
    trainer.init_GAN()
    trainer.loader = batches(batch, resolution)
    trainer.pl_mean = 1.0  # as after the first path step, which takes no gradient yet

    def steps() -> float:
        """Seconds of a step, in the mix of 32: 24 plain, 7 with gradient penalty, 1 with path length too."""
        total = 0.0
        for kind, share in WEIGHTS.items():
            trainer.steps = STEPS[kind]
            began = time.perf_counter()
            trainer.train()
            total += share * (time.perf_counter() - began)
        return total / sum(WEIGHTS.values())

    gan = trainer.GAN
    return {"do": steps, "parameters": parameters(mapping=gan.S, G=gan.G, D=gan.D)}


def batches(batch: int, resolution: int) -> Iterator[torch.Tensor]:
    """Pictures in [0, 1], as its reader gives them."""
    pool = torch.rand(4, batch, 3, resolution, resolution)
    while True:
        yield from (part.clone() for part in pool)


def drawing(package: Any, *, resolution: int, channel_base: int, channel_max: int) -> dict[str, Any]:
    """Its generator alone, from styles to a picture."""
    wide = capacity(resolution, channel_base)
    G = package.Generator(resolution, 512, wide, fmap_max=channel_max).eval()
    styles = torch.randn(1, G.num_layers, 512)
    noise = torch.rand(1, resolution, resolution, 1)

    @torch.no_grad()
    def draw() -> float:
        began = time.perf_counter()
        G(styles, noise)
        return time.perf_counter() - began

    return {"do": draw, "parameters": parameters(G=G)}


if __name__ == "__main__":
    peer = imported()
    serve(
        {
            "training": lambda **given: training(peer, **given),
            "drawing": lambda **given: drawing(peer, **given),
        }
    )
