"""How the w of a network spread: what directions are found in and measured by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from gan.generator import Generator, one_hot
from gan.randomness import Stream, counted

SAMPLES = 10_000
PER_LABEL = 8  # at least, of networks with many labels
AT_A_TIME = 1024
Values = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """w `[N, W]` of fixed latents, labels in turn; `own` is each less the mean of its label.

    Directions are about what changes while the label stays the same: the label has a control of its own.
    """

    w: Floats
    own: Values
    labels: int  # 1, where the network knows none

    @property
    def freedom(self) -> int:
        """Degrees of freedom: samples less the means that were taken away."""
        return len(self.w) - self.labels

    @property
    def covariance(self) -> Values:
        """Covariance `[W, W]` of w within a label."""
        found: Values = self.own.T @ self.own / self.freedom
        return found

    def deviations(self, vectors: Values) -> Values:
        """Standard deviation `[D]` of w along unit vectors `[D, W]`."""
        found: Values = np.sqrt(np.square(self.own @ vectors.T).sum(axis=0) / self.freedom)
        return found


@torch.no_grad()
def spread(G_ema: Generator, *, count: int = SAMPLES) -> Spread:
    """Map `count` fixed latents, more for a network of many labels: the same for every network of that width."""
    labels = max(G_ema.config.c_dim, 1)
    count, w_avg = max(count, PER_LABEL * labels), G_ema.mapping.w_avg
    z = torch.from_numpy(counted(0, Stream.CENTRE).standard_normal((count, G_ema.z_dim), dtype=np.float32))
    parts = []
    for at in torch.arange(count).split(AT_A_TIME):
        c = one_hot((at % labels).tolist(), G_ema.config.c_dim, w_avg.device)
        parts.append(G_ema.mapping.style(z[at].to(w_avg.device), c).cpu().numpy())
    w = np.concatenate(parts)
    return Spread(w=w, own=within(w.astype(np.float64), labels), labels=labels)


def within(rows: Values, labels: int) -> Values:
    """Take the mean of its label from each row of `[N, …]`; labels in turn."""
    found = rows.copy()
    for label in range(labels):
        found[label::labels] -= found[label::labels].mean(axis=0)
    return found
