"""At which steps a training keeps a snapshot. The best moments come early, so they stand dense there."""

from __future__ import annotations

from collections.abc import Iterator

EARLY = (0, 10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000)
# Ten a decade, evenly on a logarithmic scale, rounded as one would say them (the R10 series of ISO 3).
DECADE = (1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0, 10.0)


def snapshots(steps: int) -> tuple[int, ...]:
    """List the snapshot steps of a training of `steps`: 0 first, `steps` last, wider and wider between."""
    return (*(step for step in _rhythm(steps) if step < steps), steps)


def _rhythm(steps: int) -> Iterator[int]:
    yield from EARLY
    decade = EARLY[-1]
    while decade < steps:
        yield from (round(decade * factor) for factor in DECADE)
        decade *= 10
