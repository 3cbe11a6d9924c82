"""`python -m renderer`: keep generators warm and draw for the API, on a unix socket or REVERIE_RENDERER_LISTEN."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import structlog
import torch
import uvicorn

from gan import device
from jobs.errors import DataFolderError, Rejected, ReverieError
from kinds.cores import cores
from renderer.app import create_app, facts
from renderer.drawing import Renderer
from renderer.originals import Originals
from renderer.presence import present
from store.settings import Settings
from store.sockets import run_folder
from store.store import Store

GRACE_S = 5  # for pictures that are being drawn, once it is to stop
UNFIT = 2
BACKLOG = 2048


class Server(uvicorn.Server):
    """A server that ends in order: uvicorn's own handler would raise the signal again, and skip what comes after."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self.should_exit = True


def main() -> int:
    """Draw until told to stop; 2 for a setting or a data folder that cannot be."""
    settings = Settings()
    configure_log(settings.log_level)
    try:
        with Store.open(settings) as store, listening(settings) as (listener, address):
            serve(store, listener, address)
    except ReverieError as error:
        sys.stderr.write(f"{error.detail}\n{error.remedy}\n")
        return UNFIT
    return 0


def serve(store: Store, listener: socket.socket, address: str) -> None:
    """Serve on a socket that listens, known in the table `workers` by this address."""
    # Equal bits on CUDA, in every process: cuBLAS wants its workspace fixed for that.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    on_card = torch.cuda.is_available()
    where = device.configure(store.settings.threads or cores(), deterministic=on_card)
    renderer = Renderer(store, device=where)
    said = torch.cuda.get_device_name() if on_card else "cpu"
    presence = present(store, device=said, facts=lambda: {"address": address, **facts(renderer)})
    config = uvicorn.Config(
        create_app(renderer, Originals(renderer)),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    log = structlog.get_logger()
    presence.start()
    log.info("renderer.started", address=address, device=said)
    try:
        Server(config).run(sockets=[listener])
    finally:
        presence.close()
    log.info("renderer.ended")


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, str]]:
    """Listen; gives the socket, and the address under which the API finds it.

    Raises: DataFolderError, if there is no place for the socket; Rejected, if the address cannot be had.
    """
    if settings.renderer_listen:
        host, _, port = settings.renderer_listen.rpartition(":")
        try:
            listener = socket.create_server((host.strip("[]"), int(port)), backlog=BACKLOG)
        except OSError as error:
            raise Rejected(
                f"REVERIE_RENDERER_LISTEN is {settings.renderer_listen}: {error.strerror}.",
                remedy="Choose another port, or an address of this machine.",
            ) from error
        with listener:
            # One that listens everywhere is known by its machine's name, as containers know each other.
            called = socket.gethostname() if host in ("0.0.0.0", "[::]") else host  # noqa: S104 - compared, not bound
            yield listener, f"http://{called}:{listener.getsockname()[1]}"
        return
    folder = run_folder(settings.folder)
    if folder is None:
        raise DataFolderError(
            f"There is no folder for the renderer's socket, neither in {settings.folder} nor in /tmp.",
            remedy="Set REVERIE_RENDERER_LISTEN to 127.0.0.1:0.",
        )
    clear(folder)
    path = folder / f"r-{secrets.token_hex(4)}.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(BACKLOG)
        try:
            yield listener, f"unix:{path}"
        finally:
            path.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove the sockets of renderers that were killed."""
    for path in folder.glob("r-*.sock"):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
            except OSError:  # gone meanwhile
                continue


def configure_log(level: str) -> None:
    """Log facts in the past tense, one JSON object a line, on standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
