"""The app behind a real HTTP server: in a thread of the test's process, or in a process of its own."""

import os
import resource
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp

from api.app import create_app
from api.wire import configured
from store.store import Store
from tests.waiting import until

# Nothing here speaks TLS; a client that is not told so reads all roots of trust, which takes 20 ms.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """Serve the interface on `store`, and give its address."""
    app = create_app(store)
    with answering(app, stopping=lambda: app.state.tailer.close_soon()) as (host, port):
        yield f"http://{host}:{port}"


@contextmanager
def answering(app: ASGIApp, *, stopping: Callable[[], None] = lambda: None) -> Iterator[tuple[str, int]]:
    """Run an app behind the server of `python -m api`, and give where it listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(configured(app, timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until(lambda: server.started or not thread.is_alive())
            yield listening.getsockname()
        finally:
            server.should_exit = True
            stopping()
            thread.join(20)


@contextmanager
def process(
    *, largest_file_bytes: int | None = None, ends: int = 0, **settings: object
) -> Iterator[tuple[httpx.Client, int]]:
    """Run `python -m api`; give a client and the process id. It ends well when it is told to, unless killed before."""

    def limit() -> None:
        if largest_file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))

    environment = os.environ | {f"REVERIE_{name.upper()}": str(value) for name, value in settings.items()}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        environment["REVERIE_LISTEN_FD"] = str(listening.fileno())
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        served = subprocess.Popen(
            [sys.executable, "-m", "api"],
            env=environment,
            pass_fds=[listening.fileno()],
            stderr=subprocess.DEVNULL,
            preexec_fn=limit,
        )
    try:
        with httpx.Client(base_url=address, timeout=30, verify=PLAIN) as http:
            until(lambda: http.get("/healthz").is_success, within_s=30)
            yield http, served.pid
    finally:
        served.terminate()
        assert served.wait(30) == ends
