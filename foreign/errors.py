"""Why a file is not taken."""

from __future__ import annotations


class Refused(Exception):
    """A model file that is not read: what was found in it, and what to do."""

    def __init__(self, found: str, *, remedy: str) -> None:
        super().__init__(f"{found} {remedy}")
        self.found = found
        self.remedy = remedy


DAMAGED = "Download it again, and compare its size and hash with what its publisher says."


def damaged(what: str) -> Refused:
    """A file whose parts contradict each other."""
    return Refused(f"The file is damaged: {what}.", remedy=DAMAGED)


def shown(value: object) -> str:
    """A value of a file in a message: numbers and short texts as they are, of anything else its type alone."""
    if isinstance(value, str):
        return repr(value[:60])
    return str(value)[:60] if value is None or isinstance(value, bool | int | float) else f"a {type(value).__name__}"
