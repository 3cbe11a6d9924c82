"""A worker's parts by themselves: pace, protocol, speeds, fenced keeping."""

from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from jobs.errors import StaleAttempt
from jobs.events import Artifact, Made, Measured, Notice, Progress
from jobs.ids import new_id
from jobs.state import State
from tests.kinds.pictures import ingested, jpeg
from tests.worker.house import House
from worker.keep import Keeper
from worker.layout import tidy
from worker.lease import Lease
from worker.life import Life
from worker.pace import Pace
from worker.protocol import End, read, written
from worker.speeds import Speeds


def step(done: int, total: int = 100, **metrics: float) -> Progress:
    return Progress(done=done, total=total, unit="step", metrics=metrics)


def test_the_remaining_time_follows_the_recent_speed() -> None:
    pace = Pace()
    assert pace.remaining_s(step(0)) is None
    for second in range(200):
        pace.mark(step(second, 1000, photos_seen=8.0 * second), at=float(second))
    assert pace.remaining_s(step(200, 1000)) == pytest.approx(800)
    assert pace.pictures_per_s() == pytest.approx(8)
    for second in range(200, 300):
        pace.mark(step(200 + (second - 200) // 4, 1000), at=float(second))
    remaining_s = pace.remaining_s(step(225, 1000))
    assert remaining_s is not None
    assert 2900 < remaining_s < 3300


def test_before_there_is_a_speed_the_known_one_stands_for_it() -> None:
    pace = Pace(known=0.5)
    first = step(0, 100, work=0.0, work_total=60.0)
    pace.mark(first, at=0)
    assert pace.remaining_s(first) == 120


def test_another_unit_begins_anew() -> None:
    pace = Pace()
    pace.mark(Progress(done=0, total=9, unit="photo"), at=0)
    pace.mark(Progress(done=9, total=9, unit="photo"), at=1)
    pace.mark(step(0), at=2)
    assert pace.remaining_s(step(0)) is None


@pytest.mark.parametrize(
    "said",
    [
        step(3, 9, loss_g=0.25),
        Measured(step=3, measures={"kernel": -0.001}),
        Notice(code="few", text="Wenige „Bilder“"),
        Artifact(type=Made.SHEET, files={"sheet": Path("/s/x.png")}, facts={"step": 3}),
        End(finished=True),
        End(finished=False, error={"code": "x"}, traceback="Traceback …"),
    ],
)
def test_what_a_child_says_is_understood(said: Progress | Measured | Notice | Artifact | End) -> None:
    line = written(said)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert read(line) == said


def test_speeds_are_kept_across_restarts_and_nonsense_is_none(tmp_path: Path) -> None:
    Speeds(tmp_path).learn("map", 0.5, pace="map")
    Speeds(tmp_path).learn("map", 0.7, pace="map")
    assert Speeds(tmp_path).facts() == {"map_work_per_s": 0.6}
    Speeds(tmp_path).learn("train", 0.4, pace="train_float32")
    assert Speeds(tmp_path).of("train", pace="train_mixed") == 0.4  # all that is known
    Speeds(tmp_path).learn("train", 0.8, pace="train_mixed")
    assert Speeds(tmp_path).of("train", pace="train_mixed") == 0.8
    assert Speeds(tmp_path).of("train", pace="train_float32") == 0.4
    (tmp_path / "speeds.json").write_text("[]")
    assert Speeds(tmp_path).of("train", pace="train") == 1.0


@pytest.mark.parametrize(
    ("share", "works_until_s", "speaks_at_s", "hangs_at_s"),
    [
        (0.05, 3600, None, None),  # a long single operation, on a twentieth of a core
        (0.001, 3600, None, 300),  # threads that wait
        (0.05, 1000, None, 1300),
        (0.001, 3600, 200, 500),
    ],
)
def test_who_computes_or_speaks_is_alive(
    share: float, works_until_s: int, speaks_at_s: int | None, hangs_at_s: int | None
) -> None:
    life = Life(limit_s=300, at=0)
    for second in range(3600):
        if second == speaks_at_s:
            life.spoke(at=second)
        if life.hangs(partial(float, share * min(second, works_until_s)), at=second):
            assert hangs_at_s is not None
            assert 0 <= second - hangs_at_s <= 60
            return
    assert hangs_at_s is None


def test_a_lost_attempt_stores_nothing_and_knows_it(house: House, tmp_path: Path) -> None:
    job = house.ingest({"a.jpg": jpeg(1)})
    with house.store.begin() as tx:
        claimed = tx.jobs.claim(new_id(), ["ingest"])
    assert claimed is not None
    lost: list[bool] = []
    lease = Lease(house.store, claimed, on_lost=lambda: lost.append(True))
    lease.beat()
    assert not lease.lost.is_set()
    with house.store.read() as tx:
        key = str(tx.archives.of_dataset(job.dataset_id or new_id())[0].key)
    made = ingested(house.store.objects.path(key), tmp_path / "scratch")
    with house.store.begin() as tx:
        tx.jobs.move(job.id, claimed.attempt, State.QUEUED)
        tx.jobs.claim(new_id(), ["ingest"])
    keeper = Keeper(store=house.store, job=claimed, scratch=tmp_path / "scratch", patient=lease.patient)
    with pytest.raises(StaleAttempt):
        keeper.artifacts(made)
    lease.beat()
    assert lost == [True]
    assert not lease.patient()
    with house.store.read() as tx:
        assert tx.photos.page(job.dataset_id or new_id()).items == []


def test_a_file_outside_the_scratch_folder_is_not_taken(sqlite_house: House, tmp_path: Path) -> None:
    job = sqlite_house.ingest({"a.jpg": jpeg(1)})
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "link.png").symlink_to("/etc/hostname")
    keeper = Keeper(store=sqlite_house.store, job=job, scratch=tmp_path / "scratch", patient=lambda: False)
    for path in (Path("/etc/hostname"), tmp_path / "scratch" / "link.png"):
        with pytest.raises(ValueError, match="outside"):
            keeper.artifacts([Artifact(type=Made.SHEET, files={"sheet": path}, facts={"step": 0})])


def test_of_two_archives_that_are_read_at_once_the_first_to_be_stored_keeps_its_photograph(
    house: House, tmp_path: Path
) -> None:
    first = house.ingest({"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    house.ingest({"c.jpg": jpeg(2), "d.jpg": jpeg(3)}, dataset_id=first.dataset_id)
    reading = []
    for name in ("one", "two"):  # both are read before either is stored
        with house.store.begin() as tx:
            job = tx.jobs.claim(new_id(), ["ingest"])
            assert job is not None
            archive = tx.archives.get(UUID(job.params["archive_id"]))
        made = ingested(house.store.objects.path(str(archive.key)), tmp_path / name)
        keeper = Keeper(store=house.store, job=job, scratch=tmp_path / name, patient=lambda: False)
        reading.append((keeper, made))
    for keeper, made in reading:
        keeper.artifacts(made)
    assert first.dataset_id is not None
    with house.store.read() as tx:
        photos = tx.photos.page(first.dataset_id).items
        assert len(tx.views.of_dataset(first.dataset_id)) == 3
    assert [(photo.name, photo.state) for photo in photos] == [
        ("a.jpg", "ready"),
        ("b.jpg", "ready"),
        ("c.jpg", "duplicate"),
        ("d.jpg", "ready"),
    ]
    assert photos[2].duplicate_of == photos[1].id


def test_what_a_killed_worker_left_is_tidied_and_what_runs_is_not(sqlite_house: House) -> None:
    house = sqlite_house
    running, over = house.ingest({"a.jpg": jpeg(1)}), house.ingest({"b.jpg": jpeg(2)})
    with house.store.begin() as tx:
        for _ in range(2):
            tx.jobs.claim(new_id(), ["ingest"])
        tx.jobs.move(over.id, 1, State.CANCELLED)
    names = [f"{running.id}-1", f"{running.id}-0", f"{over.id}-1", f"{new_id()}-1", "what-is-this"]
    for name in names:
        (house.store.settings.scratch / name).mkdir(parents=True)
    assert tidy(house.store) == 4
    assert [folder.name for folder in house.store.settings.scratch.iterdir()] == [f"{running.id}-1"]
