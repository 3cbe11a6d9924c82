"""Work that the browser tests give a Reverie: photographs to bring, jobs to wait for."""

import io
import zipfile
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from workshop.stages import ROOT

PHOTOS = 12
SLOW = 180_000  # ms; nothing here measures


def landscapes(*, broken: bool = True) -> bytes:
    """A zip of some photographs of the demo, and of one file that is none."""
    held = io.BytesIO()
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as demo, zipfile.ZipFile(held, "w") as some:
        names = [name for name in demo.namelist() if name.endswith(".jpg")]
        for name in names[:PHOTOS]:
            some.writestr(Path(name).name, demo.read(name))
        if broken:
            some.writestr("notes.jpg", "no picture")
    return held.getvalue()


def turned(count: int, *, refused: int, seed: int = 1) -> bytes:
    """A zip of small photographs that lay on their side, and of files that are none."""
    held = io.BytesIO()
    orientation = Image.Exif()
    orientation[0x0112] = 6
    chance = np.random.default_rng(seed)
    with zipfile.ZipFile(held, "w") as some:
        for number in range(count):
            seen = io.BytesIO()
            field = Image.fromarray(chance.integers(0, 256, (6, 8, 3), dtype=np.uint8))
            field.resize((40, 30), Image.Resampling.BICUBIC).save(seen, "JPEG", exif=orientation)
            some.writestr(f"scan_{number:03}.jpg", seen.getvalue())
        for number in range(refused):
            some.writestr(f"note_{number:03}.jpg", f"no picture {number}")
    return held.getvalue()


def archive(client: httpx.Client, name: str, zipped: bytes) -> str:
    """A dataset whose one archive has been read."""
    dataset: str = client.post("/datasets", json={"name": name}).raise_for_status().json()["id"]
    add(client, dataset, zipped)
    return dataset


def add(client: httpx.Client, dataset: str, zipped: bytes) -> None:
    """Send one more archive, and wait until it has been read."""
    upload = client.post(f"/datasets/{dataset}/archives?filename=some.zip", content=zipped)
    ended(client, upload.raise_for_status().json()["job"]["id"])


def drawn(client: httpx.Client, count: int, *, seed: int) -> str:
    """A job that has drawn pictures of the base."""
    base = client.get("/models?bundled=true").json()["items"][0]["id"]
    body = {"kind": "generate", "model_id": base, "count": count, "seed": seed, "truncation_psi": 0.5}
    job: str = client.post("/jobs", json=body).raise_for_status().json()["id"]
    ended(client, job)
    return job


def ended(client: httpx.Client, job: str) -> None:
    """Follow a job's events, which end with it."""
    with client.stream("GET", f"/jobs/{job}/events", timeout=300) as events:
        for _ in events.iter_lines():
            pass
    assert client.get(f"/jobs/{job}").json()["state"] == "succeeded"
