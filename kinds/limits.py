"""What a process gives away before it reads what a stranger has made."""

from __future__ import annotations

import resource
from collections.abc import Mapping


def lower(limits: Mapping[int, int]) -> None:
    """Lower each limit of `resource` to so much, and no lower one; also core dumps, which would hold the file."""
    for what, most in {resource.RLIMIT_CORE: 0, **limits}.items():
        try:
            allowed = min([most, *(now for now in resource.getrlimit(what) if now != resource.RLIM_INFINITY)])
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):
            continue  # not every system has each of them; those that are left stand
