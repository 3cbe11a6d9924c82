"""The plane that one wanders on: a smooth Gaussian random field F over (x, y), whose values are latents z.

White noise n stands on a square lattice, each number drawn from a counter, and is blurred by a Gaussian:

    G(p) = sum_g K(p - g) n_g / sqrt(sum_g K(p - g)^2),    K(d) = exp(-|d|^2)

so that each number of G(p) is standard normal, and two points at a distance r correlate as C(r) = exp(-r^2 / 2). The
plane of an anchor is that field, conditioned to be the anchor's z at the origin (simple kriging):

    F(p) = G(p) - C(|p|) G(0) + C(|p|) z

F(0) is z to the bit, F is stationary where z is a normal draw, and far away nothing of z is left. The plane has no end
and no seam, and is the same in every process: nothing is drawn in an order.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gan.randomness import counted

# The stream of the lattice's numbers; those of trainings are far below. What is drawn from it is part of every recipe.
STREAM = 4096
SPACING = 0.5  # of the lattice: at this, what a sum over it differs from the integral by is 5e-9
REACH = 3.5  # of the kernel: beyond it K is below 5e-6
BLOCK = 8  # nodes a side of what is drawn and kept together
KEPT_BYTES = 64 * 2**20
ORIGINS = 1024  # planes of which G(0) is kept

Numbers = NDArray[np.float32]


def correlation(distance: float) -> float:
    """C(r) = exp(-r^2 / 2) of latents at a distance r on the plane."""
    return math.exp(-(distance**2) / 2)


def degrees(step: float) -> float:
    """The angle between the latents of neighbours a step apart, of which C(step) is the cosine: 0 to 90 degrees."""
    return math.degrees(math.acos(correlation(step)))


def step_of_degrees(angle: float) -> float:
    """The step at which neighbours are this angle apart, r = sqrt(-2 ln cos(angle)); of 0 to below 90 degrees."""
    if not 0 <= angle < 90:
        raise ValueError(f"the angle is {angle}; give 0 to below 90 degrees")
    return math.sqrt(max(-2 * math.log(math.cos(math.radians(angle))), 0.0))


def sigma_of_step(step: float) -> float:
    """The sampling distance sigma of a step: of z + sigma n, n normal, whose angle to z is atan(sigma)."""
    return math.sqrt(math.expm1(step**2))


def step_of_sigma(sigma: float) -> float:
    """The step of a sampling distance, r = sqrt(ln(1 + sigma^2)), so that degrees(r) is atan(sigma)."""
    if sigma < 0:
        raise ValueError(f"sigma is {sigma}; give 0 or more")
    return math.sqrt(math.log1p(sigma**2))


class Planes:
    """Fields G, each of a seed of its own. Blocks of the lattice that were used last are kept. For one thread."""

    def __init__(self, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self.size_bytes = 0
        self._origins: OrderedDict[tuple[int, int], Numbers] = OrderedDict()
        self._blocks: OrderedDict[tuple[int, int, int, int], Numbers] = OrderedDict()

    def field(self, seed: int, z_dim: int, x: float, y: float) -> Numbers:
        """G(x, y) `[Z]` of a seed from 0 to 2**64 - 1."""
        across, down = dict(_kernel(x)), dict(_kernel(y))
        total = np.zeros(z_dim, dtype=np.float32)
        for j, of_rows in down.items():
            for i, of_columns in across.items():
                weights = np.outer(of_rows, of_columns).ravel().astype(np.float32)
                # Node by node, in their order: a product of matrices may sum in another one elsewhere.
                total += np.einsum("g,gz->z", weights, self._block(seed, z_dim, i, j), optimize=False)
        power = _power(across) * _power(down)
        return total / np.float32(math.sqrt(power))

    def around(self, z: Numbers, seed: int, x: float, y: float) -> Numbers:
        """F(x, y) `[Z]` of the plane of this seed whose origin is z `[Z]`."""
        if x == 0 and y == 0:
            return z
        c = np.float32(correlation(math.hypot(x, y)))
        there: Numbers = (self.field(seed, len(z), x, y) - c * self._origin(seed, len(z))) + c * z
        return there

    def _origin(self, seed: int, z_dim: int) -> Numbers:
        """G(0) `[Z]`, which every point of a plane needs."""
        if (seed, z_dim) not in self._origins:
            if len(self._origins) >= ORIGINS:
                self._origins.popitem(last=False)
            self._origins[seed, z_dim] = self.field(seed, z_dim, 0, 0)
        return self._origins[seed, z_dim]

    def _block(self, seed: int, z_dim: int, i: int, j: int) -> Numbers:
        """The normal numbers of a block, `[BLOCK * BLOCK, Z]`, row by row."""
        key = (seed, z_dim, i, j)
        found = self._blocks.pop(key, None)
        if found is None:
            rng = counted(seed, STREAM, step=j % 2**64, index=i % 2**64)
            found = rng.standard_normal((BLOCK * BLOCK, z_dim), dtype=np.float32)
            self.size_bytes += found.nbytes
        self._blocks[key] = found
        while self.size_bytes > self._kept_bytes and len(self._blocks) > 1:
            self.size_bytes -= self._blocks.popitem(last=False)[1].nbytes
        return found


def _kernel(at: float) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """K along one axis: the numbers of the blocks within reach, and the weights `[BLOCK]` of their nodes."""
    first, last = (math.floor((at + way * REACH) / SPACING / BLOCK) for way in (-1, 1))
    for block in range(first, last + 1):
        nodes = SPACING * (block * BLOCK + np.arange(BLOCK)) - at
        yield block, np.where(np.abs(nodes) <= REACH, np.exp(-(nodes**2)), 0.0)


def _power(kernel: dict[int, NDArray[np.float64]]) -> float:
    return float(sum((weights**2).sum() for weights in kernel.values()))
