"""What this machine has shown it can do, kept across restarts: estimates of later jobs build on it."""

from __future__ import annotations

import json
from pathlib import Path

from kinds.cost import speed


class Speeds:
    """The speed of each pace of a kind, in nominal seconds of work done in a second: `{"train_work_per_s": 0.8}`."""

    def __init__(self, cache: Path) -> None:
        self._file = cache / "speeds.json"
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
            self._facts = {str(name): float(speed) for name, speed in known.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._facts = {}  # none yet, or not ours: measured anew

    def facts(self) -> dict[str, float]:
        """Give them as a worker's row tells them."""
        return dict(self._facts)

    def of(self, kind: str, *, pace: str) -> float:
        """Give a pace's speed, or its kind's; 1, that of two idle cores, while none is known."""
        return speed({"host": self._facts}, kind=kind, pace=pace)

    def learn(self, kind: str, work_per_s: float, *, pace: str) -> None:
        """Take in what a job has shown, half and half with what was known; it says something of its kind too."""
        if work_per_s <= 0:
            return
        for name in {f"{kind}_work_per_s", f"{pace}_work_per_s"}:
            self._facts[name] = (self._facts.get(name, work_per_s) + work_per_s) / 2
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self._facts), encoding="utf-8")
        part.replace(self._file)
