"""Sizes and times, as people say them."""

from __future__ import annotations

UNITS = ((2**40, "TB"), (2**30, "GB"), (2**20, "MB"), (2**10, "kB"))


def in_units(size_bytes: int) -> str:
    """Say a size as people do."""
    for unit, name in UNITS:
        if size_bytes >= unit:
            size = size_bytes / unit
            return f"{size:.1f} {name}" if size < 10 else f"{size:.0f} {name}"
    return f"{size_bytes} bytes"


def in_words(seconds: float) -> str:
    """Say a time as people do: rounded, and longer times more coarsely."""
    if seconds < 45:
        return "Less than a minute"
    minutes = round(seconds / 60)
    if minutes < 2:
        return "About a minute"
    if minutes < 90:
        return f"About {minutes if minutes < 20 else round(minutes / 5) * 5} minutes"
    hours = seconds / 3600
    return f"About {hours:.0f} hours" if hours < 48 else f"About {hours / 24:.0f} days"
