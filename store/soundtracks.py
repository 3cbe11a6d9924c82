"""Soundtracks: music that was brought or composed, and what was heard in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from jobs.state import ENDED, State
from store import journey_tables as j
from store import soundtrack_tables as s
from store import tables as t
from store.datasets import ACTIVE
from store.jobs import Jobs
from store.pages import Order, Page, page_of
from store.rows import columns
from store.types import now

_NEWEST = Order(name="soundtracks", columns=[s.soundtracks.c.id])
_LONGEST = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Soundtrack:
    """A soundtrack; `heard` holds tempo, confidence, beats, bars, loudness_lufs and peaks, once it is ready.

    `job_state` and `error` are of the job that listens to it: one that has ended without hearing anything refuses it.
    """

    id: UUID
    name: str
    state: str
    note: str | None = None
    job_id: UUID
    media_type: str
    key: str | None
    sha256: str
    size_bytes: int
    duration_s: float | None = None
    heard: Mapping[str, Any] | None = None
    composed: Mapping[str, Any] | None = None
    created_at: datetime = field(default_factory=now)
    job_state: State | None = None
    error: Mapping[str, Any] | None = None

    @property
    def standing(self) -> str:
        """What it is now: listening, ready or refused."""
        if self.state == "ready" or (self.job_state is not None and self.job_state in ACTIVE):
            return self.state
        return "refused"

    @property
    def reason(self) -> str | None:
        """Why it was refused, in words; or, of one that is ready, what is to be known of it."""
        if self.standing != "refused":
            return self.note
        if self.error and self.error.get("detail"):
            return str(self.error["detail"])
        return "Listening to it was ended before it was done. Send it again."


class Soundtracks:
    """The table `soundtracks`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def add(self, row: Soundtrack) -> Soundtrack:
        """Keep a soundtrack that came."""
        values = columns(row)
        kept = {name: values[name] for name in s.soundtracks.c.keys() if name in values}  # noqa: SIM118 - no mapping
        kept["name"] = row.name[-_LONGEST:]
        self._connection.execute(sa.insert(s.soundtracks).values(**kept))
        return self.get(row.id)

    def add_composed(self, row: Soundtrack, *, attempt: int) -> None:
        """Keep a soundtrack that a job has composed; one that an earlier attempt kept stays. Raises: StaleAttempt."""
        self._jobs.hold(row.job_id, attempt)
        if self.there(row.id):
            self._discard(row.key)
        else:
            self.add(row)

    def heard(
        self,
        soundtrack_id: UUID,
        heard: Mapping[str, Any],
        *,
        duration_s: float,
        note: str | None,
        media_type: str,
        job_id: UUID,
        attempt: int,
    ) -> None:
        """Say what was heard in one; it is ready then. Raises: NotFound, StaleAttempt."""
        self._jobs.hold(job_id, attempt)
        self.get(soundtrack_id)
        values = {"state": "ready", "heard": dict(heard), "duration_s": duration_s, "note": note}
        change = sa.update(s.soundtracks).where(s.soundtracks.c.id == soundtrack_id)
        self._connection.execute(change.values(**values, media_type=media_type))

    def get(self, soundtrack_id: UUID) -> Soundtrack:
        """Read one. Raises: NotFound."""
        query = _all().where(s.soundtracks.c.id == soundtrack_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no soundtrack {soundtrack_id}.", remedy="GET /soundtracks lists all of them.")
        return Soundtrack(**row)

    def ready(self, soundtrack_id: UUID) -> Soundtrack:
        """Read one that a film can be made with. Raises: NotFound; Conflict, for one that is not ready."""
        row = self.get(soundtrack_id)
        if row.standing == "listening":
            raise Conflict(
                f"{row.name} is still being listened to.", remedy="Wait for its job to end.", job_id=str(row.job_id)
            )
        if row.standing != "ready":
            raise Conflict(f"{row.name} cannot be used: {row.reason}", remedy="Choose another soundtrack.")
        return row

    def there(self, soundtrack_id: UUID) -> bool:
        """Whether it is there."""
        query = sa.select(s.soundtracks.c.id).where(s.soundtracks.c.id == soundtrack_id)
        return self._connection.execute(query).first() is not None

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[Soundtrack]:
        """List soundtracks, newest first."""
        return page_of(self._connection, _all(), Soundtrack, order=_NEWEST, limit=limit, cursor=cursor)

    def listened_by(self, soundtrack_id: UUID, job_id: UUID) -> None:
        """Name another job that listens to it."""
        change = sa.update(s.soundtracks).where(s.soundtracks.c.id == soundtrack_id, s.soundtracks.c.state != "ready")
        self._connection.execute(change.values(job_id=job_id))

    def delete(self, soundtrack_id: UUID) -> None:
        """Delete one, and its file. Raises: NotFound; Conflict, while a journey or a job needs it."""
        row = self.get(soundtrack_id)
        journey = j.journeys.c.recipe[("soundtrack", "id")].as_string() == str(soundtrack_id)
        used = self._connection.execute(sa.select(j.journeys.c.id, j.journeys.c.name).where(journey).limit(1)).first()
        if used is not None:
            raise Conflict(
                f"The journey {used.name} goes with this music.",
                remedy="Take the music out of the journey, or delete the journey; then delete the soundtrack.",
                journey_id=str(used.id),
            )
        film = t.jobs.c.params[("recipe", "soundtrack", "id")].as_string() == str(soundtrack_id)
        needed = sa.select(t.jobs.c.id).where(t.jobs.c.state.in_(sorted(ACTIVE)), film)
        if row.standing == "listening" or self._connection.execute(needed.limit(1)).first() is not None:
            raise Conflict("A job needs this soundtrack.", remedy="Wait for the job or cancel it, then delete it.")
        self._connection.execute(sa.delete(s.soundtracks).where(s.soundtracks.c.id == soundtrack_id))
        self._discard(row.key)

    def let_go(self, *, older_than_s: float) -> int:
        """Let go of the files of soundtracks that came to nothing longer ago than this; return how many."""
        ended = t.jobs.c.state.in_(sorted(ENDED)) & (t.jobs.c.ended_at < now() - timedelta(seconds=older_than_s))
        query = sa.select(s.soundtracks.c.id, s.soundtracks.c.key).join(t.jobs, t.jobs.c.id == s.soundtracks.c.job_id)
        unheard = (s.soundtracks.c.state != "ready") & s.soundtracks.c.key.is_not(None)
        found = self._connection.execute(query.where(unheard, ended)).all()
        self._discard(*(key for _, key in found))
        if found:
            gone = sa.update(s.soundtracks).where(s.soundtracks.c.id.in_([id for id, _ in found]))
            self._connection.execute(gone.values(key=None))
        return len(found)


def _all() -> sa.Select[Any]:
    of_job = [t.jobs.c.state.label("job_state"), t.jobs.c.error.label("error")]
    return sa.select(s.soundtracks, *of_job).outerjoin(t.jobs, t.jobs.c.id == s.soundtracks.c.job_id)
