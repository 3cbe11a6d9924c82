"""The reading process: `python -m kinds.convert.reader FILE FOLDER MOST_BYTES`. It reads one model file as data.

It opens the file and its three outputs, gives away all that it does not need, and only then looks at the first byte:
after that it can open no file and no socket, start no process, and take no more memory and time than it was given. It
writes `result.json`: `{"found": {...}}` beside the weights as safetensors, or `{"refused": {"found", "remedy"}}`.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import mmap
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import safetensors.numpy

from foreign.errors import DAMAGED, Refused
from foreign.found import Found
from foreign.read import read
from kinds.convert.apart import FULL
from kinds.orphans import die_with_parent

OUTPUTS = ("result.json", "generator.safetensors", "discriminator.safetensors")
CPU_S = 120
GREEDY = Refused("It needs more memory than a model of its size should; it was left out for safety.", remedy=DAMAGED)


def limit(most_bytes: int) -> None:
    """Give away files, sockets, processes, memory, time and core dumps."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_AS, most_bytes),
        (resource.RLIMIT_NOFILE, 0),
    ):
        try:
            allowed = min([most, *(now for now in resource.getrlimit(what) if now != resource.RLIM_INFINITY)])
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):
            continue  # not every system has each of them; those that are left stand


def written(data: memoryview, outputs: Mapping[str, BinaryIO]) -> dict[str, object]:
    """Read the file and write its weights; give what goes into the result."""
    try:
        found = read(data)
        _write(found, outputs)
    except Refused as error:
        return {"refused": {"found": error.found, "remedy": error.remedy}}
    except (MemoryError, RecursionError):
        return {"refused": {"found": GREEDY.found, "remedy": GREEDY.remedy}}
    facts = {
        f.name: getattr(found, f.name)
        for f in dataclasses.fields(found)
        if f.name not in ("generator", "discriminator")
    }
    tensors = {"generator": len(found.generator), "discriminator": len(found.discriminator or ())}
    return {"found": facts | {"tensors": tensors}}


def _write(found: Found, outputs: Mapping[str, BinaryIO]) -> None:
    for name, tensors in (("generator", found.generator), ("discriminator", found.discriminator)):
        if tensors:
            outputs[f"{name}.safetensors"].write(safetensors.numpy.save(tensors))
            outputs[f"{name}.safetensors"].flush()


def main() -> None:
    """Read one file."""
    die_with_parent()
    file, folder, most_bytes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    "".encode("cp437")  # names in zips may need it, and later no file can be opened
    outputs = {name: (folder / name).open("wb") for name in OUTPUTS}
    with file.open("rb") as opened:
        size = file.stat().st_size
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    limit(most_bytes)
    try:
        result = written(memoryview(mapped), outputs)
        outputs["result.json"].write(json.dumps(result, allow_nan=False).encode())
        outputs["result.json"].flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        os._exit(FULL)  # closing would write once more


if __name__ == "__main__":
    main()
