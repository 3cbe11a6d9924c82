"""The reading process of weights that enlarge: `python -m kinds.upscale.reader FILE FOLDER MOST_BYTES`.

As `kinds.convert.reader`, it gives away all that it does not need before it looks at the first byte. It writes
`weights.safetensors` and `result.json`: `{"found": {"architecture", "notes"}}`, or `{"refused": {"found", "remedy"}}`.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import safetensors.numpy

from foreign.errors import Refused
from foreign.esrgan import METADATA, read
from kinds.convert.apart import FULL
from kinds.convert.reader import GREEDY, limit
from kinds.orphans import die_with_parent

WEIGHTS = "weights.safetensors"
OUTPUTS = ("result.json", WEIGHTS)


def written(data: memoryview, outputs: Mapping[str, BinaryIO]) -> dict[str, object]:
    """Read the file and write its weights; give what goes into the result."""
    try:
        found = read(data)
        said = {METADATA: json.dumps(found.architecture, sort_keys=True)}
        outputs[WEIGHTS].write(safetensors.numpy.save(found.tensors, metadata=said))
        outputs[WEIGHTS].flush()
    except Refused as error:
        return {"refused": {"found": error.found, "remedy": error.remedy}}
    except (MemoryError, RecursionError):
        return {"refused": {"found": GREEDY.found, "remedy": GREEDY.remedy}}
    return {"found": {"architecture": found.architecture, "notes": found.notes}}


def main() -> None:
    """Read one file."""
    die_with_parent()
    file, folder, most_bytes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    "".encode("cp437")  # names in zips may need it, and later no file can be opened
    outputs = {name: (folder / name).open("wb") for name in OUTPUTS}
    with file.open("rb") as opened:
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""
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
