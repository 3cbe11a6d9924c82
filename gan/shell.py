"""The commands behind `python -m gan`; the only part of the library that prints, reads a clock and picks folders."""

import json
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)

from gan.config import SNAPSHOT_STEPS, AdaConfig, NetConfig, TrainConfig
from gan.dataset import Pictures
from gan.device import configure
from gan.errors import GanError, ProcessLost
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick
from gan.features import extractor
from gan.generate import generate, to_uint8
from gan.generator import NoiseMode
from gan.metrics import drawn_features, measure, reals
from gan.model import load_generator, model_hash, net_config, read_model_json
from gan.options import chosen, with_options
from gan.parallel import Team
from gan.parallel import processes as joined
from gan.train import train

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(stderr=True)


@app.callback()
def commands() -> None:
    """Train StyleGAN2-ADA on pictures, and draw with it."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Print an error of ours, or of the disk, in its own words, and end with status 2."""
    try:
        yield
    except (GanError, OSError) as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise typer.Exit(2) from error


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that is no longer empty once Ctrl-C or SIGTERM came."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda n, _: came.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def grid(pictures: NDArray[np.uint8], columns: int) -> Image.Image:
    """Pictures uint8 `[N, 3, R, R]` side by side, row by row."""
    n, c, h, w = pictures.shape
    rows = -(-n // columns)
    full = np.zeros((rows * columns, c, h, w), np.uint8)
    full[:n] = pictures
    tiled = full.reshape(rows, columns, c, h, w).transpose(0, 3, 1, 4, 2).reshape(rows * h, columns * w, c)
    return Image.fromarray(tiled)


def newest(folder: Path) -> Path | None:
    """The complete resume point of the highest step in `folder`."""
    found = sorted(path for path in folder.glob("[0-9]*") if (path / "resume.json").exists())
    return found[-1] if found else None


def _snapshot_steps(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part.strip()) if text else SNAPSHOT_STEPS


@app.command("train")
@with_options(_train=TrainConfig, ada=AdaConfig, _net=NetConfig)
def train_command(
    dataset: Annotated[Path, typer.Argument(help="folder with pictures.npy and pictures.json")],
    out: Annotated[Path, typer.Option(help="where models, sheets and resume points go; goes on if it holds some")],
    steps: Annotated[int, typer.Option(min=1)],
    base: Annotated[Path | None, typer.Option(help="model folder to fine-tune; without it: from scratch")] = None,
    snapshot_steps: Annotated[str, typer.Option(help="such as 0,10,20,50; the last step is always one")] = "",
    threads: Annotated[int | None, typer.Option(help="of each process")] = None,
    processes: Annotated[int, typer.Option(min=1, help="share each batch among so many, a GPU each if there are")] = 1,
    **given: Any,
) -> None:
    """Train on a dataset folder, from a base or from scratch; Ctrl-C stops and keeps what was learnt.

    With a base, --resolution trains it at another one; its other measures cannot be changed.
    """
    with plain_errors(), stop_signals() as asked:
        device = configure(threads)
        settings = chosen("_train", TrainConfig, {**given, "steps": steps})
        ada = AdaConfig(**chosen("ada", AdaConfig, given))
        config = TrainConfig(**settings, ada=ada, snapshot_steps=_snapshot_steps(snapshot_steps))
        measures = chosen("_net", NetConfig, given)
        own = net_config(read_model_json(base)) if base else NetConfig(**measures)
        net = replace(own.at(measures.get("resolution", own.resolution)), **measures)
        start = partial(train, config, dataset, base=base, net=net, resume=newest(out / "resume"))
        with joined(processes, _take_part, start, threads) as team:
            _Keeper(out).follow(start(stop=lambda: bool(asked), device=device, team=team))


def _take_part(team: Team, start: Callable[..., Iterator[object]], threads: int | None) -> None:
    """Do the share of a process that keeps and shows nothing."""
    configure(threads)
    try:
        for _ in start(team=team):
            pass
    except ProcessLost:
        sys.exit(1)  # the first process has said why, or was killed
    except GanError as error:
        sys.exit(f"process {team.rank}: {error}")


def _seeds(text: str) -> list[int]:
    """Seeds such as `3,10-12`."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        try:
            seeds += range(int(first), int(last or first) + 1)
        except ValueError as error:
            raise typer.BadParameter(f"{part!r}; give numbers and ranges such as 0-9,42") from error
    return seeds


@app.command("generate")
def generate_command(
    model: Annotated[Path, typer.Argument(help="model folder")],
    out: Annotated[Path, typer.Option(help="where the PNG files go")],
    seeds: Annotated[str, typer.Option(help="numbers and ranges such as 0-9,42")] = "0-9",
    psi: Annotated[float, typer.Option(min=0, max=1, help="truncation: 0 the mean picture, 1 the whole variety")] = 0.7,
    noise: NoiseMode = "const",
    label: Annotated[int | None, typer.Option(help="what to draw, of a network trained on labels")] = None,
    threads: int | None = None,
) -> None:
    """Draw one picture a seed, each with its recipe in the file."""
    wanted = _seeds(seeds)
    with plain_errors():
        G_ema = load_generator(model, configure(threads))
        out.mkdir(parents=True, exist_ok=True)
        named = {"model": model_hash(model), "truncation_psi": psi, "noise_mode": noise}
        named |= {} if label is None else {"label": label}
        pictures = generate(G_ema, wanted, truncation_psi=psi, noise_mode=noise, label=label)
        for seed, picture in track(zip(wanted, pictures, strict=True), "drawing", len(wanted), console=console):
            text = PngInfo()
            text.add_itxt("reverie", json.dumps({"seed": seed, **named}))
            Image.fromarray(to_uint8(picture)).save(out / f"seed{seed:010d}.png", pnginfo=text)


@app.command("evaluate")
def evaluate_command(
    model: Annotated[Path, typer.Argument(help="model folder")],
    dataset: Annotated[Path, typer.Argument(help="folder with pictures.npy and pictures.json")],
    base: Annotated[Path | None, typer.Option(help="model folder that it was fine-tuned from")] = None,
    count: Annotated[int, typer.Option(min=4, help="pictures on each side")] = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> None:
    """Measure distances of a model to its pictures on EfficientNet-Lite0 features; prints one JSON object."""
    with plain_errors(), console.status("measuring"):
        device = configure(threads)
        network = extractor(device)
        found = measure(
            load_generator(model, device),
            network=network,
            real=reals(network, Pictures.open(dataset), count=count, seed=seed),
            base_features=None
            if base is None
            else drawn_features(network, load_generator(base, device), count=count, seed=seed),
            count=count,
            seed=seed,
        )
    typer.echo(json.dumps(asdict(found)))


class _Keeper:
    """Stores and shows what a training yields."""

    def __init__(self, out: Path) -> None:
        self.out = out
        for name in ("models", "sheets", "resume"):
            (out / name).mkdir(parents=True, exist_ok=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=console)

    def follow(self, events: Iterator[object]) -> None:
        with self.progress, (self.out / "ticks.jsonl").open("a") as ticks:
            task = self.progress.add_task("training", total=None)
            for event in events:
                match event:
                    case Started():
                        self._started(event)
                        self.progress.update(task, total=event.config.steps, completed=event.resumed_from or 0)
                    case Tick(step=step, metrics=metrics):
                        self.progress.update(task, completed=step)
                        ticks.write(json.dumps({"step": step, "time": time.time(), **metrics}) + "\n")
                        ticks.flush()
                    case Notice(text=text):
                        console.print(f"note: {text}", highlight=False)
                    case Snapshot(step=step):
                        event.write(self.out / "models" / f"{step:07d}")
                    case Sheet(step=step):
                        grid(event.pictures, event.columns).save(self.out / "sheets" / f"{step:07d}.png")
                    case ResumePoint(step=step):
                        kept = event.write(self.out / "resume" / f"{step:07d}")
                        self._sweep(kept)
                    case Finished(step=step, stopped=stopped):
                        console.print(f"{'stopped' if stopped else 'finished'} at step {step}; see {self.out}")
                    case _:
                        raise TypeError(f"unknown event {event!r}")

    def _started(self, event: Started) -> None:
        (self.out / "config.json").write_text(json.dumps({"train": asdict(event.config), "net": asdict(event.net)}))
        console.print(
            f"{event.pictures} pictures, G {event.parameters_g / 1e6:.2f} M and D {event.parameters_d / 1e6:.2f} M "
            f"parameters, about {event.memory_bytes / 2**20:.0f} MiB of memory"
            + ("" if event.resumed_from is None else f", going on from step {event.resumed_from}"),
            highlight=False,
        )

    def _sweep(self, kept: Path) -> None:
        """Drop older resume points, now that a newer one is safe."""
        for path in (self.out / "resume").iterdir():
            if path != kept:
                shutil.rmtree(path)
