"""Measuring how long the way of a journey is to the eye, for the kinds whose work depends on it."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from gan.errors import FeaturesMissing
from gan.metrics import extractor
from jobs.errors import JobFailed
from latent.journey import Flight
from latent.looker import Looker
from latent.pace import measured

LOOKED_AT = 64  # px: of what a way is measured by; coarse pictures hold no more


def way(flight: Flight, stretches: int, *, on: torch.device) -> Iterator[list[float]]:
    """Measure a way. Yields: as `latent.pace.measured`.

    Raises: JobFailed, where the network that looks at pictures is not installed.
    """
    try:
        looker = Looker(extractor(on), LOOKED_AT)
    except FeaturesMissing as error:
        raise JobFailed(str(error), code="features_missing", remedy="Install it, or ask for plain speed.") from error
    yield from measured(flight.views, looker, stretches)
