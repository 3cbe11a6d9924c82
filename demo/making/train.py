"""Train a bundled base, stretch by stretch: resumable, and the same bits however often it was broken off."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from demo.making.recipe import Recipe
from demo.making.subjects import SUBJECTS
from gan import events
from gan.config import TrainConfig
from gan.model import model_hash, read_model_json
from gan.train import train

SPDX = "CC0-1.0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Far:
    """How far a stretch is. `step` counts from its own beginning."""

    stretch: int
    step: int
    photos_seen: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """One base being made. What it has learnt before lies in `base`, a model folder, or does not exist yet."""

    subject: str
    recipe: Recipe
    pictures: Path  # dataset folder
    out: Path
    base: Path
    start: Path | None = None  # model folder that the first stretch begins with

    def learnt(self) -> int:
        """Number of stretches that `base` has behind it."""
        return len(self._before())

    def learn(self) -> Iterator[Far]:
        """Go through the stretches that `base` has not behind it; snapshots and sheets come to lie in `out`."""
        begin = self.base if self.learnt() else self.start
        for number in range(self.learnt(), len(self.recipe.stretches)):
            folder = self.folder(number)
            if last_snapshot(folder, step=self.recipe.stretches[number].steps) is None:
                yield from self._stretch(number, begin, folder)
            begin = last_snapshot(folder)

    def folder(self, number: int) -> Path:
        """Where a stretch's snapshots and resume point lie: other settings, another folder."""
        what = (self.recipe.pictures, self.recipe.net, self.recipe.stretches[: number + 1])
        return self.out / f"stretch-{number + 1}-{hashlib.sha256(repr(what).encode()).hexdigest()[:12]}"

    def newest(self) -> Path | None:
        """The last snapshot of the last stretch that has begun."""
        found = (last_snapshot(self.folder(number)) for number in reversed(range(len(self.recipe.stretches))))
        return next((snapshot for snapshot in found if snapshot), None)

    def _stretch(self, number: int, begin: Path | None, folder: Path) -> Iterator[Far]:
        config, net = self.recipe.stretches[number], self.recipe.net
        folder.mkdir(parents=True, exist_ok=True)
        resume = folder / "resume"
        kept = resume if resume.exists() else None
        for event in train(config, self.pictures, base=begin, net=None if begin else net, resume=kept):
            match event:
                case events.Tick():
                    told = dict(event.metrics)
                    yield Far(stretch=number, step=event.step, photos_seen=event.photos_seen, metrics=told)
                case events.Snapshot():
                    event.write(folder / f"model-{event.step:06d}", self._facts(number, event.step, config))
                case events.Sheet():
                    write_sheet(event, folder / f"sheet-{event.step:06d}.png")
                case events.ResumePoint():
                    event.write(resume)

    def _before(self) -> list[dict[str, Any]]:
        facts = read_model_json(self.base) if self.base.exists() else {}
        stretches: list[dict[str, Any]] = facts.get("recipe", {}).get("stretches", [])
        return stretches

    def _facts(self, number: int, step: int, config: TrainConfig) -> dict[str, Any]:
        """What the base says of itself beside its architecture; its lineage is that of the base it began with."""
        behind = self._before()
        for other in range(len(behind), number):
            whole = self.recipe.stretches[other]
            behind.append(self._told(whole.steps, whole))
        stretches = [*behind, self._told(step, config)]
        return {
            "name": self.recipe.name,
            "licence": {"spdx": SPDX, "terms": SUBJECTS[self.subject].terms},
            "lineage": self._lineage(),
            "recipe": {
                "program": f"python -m demo.making {self.subject}",
                **SUBJECTS[self.subject].sources,
                "stretches": stretches,
                "photos_seen": sum(stretch["photos_seen"] for stretch in stretches),
            },
        }

    def _lineage(self) -> list[dict[str, Any]]:
        if self.learnt():  # whatever has become of what it began with
            lineage: list[dict[str, Any]] = read_model_json(self.base)["lineage"]
            return lineage
        if self.start is None:
            return []
        facts = read_model_json(self.start)
        return [*facts["lineage"], {"model_hash": model_hash(self.start), "recipe": facts["recipe"]}]

    def _told(self, step: int, config: TrainConfig) -> dict[str, Any]:
        return {
            "pictures": asdict(self.recipe.pictures),
            "train": asdict(config),
            "step": step,
            "photos_seen": step * config.batch,
        }


def last_snapshot(folder: Path, *, step: int | None = None) -> Path | None:
    """Find the snapshot of a step, or of the last step that was reached."""
    return max(folder.glob("model-*" if step is None else f"model-{step:06d}"), default=None)


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
