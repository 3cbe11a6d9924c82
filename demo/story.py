"""The steps of the demo, each over REST: an archive becomes a dataset, a dataset a training, a training pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.client import Json, Refused, Reverie
from demo.terminal import Terminal

ARCHIVE = Path(__file__).parent / "archive" / "landscapes.zip"
RESOLUTION = 64


def collect(server: Reverie, terminal: Terminal, *, archive: Path = ARCHIVE, name: str = "Landscapes") -> Json:
    """Upload the archive into a new dataset, and wait until it is read. Gives the dataset."""
    dataset: Json = server.post("/datasets", {"name": name, "framing": "two_squares"})
    with terminal.bar("Sending the archive", archive.stat().st_size) as bar:
        job = server.upload(dataset["id"], archive, sent=bar.advance)
    watch(server, terminal, job, "Reading photographs")
    return _read(server, dataset["id"])


def _read(server: Reverie, dataset_id: str) -> Json:
    dataset: Json = server.get(f"/datasets/{dataset_id}")
    return dataset


def watch(server: Reverie, terminal: Terminal, job: Json, title: str) -> list[Json]:
    """Follow a job to its end with a bar; give the events that are no progress.

    Raises: Refused, when it failed.
    """
    told = []
    with terminal.bar(title, job["total"]) as bar:
        for event in server.follow(job["id"]):
            if event["type"] == "progress":
                bar.show(event)
            else:
                told.append(event)
    return told


def base(server: Reverie) -> Json:
    """Find the bundled faces base.

    Raises: Refused, when there is none.
    """
    bases: list[Json] = [model for model in server.every("/models", bundled=True) if model["resolution"] == RESOLUTION]
    faces = [model for model in bases if "face" in model["name"].lower()]
    if not bases:
        raise Refused({"detail": "There is no bundled base at 64 px.", "remedy": "make bases trains one."})
    return (faces or bases)[0]


def train(server: Reverie, dataset: Json, **params: Any) -> Json:
    """Put a training of the faces base on `dataset` into the queue."""
    job: Json = server.post(
        "/jobs", {"kind": "train", "dataset_id": dataset["id"], "base_model_id": base(server)["id"], **params}
    )
    return job


def last_model(server: Reverie, job: Json) -> Json:
    """Give the snapshot of a training's last step."""
    return max(server.every("/models", job=job["id"]), key=lambda model: model["step"])


def draw(server: Reverie, terminal: Terminal, model: Json, *, count: int) -> list[Json]:
    """Draw pictures from a model; give the samples."""
    job = server.post("/jobs", {"kind": "generate", "model_id": model["id"], "count": count, "seed": 0})
    watch(server, terminal, job, "Drawing pictures")
    return list(server.every("/samples", job=job["id"]))
