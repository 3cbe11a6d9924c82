"""Work that the browser tests give a Reverie: photographs to bring, jobs to wait for."""

import io
import zipfile
from pathlib import Path

import httpx

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


def ended(client: httpx.Client, job: str) -> None:
    """Follow a job's events, which end with it."""
    with client.stream("GET", f"/jobs/{job}/events", timeout=300) as events:
        for _ in events.iter_lines():
            pass
    assert client.get(f"/jobs/{job}").json()["state"] == "succeeded"
