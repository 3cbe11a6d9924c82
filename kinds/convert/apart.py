"""Reading a foreign model file in a process of its own, which may die of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jobs.errors import ModelRejected
from kinds.orphans import PARENT

BASE_BYTES = 2**30  # of address space: the interpreter and its libraries
TIMES = 3  # the file itself, its weights as float32, and once more as they are written
MOST_S = 300.0
DIED = "The file brought its reader down; it was left out for safety."
SLOW = f"Reading it took longer than {MOST_S:.0f} seconds; it was left out for safety."
REMEDY = "Download it again, and compare its size and hash with what its publisher says."


def read_apart(file: Path, folder: Path) -> dict[str, Any]:
    """Read `file` as data; its weights come into `folder`, what was found is given back.

    Raises: ModelRejected, with what was found in the file.
    """
    most_bytes = BASE_BYTES + TIMES * file.stat().st_size
    quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "kinds.convert.reader", str(file), str(folder), str(most_bytes)]
    environment = {**os.environ, **quiet, PARENT: str(os.getpid())}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=MOST_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelRejected(SLOW, remedy=REMEDY) from error
    try:
        result: dict[str, Any] = json.loads((folder / "result.json").read_bytes()) if done.returncode == 0 else {}
    except (OSError, ValueError):
        result = {}
    if "refused" in result:
        raise ModelRejected(result["refused"]["found"], remedy=result["refused"]["remedy"])
    if "found" not in result:
        raise ModelRejected(DIED, remedy=REMEDY)
    found: dict[str, Any] = result["found"]
    return found
