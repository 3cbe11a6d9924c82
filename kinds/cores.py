"""How many cores this process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """Count them: those that the process is bound to where the system says so (Linux), else all."""
    bound = getattr(os, "sched_getaffinity", None)
    return len(bound(0)) if bound else os.cpu_count() or 1
