"""Where unix sockets lie: their paths may have about a hundred bytes, and nobody else may reach them."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

SOCKET_BYTES = 100  # of a unix socket's path that every system takes
NAME_BYTES = 16  # of it, the name


def run_folder(data: Path) -> Path | None:
    """Make the folder of the sockets: in the data folder, or in /tmp where that lies too deep; ours alone (0700).

    Returns None, if neither can be had.
    """
    deep = data / "run"
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for folder in (deep, Path("/tmp") / f"reverie-{os.getuid()}-{name}"):  # noqa: S108 - owner and mode are checked
        if len(os.fsencode(folder)) + 1 + NAME_BYTES > SOCKET_BYTES:
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
