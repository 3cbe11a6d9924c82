"""How near an invented picture lies to one photograph, in percent and in a word."""

from __future__ import annotations

SKETCH_VERSION = 1  # of what `kinds.index.sketches` makes; those of another version are made anew
NEAR_FROM, COPY_FROM = 90, 99  # percent of the photographs that are less like their nearest other one
UNKNOWN = 101  # percent, of what nobody has looked at: it stands after all others
LEVELS = ("own", "near", "copy", "unknown")


def level(percent: int) -> str:
    """Say in a word what a percentage means: one of LEVELS."""
    if percent >= UNKNOWN:
        return "unknown"
    return "copy" if percent >= COPY_FROM else "near" if percent >= NEAR_FROM else "own"


def sentence(percent: int) -> str:
    """Say it in words."""
    if percent >= UNKNOWN:
        return "Nobody has looked yet how near it is to a photograph."
    told = f"Nearer to one photograph than {percent} % of your photographs are to each other"
    ends = {
        "own": ". It is its own picture.",
        "near": ". It leans closely on one photograph.",
        "copy": ": nearly a copy.",
    }
    return told + ends[level(percent)]
