"""Artifacts and resume points: the latest attempt wins, and what an id names never changes."""

from pathlib import Path

import pytest

from jobs.errors import NotFound
from jobs.ids import new_id
from jobs.state import State
from store.rows import ArtifactRow, Job
from store.store import Store
from tests.store import making


def drawn(store: Store, job: Job, step: int, content: bytes, folder: Path) -> ArtifactRow:
    id = new_id()
    stored = store.objects.put_file(making.file(folder, content), kind="artifacts", id=id, attempt=job.attempt)
    with store.begin() as tx:
        return tx.artifacts.add(making.sheet(job, step, stored, id))


def test_a_sheet_made_again_keeps_its_id_unless_its_bytes_differ(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    first = drawn(store, job, 10, b"one", tmp_path)
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.QUEUED)
    job = making.claimed(store, job.kind)
    assert drawn(store, job, 10, b"one", tmp_path) == first
    other = drawn(store, job, 10, b"two", tmp_path)
    assert other.id != first.id
    assert store.objects.path(other.key).read_bytes() == b"two"
    with pytest.raises(NotFound):
        store.objects.path(first.key)
    with pytest.raises(NotFound), store.read() as tx:
        tx.artifacts.get(first.id)
    assert list(store.objects.older_than(-60)) == [other.key]


def test_sheets_come_by_step(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    made = {step: drawn(store, job, step, str(step).encode(), tmp_path) for step in (20, 0, 100)}
    with store.read() as tx:
        assert tx.artifacts.of_job(job.id, "sheet") == [made[0], made[20], made[100]]
        assert tx.artifacts.latest(job.id, "sheet") == made[100]
        assert tx.artifacts.latest_of([job.id, new_id()], "sheet") == {job.id: made[100]}
        assert tx.artifacts.latest(job.id, "other") is None
        assert tx.artifacts.latest(new_id(), "sheet") is None


def test_one_resume_point_is_kept_the_newest(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    keys = []
    for step, content in ((10, b"ten"), (20, b"twenty"), (15, b"fifteen")):
        path = making.file(tmp_path, content, name="resume.safetensors")
        keys.append(store.objects.put_file(path, kind="resume_points", id=job.id, attempt=1).key)
        with store.begin() as tx:
            tx.resume_points.put(job.id, 1, step=step, files={path.name: keys[-1]}, size_bytes=len(content))
    with store.read() as tx:
        found = tx.resume_points.get(job.id)
    assert found is not None
    assert (found.step, found.files, found.size_bytes) == (20, {"resume.safetensors": keys[1]}, 6)
    assert list(store.objects.older_than(-60)) == [keys[1]]
    with store.begin() as tx:
        tx.resume_points.drop(job.id)
        tx.resume_points.drop(job.id)
    assert list(store.objects.older_than(-60)) == []
