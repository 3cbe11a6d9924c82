"""Stages of the set-up: each runs when what it depends on has changed, and otherwise costs nothing.

Standard library only, and it parses on old Pythons: it runs before the virtual environment exists.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parents[1]


class SetupFailed(Exception):
    """A stage could not be done; the text says what to do."""


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """A hash over the words, and over the names and contents of the files."""
    digest = hashlib.sha256("\0".join(words).encode())
    for file in sorted(files):
        digest.update(b"\0" + str(file.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def stage(name: str, *, stamp: Path, inputs: str, outputs: Iterable[Path], work: Callable[[], None]) -> bool:
    """Do `work`, unless the stamp says that it was done on these inputs and the outputs are still there.

    The stamp is taken away before and written after, so that a stage broken off is done again.
    Returns whether there was anything to do.
    """
    if stamp.exists() and stamp.read_text() == inputs and all(output.exists() for output in outputs):
        return False
    say(f"{name} …")
    began = time.monotonic()
    stamp.unlink(missing_ok=True)
    work()
    missing = [(os.path.relpath(output, ROOT)) for output in outputs if not output.exists()]
    if missing:
        raise SetupFailed(f"{name}: it ended well but left no {', '.join(missing)}")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)
    say(f"{name}: done in {time.monotonic() - began:.0f} s")
    return True


def run(command: list[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None, hint: str) -> None:
    """Run a command to its end, its output shown.

    Raises: SetupFailed, with `hint`, when it fails.
    """
    words = [str(word) for word in command]
    try:
        subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, check=True)
    except FileNotFoundError as e:
        raise SetupFailed(f"{words[0]} is not there: {hint}") from e
    except subprocess.CalledProcessError as e:
        raise SetupFailed(f"`{' '.join(words)}` ended with {e.returncode}: {hint}") from e


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"setup: {text}", file=sys.stderr, flush=True)
