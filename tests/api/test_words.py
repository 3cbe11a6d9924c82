"""Figures as people say them, and curves that a page can hold."""

import pytest

from api.curves import MOST, curves_of, thinned
from api.schemas.jobs import CurvePoint
from api.units import in_units, in_words
from jobs.ids import new_id
from store.rows import Event
from store.types import now


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Less than a minute"),
        (44, "Less than a minute"),
        (60, "About a minute"),
        (310, "About 5 minutes"),
        (47 * 60, "About 45 minutes"),
        (7200, "About 2 hours"),
        (86400 * 5, "About 5 days"),
    ],
)
def test_times(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_sizes() -> None:
    assert [in_units(size) for size in (0, 1023, 2048, 3 * 2**20, 20 * 2**30)] == [
        "0 bytes",
        "1023 bytes",
        "2.0 kB",
        "3.0 MB",
        "20 GB",
    ]


def test_a_long_curve_keeps_its_ends() -> None:
    points = [CurvePoint(step=step, metrics={}) for step in range(5000)]
    kept = thinned(points)
    assert (len(kept), kept[0].step, kept[-1].step) == (MOST, 0, 4999)
    assert thinned(points[:3]) == points[:3]


def test_where_a_later_attempt_begins_what_the_lost_one_said_ends() -> None:
    job_id = new_id()

    def told(seq: int, attempt: int, done: int, loss: float) -> Event:
        body = {"done": done, "metrics": {"loss_g": loss}, "pictures_per_s": None}
        return Event(id=seq, job_id=job_id, seq=seq, attempt=attempt, type="progress", body=body, at=now())

    lost = [told(1, 1, 10, 1.0), told(2, 1, 20, 2.0), told(3, 1, 25, 2.5), told(4, 1, 40, 2.6)]
    again = [told(5, 2, 20, 3.0), told(6, 2, 30, 4.0)]
    assert [(point.step, point.metrics["loss_g"]) for point in curves_of([*lost, *again], []).progress] == [
        (10, 1.0),
        (20, 3.0),
        (30, 4.0),
    ]
