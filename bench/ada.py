"""Does the augmentation hold r_t? A small archive, trained on with it and without; curves in docs/images/ada.svg."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from bench.learning import CURVE, RESOLUTION, datasets
from demo.chart import Panel, Point, chart
from gan.config import AdaConfig, NetConfig, TrainConfig
from gan.dataset import Pictures, write_pictures
from gan.device import configure
from gan.events import Tick
from gan.train import train

PICTURES, SIDE = 64, 32  # of the archive, px
SHAPE = NetConfig(resolution=SIDE, channel_base=1024, channel_max=64)
CONFIG = TrainConfig(
    steps=3000,
    batch=16,
    ada=AdaConfig(speed_kimg=20, pipe="bgc"),
    snapshot_steps=(),
    resume_every=0,
    sheet_rows=1,
    sheet_columns=1,
)
WINDOW = 100  # steps that a point of the curves is the mean of
HELD = 0.1  # how far r_t may be from its target
Ways = Literal["ada", "none"]
WAYS: tuple[Ways, Ways] = ("ada", "none")


def curves() -> Iterator[str]:
    """Train both ways, write both curves, and say whether r_t stayed at its target."""
    configure()
    with TemporaryDirectory() as name:
        folder = small_archive(Path(name))
        yield from told({way: list(trained(folder, way)) for way in WAYS})


def told(found: Mapping[Ways, Sequence[Sequence[float]]]) -> Iterator[str]:
    """Write the curves of rows (step, r_t, p), and say what they show."""
    with CURVE.with_name("ada.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["augment", "step", "r_t", "augment_p"])
        rows.writerows((way, *(f"{value:.4g}" for value in row)) for way in WAYS for row in found[way])
    titles = {"ada": f"r_t with adaptive augmentation, target {CONFIG.ada.target}", "none": "r_t without"}
    # Below zero only in the first steps; the chart begins at zero.
    panels = [
        Panel(titles[way], [Point(int(s), max(r, 0), max(r, 0), max(r, 0)) for s, r, _ in found[way]]) for way in WAYS
    ]
    CURVE.with_name("ada.svg").write_text(
        chart(panels, description="r_t over the steps, with and without augmentation")
    )
    for way in WAYS:
        half = np.array([r for step, r, _ in found[way] if step > CONFIG.steps / 2])
        off = np.abs(half - CONFIG.ada.target).max()
        yield (
            f"- augment {way}: r_t {half.mean():.2f} ({half.min():.2f} to {half.max():.2f}) over the second half, "
            f"{'within' if off <= HELD else 'not within'} {HELD} of {CONFIG.ada.target};"
            f" p ends at {found[way][-1][2]:.2f}"
        )


def small_archive(folder: Path) -> Path:
    """Every so many-th view of the sample archive, shrunk."""
    views = Pictures.open(datasets()[0]).rows
    chosen = views[np.linspace(0, len(views) - 1, PICTURES).astype(int)]
    times = RESOLUTION // SIDE
    small = chosen.reshape(PICTURES, 3, SIDE, times, SIDE, times).mean(axis=(3, 5)).round().astype(np.uint8)
    write_pictures(folder, iter(small), resolution=SIDE, photos=range(PICTURES))
    return folder


def trained(folder: Path, way: Ways) -> Iterator[Sequence[float]]:
    """Step, r_t and p over each `WINDOW` steps."""
    r_t: list[float] = []
    for event in train(replace(CONFIG, augment=way), folder, net=SHAPE):
        if isinstance(event, Tick):
            r_t.append(event.metrics["r_t"])
            if event.step % WINDOW == 0:
                yield event.step, float(np.mean(r_t)), event.metrics["augment_p"]
                r_t.clear()
