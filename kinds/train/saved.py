"""What a training had learnt at its resume point, as a moment to keep: for one that cannot go on from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan.config import NetConfig, TrainConfig
from gan.discriminator import Discriminator
from gan.events import Sheet, Snapshot
from gan.generator import Generator
from gan.model import fill, save_model
from gan.state import SavedState
from gan.train import centred, described, sheet_of


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
    saved = SavedState.read(resume_point)
    net = NetConfig(**saved.facts["net"])
    G_ema, D = Generator(net).eval().requires_grad_(False), Discriminator(net)
    fill(G_ema, _state(saved, "G_ema."), source=str(resume_point))
    fill(D, _state(saved, "D."), source=str(resume_point))
    centred(G_ema)
    then, step = saved.facts["config"], int(saved.facts["step"])
    own = described(then, saved.facts["origin"], step=step, dataset_hash=saved.facts["dataset_hash"])

    def save(folder: Path, facts: Mapping[str, Any]) -> Path:
        return save_model(folder, G_ema=G_ema, D=D, facts={**own, **facts})

    sheet = sheet_of(G_ema, config, step, at_a_time=config.batch)
    return Snapshot(step=step, photos_seen=step * int(then["batch"]), save=save), sheet


def _state(saved: SavedState, label: str) -> dict[str, Any]:
    return {name.removeprefix(label): value for name, value in saved.tensors.items() if name.startswith(label)}
