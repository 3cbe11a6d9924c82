"""`python -m demo`: watch faces dissolve into an archive. `python -m demo film`: the long run of the README.

DEMO_STEPS sets the length of the training; with CI=true the demo ends by itself, with one line of figures.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import httpx

from demo import film, story
from demo.client import Json, Refused, Reverie
from demo.service import NotStarted, service
from demo.terminal import Terminal

STEPS = 150
SAMPLES = 12
HOME = Path(".cache")


def main() -> int:
    """Run what the command line asks for; 2 for words that it does not know."""
    terminal = Terminal()
    words = sys.argv[1:]
    try:
        match words:
            case []:
                return demo(terminal, steps=_steps(), home=HOME / "demo", stay=not _alone())
            case ["film"]:
                return film.make(terminal, home=HOME / "film")
            case _:
                terminal.say("usage: python -m demo [film]")
                return 2
    except (Refused, NotStarted, ValueError) as error:
        terminal.say(str(error))
        return 1
    except httpx.TransportError as error:
        terminal.say(f"Reverie does not answer: {error}")
        return 1
    except KeyboardInterrupt:
        terminal.say("Stopped.")
        return 130


def demo(terminal: Terminal, *, steps: int, home: Path, stay: bool, measure: str = "ends") -> int:
    """Fine-tune the faces base on the demo archive; with `stay`, go on serving it until Ctrl-C."""
    data = _fresh(home)
    with service(data) as address, Reverie(address) as server:
        terminal.say(f"Reverie is at {address}, its data in {data}")
        dataset = story.collect(server, terminal)
        job = story.train(server, dataset, steps=steps, preset="glimpse", measure=measure)
        terminal.say(f"Watch it learn at {address}#/trainings/{job['id']}")
        story.watch(server, terminal, job, "Learning")
        samples = story.draw(server, terminal, story.last_model(server, job), count=SAMPLES)
        _look(server, job, samples)
        photos = dataset["counts"]["ready"] + dataset["counts"]["repaired"]
        terminal.say(f"demo: {photos} photos, {steps} steps, {len(samples)} samples, ok")
        if stay:
            terminal.say(f"The page is at {address}#/trainings/{job['id']}   (Ctrl-C stops it)")
            signal.pause()
    return 0


def _look(server: Reverie, job: Json, samples: list[Json]) -> None:
    """Fetch what a page would show, so that `ok` means that it is there."""
    sheets = server.get(f"/jobs/{job['id']}/sheets")
    if len(sheets) < 2 or not samples:
        raise Refused({"detail": f"{len(sheets)} sheets and {len(samples)} samples: something is missing."})
    for path in (
        *(f"/artifacts/{sheet['artifact_id']}/image" for sheet in sheets),
        f"/samples/{samples[0]['id']}/image",
    ):
        server.picture(path)


def _steps() -> int:
    asked = os.environ.get("DEMO_STEPS", "") or str(STEPS)
    if not (asked.isascii() and asked.isdigit() and int(asked) > 0):
        raise ValueError(f"DEMO_STEPS is {asked!r}; give a whole number of steps, 1 or more.")
    return int(asked)


def _alone() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def _fresh(home: Path) -> Path:
    """Make a new data folder; those of earlier demos stay, since somebody may have kept pictures there."""
    home.mkdir(parents=True, exist_ok=True)
    taken = [int(path.name) for path in home.iterdir() if path.name.isdigit()]
    folder = home / str(max(taken, default=0) + 1)
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
