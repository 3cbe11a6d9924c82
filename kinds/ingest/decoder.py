"""The decoding process, limited before it reads anything: `python -m kinds.ingest.decoder MAX_PIXELS [heif]`.

One JSON line a file. Asked `{"file", "image", "thumb", "max_pixels"}` on standard input, it answers on standard output
with one of `{"facts": {...}}`, `{"refused": "why"}` and `{"failed": errno}`, the last when the disk is at fault.
Whoever started it kills it when it takes too long, and starts another one when it dies; the file that it died of is
refused.
"""

from __future__ import annotations

import errno
import json
import resource
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

from kinds.ingest.formats import opened_formats
from kinds.orphans import die_with_parent

OPEN_FILES = 64
FILE_BYTES = 2**30  # the largest picture that may be written
BASE_BYTES = 3 * 2**29  # of address space: the interpreter and its libraries
BYTES_A_PIXEL = 14  # a picture, its upright copy and its opaque one
DAMAGED = "The picture is damaged and cannot be read."
CUT_OFF = "The file ends too early or is damaged: part of the picture is missing. Send it again from its source."
GREEDY = "It needs more memory than a picture of its size should; it was left out for safety."


def limit(max_pixels: int) -> None:
    """Give away what a decoder does not need: memory beyond the largest picture, files, core dumps."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_AS, BASE_BYTES + BYTES_A_PIXEL * max_pixels),
    ):
        try:
            _, hard = resource.getrlimit(what)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):
            continue  # not every system limits the address space; the time limit stands all the same


def answer(question: dict[str, Any], *, formats: tuple[str, ...]) -> dict[str, Any]:
    """Decode one file. What else a decoder may raise ends the process, which refuses the file too."""
    from kinds.ingest.decode import Refused, decode  # after the limits

    try:
        facts = decode(
            Path(question["file"]),
            image=Path(question["image"]),
            thumb=Path(question["thumb"]),
            max_pixels=question["max_pixels"],
            formats=formats,
        )
    except Refused as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": GREEDY}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return {"failed": error.errno}
        cut_off = any(words in str(error) for words in ("truncated", "data stream"))
        return {"refused": CUT_OFF if cut_off else DAMAGED}
    except (ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, AttributeError, EOFError, struct.error):
        return {"refused": DAMAGED}
    return {"facts": facts}


def main() -> None:
    """Answer until standard input ends."""
    die_with_parent()
    limit(int(sys.argv[1]))
    warnings.simplefilter("ignore")  # Pillow's about odd EXIF: nobody reads them here
    formats = opened_formats(heif="heif" in sys.argv[2:])  # after the limits
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line), formats=formats)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
