"""How soon a page of the gallery is there, by each word and in each order, of a million samples and of a thousand."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from bench.service import until_it_answers
from jobs.ids import first_id, new_id
from jobs.recipe import recipe_hash
from store import sample_tables as s
from store.browsing import ORDERS
from store.pages import Order
from store.rows import Model
from store.settings import Settings
from store.store import Store
from tests import services

FEW = 1000
MANY = 1_000_000
# Of the few, too, each word finds more than a page, so that as many rows are read of both.
OF_JOB, OF_MODEL, OF_TRAINING = 500, 2000, 20_000  # samples
ROUNDS = 200
LIMIT = 50
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PORT = services.PORT


def browsing(many: int = MANY) -> Iterator[str]:
    """Fill two stores on each database, and ask both in turn; each question from 200 places of its list."""
    yield f"p99 of {ROUNDS} pages of {LIMIT} from anywhere in the list, over HTTP; {FEW:,} samples, then {many:,}."
    yield ""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root, and must reach its data
        sockets = stack.enter_context(services.serving("postgres", folder / "postgres"))
        for database in ("SQLite", "PostgreSQL"):
            began = time.perf_counter()
            stores = [_filled(database, sockets, folder / f"{database}-{count}", count) for count in (FEW, many)]
            yield f"{database}, filled in {time.perf_counter() - began:.0f} s."
            yield ""
            yield "| asked | few: median, p99 | many: median, p99 | p99, many to few |"
            yield "| --- | --- | --- | --- |"
            with ExitStack() as served:
                clients = [served.enter_context(_served(settings)) for settings in stores]
                yield from _compared(clients, [FEW, many])
            yield ""


def _compared(clients: list[httpx.Client], counts: list[int]) -> Iterator[str]:
    ratios: list[float] = []
    album = clients[0].get("/albums").json()["items"][0]["id"], clients[1].get("/albums").json()["items"][0]["id"]
    for name in _questions(UUID(int=0), FEW):
        for order in ORDERS:
            chance = random.Random(name)  # noqa: S311 - drawn alike each time
            took: list[list[float]] = [[], []]
            for _ in range(ROUNDS):
                for one, (client, count) in enumerate(zip(clients, counts, strict=True)):
                    words = _questions(UUID(album[one]), count)[name]
                    began = time.perf_counter()
                    client.get("/samples", params={**words, **_place(chance.random(), count, order)}).raise_for_status()
                    took[one].append(1000 * (time.perf_counter() - began))
            (few, few_99), (many, many_99) = ((statistics.median(one), _p99(one)) for one in took)
            ratios.append(many_99 / few_99)
            measured = f"{few:.1f}, {few_99:.1f} ms | {many:.1f}, {many_99:.1f} ms"
            yield f"| {name}, {order} | {measured} | {many_99 / few_99:.2f} |"
    yield f"| **all** | | | median {statistics.median(ratios):.2f}, **most {max(ratios):.2f}** |"


def _p99(took: list[float]) -> float:
    return sorted(took)[round(0.99 * len(took)) - 1]


def _questions(album: UUID, count: int) -> dict[str, dict[str, Any]]:
    """Name the words that are asked for, and what people put together."""
    middle = count // 2
    model, training, job = (str(_named(kind, middle // size)) for kind, size in KINDS)
    since, until = _at(count // 4).isoformat(), _at(3 * count // 4).isoformat()
    return {
        "everything": {},
        "model": {"model": model},
        "training": {"training": training},
        "step": {"training": training, "step": middle // OF_MODEL},
        "job": {"job": job},
        "dataset": {"dataset": str(_named(4, 0))},
        "favourite": {"favourite": "true"},
        "rating": {"rating": 3},
        "tag": {"tag": "fog"},
        "album": {"album": str(album)},
        "pinned": {"pinned": "true"},
        "pinned and dataset": {"pinned": "true", "dataset": str(_named(4, 0))},
        "time": {"since": since, "until": until},
        "favourite and model": {"favourite": "true", "model": model},
        "favourite and album": {"favourite": "true", "album": str(album)},
        "rating and tag": {"rating": 3, "tag": "fog"},
        "rating and time": {"rating": 3, "since": since, "until": until},
    }


KINDS = ((1, OF_MODEL), (2, OF_TRAINING), (3, OF_JOB))


def _named(kind: int, nth: int) -> UUID:
    return UUID(int=kind << 100 | 7 << 76 | 2 << 62 | nth)


def _at(nth: int) -> datetime:
    return BEGIN + timedelta(minutes=nth // OF_JOB)


def _id(nth: int) -> UUID:
    return UUID(int=first_id(_at(nth)).int | 7 << 76 | 2 << 62 | nth)


def _rating(nth: int) -> int:
    return max(0, (nth * 7919) % 10 - 4)  # half of them have none


def _place(share: float, count: int, order: str) -> Mapping[str, Any]:
    """Give the cursor of a place in the list, which is one in every list; a tenth of the time its start."""
    if share < 0.1:
        return {"order": order, "limit": LIMIT}
    nth = int(share * (count - 1))
    best = order == "best"
    name = {"newest": "samples", "oldest": "samples-up", "best": "samples-best"}[order]
    by = Order(name=name, columns=[*([s.samples.c.rating] if best else []), s.samples.c.id])
    return {"order": order, "limit": LIMIT, "cursor": by.cursor_of({"rating": _rating(nth), "id": _id(nth)})}


def _filled(database: str, sockets: Path, folder: Path, count: int) -> Settings:
    """Make a store of so many samples: their indexes are built when all of them are there."""
    settings = Settings(data=folder)
    if database == "PostgreSQL":
        name = f"samples_{count}"
        with sa.create_engine(_address(sockets, "postgres"), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        settings = Settings(data=folder, database_url=_address(sockets, name))
    tables = (s.samples, s.sample_tags, s.album_samples)
    with Store.open(settings) as store:
        store.migrate()
        with store.begin() as tx:
            for nth in range(-(-count // OF_MODEL)):
                of: dict[str, Any] = {"job_id": _named(2, nth * OF_MODEL // OF_TRAINING), "hash": f"{nth:064x}"}
                facts: dict[str, Any] = {"resolution": 64, "facts": {}, "files": {}, "size_bytes": 1}
                tx.models.add(Model(id=_named(1, nth), name=f"Step {nth}", step=nth, **of, **facts))
            album = tx.albums.add("Kept")
            tag = {"id": new_id(), "name": "fog", "folded": "fog", "created_at": BEGIN}
            tx.connection.execute(sa.insert(s.tags).values(**tag))
            for index in (index for table in tables for index in table.indexes):
                index.drop(tx.connection)
            _write(tx.connection, s.samples, (_sample(nth) for nth in range(count)))
            held = {"tag_id": tag["id"], "position": 0}
            _write(tx.connection, s.sample_tags, (held | _marks(nth) for nth in range(0, count, 2)))
            _write(tx.connection, s.album_samples, ({"album_id": album.id} | _marks(nth) for nth in range(0, count, 4)))
            for index in (index for table in tables for index in table.indexes):
                index.create(tx.connection)
        if database == "PostgreSQL":
            with sa.create_engine(settings.database, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")  # as its own daemon does soon
    return settings


def _address(sockets: Path, name: str) -> str:
    return f"postgresql+psycopg://reverie@/{name}?host={sockets}&port={PORT}"


def _marks(nth: int) -> dict[str, Any]:
    return {"sample_id": _id(nth), "favourite": nth % 4 == 0, "rating": _rating(nth)}


def _sample(nth: int) -> dict[str, Any]:
    model, training = nth // OF_MODEL, nth // OF_TRAINING
    recipe = {"model": f"{model:064x}", "seed": nth, "truncation_psi": 0.7, "noise_mode": "const"}
    key = f"samples/{_id(nth)}/1/{nth:064x}"
    return {
        "id": _id(nth),
        "model_id": _named(1, model),
        "training_id": _named(2, training),
        "job_id": _named(3, nth // OF_JOB) if nth % 5 else None,  # a pin
        "dataset_id": _named(4, training % 4),
        "position": nth % OF_JOB,
        "recipe": recipe,
        "recipe_hash": recipe_hash(recipe),
        "width": 64,
        "height": 64,
        "average": "#7a8f6b",
        "blur": "UklGR" + "A" * 195,
        "sha256": f"{nth:064x}",
        "image_key": f"{key}.png",
        "thumb_key": f"{key}.webp",
        "favourite": nth % 4 == 0,
        "rating": _rating(nth),
        "created_at": _at(nth),
    }


def _write(connection: sa.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    """Write many rows through the driver: SQLAlchemy's own way takes four times as long."""
    dialect = connection.dialect
    names = [column.name for column in table.columns]
    ways: list[Callable[[Any], Any]] = []
    for column in table.columns:
        of: Any = column.type.dialect_impl(dialect)
        ways.append(of.bind_processor(dialect) or (lambda value: value))
    values = (tuple(way(row[name]) for way, name in zip(ways, names, strict=True)) for row in rows)
    driver = connection.connection.driver_connection
    assert driver is not None
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


@contextmanager
def _served(settings: Settings) -> Iterator[httpx.Client]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"REVERIE_DATA": str(settings.folder), "REVERIE_PORT": str(port), "REVERIE_LOG_LEVEL": "error"}
    env = {**os.environ, **told, "REVERIE_DATABASE_URL": settings.database}
    server = subprocess.Popen([sys.executable, "-m", "api"], env=env)
    try:
        until_it_answers(f"http://127.0.0.1:{port}/healthz")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        server.terminate()
        server.wait()
