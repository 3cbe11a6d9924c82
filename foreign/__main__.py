"""`python -m foreign TARGET`: export a model in a process of its own, since large ones take memory.

It reads `{"files": {name: path}, "format", "precision", "facts"}` from standard input, and ends with status 0, with 3
and `{"found", "remedy"}` on standard output where the format cannot say what the model is, or with 4 on a full disk.
"""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

from foreign.errors import Refused
from foreign.export import export

REFUSED, DISK_FULL = 3, 4


def main() -> None:
    """Export one model."""
    asked = json.load(sys.stdin)
    files = {name: Path(path) for name, path in asked["files"].items()}
    wanted = {name: asked[name] for name in ("format", "precision", "facts")}
    try:
        export(files, Path(sys.argv[1]), **wanted)
    except Refused as error:
        json.dump({"found": error.found, "remedy": error.remedy}, sys.stdout)
        sys.exit(REFUSED)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            sys.exit(DISK_FULL)
        raise


if __name__ == "__main__":
    main()
