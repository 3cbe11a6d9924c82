"""When the beats of a Standard MIDI File are: its tempo changes, and when its first and last notes sound."""

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Song:
    """Beats (quarter notes) and the beginnings of notes, in seconds from the file's begin.

    `in_eighths`: its bars are counted in eighths, as 6/8 is; quarter notes are no beats then.
    """

    beats_s: NDArray[np.float64]
    notes_s: NDArray[np.float64]
    in_eighths: bool


def song(path: Path) -> Song:
    """Read a file of format 0 or 1 whose time is counted in quarter notes."""
    content = path.read_bytes()
    _, tracks, division = struct.unpack(">HHH", content[8:14])
    place, tempi, notes, counted = 14, {0: 500_000}, set(), set()
    for _ in range(tracks):
        (size,) = struct.unpack(">I", content[place + 4 : place + 8])
        for tick, kind, value in _events(content[place + 8 : place + 8 + size]):
            if kind == "tempo":
                tempi[tick] = value
            elif kind == "meter":
                counted.add(value)
            else:
                notes.add(tick)
        place += 8 + size
    changes = sorted(tempi)
    starts_s = [0.0]
    for before, after in itertools.pairwise(changes):
        starts_s.append(starts_s[-1] + (after - before) * tempi[before] / 1e6 / division)

    def seconds(tick: int) -> float:
        last = int(np.searchsorted(changes, tick, side="right")) - 1
        return float(starts_s[last] + (tick - changes[last]) * tempi[changes[last]] / 1e6 / division)

    first, last = min(notes), max(notes)
    beats = range(-(-first // division) * division, last + 1, division)
    return Song(
        beats_s=np.array([seconds(tick) for tick in beats]),
        notes_s=np.array(sorted(map(seconds, notes))),
        in_eighths=8 in counted,
    )


def _events(track: bytes) -> Iterator[tuple[int, str, int]]:
    """The tempo changes, the notes that bars are counted in, and the begun notes of a track, by ticks."""
    place, tick, status = 0, 0, 0
    while place < len(track):
        delta, place = _number(track, place)
        tick += delta
        if track[place] & 0x80:
            status, place = track[place], place + 1
        if status == 0xFF:
            what, (size, place) = track[place], _number(track, place + 1)
            if what == 0x51:
                yield tick, "tempo", int.from_bytes(track[place : place + 3], "big")
            elif what == 0x58:
                yield tick, "meter", 2 ** track[place + 1]
            place += size
        elif status in (0xF0, 0xF7):
            size, place = _number(track, place)
            place += size
        else:
            if status & 0xF0 == 0x90 and track[place + 1]:
                yield tick, "note", track[place]
            place += 1 if status & 0xF0 in (0xC0, 0xD0) else 2


def _number(track: bytes, place: int) -> tuple[int, int]:
    value = 0
    while True:
        value, place = value << 7 | track[place] & 0x7F, place + 1
        if not track[place - 1] & 0x80:
            return value, place
