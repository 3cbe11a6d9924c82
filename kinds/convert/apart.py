"""Reading a foreign model file in a process of its own, which may die of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.errors import DiskFull, ModelRejected
from kinds.orphans import PARENT

BASE_BYTES = 2**30  # of address space: the interpreter and its libraries
TIMES = 3  # the file itself, its weights as float32, and once more as they are written
MOST_S = 300.0
LOOK_S = 0.1  # between two looks at the reader and at wishes
FULL = 28  # exit status of a reader that found no room for the weights
DIED = "The file brought its reader down; it was left out for safety."
SLOW = f"Reading it took longer than {MOST_S:.0f} seconds; it was left out for safety."
REMEDY = "Download it again, and compare its size and hash with what its publisher says."


def read_apart(
    file: Path, folder: Path, *, stop: Callable[[], bool] = lambda: False, reader: str = "kinds.convert.reader"
) -> dict[str, Any] | None:
    """Read `file` as data; its weights come into `folder`, what was found is given back. None, if it was to stop.

    Raises: ModelRejected, with what was found in the file; DiskFull.
    """
    most_bytes = BASE_BYTES + TIMES * file.stat().st_size
    quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", reader, str(file), str(folder), str(most_bytes)]
    environment = {**os.environ, **quiet, PARENT: str(os.getpid())}
    null = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=null, stdout=null, stderr=null) as child:
        status = _end_of(child, stop)
    if status is None:
        return None
    if status == FULL:
        raise DiskFull(
            "There is no room left on the disk for the model's weights.",
            remedy="Free some space where the data lies, then try again; what was there before is untouched.",
        )
    try:
        result: dict[str, Any] = json.loads((folder / "result.json").read_bytes()) if status == 0 else {}
    except (OSError, ValueError):
        result = {}
    if "refused" in result:
        raise ModelRejected(result["refused"]["found"], remedy=result["refused"]["remedy"])
    if "found" not in result:
        raise ModelRejected(DIED, remedy=REMEDY)
    found: dict[str, Any] = result["found"]
    return found


def _end_of(reader: subprocess.Popen[bytes], stop: Callable[[], bool]) -> int | None:
    """Wait for a reader, and kill it when it takes too long or is to stop; its exit status, None if it was stopped."""
    deadline = time.monotonic() + MOST_S
    while True:
        try:
            return reader.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            late = time.monotonic() > deadline
            if late or stop():
                reader.send_signal(signal.SIGKILL)
                reader.wait()
            if late:
                raise ModelRejected(SLOW, remedy=REMEDY) from None
            if reader.returncode is not None:
                return None
