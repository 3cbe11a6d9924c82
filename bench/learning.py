"""Is learning real? Fine-tune the bundled base on the sample archive and measure against photographs held out from it.

Three seeds, in float32 and, where this machine is quick with it, in mixed precision. Each goes on from its last resume
point when it is interrupted; what is done is not done again.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.peer import ROOT
from demo.chart import Panel, Point, chart
from gan.config import Precision, TrainConfig
from gan.dataset import Pictures, write_pictures
from gan.device import configure, quick_bfloat16
from gan.events import ResumePoint, Snapshot
from gan.metrics import Extractor, Reals, extractor, kernel_distance, measure, reals
from gan.model import load_generator
from gan.train import train

ARCHIVE = ROOT / "demo" / "archive" / "landscapes.zip"
BASE = ROOT / "demo" / "bases" / "faces_64"
HOME = ROOT / ".cache" / "learning"
CURVE = ROOT / "docs" / "images" / "learning-seeds.svg"
SEEDS = (0, 1, 2)
STEPS = 500
SNAPSHOTS = (0, 20, 50, 100, 200, 300, 400)
PICTURES = 500  # drawn for each measurement
HELD_OUT = 5  # one photograph in so many is never trained on
RESOLUTION = 64
WIDE = 1.6  # from this ratio of width to height on, a photograph gives its two ends


def curves() -> Iterator[str]:
    """Train, measure at each snapshot, draw the curves."""
    seen, unseen = datasets()
    device = configure()
    network = extractor(device)
    held_out = reals(network, Pictures.open(unseen), count=PICTURES)
    known = reals(network, Pictures.open(seen), count=PICTURES)
    floor = kernel_distance(held_out.features, known.features, photos=held_out.photos).value
    yield f"{len(known.photos)} views trained on, {len(held_out.photos)} views of other photographs held out. Kernel"
    yield f"distance of {PICTURES} drawn pictures to the held-out views; those trained on are {floor:.3f} from them."
    yield ""
    yield "| precision | seed | at the base | last | falls to | lowest | at step |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    precisions: list[Precision] = ["float32", "mixed"] if quick_bfloat16(device) else ["float32"]
    for precision in precisions:
        panels = []  # the last are shown: those of a job that says nothing else
        for seed in SEEDS:
            points = trained(seed, precision, seen, network, held_out)
            first, last, best = points[0], points[-1], min(points, key=lambda point: point.value)
            panels.append(Panel(f"Kernel distance to held-out views, seed {seed}", points))
            interval = f"{last.value:.3f} ({last.low:.3f} to {last.high:.3f})"
            told = (
                f"{first.value:.3f} | {interval} | **{last.value / first.value:.0%}** | {best.value:.3f} | {best.step}"
            )
            yield f"| {precision} | {seed} | {told} |"
    CURVE.write_text(chart(panels, description="Kernel distance to held-out views over the steps, three seeds"))


def datasets() -> tuple[Path, Path]:
    """Dataset folders of the photographs to train on and of those held out."""
    folders = HOME / "seen", HOME / "unseen"
    if not (folders[1] / "pictures.json").exists():
        with zipfile.ZipFile(ARCHIVE) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
            views = [(number, view) for number, name in enumerate(names) for view in squares(archive.read(name))]
        for folder, held in zip(folders, (False, True), strict=True):
            own = [(number, view) for number, view in views if (number % HELD_OUT == 0) is held]
            write_pictures(
                folder,
                (view for _, view in own),
                resolution=RESOLUTION,
                photos=[number for number, _ in own],
            )
    return folders


def squares(photograph: bytes) -> list[NDArray[np.uint8]]:
    """The views of a photograph, uint8 `[3, R, R]`: its two ends where it is wide, else its middle."""
    with Image.open(io.BytesIO(photograph)) as image:
        whole = image.convert("RGB")
    side, (width, height) = min(whole.size), whole.size
    middle = ((width - side) // 2, (height - side) // 2)
    corners = [(0, 0), (width - side, 0)] if width >= WIDE * height else [middle]
    size = (RESOLUTION, RESOLUTION)
    boxes = [(x, y, x + side, y + side) for x, y in corners]
    cut = [whole.resize(size, Image.Resampling.LANCZOS, box=box) for box in boxes]
    return [np.asarray(view).transpose(2, 0, 1) for view in cut]


def trained(seed: int, precision: Precision, dataset: Path, network: Extractor, held_out: Reals) -> Sequence[Point]:
    """Train with one seed, or go on with it; the distances at its snapshots."""
    home = HOME / f"seed{seed}-{precision}"
    home.mkdir(parents=True, exist_ok=True)
    measured, point = home / "measured.json", home / "resume"
    found: dict[str, list[float]] = json.loads(measured.read_text()) if measured.exists() else {}
    config = TrainConfig(
        steps=STEPS, seed=seed, precision=precision, snapshot_steps=SNAPSHOTS, resume_every=100, tick_every=50
    )
    if str(STEPS) not in found:
        for event in train(config, dataset, base=BASE, resume=point if point.exists() else None):
            match event:
                case Snapshot():
                    G_ema = load_generator(event.write(home / "model"))
                    now = measure(G_ema, network=network, real=held_out, count=PICTURES)
                    found[str(event.step)] = [now.kernel, now.kernel_low, now.kernel_high]
                    measured.write_text(json.dumps(found))
                case ResumePoint():
                    event.write(point)
    ordered = sorted(found.items(), key=lambda item: int(item[0]))
    return [Point(int(step), value, low, high) for step, (value, low, high) in ordered]
