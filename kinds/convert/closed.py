"""A reading process that gives away all that it does not need before it looks at the first byte of a file.

After that it can open no file and no socket, start no process, and take no more memory and time than it was given.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from foreign.errors import DAMAGED, Refused
from kinds.convert.apart import FULL
from kinds.limits import lower
from kinds.orphans import die_with_parent

CPU_S = 120
RESULT = "result.json"
GREEDY = Refused("It needs more memory than a model of its size should; it was left out for safety.", remedy=DAMAGED)
Outputs = Mapping[str, BinaryIO]
Read = Callable[[memoryview, Outputs], Mapping[str, object]]


def limit(most_bytes: int) -> None:
    """Give away files, sockets, processes, memory and time."""
    limits = {
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_FSIZE: most_bytes,
        resource.RLIMIT_AS: most_bytes,
        resource.RLIMIT_NOFILE: 0,
    }
    lower(limits)


def serve(names: Sequence[str], read: Read) -> None:
    """Read the file of `FILE FOLDER MOST_BYTES`, the arguments of the process, into outputs of these names.

    `result.json`, one more, holds `{"found": {...}}`, what `read` gives, or `{"refused": {"found", "remedy"}}`.
    """
    die_with_parent()
    file, folder, most_bytes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    "".encode("cp437")  # names in zips may need it, and later no file can be opened
    outputs = {name: (folder / name).open("wb") for name in (RESULT, *names)}
    with file.open("rb") as opened:
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""
    limit(most_bytes)
    try:
        result = told(memoryview(mapped), outputs, read)
        outputs[RESULT].write(json.dumps(result, allow_nan=False).encode())
        outputs[RESULT].flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        os._exit(FULL)  # closing would write once more


def told(data: memoryview, outputs: Outputs, read: Read) -> dict[str, object]:
    """Read, and say what was found or why it was refused."""
    try:
        return {"found": read(data, outputs)}
    except Refused as error:
        return {"refused": {"found": error.found, "remedy": error.remedy}}
    except (MemoryError, RecursionError):
        return {"refused": {"found": GREEDY.found, "remedy": GREEDY.remedy}}
