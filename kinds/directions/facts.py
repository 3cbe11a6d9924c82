"""Facts of photographs as numbers: what is learnt from, and what of it is too little."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from latent.directions import Kind
from latent.facts import Fact
from latent.spread import Values

CLOCKS = ("camera", "export")  # what dates come from that know the hour: a file's name tells the day alone
SERIES_S = 600.0  # photographs that follow each other within this are of one scene
ALBUMS = 12  # at most, those with the most photographs
LEAST_OF_ALBUM = 10  # photographs in it, and outside of it
BRIGHTEST_HOUR = 13.0
WORDS: Mapping[str, str] = {
    "photo_light": "how light a photograph is",
    "year": "the year",
    "time_of_day": "the time of day",
    "album": "the album",
}


def facts_of(lines: Sequence[Mapping[str, Any]], light: Values) -> list[Fact]:
    """Give what is known of photographs: `taken_at`, `dated_by`, `album` of each line, and how light each is, `[N]`."""
    moments = [datetime.fromisoformat(line["taken_at"]) if line["taken_at"] else None for line in lines]
    scenes = _scenes(moments)
    dated = [(row, moment) for row, moment in enumerate(moments) if moment is not None]
    days = {row: moment.date().toordinal() for row, moment in dated}
    timed = [(row, moment) for row, moment in dated if lines[row]["dated_by"] in CLOCKS]
    return [
        _fact("photo_light", "Lighter photographs", dict(enumerate(light)), scenes),
        _fact("year", "Later years", {row: _year(moment) for row, moment in dated}, days),
        _fact("time_of_day", "Towards noon", {row: _daylight(moment) for row, moment in timed}, scenes),
        *_albums([line["album"] for line in lines], scenes),
    ]


def _albums(names: Sequence[str | None], scenes: Mapping[int, int]) -> list[Fact]:
    sizes = {name: names.count(name) for name in dict.fromkeys(names) if name}
    large = [name for name, size in sizes.items() if min(size, len(names) - size) >= LEAST_OF_ALBUM]
    chosen = sorted(large, key=lambda name: (-sizes[name], name))[:ALBUMS]
    return [
        _fact(
            "album",
            f"As in {name}"[:200],
            {row: float(each == name) for row, each in enumerate(names)},
            scenes,
            position=_position(name),
        )
        for name in chosen
    ]


def _fact(kind: Kind, name: str, values: Mapping[int, float], groups: Mapping[int, int], *, position: int = 0) -> Fact:
    return Fact(
        kind=kind,
        position=position,
        name=name,
        rows=list(values),
        values=np.array(list(values.values()), dtype=np.float64),
        groups=np.array([groups[row] for row in values], dtype=np.int64),
    )


def _position(album: str) -> int:
    """A number that stays an album's own, whatever others there are."""
    return int.from_bytes(hashlib.sha256(album.encode()).digest()[:4], "big") >> 1


def _scenes(moments: Sequence[datetime | None]) -> dict[int, int]:
    """Number the scenes: photographs that follow each other closely have one, those without a time each its own."""
    found, number = dict[int, int](), 0
    last: datetime | None = None
    for moment, row in sorted((moment, row) for row, moment in enumerate(moments) if moment is not None):
        number += last is None or (moment - last).total_seconds() > SERIES_S
        found[row], last = number, moment
    unknown = [row for row, moment in enumerate(moments) if moment is None]
    return found | {row: number + nth for nth, row in enumerate(unknown, 1)}


def _year(moment: datetime) -> float:
    return moment.year + (moment.timetuple().tm_yday - 1) / 366


def _daylight(moment: datetime) -> float:
    """1 at one o'clock in the afternoon, -1 at one at night."""
    hour = moment.hour + moment.minute / 60
    return math.cos(2 * math.pi * (hour - BRIGHTEST_HOUR) / 24)
