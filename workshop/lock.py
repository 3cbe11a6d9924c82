"""`make lock`: write requirements.lock from what is installed.

The lock names each package that pyproject.toml asks for, extras included, and all that those and torch need in
turn, at the release in this environment; torch itself and the libraries of its CUDA builds stay out.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workshop.setup import LOCK, TORCH
from workshop.stages import ROOT

OUTSIDE = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
HEADING = "# Written by `make lock`; installed by `make setup` with --no-deps, after torch.\n"


def main() -> None:
    """Write the lock, or with `--check` say what of this environment it lacks."""
    lines = locked()
    if "--check" not in sys.argv[1:]:
        LOCK.write_text(HEADING + "".join(f"{line}\n" for line in lines))
    # Another system or Python may need fewer packages than the one that wrote the lock, never others.
    elif missing := set(lines) - set(LOCK.read_text().splitlines()):
        sys.exit(f"requirements.lock lacks {', '.join(sorted(missing))}: `make setup`, then `make lock`")


def locked() -> list[str]:
    """One `name==version` for each package, sorted by name."""
    seen: dict[str, str] = {}
    waiting = [*declared(), Requirement(TORCH)]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in done:
            continue
        done.add((name, frozenset(requirement.extras)))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{requirement} is asked for but not installed: pip install it, then `make lock`")
        if not OUTSIDE.fullmatch(name):
            seen[name] = found.version
        waiting += needed(found.requires or (), requirement.extras)
    return [f"{name}=={version}" for name, version in sorted(seen.items())]


def declared() -> Iterator[Requirement]:
    """What pyproject.toml asks for."""
    project = read()["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return (Requirement(line) for lines in lists for line in lines)


def read() -> dict[str, Any]:
    """pyproject.toml as it stands."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def needed(lines: Iterable[str], extras: set[str]) -> Iterator[Requirement]:
    """Those of a package's requirements that hold here, with these extras."""
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        wanted = marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras])
        if wanted and not OUTSIDE.fullmatch(canonicalize_name(requirement.name)):
            yield requirement


if __name__ == "__main__":
    main()
