"""A whole Reverie, as `make run` starts it, on any port."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until
from workshop.stages import ROOT


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[str]:
    """Have `reverie up` run on a fresh data folder in `folder` while the block lasts; yields its address.

    Without a renderer, unless `settings` name some.
    """
    told = {f"REVERIE_{name.upper()}": str(value) for name, value in ({"renderers": 0} | settings).items()}
    said = folder / "reverie.log"
    with said.open("wb") as log:
        command = [sys.executable, "-m", "cli", "up", "--data", str(folder / "data"), "--port", "0"]
        up = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log)
        try:
            found = until(
                lambda: re.search(r"http://[\d.]+:\d+", said.read_text()) or up.poll() is not None, within_s=60
            )
            assert isinstance(found, re.Match), said.read_text()
            yield found[0]
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(timeout=120)
