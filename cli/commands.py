"""The commands of `reverie`. Each imports what it needs when it runs: most need little, and a person waits."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from api.version import VERSION
from cli.errors import Exit, exit_code, words
from jobs.errors import ReverieError
from store.settings import Settings, unknown_settings

commands = typer.Typer(
    name="reverie",
    help="Train a picture-making network on your own photographs, and explore what it remembers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Data = Annotated[Path | None, typer.Option(help="The data folder; ./data when left out.", show_default=False)]
Host = Annotated[
    str | None, typer.Option(help="The address to answer on; 127.0.0.1 when left out.", show_default=False)
]
Port = Annotated[
    int | None, typer.Option(help="The port to answer on; 8765 when left out, 0 for any.", show_default=False)
]


@commands.command("up")
def up_command(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Start all of Reverie on this machine, and stop all of it on Ctrl-C."""
    from cli.up import up

    settings = _settings(data=data, host=host, port=port)
    _warn_of_misspelt()
    try:
        raise typer.Exit(up(settings, say=_tell))
    except ReverieError as error:
        _say(words(error))
        raise typer.Exit(exit_code(error)) from error


@commands.command("ingest")
def ingest_command(
    places: Annotated[list[Path], typer.Argument(metavar="FOLDER-OR-FILE...", help="What to bring in.")],
    into: Annotated[
        str | None,
        typer.Option(help="The archive's name or id; the name of the first folder when left out.", show_default=False),
    ] = None,
    framing: Annotated[
        str | None,
        typer.Option(
            help="What training sees of each: centre, smart, two_squares, several, whole or squeeze.",
            show_default=False,
        ),
    ] = None,
    aspect: Annotated[
        str | None,
        typer.Option(
            help="Of --framing squeeze: width to height, such as 3:2; that of most when left out.", show_default=False
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Bring photographs that lie on this machine into an archive: folders with all below them, files, zips and tars."""
    from cli.ingest import ingest

    settings = _settings(data=data)
    _warn_of_misspelt()
    try:
        raise typer.Exit(ingest(settings, places, into=into, framing=framing, aspect=aspect, say=_tell, complain=_say))
    except ReverieError as error:
        _say(words(error))
        raise typer.Exit(exit_code(error)) from error


@commands.command()
def migrate(data: Data = None) -> None:
    """Bring the database up to date and register the bases, where api and worker are started by themselves."""
    from cli.up import BASES
    from store.store import Store

    settings = _settings(data=data)
    _warn_of_misspelt()
    try:
        with Store.open(settings) as store:
            store.migrate()
            store.bundled(BASES)
    except ReverieError as error:
        _say(words(error))
        raise typer.Exit(exit_code(error)) from error


@commands.command()
def version() -> None:
    """Say which version this is."""
    typer.echo(f"reverie {VERSION}")


@commands.command()
def doctor(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Look at this machine and its settings, and say what is missing."""
    from cli.doctor import examine

    findings = examine(_settings(data=data, host=host, port=port))
    for finding in findings:
        typer.echo(finding.line)
    raise typer.Exit(Exit.UNWELL if any(finding.bad for finding in findings) else Exit.FINE)


def _settings(**given: Any) -> Settings:
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        for fault in error.errors():
            name = "_".join(map(str, fault["loc"]))
            option = f" or --{name}" if name in given else ""
            _say(f"REVERIE_{name.upper()}{option}: {fault['msg']}" if name else fault["msg"])
        raise typer.Exit(Exit.SETTING) from error


def _warn_of_misspelt() -> None:
    for name, meant in unknown_settings(os.environ).items():
        _say(f"{name} is no setting, and is ignored." + (f" Did you mean {meant}?" if meant else ""))


def _tell(text: str) -> None:
    """Say it, if anyone listens: a terminal that was closed must not keep the parts from being ended in order."""
    with suppress(OSError, ValueError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _say(text: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)
