"""Model files: known by their hash, let go of when they are models or came to nothing."""

from pathlib import Path

import pytest

from jobs.errors import NotFound, StaleAttempt
from jobs.ids import new_id
from jobs.state import State, Wish
from store.rows import Job, ModelFile, imported_id
from store.store import Store
from tests.store import making

SHA = "ab" * 32


def received(store: Store, folder: Path, job: Job) -> ModelFile:
    file_id = new_id()
    stored = store.objects.put_file(making.file(folder, file_id.bytes), kind="model_files", id=file_id)
    with store.begin() as tx:
        return tx.model_files.add(
            id=file_id, filename="ö\0.pkl", size_bytes=16, sha256=SHA, key=stored.key, job_id=job.id
        )


def test_a_file_is_the_same_while_it_is_read_and_while_its_model_is_there(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    file = received(store, tmp_path, job)
    assert file.filename == "ö\ufffd.pkl"
    with store.begin() as tx:
        assert tx.model_files.same(SHA) == file
        assert tx.model_files.same("cd" * 32) is None
        model = tx.models.add_import(making.model(id=imported_id(job.id), job_id=job.id), attempt=1)
        tx.model_files.became(file.id, model.id, size_bytes=3, sha256=SHA)
        tx.jobs.move(job.id, 1, State.SUCCEEDED)
    assert file.key is not None
    with pytest.raises(NotFound):
        store.objects.path(file.key)
    with store.begin() as tx:
        found = tx.model_files.same(SHA)
        assert found is not None
        assert (found.model_id, found.key) == (model.id, None)
        tx.models.delete(model.id)
        assert tx.model_files.same(SHA) is None


def test_a_model_made_again_by_a_later_attempt_stays_and_the_new_files_go(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    model_id = imported_id(job.id)

    def made(attempt: int) -> str:
        path = making.file(tmp_path, b"weights", name="generator.safetensors")
        return store.objects.put_file(path, kind="models", id=model_id, attempt=attempt).key

    first, again = made(1), made(2)
    with store.begin() as tx:
        tx.models.add_import(making.model(id=model_id, job_id=job.id, files={"g": first}), attempt=1)
        tx.models.rename(model_id, "Mine")
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    repeated = making.model(id=model_id, job_id=job.id, files={"g": again})
    with pytest.raises(StaleAttempt), store.begin() as tx:
        tx.models.add_import(repeated, attempt=1)
    with store.begin() as tx:
        kept = tx.models.add_import(repeated, attempt=2)
    assert (kept.name, kept.files) == ("Mine", {"g": first})
    assert store.objects.path(first).exists()
    with pytest.raises(NotFound):
        store.objects.path(again)


def test_what_came_to_nothing_is_let_go_of_after_its_time(store: Store, tmp_path: Path) -> None:
    failed, cancelled, waiting = making.running(store), making.running(store), making.running(store)
    files = [received(store, tmp_path, job) for job in (failed, cancelled, waiting)]
    with store.begin() as tx:
        tx.jobs.move(failed.id, 1, State.FAILED, error={"code": "model_rejected"})
        tx.jobs.wish(cancelled.id, Wish.CANCEL)
        tx.jobs.move(cancelled.id, 1, State.CANCELLED)
        assert tx.model_files.let_go(older_than_s=3600) == 0
    with store.begin() as tx:
        assert tx.model_files.let_go(older_than_s=-60) == 2
    with store.read() as tx:
        left = [tx.model_files.get(file.id) for file in files]
    assert [file.key is not None for file in left] == [False, False, True]
    assert set(store.objects.older_than(-60)) == {files[2].key}
