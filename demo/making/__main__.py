"""`python -m demo.making train faces`: make a bundled base, or go on making it."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.making import measure as measuring
from demo.making.pictures import PROCESSES, draw_pictures, folders
from demo.making.recipe import Recipe
from demo.making.train import Making
from demo.making.train import pack as pack_base
from gan.device import configure
from gan.model import read_model_json

BASES = Path(__file__).parent.parent / "bases"
IMAGES = Path(__file__).parent.parent.parent / "docs" / "images"
Subject = Annotated[Literal["faces", "objects"], typer.Argument(help="what the base draws")]
Cache = Annotated[Path, typer.Option("--cache", help="where pictures and resume points are kept")]
CACHE = Path(".cache/bases")
app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


def progress_bar() -> Progress:
    """A bar with counts and remaining time."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, refresh_per_second=2)


def making(subject: str, cache: Path, bases: Path = BASES) -> Making:
    """A base and the places where it is made."""
    recipe = Recipe.of(subject)
    return Making(
        subject=subject,
        recipe=recipe,
        pictures=folders(subject, recipe.pictures, cache).seen,
        out=cache / f"{subject}-training",
        base=bases / recipe.folder,
        start=bases / recipe.start if recipe.start else None,
    )


@app.command()
def draw(
    subject: Subject,
    cache: Cache = CACHE,
    processes: Annotated[int, typer.Option(min=1, help="that draw at once")] = PROCESSES,
) -> None:
    """Draw the pictures that the base learns from; goes on where it was interrupted."""
    pictures = Recipe.of(subject).pictures
    with progress_bar() as bar:
        task = bar.add_task("drawing", total=pictures.count + pictures.held_back)
        for done in draw_pictures(subject, pictures, cache, processes=processes):
            bar.update(task, completed=done)


@app.command()
def train(
    subject: Subject,
    cache: Cache = CACHE,
    threads: Annotated[int | None, typer.Option(min=1, help="of the training; all, when left out")] = None,
) -> None:
    """Draw the pictures, go through the stretches that the bundled base has not behind it, and pack it."""
    made = making(subject, cache)
    if made.learnt() >= len(made.recipe.stretches):
        print(f"{made.base} has all of its recipe behind it; remove it to make it from nothing, or add a stretch")
        return
    draw(subject, cache)
    configure(threads)
    with progress_bar() as bar:
        task = bar.add_task("training")
        for far in made.learn():
            total = made.recipe.stretches[far.stretch].steps
            bar.update(task, completed=far.step, total=total, description=f"stretch {far.stretch + 1}")
    pack(subject, cache)


@app.command()
def pack(subject: Subject, cache: Cache = CACHE) -> None:
    """Make the newest snapshot the bundled base."""
    made = making(subject, cache)
    snapshot = made.newest()
    if snapshot is None:
        raise typer.BadParameter("there is no snapshot yet; run train")
    pack_base(snapshot, made.base)
    print(f"{snapshot.name} is now {made.base}")


@app.command()
def measure(subject: Subject, cache: Cache = CACHE, images: Path = IMAGES) -> None:
    """Measure all snapshots of the newest stretch and the bundled base; draw the curve and the sheets of the docs."""
    made = making(subject, cache)
    where = folders(subject, made.recipe.pictures, cache)
    snapshots = sorted(made.out.glob("stretch-*/model-*"), key=lambda path: (path.parent.name, path.name))
    known = cache / f"{subject}-measured.json"
    points = []
    print("| pictures seen | kernel distance | Frechet distance | variety |\n| --- | --- | --- | --- |")
    for snapshot, found in measuring.measured(snapshots, held_back=where.held_back, out=known):
        seen = read_model_json(snapshot)["recipe"]["photos_seen"]
        points.append((seen, found))
        interval = f"{found.kernel:.4f} ({found.kernel_low:.4f} to {found.kernel_high:.4f})"
        print(f"| {seen:,} | {interval} | {found.frechet:.1f} | {found.variety:.3f} |")
    kernel, frechet = measuring.floor(where.seen, where.held_back)
    print(f"| the pictures themselves | {kernel:.4f} | {frechet:.1f} | |")
    measuring.curve(points, images / f"{made.recipe.folder}.svg", name=made.recipe.name)
    measuring.drawn_sheet(made.base, images / f"{made.recipe.folder}.png")
    measuring.seen_sheet(where.seen, images / f"{made.recipe.folder}_seen.png")


if __name__ == "__main__":
    app()
