"""Bringing the tables up to date, in process: forward only, all of it or nothing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from jobs.errors import DataFolderError
from store.database import Database


def upgrade(database: Database) -> None:
    """Run the migrations that the database has not had, in one transaction; of several processes at once, one does.

    Raises: DataFolderError, if a newer program has been at the database.
    """
    if is_current(database):
        return
    with database.migrating() as connection:
        config = _config()
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Tell whether the database has the tables of this program."""
    with database.read() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    spec = find_spec("migrations")
    if spec is None or spec.origin is None:
        raise RuntimeError("the migrations are not installed")
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(connection: sa.Connection, config: Config) -> None:
    scripts = ScriptDirectory.from_config(config)
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            scripts.get_revision(revision)
        except CommandError as error:
            raise DataFolderError(
                f"The database has tables of a newer Reverie (revision {revision}).",
                remedy="Start the newer Reverie that made them, or choose another database; nothing was changed.",
                revision=revision,
            ) from error
