"""`python -m api`: serve the interface and the page, on REVERIE_HOST and REVERIE_PORT."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import structlog
import uvicorn
from pydantic import ValidationError

from api.app import create_app
from api.logs import configure
from api.wire import configured, keep_freed_memory
from jobs.errors import ReverieError
from store.settings import LISTEN_FD, Settings, unknown_settings
from store.store import Store

GRACE_S = 10  # for requests in flight, once it is to stop
UNFIT = 2
log = structlog.get_logger()


class Server(uvicorn.Server):
    """A server that ends its event streams when it is told to stop: they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, *, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; uvicorn's own handler would raise the signal again at the end, and skip what comes after."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._stopping()


def main() -> int:
    """Serve until told to stop; 2 for a setting or a data folder that cannot be."""
    try:
        settings = Settings()
        configure(settings.log_level)
        for name, meant in unknown_settings(os.environ).items():
            log.warning("setting.unknown", name=name, nearest=meant)
        store = Store.open(settings)
    except ValidationError as error:
        return _unfit(*map(_fault, error.errors()))
    except ReverieError as error:
        return _unfit(error.detail, error.remedy)
    keep_freed_memory()
    app = create_app(store)
    config = configured(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    handed = os.environ.pop(LISTEN_FD, None)
    with store:
        server = Server(config, stopping=lambda: app.state.tailer.close_soon())
        server.run(sockets=[socket.socket(fileno=int(handed))] if handed else None)
    return 0


def _fault(fault: Mapping[str, Any]) -> str:
    name = "_".join(map(str, fault["loc"])).upper()
    return f"REVERIE_{name}: {fault['msg']}" if name else str(fault["msg"])


def _unfit(*lines: str) -> int:
    sys.stderr.write("\n".join(lines) + "\n")
    return UNFIT


if __name__ == "__main__":
    sys.exit(main())
