"""The two databases: reads that cannot write, errors in plain words, connections that come back."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.errors import BadParams, Conflict, DataFolderError, Unavailable
from jobs.ids import new_id
from store import tables as t
from store.database import Database
from store.store import Store
from tests.store import making

ROOT = Path(__file__).parents[2]


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises((sa.exc.OperationalError, sa.exc.InternalError, Unavailable)), store.read() as tx:
        tx.datasets.add(name="no")
    with store.begin() as tx:
        tx.datasets.add(name="yes")
    with store.read() as tx:
        assert [dataset.name for dataset in tx.datasets.page().items] == ["yes"]


def test_what_fails_leaves_nothing(store: Store) -> None:
    promised: list[str] = []

    def fail() -> None:
        with store.begin() as tx:
            tx.after_commit(lambda: promised.append("kept"))
            tx.datasets.rename(tx.datasets.add(name="no").id, "")

    with pytest.raises(BadParams):
        fail()
    assert promised == []
    with store.read() as tx:
        assert tx.datasets.page().items == []


def test_what_was_promised_happens_after_the_commit(store: Store) -> None:
    seen: list[int] = []

    def look() -> None:
        with store.read() as tx:
            seen.append(len(tx.datasets.page().items))

    with store.begin() as tx:
        tx.datasets.add(name="yes")
        tx.after_commit(look)
        look()
    assert seen == [0, 1]


def test_a_row_whose_owner_is_gone_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict, match="deleted meanwhile"), store.begin() as tx:
        making.archive(tx, new_id(), new_id())


def test_the_database_keeps_its_rules(store: Store) -> None:
    job = making.job(store)
    for values in ({"state": sa.text("'odd'")}, {"wish": sa.text("'odd'")}):
        with pytest.raises(sa.exc.IntegrityError), store.begin() as tx:
            tx.connection.execute(sa.update(t.jobs).where(t.jobs.c.id == job.id).values(**values))


def test_an_absent_database_is_told(tmp_path: Path) -> None:
    for url in (f"postgresql+psycopg://nobody@/none?host={tmp_path}", f"sqlite:///{tmp_path}"):
        database = Database(url)
        with pytest.raises(Unavailable, match="does not answer") as told, database.begin():
            pytest.fail("there is none")
        assert told.value.remedy
        database.close()


def test_a_database_that_was_not_migrated_is_told(fresh_database_url: str) -> None:
    database = Database(fresh_database_url)
    with pytest.raises(Unavailable, match="lacks a table") as told, database.read() as connection:
        connection.execute(sa.select(t.jobs))
    assert "reverie migrate" in told.value.remedy
    with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError)), database.read() as connection:
        connection.execute(sa.text("SELEC 1"))
    database.close()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(DataFolderError, match="mysql") as told:
        Database("mysql://localhost/reverie")
    assert "postgresql" in told.value.remedy


def test_a_connection_that_was_cut_is_made_anew(store: Store) -> None:
    making.dataset(store)
    if not store.database.is_sqlite:
        other = Database(store.settings.database)
        with other.begin() as connection:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            connection.execute(sa.text(f"{cut} WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        other.close()
    making.dataset(store)


FILL = """
import resource, sys
from store.settings import Settings
from store.store import Store
from jobs.errors import DiskFull

with Store.open(Settings()) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    try:
        with store.begin() as tx:
            for _ in range(100):
                tx.jobs.add(kind="k", params={"text": "x" * 50_000})
    except DiskFull:
        sys.exit(7)
"""


def test_a_full_disk_is_told_and_what_was_there_stays(sqlite_url: str, tmp_path: Path) -> None:
    environment = {"REVERIE_DATA": str(tmp_path / "data"), "REVERIE_DATABASE_URL": sqlite_url}
    ended = subprocess.run(
        [sys.executable, "-c", FILL], env=environment, cwd=ROOT, stderr=subprocess.PIPE, check=False, text=True
    )
    assert ended.returncode == 7, ended.stderr
    database = Database(sqlite_url)
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.jobs)).scalar_one() == 0
    database.close()
