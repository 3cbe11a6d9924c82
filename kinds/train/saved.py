"""What a training had learnt at its resume point, as a moment to keep: for one that cannot go on from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan.config import NetConfig, TrainConfig
from gan.discriminator import Discriminator
from gan.events import Sheet, Snapshot
from gan.generate import drawn, latents_of
from gan.generator import Generator
from gan.loop import centred
from gan.model import fill, save_model
from gan.randomness import Stream
from gan.state import SavedState, read_resume_point


def fits(resume_point: Path, dataset: Path) -> bool:
    """Say whether a resume point was made with the pictures of `dataset`. One that cannot be read is for the trainer.

    Raises: OSError.
    """
    try:
        then = json.loads((resume_point / "resume.json").read_bytes())["dataset_hash"]
    except (ValueError, KeyError, TypeError):
        return True
    return bool(then == json.loads((dataset / "pictures.json").read_bytes())["hash"])


def last_moment(resume_point: Path, config: TrainConfig) -> tuple[Snapshot, Sheet]:
    """Give the moment that the trainer would have kept at this step, with its sheet.

    Raises: CheckpointError, if the resume point cannot be read; ModelError, if its tensors are not those of its shape.
    """
    saved = read_resume_point(resume_point)
    net = NetConfig(**saved.facts["net"])
    G_ema, D = Generator(net).eval().requires_grad_(False), Discriminator(net)
    fill(G_ema, _state(saved, "G_ema."), source=str(resume_point))
    fill(D, _state(saved, "D."), source=str(resume_point))
    centred(G_ema)
    settings, step = dict(saved.facts["config"]), int(saved.facts["step"])
    seen = step * int(settings["batch"])
    for name in ("steps", "snapshot_steps"):  # how long it was to be changes nothing of what it learnt
        settings.pop(name, None)
    recipe = {"step": step, "photos_seen": seen, "dataset_hash": saved.facts["dataset_hash"], "config": settings}
    origin = {name: value for name, value in saved.facts["origin"].items() if value}

    def save(folder: Path, facts: Mapping[str, Any]) -> Path:
        return save_model(folder, G_ema=G_ema, D=D, facts={"recipe": recipe, **origin, **facts})

    rows, columns = config.sheet_rows, config.sheet_columns
    z = latents_of(G_ema, rows * columns, seed=config.seed, stream=Stream.SHEET)
    pictures = drawn(G_ema, z, truncation_psi=config.sheet_psi, batch=config.batch)
    return Snapshot(step=step, photos_seen=seen, save=save), Sheet(
        step=step, rows=rows, columns=columns, pictures=pictures
    )


def _state(saved: SavedState, label: str) -> dict[str, Any]:
    return {name.removeprefix(label): value for name, value in saved.tensors.items() if name.startswith(label)}
