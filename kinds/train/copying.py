"""Notices when a training begins to draw its photographs again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan.dataset import Pictures
from jobs.events import Notice
from jobs.originality import level
from kinds.index.sketches import Calibration, Originals, sketch

SHARE = 0.5  # of a sheet's pictures that are nearly copies; of photographs held out one in a hundred is
IN_A_ROW = 2  # sheets
MOST = 20_000  # squares that are sketched, within a minute; so many are not learnt by heart

Uint8 = NDArray[np.uint8]


@dataclass(slots=True)
class Copying:
    """Compares each sheet with the squares that the training sees; tells it once when most of two are copies."""

    dataset: Path
    told: bool = False
    row: int = 0
    _known: tuple[Originals, Calibration | None] | None = field(default=None)

    def at(self, step: int, pictures: Uint8) -> Iterator[Notice]:
        """Look at the pictures `[N, 3, R, R]` of a step; before the first step they are the base's."""
        if self.told or step == 0:
            return
        share = self.share(pictures)
        if share is None:
            return
        self.row = self.row + 1 if share >= SHARE else 0
        if self.row < IN_A_ROW:
            return
        self.told = True
        text = (
            f"At step {step:,} {share:.0%} of the pictures are nearly copies of a photograph: the network learns the "
            "archive by heart. An earlier moment, more photographs or fewer steps give pictures of its own."
        )
        yield Notice(code="copying", text=text, once=True)

    def share(self, pictures: Uint8) -> float | None:
        """Say which share of pictures are nearly copies; None where that cannot be told."""
        originals, by = self._originals()
        if by is None:
            return None
        codes = np.stack([sketch(Image.fromarray(one.transpose(1, 2, 0))) for one in pictures])
        return float(np.mean([level(one.percent) == "copy" for one in originals.traced(codes, by)]))

    def _originals(self) -> tuple[Originals, Calibration | None]:
        if self._known is None:
            seen = Pictures.open(self.dataset)
            rows = seen.rows if len(seen) <= MOST else seen.rows[:0]
            codes = [sketch(Image.fromarray(np.asarray(row).transpose(1, 2, 0))).tobytes() for row in rows]
            photos = [UUID(int=int(photo)) for photo in seen.photos[: len(codes)]]
            originals = Originals.of(list(zip(photos, codes, strict=True)))
            self._known = originals, originals.calibrated()
        return self._known
