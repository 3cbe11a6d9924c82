"""Is the in-between real? Fine-tune the faces on the sample archive in small steps, and look at the moments suggested.

It goes on where it was interrupted, and measures each moment once; all lies in `.cache/moments`.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from bench.learning import ARCHIVE, BASE, RESOLUTION, squares
from bench.peer import ROOT
from demo.chart import Panel, Point, chart
from demo.strip import Sheet as Shown
from demo.strip import strip
from gan.config import TrainConfig
from gan.dataset import write_pictures
from gan.device import configure
from gan.events import ResumePoint, Sheet, Snapshot
from gan.model import load_generator
from gan.train import train
from kinds.sheet import write_sheet
from kinds.train.bests import Best, bests, number, passed
from kinds.train.measures import Measurer

HOME = ROOT / ".cache" / "moments"
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "moments.md"
BEGIN, END = "<!-- bench moments: begin -->", "<!-- bench moments: end -->"
SNAPSHOTS = (0, 20, 40, 60, 80, 90, 100, 120)
BATCH = 4
PICTURES = 250  # drawn for each measurement
ROWS, COLUMNS = 4, 7
POINTS = range(7)  # the first row of the sheet: chosen before anything was seen
NAMES = {"likeness": "nearest", "variety": "most various", "in_between": "in between"}

Measured = Mapping[int, Mapping[str, Any]]


def suggested() -> Iterator[str]:
    """Train, measure, and write the three moments that are suggested, with their pictures, into docs/moments.md."""
    device = configure()
    pictures = dataset()
    learnt(pictures)
    measured = measures(Measurer(dataset=pictures, base=BASE, count=PICTURES, seed=0, device=device))
    found = bests(measured, from_base=True)
    steps = sorted({min(measured), max(measured), *(best.step for best in found if best.step is not None)})
    strip([shown(step) for step in steps], POINTS).save(IMAGES / "moments.png", optimize=True)
    (IMAGES / "moments.svg").write_text(curves(measured), encoding="utf-8")
    report = [*table(measured, found), "", *said(measured, found)]
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text("\n".join([f"{before}{BEGIN}", *report, f"{END}{rest.split(END)[1]}"]), encoding="utf-8")
    yield from report


def dataset() -> Path:
    """The folder of all photographs of the sample archive, as `bench learning` cuts them."""
    folder = HOME / "pictures"
    if not (folder / "pictures.json").exists():
        with zipfile.ZipFile(ARCHIVE) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
            views = [(number, view) for number, name in enumerate(names) for view in squares(archive.read(name))]
        photos = [photo for photo, _ in views]
        write_pictures(folder, (view for _, view in views), resolution=RESOLUTION, photos=photos)
    return folder


def learnt(pictures: Path) -> None:
    """Train, or go on: a model and a sheet at each moment."""
    if (HOME / "models" / str(SNAPSHOTS[-1])).exists() and sheet(SNAPSHOTS[-1]).exists():
        return
    config = TrainConfig(
        steps=SNAPSHOTS[-1],
        batch=BATCH,
        seed=0,
        snapshot_steps=SNAPSHOTS,
        resume_every=10,
        tick_every=50,
        sheet_rows=ROWS,
        sheet_columns=COLUMNS,
    )
    point = HOME / "resume"
    for event in train(config, pictures, base=BASE, resume=point if point.exists() else None):
        match event:
            case Snapshot():
                event.write(HOME / "models" / str(event.step))
            case Sheet():
                sheet(event.step).parent.mkdir(parents=True, exist_ok=True)
                write_sheet(sheet(event.step), event.pictures, rows=ROWS, columns=COLUMNS)
            case ResumePoint():
                event.write(point)


def sheet(step: int) -> Path:
    """Where the sheet of a moment lies."""
    return HOME / "sheets" / f"{step}.png"


def shown(step: int) -> Shown:
    """The sheet of a moment, as the film strip takes it."""
    return Shown(step=step, rows=ROWS, columns=COLUMNS, image=Image.open(sheet(step)))


def measures(measurer: Measurer) -> Measured:
    """Measure each moment that was not measured yet."""
    file = HOME / "measured.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for step in SNAPSHOTS:
        if str(step) not in known:
            G_ema = load_generator(HOME / "models" / str(step))
            known[str(step)] = measurer.measures(G_ema, step=step)
            file.write_text(json.dumps(known))
    return {int(step): one for step, one in known.items()}


def curves(measured: Measured) -> str:
    """The three curves of the page of a training."""

    def panel(title: str, value: str) -> Panel:
        ends = [(number(one, f"{value}_low"), number(one, f"{value}_high")) for one in measured.values()]
        points = [
            Point(step, number(one, value) or 0.0, low, high)
            for (step, one), (low, high) in zip(measured.items(), ends, strict=True)
        ]
        return Panel(title, points)

    return chart(
        [
            panel("Likeness: kernel distance to the archive, lower is nearer", "kernel"),
            panel("Kernel distance to what the base draws", "kernel_to_base"),
            panel("Variety", "variety"),
            panel("In-between: 0 at base or archive, 1 halfway", "in_between"),
        ],
        description="Likeness, variety and in-between over the steps of the training",
    )


def table(measured: Measured, found: tuple[Best, ...]) -> Iterator[str]:
    """All moments in numbers, with what they are suggested for."""
    yield "| step | to the archive (95 %) | to the base (95 %) | variety | in-between | suggested as |"
    yield "| ---: | --- | --- | ---: | ---: | --- |"
    for step, one in measured.items():
        distances = [
            f"{one[name]:.3f} ({one[f'{name}_low']:.3f} to {one[f'{name}_high']:.3f})"
            for name in ("kernel", "kernel_to_base")
        ]
        share = f"{one['variety'] / one['variety_of_archive']:.0%}".replace("%", " %")
        names = ", ".join(f"**{NAMES[best.name]}**" for best in found if best.step == step)
        yield f"| {step:,} | {' | '.join(distances)} | {share} | {one['in_between']:.2f} | {names} |"


def said(measured: Measured, found: tuple[Best, ...]) -> Iterator[str]:
    """What is said of each best, when it would have been told, and whether the one between lies between."""
    for best in found:
        certain = "" if best.chance is None else f" ({best.certainty}, {best.chance:.0%})".replace("%", " %")
        at = "none" if best.step is None else f"step {best.step:,}"
        yield f"- *{NAMES[best.name].capitalize()}*: {at}{certain}. {best.why}"
    steps = [*measured]
    told = [step for step in steps if passed({one: measured[one] for one in steps if one <= step}) is not None]
    yield f"- The word that it has passed: {f'at step {told[0]:,}' if told else 'not within these steps'}."
    step = found[2].step
    if step is None:
        return
    for name, word in (("kernel", "archive"), ("kernel_to_base", "base")):
        first, own, last = (measured[at][name] for at in (steps[0], step, steps[-1]))
        between = "strictly between" if min(first, last) < own < max(first, last) else "**not** between"
        yield f"- To the {word} it is {own:.3f}, {between} {first:.3f} at the first and {last:.3f} at the last moment."
