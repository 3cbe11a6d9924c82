"""The decoding process, limited before it reads anything: `python -m kinds.ingest.decoder MAX_PIXELS [heif] [raw]`.

Asked with one JSON line on standard input, it answers with one on standard output.
- `{"do": "decode", "file", "into", "max_pixels"}`: `{"facts": {...}}`
- `{"do": "develop", "file", "into"}`: `{}`
- `{"do": "square", "view", "resolution"}`: `{"bytes": n}`, and after the line n bytes, the square's RGB
- `{"do": "mask", "file", "side"}`: the same, its lightness, one byte a pixel
- or `{"refused": "why"}`, `{"gone": true}` where there is no such file, `{"failed": errno}` when the disk is at fault.
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
from kinds.limits import lower
from kinds.orphans import die_with_parent

OPEN_FILES = 64
FILE_BYTES = 2**30  # the largest picture that may be written
BASE_BYTES = 3 * 2**29  # of address space: the interpreter and its libraries
BYTES_A_PIXEL = 14  # a picture, its upright copy and its opaque one
DAMAGED = "The picture is damaged and cannot be read."
CUT_OFF = "The file ends too early or is damaged: part of the picture is missing. Send it again from its source."
GREEDY = "It needs more memory than a picture of its size should; it was left out for safety."


def limit(max_pixels: int) -> None:
    """Give away what a decoder does not need: memory beyond the largest picture, and files."""
    limits = {
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_AS: BASE_BYTES + BYTES_A_PIXEL * max_pixels,
    }
    lower(limits)


def answer(question: dict[str, Any], *, formats: tuple[str, ...]) -> tuple[dict[str, Any], bytes]:
    """Answer one question. What else a decoder may raise ends the process, which refuses the file too."""
    from kinds.ingest.plain import Refused  # after the limits

    try:
        return _done(question, formats=formats)
    except Refused as error:
        return {"refused": str(error)}, b""
    except MemoryError:
        return {"refused": GREEDY}, b""
    except FileNotFoundError:
        return {"gone": True}, b""
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return {"failed": error.errno}, b""
        cut_off = any(words in str(error) for words in ("truncated", "data stream"))
        return {"refused": CUT_OFF if cut_off else DAMAGED}, b""
    except (ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, AttributeError, EOFError, struct.error):
        return {"refused": DAMAGED}, b""


def _done(question: dict[str, Any], *, formats: tuple[str, ...]) -> tuple[dict[str, Any], bytes]:
    if question["do"] == "square":
        from kinds.ingest.square import square  # loads a third of what decoding does

        pixels = square(question["view"], resolution=question["resolution"]).tobytes()
        return {"bytes": len(pixels)}, pixels
    if question["do"] == "mask":
        from kinds.ingest.mask import mask

        pixels = mask(Path(question["file"]), side=question["side"]).tobytes()
        return {"bytes": len(pixels)}, pixels
    from kinds.ingest.decode import decode, develop

    file, into = Path(question["file"]), Path(question["into"])
    if question["do"] == "develop":
        develop(file, into=into)
        return {}, b""
    return {"facts": decode(file, into=into, max_pixels=question["max_pixels"], formats=formats)}, b""


def main() -> None:
    """Answer until standard input ends."""
    die_with_parent()
    limit(int(sys.argv[1]))
    warnings.simplefilter("ignore")  # Pillow's about odd EXIF: nobody reads them here
    formats = opened_formats(heif="heif" in sys.argv[2:], raw="raw" in sys.argv[2:])  # after the limits
    for line in sys.stdin:
        told, pixels = answer(json.loads(line), formats=formats)
        sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + pixels)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
