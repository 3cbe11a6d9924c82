"""`make bench`: measure, and print what was measured with the machine; `--keep` adds it to bench/RESULTS.md.

`python -m bench NAME …` runs the measures of these names alone; `uploading=200` sends 200 MB instead of 2,000.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import torch

from bench import (
    ada,
    archaeology,
    archive,
    exploring,
    gallery,
    grid,
    importing,
    ingesting,
    journey,
    learning,
    map,
    moments,
    music,
    originality,
    parallel,
    projecting,
    reading,
    rendering,
    samples,
    searching,
    service,
    training,
    uploading,
    upscaling,
    vectors,
    versus,
)

RESULTS = Path(__file__).with_name("RESULTS.md")
MEASURES: Mapping[str, Callable[..., Iterator[str]]] = MappingProxyType(
    {
        "versus": versus.training,
        "drawing": versus.drawing,
        "reading": reading.speed,
        "training": training.speed,
        "profile": training.where,
        "parallel": parallel.speed,
        "api": service.api,
        "importing": importing.large,
        "ingesting": ingesting.large,
        "archive": archive.ingesting,
        "archaeology": archaeology.finding,
        "indexing": archaeology.speed,
        "grid": grid.curating,
        "samples": samples.browsing,
        "gallery": gallery.browsing,
        "uploading": uploading.sending,
        "rendering": rendering.speed,
        "exploring": exploring.wandering,
        "projecting": projecting.finding,
        "map": map.laying,
        "journey": journey.filming,
        "searching": searching.archives,
        "originality": originality.copies,
        "music": music.heard,
    }
)
LONG: Mapping[str, Callable[..., Iterator[str]]] = MappingProxyType(
    {  # up to an hour each; by name
        "learning": learning.curves,
        "ada": ada.curves,
        "moments": moments.suggested,
        "vectors": vectors.searching,
        "upscaling": upscaling.enlarging,
        "upscaling-speed": upscaling.speed,
        "upscaled": upscaling.memory,
    }
)


def main(arguments: list[str]) -> None:
    """Run the named measures, or all that take minutes."""
    asked = [name.partition("=") for name in arguments if name != "--keep"] or [(name, "", "") for name in MEASURES]
    known = {**MEASURES, **LONG}
    if unknown := {name for name, _, _ in asked} - set(known):
        sys.exit(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    kept = [f"## {datetime.now(UTC):%Y-%m-%d}, commit {commit()}", "", machine(), ""]
    print("\n".join(kept))
    for name, _, size in asked:
        for line in section(name, known[name](*([int(size)] if size else []))):
            print(line, flush=True)
            kept.append(line)
    if "--keep" in arguments:
        with RESULTS.open("a") as file:
            file.write("\n".join(["", *kept]))


def section(name: str, lines: Iterator[str]) -> Iterator[str]:
    """What one measure says, under its name."""
    yield from (f"### {name}", "")
    yield from lines
    yield ""


def commit() -> str:
    """The short hash of what is measured."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> str:
    """What it was measured on."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(": ")[2] for line in cpuinfo.splitlines() if line.startswith("model name")]
    wait = os.environ.get("OMP_WAIT_POLICY", "left to OpenMP")
    return (
        f"{os.cpu_count()} cores {models[0] if models else platform.machine()}, "
        f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads, wait policy {wait}, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, torch {torch.__version__}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
