"""What stands behind a worker goes away and comes back, or has no room left."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.errors import Unavailable
from jobs.ids import new_id
from jobs.state import State, Wish
from store.database import Database
from store.settings import Settings
from store.store import Store
from store.tx import Tx
from tests import services
from tests.kinds.pictures import jpeg
from tests.waiting import until
from tests.worker.house import LONG_S, House


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder with a short path that a database's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="rv-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_training_outlives_a_restart_of_the_database(open_folder: Path, tmp_path: Path) -> None:
    folder = open_folder
    server, socket = services.start_postgres(folder)
    url = f"postgresql+psycopg://reverie@/postgres?host={socket}&port={services.PORT}"
    settings = Settings(data=tmp_path / "data", database_url=url, heartbeat_s=0.4, poll_s=0.2, threads=1)
    try:
        with Store.open(settings) as store:
            store.migrate()
            house = House(store)
            job = house.train(house.photographs(), house.base(), steps=16, snapshot_steps=[0])
            with house.worker():
                house.until_step(job, 6)
                services.stop(server)
                server, _ = services.start_postgres(folder)
                ended = house.until_ended(job)
    finally:
        services.stop(server)
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 1)


def test_jobs_run_without_redis_once_it_is_gone(sqlite_house: House, short_folder: Path) -> None:
    house = sqlite_house
    server, socket = services.start_valkey(short_folder / "mortal")
    try:
        with house.worker(redis_url=f"unix://{socket}"):
            assert house.until_ended(house.ingest({"a.jpg": jpeg(1)})).state is State.SUCCEEDED
            services.stop(server, number=signal.SIGKILL)
            assert house.until_ended(house.ingest({"b.jpg": jpeg(2)})).state is State.SUCCEEDED
    finally:
        services.stop(server)


def test_a_full_disk_fails_the_job_with_what_to_do_and_keeps_what_was_there(postgres_house: House) -> None:
    house = postgres_house
    job = house.train(house.photographs(), house.base(), steps=10, snapshot_steps=[0], resume_every=3)
    with house.worker(limited_bytes=700_000):  # a moment fits, a resume point does not
        ended = house.until_ended(job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "disk_full"
    assert ended.error["remedy"]
    (moment,) = house.models(job)
    assert all(house.store.objects.path(key).is_file() for key in moment.keys)
    with house.worker():
        with house.store.begin() as tx:
            tx.jobs.retry(job.id)
        assert house.until_ended(job).state is State.SUCCEEDED
    until(lambda: len(house.models(job)) == 2, LONG_S)


def test_who_is_frozen_within_a_transaction_holds_up_nobody_for_long(postgres_house: House, postgres_url: str) -> None:
    house = postgres_house
    job = house.ingest({"a.jpg": jpeg(1)})
    frozen = Database(postgres_url, idle_s=0.5)

    def claim_and_rest() -> None:
        with frozen.begin() as connection:
            Tx(connection).jobs.claim(new_id(), ["ingest"])  # its row is locked, and it goes no further
            with house.store.begin() as tx:
                assert tx.jobs.wish(job.id, Wish.CANCEL).state is State.CANCELLED

    with pytest.raises(Unavailable):
        claim_and_rest()
    frozen.close()
