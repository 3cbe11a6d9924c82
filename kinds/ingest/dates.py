"""When a photograph was taken: by its camera, by the notes of an export, or by its name; in this order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST = datetime(1826, 1, 1, tzinfo=UTC)  # before the first photograph there is
NOON = 12  # of a day without an hour: the same day in most zones
_FAR_S = 6e9  # seconds: from 1779 to 2160, so that no sum overflows; what of these is plausible is asked later
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_NAME = re.compile(
    r"""(?<!\d)
    (?P<year>1[89]\d\d|20\d\d) (?P<dash>[-_.]?) (?P<month>0[1-9]|1[0-2]) (?P=dash) (?P<day>0[1-9]|[12]\d|3[01])
    (?:
        (?:[ _T-]|,[ ]|[ ]at[ ]|_at_)?
        (?P<hour>[01]\d|2[0-3]) (?P<colon>[-_.:h ]?) (?P<minute>[0-5]\d) (?P=colon) (?P<second>[0-5]\d)
        \d{0,3}  # milliseconds, or a count of pictures of one second
    )?
    (?!\d)""",
    re.VERBOSE,
)


def plausible(moment: datetime | None) -> bool:
    """Say whether a photograph may be from then; a day of grace, since the zone of many a clock is unknown."""
    return moment is not None and EARLIEST <= moment <= datetime.now(UTC) + timedelta(days=1)


def of_name(name: str) -> datetime | None:
    """Read the first plausible date of a file's name, such as IMG_20190704_153012.jpg; its clock is taken for UTC."""
    for found in _IN_NAME.finditer(name.replace("\\", "/").rpartition("/")[2]):
        parts = found.groupdict()
        hour = int(parts["hour"]) if parts["hour"] else NOON
        day = (int(parts["year"]), int(parts["month"]), int(parts["day"]))
        try:
            moment = datetime(*day, hour, int(parts["minute"] or 0), int(parts["second"] or 0), tzinfo=UTC)
        except ValueError:
            continue  # the 31st of February
        if plausible(moment):
            return moment
    return None


def of_timestamp(value: Any) -> datetime | None:
    """Read seconds since 1970, a number or its digits; None for what is neither, and for 0, which means unknown."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,12}(\.[0-9]{1,9})?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_FAR_S < value < _FAR_S or not value:
        return None  # NaN is no number between two others either
    return _EPOCH + timedelta(seconds=value)


def of_iso(value: Any) -> datetime | None:
    """Read a moment such as 2017-08-15T12:00:00, without a zone in UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def dated(camera: str | None, *, export: datetime | None, names: Sequence[str]) -> dict[str, str | None]:
    """Give `taken_at` (ISO 8601) and `dated_by`, the first of camera, export and name whose moment is plausible."""
    moment = of_iso(camera)
    if plausible(moment):
        return {"taken_at": camera, "dated_by": "camera"}
    if export is not None and plausible(export):
        return {"taken_at": export.isoformat(), "dated_by": "export"}
    for name in names:
        if moment := of_name(name):
            return {"taken_at": moment.isoformat(), "dated_by": "name"}
    return {"taken_at": None, "dated_by": None}
