"""What a million vectors take of PostgreSQL with pgvector: to build, to hold, to ask, exactly and by its indexes.

The archive's own search reads every photograph, and needs no database of vectors up to some hundred thousand. This is
the measurement under the plan for ten million.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.conninfo import make_conninfo

from tests import services

COUNT = 1_000_000
WIDTH = 128
AROUND = 1000  # vectors of one centre
DEPTH = 24  # dimensions that they differ in
LISTS = 1000  # of ivfflat
AT_ONCE = 50_000
ROUNDS = 100
EXACTLY = 10
NEAREST = 10
SEARCHED = {  # how much of an index is looked at for each question
    "ivfflat": ("ivfflat.probes", (3, 10, 30, 100)),
    "hnsw": ("hnsw.ef_search", (40, 100, 200, 400)),
}
ROW = np.dtype(  # a row of PostgreSQL's binary COPY: two fields, each with its length before it; all is big-endian
    [
        ("fields", ">i2"),
        ("id_bytes", ">i4"),
        ("id", ">i8"),
        ("v_bytes", ">i4"),
        ("width", ">i2"),
        ("unused", ">i2"),
        ("v", ">f2", (WIDTH,)),
    ]
)

Vectors = NDArray[np.float32]


def searching(count: int = COUNT) -> Iterator[str]:
    """Fill a table of `count` vectors of 128 numbers, ask for the nearest of each, and again with each index."""
    yield f"{count:,} vectors of {WIDTH} numbers at half precision, around {count // AROUND:,} centres; pgvector."
    yield ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root, and must reach its data
        with services.serving("postgres", folder / "postgres") as sockets:
            told = make_conninfo(host=str(sockets), port=services.PORT, user="reverie", dbname="postgres")
            with psycopg.connect(told, autocommit=True) as database:
                yield from _measured(database, count)


def _measured(database: psycopg.Connection[Any], count: int) -> Iterator[str]:
    yield "| what | measured |"
    yield "| --- | --- |"
    database.execute("CREATE EXTENSION vector")
    database.execute(f"CREATE TABLE items (id bigint, v halfvec({WIDTH}))")
    began = time.perf_counter()
    for at in range(0, count, AT_ONCE):
        _copy(database, at, _vectors(at, min(AT_ONCE, count - at)))
    yield f"| written | {time.perf_counter() - began:.0f} s, {_size(database, 'items')} |"
    queries = np.concatenate([_vectors(at, 1, seed=1) for at in range(0, count, -(-count // ROUNDS))])
    database.execute("SET max_parallel_workers_per_gather = 2")
    database.execute("VACUUM ANALYZE items")
    exact, times = _asked(database, queries[:EXACTLY])
    yield f"| every vector compared | {_told(times)} |"
    database.execute("SET maintenance_work_mem = '2GB'")
    database.execute("SET max_parallel_maintenance_workers = 1")
    yield from _indexed(database, f"ivfflat (v halfvec_ip_ops) WITH (lists = {LISTS})", queries, exact)
    yield from _indexed(database, "hnsw (v halfvec_ip_ops)", queries, exact)


def _indexed(database: psycopg.Connection[Any], kind: str, queries: Vectors, exact: list[list[int]]) -> Iterator[str]:
    """Build an index, ask by it, and drop it."""
    name = kind.partition(" ")[0]
    began = time.perf_counter()
    database.execute(f"CREATE INDEX near ON items USING {kind}")
    yield f"| {name} built | {time.perf_counter() - began:.0f} s, {_size(database, 'near')} |"
    setting, values = SEARCHED[name]
    for value in values:
        database.execute(f"SET {setting} = {value}")
        _asked(database, queries)  # warm
        found, times = _asked(database, queries)
        recall = statistics.mean(len(set(a) & set(b)) / NEAREST for a, b in zip(exact, found, strict=False))
        yield f"| by {name}, {setting} {value} | {_told(times)}; {recall:.0%} of the {NEAREST} nearest |"
    database.execute("DROP INDEX near")


def _vectors(at: int, count: int, *, seed: int = 0) -> Vectors:
    """Vectors of length 1 around centres, spread as those of pictures are: in few of their dimensions, not in all."""
    spread = np.random.default_rng(0).standard_normal((DEPTH, WIDTH))
    numbers = np.arange(at, at + count) // AROUND
    centres = {number: np.random.default_rng([1, number]).standard_normal(DEPTH) for number in set(numbers.tolist())}
    noise = np.random.default_rng([2, seed, at]).standard_normal((count, DEPTH))
    grain = np.random.default_rng([3, seed, at]).standard_normal((count, WIDTH))
    found = (np.stack([centres[number] for number in numbers.tolist()]) + noise) @ spread + grain
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _copy(database: psycopg.Connection[Any], at: int, vectors: Vectors) -> None:
    rows = np.zeros(len(vectors), ROW)
    rows["fields"], rows["id_bytes"], rows["v_bytes"], rows["width"] = 2, 8, 4 + 2 * WIDTH, WIDTH
    rows["id"] = np.arange(at, at + len(vectors))
    rows["v"] = vectors
    with database.cursor().copy("COPY items FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")


def _asked(database: psycopg.Connection[Any], queries: Vectors) -> tuple[list[list[int]], list[float]]:
    """Ask for the nearest of each; gives them, and the seconds that each took."""
    found, times = [], []
    for query in queries:
        written = "[" + ",".join(f"{value:.5f}" for value in query) + "]"
        began = time.perf_counter()
        asked = f"SELECT id FROM items ORDER BY v <#> %s::halfvec({WIDTH}) LIMIT {NEAREST}"  # noqa: S608
        rows = database.execute(asked, [written]).fetchall()
        times.append(time.perf_counter() - began)
        found.append([row[0] for row in rows])
    return found, times


def _told(times: list[float]) -> str:
    median, p95 = (1000 * float(np.quantile(times, share)) for share in (0.5, 0.95))
    return f"median {median:.1f} ms, p95 {p95:.1f} ms"


def _size(database: psycopg.Connection[Any], name: str) -> str:
    row = database.execute("SELECT pg_relation_size(%s::regclass)", [name]).fetchone()
    return f"{(row[0] if row else 0) / 1e6:,.0f} MB"
