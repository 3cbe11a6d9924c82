"""What a generator draws that knows photographs by heart is marked; what repeats is held out of an archive at once."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from bench.copier import Copier
from bench.originality import FOLDS, Meter, folds, groups
from jobs.originality import level

LANDSCAPES = Path(__file__).parents[2] / "demo/archive/landscapes.zip"
SIDE, COUNT, KNOWN = 16, 80, 6


def squares() -> list[Image.Image]:
    """Squares of 80 landscapes."""
    with zipfile.ZipFile(LANDSCAPES) as packed:
        names = [name for name in sorted(packed.namelist()) if name.endswith(".jpg")][::2][:COUNT]
        return [_square(packed.read(name)) for name in names]


def _square(file: bytes) -> Image.Image:
    with Image.open(io.BytesIO(file)) as opened:
        opened.draft("RGB", (64, 64))
        return ImageOps.fit(opened.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)


def test_what_is_drawn_by_heart_is_marked() -> None:
    all_of_them = squares()
    known = np.arange(0, COUNT, COUNT // KNOWN)[:KNOWN]
    copier = Copier([all_of_them[at] for at in known])
    *_, off = copier.teach(500, first=1000)
    assert off < 0.15  # still blurred: it would be marked more often after more steps
    made, to = copier.draw(100)
    traces = Meter.of(all_of_them, np.arange(COUNT)).traced(made)
    assert np.mean([level(one.percent) == "copy" for one in traces]) >= 0.5
    assert np.mean([one.photo.int == known[at] for one, at in zip(traces, to, strict=True)]) >= 0.9


def test_what_repeats_by_way_of_others_is_held_out_at_once() -> None:
    repeats = np.eye(40, dtype=bool)
    for one, other in ((3, 9), (9, 30), (30, 12)):
        repeats[one, other] = repeats[other, one] = True
    group = groups(repeats)
    assert group.max() == 36
    fold = folds(group)
    assert len({int(fold[at]) for at in (3, 9, 30, 12)}) == 1
    assert set(fold.tolist()) == set(range(FOLDS))
