"""`python -m worker`: the Celery worker with the options that it should have; without a broker, its slot alone."""

from __future__ import annotations

import os
import signal
import socket
import warnings
from types import FrameType

from kinds.orphans import PARENT, die_with_parent
from store.settings import Settings
from store.store import Store
from worker.log import configure
from worker.slot import Slot


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    if PARENT in os.environ:  # started by `reverie up`: no worker without it
        die_with_parent()
    settings = Settings()
    if settings.broker is None:
        work_alone(settings)
    else:
        work_with_celery()


def work_alone(settings: Settings) -> None:
    """Work by looking at the table, every `poll_s`: nobody rings."""
    configure(settings.log_level)
    with Store.open(settings) as store:
        slot = Slot(store)

        def leave(_number: int, _frame: FrameType | None) -> None:
            slot.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, leave)
        slot.start()
        slot.join()


def work_with_celery() -> None:
    """Work with a doorbell. Celery is imported here, since its app reads the settings when it is imported."""
    from celery.platforms import SecurityWarning

    from worker.app import app

    # Celery's warning about root concerns pickled messages, of which there are none.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser", category=SecurityWarning)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    name = f"reverie-{os.getpid()}@{socket.gethostname()}"
    app.worker_main(["--quiet", "worker", "--pool=solo", "--loglevel=WARNING", *quiet, f"--hostname={name}"])


if __name__ == "__main__":
    main()
