"""`reverie up` as a child of the demo, on a data folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cli.errors import PortInUse
from cli.listen import listen
from cli.parts import tie_to
from store.settings import Settings

LONGEST_STOP_S = 120


class NotStarted(Exception):
    """`reverie up` ended before it answered; the text is what it said."""


@contextmanager
def service(data: Path) -> Iterator[str]:
    """Run Reverie on `data`, and give its address; it is stopped at the end, and nothing of it stays behind."""
    parent = os.getpid()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "up", "--data", str(data), "--port", str(_port())],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A Ctrl-C is for the demo, which stops the service in its own time.
        start_new_session=True,
        preexec_fn=lambda: tie_to(parent),
    )
    try:
        if process.stdout is None:
            raise AssertionError("a pipe was asked for")
        yield _address(process.stdout)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=LONGEST_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _port() -> int:
    """Choose the usual port, or any free one where that is taken."""
    settings = Settings()
    try:
        listen(settings.host, settings.port).close()
    except PortInUse:
        return 0
    return settings.port


def _address(output: IO[str]) -> str:
    said = []
    for line in output:
        if found := re.search(r"https?://\S+", line):
            return found[0]
        said.append(line)
    raise NotStarted("".join(said).strip())
