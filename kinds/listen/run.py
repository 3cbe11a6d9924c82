"""Listen to a soundtrack in a process of its own: its file came from outside."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.orphans import PARENT

PHASES = ("reading", "beats", "loudness")
LOOK_S = 0.25  # how often it is asked whether to stop
LONGEST_S = 900.0  # for one file, wall clock
CODE = "soundtrack_rejected"


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Listen to the file `place.inputs["sound"]`.

    Yields: Progress, a Notice where the file is broken, and an Artifact of type HEARD.
    Raises: JobFailed, if it is no sound, silent, too long, or brings the process down.
    """
    for line in _lines(place.inputs["sound"], place.stop):
        if "phase" in line:
            yield Progress(done=PHASES.index(line["phase"]), total=len(PHASES), unit="part", phase=line["phase"])
            continue
        if "refused" in line:
            raise JobFailed(line["refused"], code=CODE, remedy="Bring another file.")
        if "heard" not in line:
            raise JobFailed("The file is gone.", code=CODE, remedy="Send it again.")
        heard = line["heard"]
        if heard["broken_at_s"] is not None:
            yield Notice(code="broken", text=broken(heard["broken_at_s"]))
        yield Artifact(type=Made.HEARD, facts=heard)
        yield Progress(done=len(PHASES), total=len(PHASES), unit="part")


def broken(at_s: float) -> str:
    """Say where a file is broken."""
    minutes, seconds = divmod(int(at_s), 60)
    return f"The file is damaged from {minutes}:{seconds:02} on; what could be read was kept."


def _lines(file: Path, stop: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """Give what the listening process says; nothing more, once it is stopped. Raises: JobFailed."""
    quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [sys.executable, "-m", "kinds.listen.listener", str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **quiet, PARENT: str(os.getpid())},
    )
    try:
        yield from _said(process, stop)
    finally:
        process.kill()
        process.communicate()


def _said(process: subprocess.Popen[bytes], stop: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    if process.stdout is None:
        raise AssertionError("it is a pipe")
    until = time.monotonic() + LONGEST_S
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            while not waiting.select(timeout=LOOK_S):
                if stop():
                    return
                if time.monotonic() > until:
                    raise JobFailed(
                        f"Listening took longer than {LONGEST_S / 60:.0f} minutes; it was ended for safety.", code=CODE
                    )
            line = process.stdout.readline()  # what is said is said whole, at once
            if not line.endswith(b"\n"):
                raise JobFailed("The file brought its decoder down; it was left out for safety.", code=CODE)
            told: dict[str, Any] = json.loads(line)
            yield told
            if "phase" not in told:
                return
