"""`make bench`: measure, and print what was measured with the machine; `--keep` adds it to bench/RESULTS.md."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import torch

from bench import service, training

RESULTS = Path(__file__).with_name("RESULTS.md")
MEASURES: Mapping[str, Callable[[], Iterator[str]]] = MappingProxyType(
    {"api": service.api, "training": training.speed, "profile": training.where}
)


def main(arguments: list[str]) -> None:
    """Run the named measures, or all."""
    names = [name for name in arguments if name != "--keep"] or list(MEASURES)
    if unknown := set(names) - set(MEASURES):
        sys.exit(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    kept = [f"## {datetime.now(UTC):%Y-%m-%d}, {machine()}", "", "```"]
    for name in names:
        for line in MEASURES[name]():
            print(line, flush=True)
            kept.append(line)
    kept += ["```", ""]
    if "--keep" in arguments:
        with RESULTS.open("a") as file:
            file.write("\n".join(["", *kept]))


def machine() -> str:
    """What it was measured on."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores {platform.machine()}, load {load:.1f}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, commit {commit.stdout.strip()}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
