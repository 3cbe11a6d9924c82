"""Exploring: what is asked beside a point."""

from __future__ import annotations

from api.schemas.base import Body
from jobs.picture import View
from jobs.point import Point


class Find(Body):
    """A point to keep."""

    point: Point
    view: View = ""
