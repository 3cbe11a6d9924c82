"""The Celery worker: `celery -A worker.app worker --pool=solo`, or `python -m worker`.

Celery carries the doorbell and the life of the process; the work itself is done by a `Slot` in a thread, so that the
process always answers. A message carries a job's id and means no more than "look": the table says what there is to do.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, worker_init, worker_shutdown, worker_shutting_down

from store.doorbell import QUEUE, TASK
from store.settings import Settings
from store.store import Store
from worker.log import configure
from worker.slot import Slot

log = structlog.get_logger()
settings = Settings()

app = Celery("reverie", broker=settings.broker or "memory://")
app.conf.update(
    broker_connection_max_retries=None,  # a broker that is away is waited for; the slot polls meanwhile
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    task_default_queue=QUEUE,
    task_ignore_result=True,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_pool="solo",
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
)
_running: list[tuple[Slot, Store]] = []


def _rung(job_id: str) -> None:
    """Hear the doorbell."""
    log.debug("doorbell.rang", job=job_id)
    for slot, _ in _running:
        slot.ring()


def _log(**_: Any) -> None:
    configure(settings.log_level)


def _start(**_: Any) -> None:
    """Begin before there is a connection to the broker: the table is the queue."""
    configure(settings.log_level)
    store = Store.open(settings)
    slot = Slot(store)
    _running.append((slot, store))
    slot.start()


def _stop(**_: Any) -> None:
    for slot, _store in _running:
        slot.stop()


def _end(**_: Any) -> None:
    while _running:
        slot, store = _running.pop()
        slot.stop()
        slot.join()
        store.close()


# Called, not used as decorators: Celery has no types, and an untyped decorator hides those of what it wraps.
run = app.task(_rung, name=TASK)
setup_logging.connect(_log)
worker_init.connect(_start)
worker_shutting_down.connect(_stop)
worker_shutdown.connect(_end)
