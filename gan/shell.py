"""The commands behind `python -m gan`; the only part of the library that prints, reads a clock and picks folders.

Every field of a command, and of the settings that it holds, is an option, and the comment beside it its help.
"""

import json
import shutil
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn, track
from tyro.conf import Positional, arg
from tyro.extras import subcommand_cli_from_dict

from gan import parallel
from gan.config import NetConfig, TrainConfig
from gan.dataset import Pictures
from gan.device import configure
from gan.errors import GanError, ProcessLost
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick, TrainEvent
from gan.generate import generate, to_uint8
from gan.generator import NoiseMode
from gan.metrics import drawn_features, extractor, measure, reals
from gan.model import load_generator, model_hash, net_config, read_model_json
from gan.train import train

console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train on a dataset folder, from a base or from scratch; Ctrl-C stops and keeps what was learnt.

    With a base, --resolution trains it at another one; its other measures cannot be changed."""

    dataset: Positional[Path]  # folder with pictures.npy and pictures.json
    out: Path  # where models, sheets and resume points go; goes on if it holds some
    config: Annotated[TrainConfig, arg(name="")]
    net: Annotated[NetConfig, arg(name="")]
    base: Path | None = None  # model folder to fine-tune; without it: from scratch
    threads: int | None = None  # of each process
    processes: int = 1  # share each batch among so many, a GPU each if there are

    def run(self) -> None:
        asked: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda came, _: asked.append(came))
        resume = max((found.parent for found in self.out.glob("resume/[0-9]*/resume.json")), default=None)
        device = configure(self.threads)
        start = partial(train, self.config, self.dataset, base=self.base, net=self.net, resume=resume)
        with parallel.processes(self.processes, _take_part, start, self.threads) as team:
            _follow(start(stop=lambda: bool(asked), device=device, team=team), self.out)


def _take_part(team: parallel.Team, start: Callable[..., Iterator[object]], threads: int | None) -> None:
    """Do the share of a process that keeps and shows nothing."""
    configure(threads)
    try:
        for _ in start(team=team):
            pass
    except ProcessLost:
        sys.exit(1)  # the first process has said why, or was killed
    except GanError as error:
        sys.exit(f"process {team.rank}: {error}")


def _follow(events: Iterator[TrainEvent], out: Path) -> None:
    """Store and show what a training yields."""
    (out / "sheets").mkdir(parents=True, exist_ok=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, (out / "ticks.jsonl").open("a") as ticks:
        task = progress.add_task("training", total=None)
        for event in events:
            match event:
                case Started(config, net, g, d, pictures, memory, step):
                    (out / "config.json").write_text(json.dumps({"train": asdict(config), "net": asdict(net)}))
                    going_on = "" if step is None else f", going on from step {step}"
                    sizes = f"G {g / 1e6:.2f} M and D {d / 1e6:.2f} M parameters"
                    console.print(f"{pictures} pictures, {sizes}, about {memory / 2**20:.0f} MiB of memory{going_on}")
                    progress.update(task, total=config.steps, completed=step or 0)
                case Tick(step=step, metrics=metrics):
                    progress.update(task, completed=step)
                    ticks.write(json.dumps({"step": step, "time": time.time(), **metrics}) + "\n")
                    ticks.flush()
                case Notice(text=text):
                    console.print(f"note: {text}")
                case Snapshot(step=step):
                    event.write(out / "models" / f"{step:07d}")
                case Sheet(step=step):
                    _tiled(event).save(out / "sheets" / f"{step:07d}.png")
                case ResumePoint(step=step):
                    kept = event.write(out / "resume" / f"{step:07d}")
                    for older in set(kept.parent.iterdir()) - {kept}:
                        shutil.rmtree(older)
                case Finished(step=step, stopped=stopped):
                    console.print(f"{'stopped' if stopped else 'finished'} at step {step}; see {out}")


def _tiled(sheet: Sheet) -> Image.Image:
    """The pictures of a sheet side by side, row by row."""
    _, c, h, w = sheet.pictures.shape
    cells = sheet.pictures.reshape(sheet.rows, sheet.columns, c, h, w).transpose(0, 3, 1, 4, 2)
    return Image.fromarray(cells.reshape(sheet.rows * h, sheet.columns * w, c))


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Draw one picture a seed, each with its recipe in the file."""

    model: Positional[Path]  # model folder
    out: Path  # where the PNG files go
    seeds: str = "0-9"  # numbers and ranges such as 0-9,42
    psi: float = 0.7  # truncation: 0 the mean picture, 1 the whole variety
    noise: NoiseMode = "const"
    label: int | None = None  # what to draw, of a network trained on labels
    threads: int | None = None

    def run(self) -> None:
        seeds = [seed for part in self.seeds.split(",") for seed in _seeds(part)]
        G_ema = load_generator(self.model, configure(self.threads))
        recipe = {"model": model_hash(self.model), "truncation_psi": self.psi, "noise_mode": self.noise}
        recipe |= {} if self.label is None else {"label": self.label}
        pictures = generate(G_ema, seeds, truncation_psi=self.psi, noise_mode=self.noise, label=self.label)
        self.out.mkdir(parents=True, exist_ok=True)
        for seed, picture in track(zip(seeds, pictures, strict=True), "drawing", len(seeds), console=console):
            text = PngInfo()
            text.add_itxt("reverie", json.dumps({"seed": seed, **recipe}))
            Image.fromarray(to_uint8(picture)).save(self.out / f"seed{seed:010d}.png", pnginfo=text)


def _seeds(part: str) -> range:
    first, _, last = part.strip().partition("-")
    try:
        return range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise ValueError(f"seeds has {part!r}; give numbers and ranges such as 0-9,42") from error


@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """Measure distances of a model to its pictures on EfficientNet-Lite0 features; prints one JSON object."""

    model: Positional[Path]  # model folder
    dataset: Positional[Path]  # folder with pictures.npy and pictures.json
    base: Path | None = None  # model folder that it was fine-tuned from
    count: int = 1000  # pictures on each side, at least 4
    seed: int = 0
    threads: int | None = None

    def run(self) -> None:
        if self.count < 4:
            raise ValueError(f"count is {self.count}; give at least 4")
        with console.status("measuring"):
            device = configure(self.threads)
            network, numbers = extractor(device), {"count": self.count, "seed": self.seed}
            real = reals(network, Pictures.open(self.dataset), **numbers)
            G_ema, base = load_generator(self.model, device), self.base and load_generator(self.base, device)
            features = drawn_features(network, base, **numbers) if base else None
            found = measure(G_ema, network=network, real=real, base=features, **numbers)
        sys.stdout.write(json.dumps(asdict(found)) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do a command; an error of ours, or of the disk, is printed in its own words and ends with status 2."""
    try:
        first = ArgumentParser(add_help=False, allow_abbrev=False)
        first.add_argument("--base", type=Path)
        base = first.parse_known_args(arguments)[0].base
        net = net_config(read_model_json(base)) if base else NetConfig()  # which the options of `train` change
        commands: dict[str, Any] = {"train": partial(Train, net=net), "generate": Generate, "evaluate": Evaluate}
        said = "Train StyleGAN2-ADA on pictures, and draw with it."
        subcommand_cli_from_dict(commands, prog="python -m gan", description=said, args=arguments).run()
    except (GanError, OSError, ValueError) as error:
        console.print(f"error: {error}", style="red", markup=False)
        sys.exit(2)
