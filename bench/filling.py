"""Stores of many samples, with tags, an album, stars and favourites among them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.ids import first_id, new_id
from jobs.originality import UNKNOWN, level
from store import sample_tables as s
from store.rows import Model
from store.settings import Settings
from store.store import Store

# Of a thousand, too, each word finds more than a page, so that as many rows are read as of a million.
OF_JOB, OF_MODEL, OF_TRAINING = 500, 2000, 20_000  # samples
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LOOKS: Sequence[Mapping[str, Any]] = (
    {
        "width": 64,
        "height": 64,
        "average": "#7a8f6b",
        "blur": "UklGR" + "A" * 195,
        "image_key": f"samples/{UUID(int=1)}/1/{1:064x}.png",
        "thumb_key": f"samples/{UUID(int=1)}/1/{1:064x}.webp",
    },
)
# Room for sorts; and that all rows belong to something is known.
_ROOM = {
    "sqlite": ("PRAGMA cache_size = -1000000",),
    "postgresql": ("SET LOCAL maintenance_work_mem = '1GB'", "SET LOCAL session_replication_role = replica"),
}
KINDS = ((1, OF_MODEL), (2, OF_TRAINING), (3, OF_JOB))


def named(kind: int, nth: int) -> UUID:
    return UUID(int=kind << 100 | 7 << 76 | 2 << 62 | nth)


def at(nth: int) -> datetime:
    return BEGIN + timedelta(minutes=nth // OF_JOB)


def id_of(nth: int) -> UUID:
    return UUID(int=first_id(at(nth)).int | 7 << 76 | 2 << 62 | nth)


def rating(nth: int) -> int:
    return max(0, (nth * 7919) % 10 - 4)  # half of them have none


def nearness(nth: int) -> int:
    return (nth * 6007) % (UNKNOWN + 1)


def fill(settings: Settings, count: int, *, looks: Sequence[Mapping[str, Any]] = LOOKS) -> None:
    """Make a store of so many samples, which look like these in turn; indexes are built when all of them are there."""
    tables = (s.samples, s.sample_tags, s.album_samples, s.sample_levels)
    with Store.open(settings) as store:
        store.migrate()
        with store.begin() as tx:
            for nth in range(-(-count // OF_MODEL)):
                of: dict[str, Any] = {"job_id": named(2, nth * OF_MODEL // OF_TRAINING), "hash": f"{nth:064x}"}
                facts: dict[str, Any] = {"resolution": 64, "facts": {}, "files": {}, "size_bytes": 1}
                tx.models.add(Model(id=named(1, nth), name=f"Step {nth}", step=nth, **of, **facts))
            album = tx.albums.add("Kept")
            tag = {"id": new_id(), "name": "fog", "folded": "fog", "created_at": BEGIN}
            tx.connection.execute(sa.insert(s.tags).values(**tag))
            for index in (index for table in tables for index in table.indexes):
                index.drop(tx.connection)
            for setting in _ROOM[tx.connection.dialect.name]:
                tx.connection.exec_driver_sql(setting)
            _write(tx.connection, s.samples, range(count), lambda nth: _sample(nth, looks[nth % len(looks)]))
            _write(
                tx.connection, s.sample_tags, range(0, count, 2), lambda nth: _marks(nth, tag_id=tag["id"], position=0)
            )
            _write(tx.connection, s.album_samples, range(0, count, 4), lambda nth: _marks(nth, album_id=album.id))
            _write(tx.connection, s.sample_levels, range(count), lambda nth: _marks(nth, level=level(nearness(nth))))
            for index in (index for table in tables for index in table.indexes):
                index.create(tx.connection)
        if not store.database.is_sqlite:
            with sa.create_engine(settings.database, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")  # as its own daemon does soon


def _marks(nth: int, **held: Any) -> dict[str, Any]:
    return {
        "sample_id": id_of(nth),
        "favourite": nth % 4 == 0,
        "rating": rating(nth),
        "nearness": nearness(nth),
        **held,
    }


def _sample(nth: int, looks: Mapping[str, Any]) -> dict[str, Any]:
    model, training = nth // OF_MODEL, nth // OF_TRAINING
    return {
        "id": id_of(nth),
        "model_id": named(1, model),
        "training_id": named(2, training),
        "job_id": named(3, nth // OF_JOB) if nth % 5 else None,  # a pin
        "dataset_id": named(4, training % 4),
        "position": nth % OF_JOB,
        "recipe": {"model": f"{model:064x}", "seed": nth, "truncation_psi": 0.7, "noise_mode": "const"},
        "recipe_hash": f"{nth:064x}",
        "sha256": f"{nth:064x}",
        "favourite": nth % 4 == 0,
        "rating": rating(nth),
        "created_at": at(nth),
        "nearness": nearness(nth),
        "nearest_id": named(5, nth % 1000) if nearness(nth) < UNKNOWN else None,
        "likeness": 10_000 * nearness(nth) if nearness(nth) < UNKNOWN else None,
        "traced_by": named(6, 0) if nearness(nth) < UNKNOWN else None,
        **looks,
    }


def _write(
    connection: sa.Connection, table: sa.Table, numbers: Iterable[int], row_of: Callable[[int], dict[str, Any]]
) -> None:
    """Write many rows through the driver: SQLAlchemy's own way takes four times as long."""
    dialect = connection.dialect
    names = [column.name for column in table.columns]
    ways: list[Callable[[Any], Any]] = []
    for column in table.columns:
        of: Any = column.type.dialect_impl(dialect)
        ways.append(of.bind_processor(dialect) or _as_it_is)
    values = (
        tuple([row[name] if way is _as_it_is else way(row[name]) for way, name in zip(ways, names, strict=True)])
        for row in map(row_of, numbers)
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _as_it_is(value: Any) -> Any:
    return value
