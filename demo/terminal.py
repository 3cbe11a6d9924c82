"""What the demo shows in the terminal: bars with the time that remains, or lines where there is no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

EVERY = 10  # lines for a job where there is no terminal


class Terminal:
    """Speaks to the person who started the demo."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Say a sentence."""
        self.console.print(text, markup=False)

    @contextmanager
    def bar(self, title: str, total: int) -> Iterator[Bar]:
        """Show how far something is."""
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rest]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        bar = Bar(progress, title, total)
        with progress:
            yield bar
        if not self.console.is_terminal:
            bar.line()


class Bar:
    """One bar."""

    def __init__(self, progress: Progress, title: str, total: int) -> None:
        self._progress, self._title, self._said = progress, title, -1
        self._task = progress.add_task(title, total=total or None, rest="")

    def advance(self, count: int) -> None:
        """Go on by `count`."""
        self._progress.advance(self._task, count)

    def show(self, event: Mapping[str, Any]) -> None:
        """Show a `progress` event."""
        self._progress.update(self._task, completed=event["done"], total=event["total"] or None, rest=rest_of(event))
        tenth = EVERY * event["done"] // max(event["total"], 1)
        if self._progress.disable and tenth != self._said:
            self._said = tenth
            self.line()

    def line(self) -> None:
        """Say where it stands as a line."""
        task = self._progress.tasks[0]
        self._progress.console.print(
            f"{self._title}: {task.completed:.0f} of {task.total or 0:.0f} {task.fields['rest']}".rstrip(), markup=False
        )


def rest_of(event: Mapping[str, Any]) -> str:
    """Say what remains, and how fast it goes."""
    words = []
    if (remaining_s := event.get("remaining_s")) is not None:
        minutes, seconds = divmod(round(remaining_s), 60)
        words.append(f"{minutes}:{seconds:02d} left")
    if speed := event.get("pictures_per_s"):
        words.append(f"{speed:.1f} pictures/s")
    if phase := event.get("phase"):
        words.append(str(phase))
    return ", ".join(words)
