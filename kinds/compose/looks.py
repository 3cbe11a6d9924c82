"""Where along a journey its composer looks: loads no tensor library."""

from __future__ import annotations

from jobs.route import Route

EVERY_S = 0.5
FEWEST, MOST = 4, 60  # looks on one stretch


def looks(route: Route) -> list[list[float]]:
    """Give for each stretch the places that are looked at, each 0 to 1, its end left out."""
    found = []
    for stretch in route.stretches:
        count = max(FEWEST, min(MOST, round(stretch.lasts_s / EVERY_S)))
        found.append([number / count for number in range(count)])
    return found
