"""How `reverie` ends: an exit code for each reason, and words for people."""

from __future__ import annotations

from enum import IntEnum

from jobs.errors import Conflict, DataFolderError, DiskFull, NotFound, Rejected, ReverieError


class Exit(IntEnum):
    """The exit codes; docs/running.md lists them."""

    FINE = 0
    UNWELL = 1  # `reverie doctor` found something that will not do
    SETTING = 2  # a setting or an argument that cannot be
    PORT = 3  # the port is in use, or the host is none of this machine's
    FOLDER = 4  # the data folder is in use, of a newer version, or not ours
    DATABASE = 5  # the database does not answer
    PART = 6  # a part does not come up
    DISK = 7  # the disk is full
    PARTLY = 8  # not all of what was to be brought in could be read
    STOPPED = 130  # told to stop in the middle, as shells say it


class PortInUse(ReverieError):
    """The port is taken."""

    code = "port_in_use"
    title = "The port cannot be used"


class PartFailed(ReverieError):
    """A process of Reverie's does not come up."""

    code = "part_failed"
    title = "A part does not start"


_CODES: tuple[tuple[type[ReverieError], Exit], ...] = (
    (PortInUse, Exit.PORT),
    (PartFailed, Exit.PART),
    (DataFolderError, Exit.FOLDER),
    (DiskFull, Exit.DISK),
    (NotFound, Exit.SETTING),
    (Conflict, Exit.SETTING),
    (Rejected, Exit.SETTING),
    (ReverieError, Exit.DATABASE),
)


def exit_code(error: ReverieError) -> Exit:
    """Give the exit code of an error."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def words(error: ReverieError) -> str:
    """Say an error on the terminal: what was wrong, and what to do."""
    return f"{error.detail}\n{error.remedy}".strip()
