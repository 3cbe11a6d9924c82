"""The long run of the README: 1,000 steps, every snapshot measured, a strip and a curve made of it.

It goes on where it was interrupted: the service keeps its data folder, and the job its resume point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from scipy.stats import spearmanr

from demo import story
from demo.chart import Panel, Point, chart
from demo.client import Json, Reverie
from demo.service import service
from demo.strip import Sheet, strip
from demo.terminal import Terminal

STEPS = 1000
PICTURES = 1000
NAME = "Film"
POINTS = 7  # the first row of the sheet: chosen before anything was seen
WIDE_STEPS = 9  # columns of the strip
KEPT_SHEETS = (0, 10, 50, 100, 300, 1000)
BEGIN, END = "<!-- film: begin -->", "<!-- film: end -->"


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured at one step."""

    step: int
    kernel: float
    kernel_low: float
    kernel_high: float
    frechet: float


def make(
    terminal: Terminal, *, home: Path, docs: Path = Path("docs"), steps: int = STEPS, pictures: int = PICTURES
) -> int:
    """Run the training, or go on with it, and draw strip, sheets, curve and page."""
    home.mkdir(parents=True, exist_ok=True)
    with service(home / "data") as address, Reverie(address) as server:
        dataset = _dataset(server, terminal)
        job = _training(server, dataset, steps=steps, pictures=pictures)
        terminal.say(
            f"Watch it learn at {address}#/trainings/{job['id']}; interrupt it at will, it goes on from there."
        )
        story.watch(server, terminal, job, "Learning")
        sheets = list(_sheets(server, job))
        measured = _measures(server, job)
        job = server.get(f"/jobs/{job['id']}")
    _draw(sheets, measured, docs=docs)
    correlation = falls(measured)
    _write(docs / "learning.md", _report(measured, correlation, dataset=dataset, job=job))
    terminal.say(f"film: {len(sheets)} moments, Spearman's correlation of kernel distance and step {correlation:+.3f}")
    return 0


def falls(measured: Sequence[Measures]) -> float:
    """Give Spearman's rank correlation of step and kernel distance; −1 falls at every snapshot."""
    found: Any = spearmanr([one.step for one in measured], [one.kernel for one in measured])
    return float(found.statistic)


def _dataset(server: Reverie, terminal: Terminal) -> Json:
    for dataset in server.every("/datasets"):
        if dataset["name"] == NAME and dataset["state"] == "ready":
            return dataset
    return story.collect(server, terminal, name=NAME)


def _training(server: Reverie, dataset: Json, *, steps: int, pictures: int) -> Json:
    """Find the training that was begun before, or begin it; one that failed is taken up again."""
    for job in server.every("/jobs", kind="train"):
        same = (job["params"]["steps"], job["params"]["measure_pictures"]) == (steps, pictures)
        if same and job["dataset_id"] == dataset["id"] and job["state"] != "cancelled":
            if job["state"] == "failed":
                retried: Json = server.post(f"/jobs/{job['id']}/retry")
                return retried
            return job
    return story.train(server, dataset, steps=steps, preset="faces_of_memory", measure="all", measure_pictures=pictures)


def _sheets(server: Reverie, job: Json) -> list[Sheet]:
    return [
        Sheet(
            step=sheet["step"],
            rows=sheet["rows"],
            columns=sheet["columns"],
            image=Image.open(BytesIO(server.picture(f"/artifacts/{sheet['artifact_id']}/image"))),
        )
        for sheet in server.get(f"/jobs/{job['id']}/sheets")
    ]


def _measures(server: Reverie, job: Json) -> list[Measures]:
    curves = server.get(f"/jobs/{job['id']}/curves")
    names = ("kernel", "kernel_low", "kernel_high", "frechet")
    return [
        Measures(step=point["step"], **{name: point["metrics"][name] for name in names}) for point in curves["measures"]
    ]


def _draw(sheets: Sequence[Sheet], measured: Sequence[Measures], *, docs: Path) -> None:
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    strip(chosen(sheets), range(POINTS)).save(images / "film.png", optimize=True)
    for sheet in sheets:
        if sheet.step in KEPT_SHEETS:
            sheet.image.convert("RGB").save(images / f"sheet-{sheet.step:04d}.png", optimize=True)
    kernel = [Point(one.step, one.kernel, one.kernel_low, one.kernel_high) for one in measured]
    frechet = [Point(one.step, one.frechet) for one in measured]
    drawn = chart(
        [
            Panel("Kernel distance to the archive, with its 95 % interval", kernel),
            Panel("Fréchet distance to the archive", frechet),
        ],
        description="Distance to the archive over the steps of the training",
    )
    (images / "learning.svg").write_text(drawn, encoding="utf-8")


def chosen(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Choose what the strip shows: all snapshots where they fit, else the first, the last, and evenly between."""
    if len(sheets) <= WIDE_STEPS:
        return list(sheets)
    last = len(sheets) - 1
    return [sheets[round(index * last / (WIDE_STEPS - 1))] for index in range(WIDE_STEPS)]


def _report(measured: Sequence[Measures], correlation: float, *, dataset: Json, job: Json) -> str:
    rows = "\n".join(
        f"| {one.step:,} | {one.kernel:.3f} | {one.kernel_low:.3f} – {one.kernel_high:.3f} | {one.frechet:.1f} |"
        for one in measured
    )
    params, photos = job["params"], dataset["counts"]["ready"] + dataset["counts"]["repaired"]
    return f"""{BEGIN}
Made by `make film` on {job["started_at"][:10]}: {params["steps"]:,} steps of {params["batch"]} pictures from the faces
base on {photos} photographs ({dataset["usable_views"]} squares) at {params["resolution"]} px, seed {params["seed"]}.
Distances between {params["measure_pictures"]:,} pictures drawn from the same latents and the archive, in the features
of EfficientNet-Lite0.

![Kernel and Fréchet distance over the steps](images/learning.svg)

Spearman's correlation of step and kernel distance over the {len(measured)} snapshots: **{correlation:+.3f}**.

| step | kernel distance | 95 % interval | Fréchet distance |
| ---: | ---: | ---: | ---: |
{rows}
{END}"""


def _write(page: Path, report: str) -> None:
    """Put the report between its marks, and leave what else the page says as it is."""
    text = page.read_text(encoding="utf-8") if page.exists() else f"# How it learns\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(before + report + after, encoding="utf-8")
