"""Which moments of a training are looked at."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 12


def chosen(steps: Sequence[int], *, most: int = MOST) -> list[int]:
    """Choose of rising steps at most `most`, as evenly by what was learnt as they allow; the first and the last always.

    Each is the one nearest to its place between these two; where two places share one, there are fewer.
    """
    if len(steps) <= most:
        return list(steps)
    first, last = steps[0], steps[-1]
    places = [first + (last - first) * number / (most - 1) for number in range(most)]
    return sorted({min(steps, key=lambda step: (abs(step - place), step)) for place in places})
