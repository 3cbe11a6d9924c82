"""The servers of the tests are the real ones, apart for each test, and gone after the run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy as sa

from tests import services
from tests.waiting import TooLate, until


def test_postgres_is_an_18_and_each_test_has_its_own(fresh_postgres: str) -> None:
    engine = sa.create_engine(fresh_postgres)
    with engine.begin() as tx:
        version: str = tx.execute(sa.text("SHOW server_version")).scalar_one()
        tx.execute(sa.text("CREATE TABLE mine (n integer)"))
    engine.dispose()
    assert version.startswith("18.")


def test_a_database_url_opens(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_valkey_speaks_and_is_empty(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        assert client.info("server")["server_name"] == "valkey"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_goes_with_its_last_user(short_folder: Path, number: int) -> None:
    folder = short_folder / f"tied-{int(number)}"
    user = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert user.stdout is not None
    socket = Path(user.stdout.readline().decode().strip())
    with redis.Redis(unix_socket_path=str(socket)) as client:
        server: int = client.info("server")["process_id"]
    user.send_signal(number)
    user.wait()
    user.stdout.close()
    until(lambda: not alive(server) and not folder.exists())


HOLD = """
import signal, sys
from pathlib import Path
from tests.services import serving
with serving("valkey", Path(sys.argv[1])) as socket:
    print(socket, flush=True)
    signal.pause()
"""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_cluster_restarts_with_its_rows(short_folder: Path) -> None:
    folder = short_folder / "pg"
    folder.mkdir(mode=0o755)
    short_folder.chmod(0o755)
    server, socket = services.start_postgres(folder)
    with psycopg.connect(host=str(socket), port=services.PORT, user="reverie", dbname="postgres") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    services.stop(server)
    server, socket = services.start_postgres(folder)
    with psycopg.connect(host=str(socket), port=services.PORT, user="reverie", dbname="postgres") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    services.stop(server)


def test_until_says_what_it_waited_for() -> None:
    with pytest.raises(TooLate, match="still answered 0"):
        until(lambda: 0, within_s=0.01)
