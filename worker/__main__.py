"""`python -m worker`: the Celery worker with the options that it should have."""

from __future__ import annotations

import os
import socket
import warnings

from celery.platforms import SecurityWarning

from kinds.orphans import PARENT, die_with_parent
from worker.app import app


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    if PARENT in os.environ:  # started by `reverie up`: no worker without it
        die_with_parent()
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    name = f"reverie-{os.getpid()}@{socket.gethostname()}"
    # Celery's warning about root concerns pickled messages, of which there are none.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser", category=SecurityWarning)
    app.worker_main(["--quiet", "worker", "--pool=solo", "--loglevel=WARNING", *quiet, f"--hostname={name}"])


if __name__ == "__main__":
    main()
