"""How soon a page of the gallery is there, by each word and in each order, of a million samples and of a thousand."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from bench.filling import KINDS, OF_MODEL, at, fill, named
from bench.rounds import LIMIT, ROUNDS, Asked, measured
from bench.service import until_it_answers
from store.settings import Settings
from store.shelves import ORDERS
from tests import services

FEW = 1000
MANY = 1_000_000
DOUBTFUL = 1.5  # times as long as with few: more may be the machine's doing
EVERY = 120  # samples of a page
AFAR = 5
PORT = services.PORT


def browsing(many: int = MANY) -> Iterator[str]:
    """Fill two stores on each database, and ask both in turn; each question from many places of its list."""
    yield f"p99 of {ROUNDS} pages of {LIMIT} from anywhere in the list, over HTTP; {FEW:,} samples, then {many:,}."
    yield ""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root, and must reach its data
        sockets = stack.enter_context(services.serving("postgres", folder / "postgres"))
        for database in ("SQLite", "PostgreSQL"):
            began = time.perf_counter()
            stores = [_store(database, sockets, folder / f"{database}-{count}", count) for count in (FEW, many)]
            yield f"{database}, filled in {time.perf_counter() - began:.0f} s."
            yield ""
            yield "| asked | few: median, p99 | many: median, p99 | p99, many to few |"
            yield "| --- | --- | --- | --- |"
            with ExitStack() as served:
                clients = [served.enter_context(_served(settings)) for settings in stores]
                yield from _compared(clients, [FEW, many])
            yield ""


def _store(database: str, sockets: Path, folder: Path, count: int) -> Settings:
    settings = Settings(data=folder)
    if database == "PostgreSQL":
        name = f"samples_{count}"
        with sa.create_engine(_address(sockets, "postgres"), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        settings = Settings(data=folder, database_url=_address(sockets, name))
    fill(settings, count)
    return settings


def _address(sockets: Path, name: str) -> str:
    return f"postgresql+psycopg://reverie@/{name}?host={sockets}&port={PORT}"


def _compared(clients: list[httpx.Client], counts: list[int]) -> Iterator[str]:
    ratios: list[float] = []
    album = clients[0].get("/albums").json()["items"][0]["id"], clients[1].get("/albums").json()["items"][0]["id"]
    for name in _questions(UUID(int=0), FEW):
        for order in ORDERS:
            asked = [
                Asked(client, _questions(UUID(one), count)[name], count)
                for client, one, count in zip(clients, album, counts, strict=True)
            ]
            rounds = [measured(asked, name, order)]
            if rounds[0].ratio > DOUBTFUL:  # the machine's doing, or ours: it is asked twice more
                rounds += [measured(asked, name, order) for _ in range(2)]
            found = sorted(rounds, key=lambda one: one.ratio)[len(rounds) // 2]
            ratios.append(found.ratio)
            yield f"| {name}, {order} | {found.line}{', the middle of three' if len(rounds) > 1 else ''} |"
    yield f"| **all** | | | median {statistics.median(ratios):.2f}, **most {max(ratios):.2f}** |"
    yield ""
    yield from _afar(clients[1], counts[1])


def _afar(client: httpx.Client, count: int) -> Iterator[str]:
    """Look at whole lists, as the page does once when it opens one: how many there are, and where each page begins."""
    for words in ({}, {"order": "best"}, {"favourite": "true"}, {"tag": "fog"}, {"rating": 3}):
        took = []
        for _ in range(AFAR):
            began = time.perf_counter()
            client.get("/samples/index", params={**words, "every": EVERY}, timeout=60).raise_for_status()
            took.append(1000 * (time.perf_counter() - began))
        yield f"- extent of {count:,}, {words or 'everything'}: median {statistics.median(took):.0f} ms"


def _questions(album: UUID, count: int) -> dict[str, dict[str, Any]]:
    """Name the words that are asked for, and what people put together."""
    middle = count // 2
    model, training, job = (str(named(kind, middle // size)) for kind, size in KINDS)
    dataset = str(named(4, 0))
    since, until = at(count // 4).isoformat(), at(3 * count // 4).isoformat()
    return {
        "everything": {},
        "model": {"model": model},
        "training": {"training": training},
        "step": {"training": training, "step": middle // OF_MODEL},
        "job": {"job": job},
        "dataset": {"dataset": dataset},
        "favourite": {"favourite": "true"},
        "rating": {"rating": 3},
        "tag": {"tag": "fog"},
        "album": {"album": str(album)},
        "originality": {"originality": "near"},
        "originality, dataset": {"originality": "near", "dataset": dataset},
        "originality, favourite": {"originality": "own", "favourite": "true"},
        "time": {"since": since, "until": until},
        "pinned": {"pinned": "true"},
        "pinned, dataset": {"pinned": "true", "dataset": dataset},
        "favourite, model": {"favourite": "true", "model": model},
        "favourite, album": {"favourite": "true", "album": str(album)},
        "favourite, dataset, time": {"favourite": "true", "dataset": dataset, "since": since, "until": until},
        "rating, tag": {"rating": 3, "tag": "fog"},
        "rating, time": {"rating": 3, "since": since, "until": until},
        "tag, model": {"tag": "fog", "model": model},
        "tag, dataset": {"tag": "fog", "dataset": dataset},
        "tag, album": {"tag": "fog", "album": str(album)},
        "rating, tag, training": {"rating": 3, "tag": "fog", "training": training},
    }


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
