"""How quickly an archive of large photographs becomes squares, against the plain loop of Pillow, a process a core."""

import io
import json
import shutil
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psutil
from PIL import Image

from jobs.events import Artifact
from jobs.place import Place
from kinds.cores import cores
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run
from kinds.train.pictures import prepared

PHOTOS = Path(__file__).parent.parent / "demo" / "archive" / "landscapes.zip"
SIZE = 4000, 3000
RESOLUTIONS = 256, 1024
ROUNDS = 3
MANY = 400  # photographs from which on one round is long enough to be steady
LOOK_EVERY = 20  # photographs; to ask each time how much memory is held would be a tenth of the work


def large(count: int = 40) -> Iterator[str]:
    """Compare, in turn: open, convert, LANCZOS, save as PNG; and ingest, then the squares of a training.

    The plain loop does neither look for duplicates nor keep originals, and a broken file ends it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive, rounds = _archive(folder, count), 1 if count >= MANY else ROUNDS
        took: dict[str, list[float]] = {}
        most = 0
        for _ in range(rounds):
            for way in ("ours", *(way for resolution in RESOLUTIONS for way in (f"plain {resolution}", "ours"))):
                if way == "ours":
                    rss, found = _ours(archive, folder / "ours")
                    most = max(most, rss)
                else:
                    found = {way: _timed(partial(_plain, folder / "large", int(way.split()[1])))}
                for what, seconds in found.items():
                    took.setdefault(what, []).append(seconds)
        s = {what: statistics.median(seconds) for what, seconds in took.items()}
        cuts = len(_cut_names(folder))
        yield f"{count:,} JPEGs of 12 megapixels, {cores()} cores, medians; the plain loops {rounds}×, between ours."
        if cuts < count:
            yield f"{count - cuts} were found to look like another one and not cut; the squares' time is that of all."
        yield ""
        yield "| to | plain loop | ingest | and the squares | times as quick, ingest alone | with the squares | PSNR |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for resolution in RESOLUTIONS:
            plain, ours, cut = s[f"plain {resolution}"], s["ingest"], s[f"squares {resolution}"] * count / cuts
            psnr = _psnr(folder, resolution)
            yield (
                f"| {resolution} px | {count / plain:.1f} photographs/s | {count / ours:.1f} | {count / cut:.1f} "
                f"| **{plain / ours:.1f}** | **{plain / (ours + cut):.1f}** | {psnr:.1f} dB |"
            )
        yield ""
        yield f"- ingesting: {most / 2**20:,.0f} MiB at most, with the processes that decode"


def _archive(folder: Path, count: int) -> Path:
    """Write photographs as a camera would, noise and all, and a zip of them."""
    (folder / "large").mkdir()
    with ProcessPoolExecutor(cores(), get_context("spawn")) as pool:
        files = list(pool.map(partial(_photographed, folder / "large"), range(count)))
    archive = folder / "large.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in files:
            packed.write(file, file.name)
    return archive


def _photographed(folder: Path, number: int) -> Path:
    """Write one photograph: a view of the archive, another part of it each time that its turn comes again."""
    rng = np.random.default_rng(number)
    with zipfile.ZipFile(PHOTOS) as given:
        names = sorted(name for name in given.namelist() if name.endswith(".jpg"))
        view = Image.open(io.BytesIO(given.read(names[number % len(names)]))).convert("RGB")
    left, top = (rng.random(2) * np.array(view.size) / 4).tolist() if number >= len(names) else (0, 0)
    box = (left, top, left + view.width * 3 / 4, top + view.height * 3 / 4)
    photo = view.resize(SIZE, Image.Resampling.BICUBIC, box=box if number >= len(names) else None)
    grain = rng.integers(-6, 7, (SIZE[1], SIZE[0], 1), dtype=np.int16)
    noisy = (np.asarray(photo).astype(np.int16) + grain).clip(0, 255).astype(np.uint8)
    file = folder / f"{number:04}.jpg"
    Image.fromarray(noisy).save(file, quality=92)
    return file


def _plain(folder: Path, resolution: int) -> None:
    out = folder.parent / f"plain-{resolution}"
    out.mkdir(exist_ok=True)
    with ProcessPoolExecutor(cores(), get_context("spawn")) as pool:
        list(pool.map(partial(_plain_one, out, resolution), sorted(folder.iterdir())))


def _plain_one(out: Path, resolution: int, file: Path) -> None:
    picture = Image.open(file).convert("RGB")
    _middle(picture, resolution).save(out / f"{file.stem}.png")


def _middle(picture: Image.Image, resolution: int) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    box = (left, top, left + side, top + side)
    return picture.resize((resolution, resolution), Image.Resampling.LANCZOS, box=box)


def _ours(archive: Path, folder: Path) -> tuple[int, dict[str, float]]:
    """Ingest, then cut for each resolution; gives the most memory, and seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "scratch").mkdir(parents=True)
    given: dict[str, Any] = {"resume_point": None, "stop": lambda: False, "cache": folder / "cache"}
    facts: dict[str, Any] = {"archive": {"filename": archive.name, "framing": "centre"}}
    place = Place(scratch=folder / "scratch", inputs={"archive": archive}, facts=facts, **given)
    began, most, views = time.perf_counter(), 0, folder / "views.jsonl"
    with views.open("w") as lines:
        for event in run(IngestParams(archive_id=uuid4()), place):
            if isinstance(event, Artifact):
                if event.facts["position"] % LOOK_EVERY == 0:
                    most = max(most, _held())
                if event.facts["state"] == "duplicate":  # of two cuts from one view that are nearly the same
                    continue
                told = {"photo": event.facts["name"], "key": event.facts["sha256"], "width": event.facts["width"]}
                pixels = {"image": str(event.files["small"]), "original": str(event.files["original"])}
                lines.write(f"{json.dumps({**told, **pixels, 'box': event.facts['views'][0]['box']})}\n")
    found = {"ingest": time.perf_counter() - began}
    facts = {"dataset": {"id": "large"}}
    place = Place(scratch=folder / "scratch", inputs={"dataset": views}, facts=facts, **given)
    for resolution in RESOLUTIONS:
        found[f"squares {resolution}"] = _timed(partial(_squares, place, folder, resolution))
    return most, found


def _squares(place: Place, folder: Path, resolution: int) -> None:
    for made in prepared(place, resolution=resolution):
        if isinstance(made, Path):
            made.rename(folder / f"squares-{resolution}")


def _cut_names(folder: Path) -> list[str]:
    return [json.loads(line)["photo"] for line in (folder / "ours" / "views.jsonl").read_text().splitlines()]


def _psnr(folder: Path, resolution: int) -> float:
    """How near the squares are to LANCZOS of the whole picture: dB, of the median photograph."""
    with ProcessPoolExecutor(cores(), get_context("spawn")) as pool:
        names = _cut_names(folder)
        return float(np.median(list(pool.map(partial(_psnr_of, folder, resolution), range(len(names)), names))))


def _psnr_of(folder: Path, resolution: int, row: int, name: str) -> float:
    ours = np.load(folder / "ours" / f"squares-{resolution}" / "pictures.npy", mmap_mode="r")[row]
    exact = np.asarray(_middle(Image.open(folder / "large" / name).convert("RGB"), resolution)).transpose(2, 0, 1)
    return float(10 * np.log10(255**2 / np.square(ours.astype(np.float64) - exact).mean()))


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _held() -> int:
    own = psutil.Process()
    return sum(process.memory_info().rss for process in (own, *own.children(recursive=True)))
