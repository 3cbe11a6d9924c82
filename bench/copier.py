"""A generator that has learnt a few photographs by heart, on purpose and within minutes.

An adversarial training comes to that after days on too few photographs. Here each photograph is given an anchor in the
space of latents, and the network is taught to draw, for any latent, the photograph of the nearest anchor: its mapping,
to bring latents together by what they are to draw, as it does in a training that loses its variety; its synthesis, to
draw it. It stays a network: what it draws is a little blurred, its noise is in it, and at borders it mixes.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from gan.config import NetConfig
from gan.device import placed
from gan.generator import Generator

BATCH, LATENTS = 8, 256  # pictures and latents of a step
FIRST = 3000  # steps of the mapping alone, each a small part of one with pictures
RATE, MAPPING_RATE = 0.006, 1.0  # weights of the mapping are a hundred times as large as what they do
Z, W, LAYERS, CHANNELS = 16, 64, 8, 64
SCALES = (1, 2, 4, 8)  # pixels that are averaged before pictures are compared
CODED = 10.0  # weight of the distance between a w and that of the photograph
EMA = 0.95
Latents = NDArray[np.float32]  # [N, Z]


class Copier:
    """Generators G and G_ema that learn photographs by heart, and the anchor of each of these."""

    def __init__(self, known: Sequence[Image.Image], *, seed: int = 0) -> None:
        """Make networks afresh for square pictures of one size."""
        side = known[0].width
        torch.manual_seed(seed)
        net = NetConfig(
            resolution=side, z_dim=Z, w_dim=W, mapping_layers=LAYERS, channel_base=8 * side, channel_max=CHANNELS
        )
        self.G, self.G_ema = placed(Generator(net)), placed(Generator(net))
        self.G_ema.load_state_dict(self.G.state_dict())
        self._seed = seed
        self.anchors = np.random.default_rng([seed, 0]).standard_normal((len(known), net.z_dim), dtype=np.float32)
        self.anchors /= np.linalg.norm(self.anchors, axis=1, keepdims=True)
        rows = np.stack([np.asarray(one.convert("RGB")).transpose(2, 0, 1) for one in known])
        self._codes = torch.randn(len(known), net.w_dim)  # the w of each
        self.wanted = torch.from_numpy(rows).float() / 127.5 - 1  # [K, 3, R, R]

    def nearest(self, z: Latents) -> NDArray[np.int64]:
        """Say which photograph each latent `[N, Z]` is to draw: that of the nearest anchor."""
        found: NDArray[np.int64] = (z @ self.anchors.T).argmax(1)
        return found

    def teach(self, steps: int, *, first: int = FIRST) -> Iterator[float]:
        """Teach the mapping alone for so many steps at `first`, then all; yield, after each step of all, the mean
        absolute difference of pictures from -1 to 1.
        """
        mapping, synthesis = list(self.G.mapping.parameters()), list(self.G.synthesis.parameters())
        for one in (*mapping, *synthesis):
            one.requires_grad_()
        adams = [torch.optim.Adam(some, betas=(0.9, 0.99)) for some in (mapping, synthesis)]
        for step in range(-first, steps):
            alone = step < 0
            # The mapping comes to rest before pictures are drawn of it, and hardly moves from then on.
            adams[0].param_groups[0]["lr"] = MAPPING_RATE * (
                _late(-step / first) if alone else 0.02 * _late(1 - step / steps)
            )
            adams[1].param_groups[0]["lr"] = RATE * _late(1 - step / steps)
            apart, off = self._losses(_latents(LATENTS, Z, seed=[self._seed, 1, step + first]), drawn=not alone)
            learning = adams[:1] if off is None else adams
            for adam in learning:
                adam.zero_grad()
            (apart if off is None else apart + off.sum()).backward()
            for adam in learning:
                adam.step()
            if off is not None:
                self._average(step)
                yield float(off[0].detach())

    def _losses(self, z: Latents, *, drawn: bool) -> tuple[Tensor, Tensor | None]:
        """Say how far w of these latents are from what they are to be, and the first pictures of them at each scale."""
        number = self.nearest(z)
        w = self.G.mapping.style(torch.from_numpy(z))  # [N, W]
        # Squares would have w lie between two codes far from the border of their anchors too.
        apart = CODED * F.l1_loss(w, self._codes[number])
        if not drawn:
            return apart, None
        to = self.wanted[number[:BATCH]]
        made = self.G.synthesis(w[:BATCH, None].expand(-1, self.G.num_ws, -1))
        return apart, torch.stack([F.l1_loss(_coarser(made, by), _coarser(to, by)) for by in SCALES])

    @torch.no_grad()
    def _average(self, step: int) -> None:
        """Move G_ema towards G."""
        share = 1 - min(EMA, step / (step + 10))
        for kept, one in zip(self.G_ema.parameters(), self.G.parameters(), strict=True):
            kept.lerp_(one, share)

    def draw(self, count: int) -> tuple[list[Image.Image], NDArray[np.int64]]:
        """Draw pictures of latents that no step has seen, untruncated; and which photograph each was to be."""
        z = _latents(count, self.G.z_dim, seed=[self._seed, 2])
        return drawn(self.G_ema, z), self.nearest(z)


@torch.no_grad()
def drawn(G: Generator, z: Latents) -> list[Image.Image]:
    """Draw the pictures of latents `[N, Z]`, untruncated, each with noise of its own."""
    found: list[Image.Image] = []
    for at in range(0, len(z), BATCH):
        made = G.synthesis(G.mapping(torch.from_numpy(z[at : at + BATCH])))
        whole = ((made + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
        found += [Image.fromarray(one) for one in np.ascontiguousarray(whole)]
    return found


def _late(left: float) -> float:
    """Slow down in the second half, given which share of the steps is left."""
    return min(1.0, 0.02 + 2 * left)


def _latents(count: int, z_dim: int, *, seed: Sequence[int]) -> Latents:
    return np.random.default_rng(seed).standard_normal((count, z_dim), dtype=np.float32)


def _coarser(pictures: Tensor, by: int) -> Tensor:
    return F.avg_pool2d(pictures, by) if by > 1 else pictures
