"""How near a base comes to pictures that it has never seen, snapshot by snapshot; and what it draws, unpicked."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demo.chart import Panel, Point, chart
from gan.dataset import Pictures
from gan.device import configure
from gan.generate import generate, to_uint8
from gan.metrics import Measures, extractor, frechet_distance, kernel_distance, measure, reals
from gan.model import load_generator

PICTURES = 1000  # drawn for each measurement, and held back
COLUMNS = 16


def measured(
    snapshots: Sequence[Path], *, held_back: Path, out: Path, count: int = PICTURES
) -> Iterator[tuple[Path, Measures]]:
    """Measure each snapshot against the pictures held back; `out` keeps what was measured before."""
    found: dict[str, dict[str, float]] = json.loads(out.read_text()) if out.exists() else {}
    device = configure()
    network = extractor(device)
    real = reals(network, Pictures.open(held_back), count=count)
    for snapshot in snapshots:
        if str(snapshot) not in found:
            now = measure(load_generator(snapshot), network=network, real=real, count=count)
            found[str(snapshot)] = asdict(now)
            out.write_text(json.dumps(found, indent=1))
        yield snapshot, Measures(**found[str(snapshot)])  # type: ignore[arg-type]  # as asdict gave them


def floor(seen: Path, held_back: Path, *, count: int = PICTURES) -> tuple[float, float]:
    """Kernel and Frechet distance of pictures that were trained on to those held back: no base can be nearer."""
    network = extractor(configure())
    both = [reals(network, Pictures.open(folder), count=count).features for folder in (held_back, seen)]
    return kernel_distance(both[0], both[1]).value, frechet_distance(both[0], both[1])


def curve(points: Sequence[tuple[int, Measures]], path: Path, *, name: str) -> None:
    """Draw the kernel distance over the pictures seen as an SVG."""
    line = [Point(seen, now.kernel, now.kernel_low, now.kernel_high) for seen, now in points]
    title = "Kernel distance to pictures held back, over pictures seen"
    path.write_text(chart([Panel(title, line)], description=f"{name}: kernel distance over pictures seen"))


def drawn_sheet(model: Path, path: Path, *, count: int = 64, psi: float = 0.7) -> None:
    """Draw seeds 0 to `count` - 1, in order, none picked out."""
    configure()
    _paste([to_uint8(picture) for picture in generate(load_generator(model), range(count), truncation_psi=psi)], path)


def seen_sheet(pictures: Path, path: Path, *, count: int = 32) -> None:
    """Show the first pictures that a base has learnt from."""
    _paste([row.transpose(1, 2, 0) for row in Pictures.open(pictures).rows[:count]], path)


def _paste(pictures: Sequence[NDArray[np.uint8]], path: Path) -> None:
    side = pictures[0].shape[0]
    sheet = Image.new("RGB", (COLUMNS * side, -(-len(pictures) // COLUMNS) * side))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        sheet.paste(Image.fromarray(picture), (column * side, row * side))
    sheet.save(path, optimize=True)
