"""The listening process, limited before it reads anything: `python -m kinds.listen.listener FILE`.

On standard output it says, a JSON object a line, `{"phase": "beats"}` as each part begins, and at last
- `{"heard": {…}}`, as `kinds.listen.heard` has it,
- or `{"refused": "why"}`, `{"gone": true}` where there is no such file.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from kinds.limits import lower
from kinds.orphans import die_with_parent

OPEN_FILES = 64
FILE_BYTES = 2**26  # compiled code that is kept
CPU_S = 900
ADDRESS_BYTES = 6 * 2**30  # half an hour is 700 MB, worked on in a few copies; libraries take the rest
GREEDY = "It needs more memory than sound of its length should; it was left out for safety."


def limit() -> None:
    """Give away what decoding does not need: memory beyond the longest sound, files, time."""
    limits = {
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_AS: ADDRESS_BYTES,
    }
    lower(limits)


def say(line: object) -> None:
    """Write a line that is read at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Listen to one file."""
    die_with_parent()
    limit()
    from kinds.listen.heard import heard  # after the limits
    from sound.reading import NoSound, read

    try:
        say({"phase": "reading"})
        sound = read(Path(sys.argv[1]))
        say({"heard": heard(sound, told=lambda phase: say({"phase": phase}))})
    except NoSound as error:
        say({"refused": str(error)})
    except MemoryError:
        say({"refused": GREEDY})
    except FileNotFoundError:
        say({"gone": True})


if __name__ == "__main__":
    main()
