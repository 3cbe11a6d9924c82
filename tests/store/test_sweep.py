"""What no row names is swept; what a row names stays, whoever was killed when."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from jobs.ids import new_id
from store import tables as t
from store.objects import KINDS
from store.rows import direction_id, photo_id, sample_id
from store.store import Store
from store.sweep import sweep
from store.types import now
from tests.store import making
from tests.store.test_directions import direction

ROOT = Path(__file__).parents[2]


def put(store: Store, folder: Path, kind: str, id: UUID, *, name: str = "x.bin") -> str:
    path = making.file(folder, f"{kind} {id} {name}".encode(), name=name)
    return store.objects.put_file(path, kind=kind, id=id, attempt=1).key


def named_and_not(store: Store, folder: Path) -> tuple[set[str], set[str]]:
    """An object of each kind of row in each of its columns, and one of each kind that no row names."""
    dataset = making.dataset(store)
    job = making.running(store, dataset_id=dataset.id)
    model_id, artifact_id, archive_id, file_id = new_id(), new_id(), new_id(), new_id()

    def keys(kind: str, id: UUID, *names: str) -> dict[str, Any]:
        return {name: put(store, folder, kind, id, name=name) for name in names}

    archive_key = put(store, folder, "archives", archive_id)
    photo_keys = keys("photos", photo_id(archive_id, 0), "original_key", "image_key", "thumb_key")
    files = keys("models", model_id, "model.json", "generator.safetensors")
    sheet = put(store, folder, "models", model_id, name="sheet.png")
    file_key = put(store, folder, "model_files", file_id)
    sample_keys = keys("samples", sample_id(job.id, 0), "image_key", "thumb_key")
    artifact_key = put(store, folder, "artifacts", artifact_id)
    vector = put(store, folder, "directions", direction_id(model_id, "sefa", 0))
    resume = keys("resume_points", job.id, "resume.json", "resume.safetensors")
    with store.begin() as tx:
        archive = making.archive(tx, dataset.id, job.id, id=archive_id, key=archive_key)
        tx.photos.add_many([*making.photos(archive, 1, **photo_keys), *making.photos(archive, 1, start=1)])
        tx.models.add(making.model(id=model_id, files=files, sheet_key=sheet))
        tx.model_files.add(id=file_id, filename="a.pkl", size_bytes=3, sha256=making.HASH, key=file_key, job_id=job.id)
        tx.samples.add_many(job.id, 1, [making.sample(job, 0, model_id, **sample_keys)])
        tx.directions.add_many([direction(model_id, key=vector)])
        tx.connection.execute(
            sa.insert(t.artifacts).values(
                id=artifact_id,
                job_id=job.id,
                attempt=1,
                type="sheet",
                key=artifact_key,
                sha256=making.HASH,
                media_type="image/png",
                facts={},
                created_at=now(),
            )
        )
        tx.resume_points.put(job.id, 1, step=1, files=resume, size_bytes=1)
    of = [*photo_keys.values(), *files.values(), *sample_keys.values(), *resume.values()]
    orphans = {put(store, folder, kind, new_id()) for kind in KINDS}
    # An owner that is there, but names another file.
    orphans |= {
        put(store, folder, "models", model_id, name="older"),
        put(store, folder, "photos", photo_id(archive_id, 1)),
    }
    return {archive_key, file_key, sheet, artifact_key, vector, *of}, orphans


def test_only_what_no_row_names_is_swept(store: Store, tmp_path: Path) -> None:
    named, orphans = named_and_not(store, tmp_path)
    assert set(store.objects.older_than(-60)) == named | orphans
    assert sweep(store, older_than_s=3600).objects == 0
    assert sweep(store, older_than_s=-60).objects == len(orphans)
    assert set(store.objects.older_than(-60)) == named
    assert sweep(store, older_than_s=-60).objects == 0


def test_a_dataset_that_was_deleted_leaves_no_file(store: Store, tmp_path: Path) -> None:
    dataset = making.dataset(store)
    _, (photo,) = making.archive_with_photos(store, dataset.id, 1)
    key = put(store, tmp_path, "photos", photo.id)
    with store.begin() as tx:
        tx.connection.execute(sa.update(t.photos).values(image_key=key))
        tx.connection.execute(sa.update(t.jobs).values(state="succeeded"))
        tx.datasets.delete(dataset.id)
    assert sweep(store, older_than_s=-60).objects == 1
    assert list(store.objects.older_than(-60)) == []


def test_a_sweep_takes_its_age_from_the_settings(store: Store, tmp_path: Path) -> None:
    key = put(store, tmp_path, "models", new_id())
    assert store.sweep().objects == 0
    day_ago = (now() - timedelta(hours=25)).timestamp()
    os.utime(store.objects.path(key), (day_ago, day_ago))
    assert store.sweep().objects == 1


KILLED = """
import sys
from pathlib import Path
from typing import Any
from jobs.ids import new_id
from store.settings import Settings
from store.store import Store
from tests.store import making

with Store.open(Settings()) as store:
    model_id = new_id()
    path = making.file(store.settings.scratch, b"weights")
    def put():
        return store.objects.put_file(path, kind="models", id=model_id).key
    if sys.argv[1] == "before the row":
        print(put(), flush=True)
        sys.stdin.read()
    with store.begin() as tx:
        key = put()
        tx.models.add(making.model(id=model_id, files={"generator.safetensors": key}))
        print(key, flush=True)
        sys.stdin.read()
"""


@pytest.mark.parametrize("moment", ["before the row", "before the commit"])
def test_one_that_is_killed_between_file_and_row_leaves_nothing_visible(store: Store, moment: str) -> None:
    environment = {"REVERIE_DATA": str(store.settings.data), "REVERIE_DATABASE_URL": store.settings.database_url}
    command = [sys.executable, "-c", KILLED, moment]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        key = killed.stdout.readline().decode().strip()
        assert store.objects.path(key).exists()
        killed.send_signal(signal.SIGKILL)
    with store.read() as tx:
        assert tx.models.page().items == []
    with store.begin() as tx:  # nobody holds a lock any more
        tx.datasets.add(name="after")
    assert sweep(store, older_than_s=-60).objects == 1
    assert list(store.objects.older_than(-60)) == []


def test_a_file_that_cannot_be_deleted_hinders_nobody(store: Store, tmp_path: Path) -> None:
    promised: list[Callable[[], None]] = []
    with store.begin() as tx:
        tx.discard("no key at all", None, f"models/{new_id()}/0/{making.HASH}")
        tx.after_commit(lambda: promised.append(store.close))
    assert len(promised) == 1
