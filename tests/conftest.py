"""Fixtures for the whole suite: real databases, a real Valkey, nothing pretended."""

import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from tests import services


@pytest.fixture(scope="session", autouse=True)
def _heard_ctrl_c() -> None:
    """Have Ctrl-C mean something to what a test starts.

    A shell that starts the tests with `&` has it ignored, which every process passes on to those that it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def run_id(request: pytest.FixtureRequest) -> str:
    """The same in every xdist worker of one run."""
    worker: dict[str, str] = getattr(request.config, "workerinput", {})
    return worker.get("testrunuid", uuid.uuid4().hex)[:10]


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder of this worker with a short path: a unix socket's may have about 100 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="rv-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_socket(run_id: str) -> Iterator[Path]:
    """The socket folder of the one PostgreSQL of this run."""
    with services.serving("postgres", Path("/tmp") / f"rv-pg-{run_id}") as socket:
        yield socket


def postgres_name(socket: Path, database: str) -> str:
    return f"postgresql+psycopg://reverie@/{database}?host={socket}&port={services.PORT}"


def execute(socket: Path, statement: str) -> None:
    with psycopg.connect(host=str(socket), port=services.PORT, user="reverie", dbname="postgres", autocommit=True) as c:
        c.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_template(postgres_socket: Path) -> str:
    """A migrated database of this worker, from which each test's own is copied."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    execute(postgres_socket, f"CREATE DATABASE {name}")
    migrate(postgres_name(postgres_socket, name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(short_folder: Path) -> Path:
    """A migrated SQLite file, from which each test's own is copied."""
    file = short_folder / "template.sqlite"
    migrate(f"sqlite:///{file}")
    return file


def migrate(url: str) -> None:
    from store.database import Database  # only the tests that ask for a database load it
    from store.migrate import upgrade

    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture
def fresh_postgres(postgres_socket: Path) -> Iterator[str]:
    """The URL of an empty database: no table, no migration."""
    yield from _database(postgres_socket, "template0")


@pytest.fixture
def postgres_url(postgres_socket: Path, postgres_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test alone."""
    yield from _database(postgres_socket, postgres_template)


def _database(socket: Path, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    execute(socket, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield postgres_name(socket, name)
    execute(socket, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_sqlite(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'fresh.sqlite'}"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database of this test alone."""
    file = tmp_path / "reverie.sqlite"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test alone; the test runs once on each of the two."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of this test alone, before any migration; the test runs once on each of the two."""
    fixture = {"sqlite": "fresh_sqlite", "postgresql": "fresh_postgres"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def _valkey(short_folder: Path) -> Iterator[Path]:
    # One a worker, not one a run: channels of pub/sub are shared by all databases of a server.
    with ExitStack() as stack:
        yield stack.enter_context(services.serving("valkey", short_folder / "valkey"))


@pytest.fixture
def valkey_socket(_valkey: Path) -> Path:
    """The socket of an empty Valkey that no other test uses meanwhile."""
    with redis.Redis(unix_socket_path=str(_valkey)) as client:
        client.flushall()
    return _valkey


@pytest.fixture
def valkey_url(valkey_socket: Path) -> str:
    """`unix://…`, as redis-py wants it."""
    return f"unix://{valkey_socket}"


@pytest.fixture
def broker_url(valkey_socket: Path) -> str:
    """`redis+socket://…`, as Celery wants it."""
    return f"redis+socket://{valkey_socket}"
