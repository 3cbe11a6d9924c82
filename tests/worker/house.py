"""A whole installation of a test: a store, real worker processes, real jobs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from jobs.events import Artifact
from jobs.ids import new_id
from jobs.state import ENDED, State
from kinds.convert.params import ConvertParams
from kinds.generate.params import GenerateParams
from kinds.registry import resolve
from kinds.train.params import TrainParams
from store.objects import folder_hash
from store.rows import Event, Job, Model
from store.store import Store
from tests.kinds.models import TINY, tiny
from tests.kinds.pictures import ingested, jpeg, zipped
from tests.waiting import until
from worker.keep import Keeper

ROOT = Path(__file__).parents[2]
LONG_S = 300  # a bound for busy machines, not an expectation


class House:
    """Posts jobs, starts workers, and waits for facts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.settings.folder

    @contextmanager
    def worker(self, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Run `python -m worker` with the store's settings, and others where given, until the block ends."""
        process = self.start_worker(**settings)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                self._wait(process)

    def start_worker(self, *, limited_bytes: int | None = None, **settings: Any) -> subprocess.Popen[bytes]:
        told = self.store.settings.model_dump() | settings
        limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limited_bytes},) * 2);" if limited_bytes else ""
        start = f"import resource, runpy; {limit} runpy.run_module('worker', run_name='__main__')"
        command = [sys.executable, "-X", "faulthandler", "-c", start]
        with (self.folder.parent / "worker.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **{f"REVERIE_{name.upper()}": str(value) for name, value in told.items()}},
                stdout=log,
                stderr=log,
            )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for its end; one that does not come is told with what its threads are at."""
        try:
            process.wait(LONG_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # its fault handler writes the stacks
            process.wait()
            raise AssertionError(f"the worker does not end:\n{self.log()[-8000:]}") from None

    def log(self) -> str:
        return (self.folder.parent / "worker.log").read_text()

    def ingest(self, entries: dict[str, bytes], *, framing: str = "centre", dataset_id: UUID | None = None) -> Job:
        """Post an archive of these files."""
        file = zipped(self.folder.parent / f"{new_id()}.zip", entries)
        archive_id = new_id()
        stored = self.store.objects.put_file(file, kind="archives", id=archive_id, consume=True)
        with self.store.begin() as tx:
            dataset_id = dataset_id or tx.datasets.add(name="Holidays", framing=framing).id
            params = {"kind": "ingest", "archive_id": str(archive_id)}
            job = tx.jobs.add(kind="ingest", params=params, pins={}, dataset_id=dataset_id)
            tx.archives.add(
                id=archive_id,
                dataset_id=dataset_id,
                filename="holidays.zip",
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                key=stored.key,
                job_id=job.id,
            )
        return job

    def photographs(self, count: int = 9) -> UUID:
        """Make a dataset of photographs, without a worker."""
        job = self.ingest({f"{i}.jpg": jpeg(i) for i in range(count)})
        with self.store.begin() as tx:
            claimed = tx.jobs.claim(new_id(), ["ingest"])
        assert claimed is not None
        assert job.dataset_id is not None
        scratch = self.folder.parent / "by-hand"
        with self.store.read() as tx:
            archive = tx.archives.get(UUID(job.params["archive_id"]))
        made: list[Artifact] = ingested(self.store.objects.path(str(archive.key)), scratch)
        keeper = Keeper(store=self.store, job=claimed, scratch=scratch, patient=lambda: False)
        keeper.artifacts(made)
        with self.store.begin() as tx:
            tx.archives.set_state(archive.id, "ready")
            tx.jobs.move(claimed.id, claimed.attempt, State.SUCCEEDED)
        return job.dataset_id

    def base(self) -> Model:
        """Register a tiny base with random weights."""
        model_id = new_id()
        folder = tiny(self.folder.parent / f"base-{model_id}", spdx="CC0-1.0", terms="Free to use.")
        files = self.store.objects.put_folder(folder, kind="models", id=model_id)
        with self.store.begin() as tx:
            return tx.models.add(
                Model(
                    id=model_id,
                    name="Tiny",
                    resolution=TINY.resolution,
                    facts=json.loads((folder / "model.json").read_text()),
                    licence="CC0-1.0",
                    terms="Free to use.",
                    hash=folder_hash(files),
                    files={name: stored.key for name, stored in files.items()},
                    size_bytes=sum(stored.size_bytes for stored in files.values()),
                )
            )

    def bring(self, content: bytes, *, filename: str = "it.pkl", **asked: Any) -> Job:
        """Post a model file."""
        file_id = new_id()
        path = self.folder.parent / f"{file_id}.pkl"
        path.write_bytes(content)
        stored = self.store.objects.put_file(path, kind="model_files", id=file_id, consume=True)
        params = ConvertParams(file_id=file_id, **asked)
        with self.store.begin() as tx:
            job = tx.jobs.add(kind="convert", params=params.model_dump(mode="json"))
            tx.model_files.add(
                id=file_id,
                filename=filename,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                key=stored.key,
                job_id=job.id,
            )
        return job

    def train(self, dataset_id: UUID, base: Model, **asked: Any) -> Job:
        """Post a training."""
        quick: dict[str, Any] = {"steps": 110, "snapshot_steps": [0, 50], "resume_every": 4}
        quick |= {"batch": 4, "measure": "none"}
        params = TrainParams(dataset_id=dataset_id, base_model_id=base.id, **{**quick, **asked})
        whole = resolve(params, {"dataset": {"usable_views": 9, "photos": 9}, "model": base.facts})
        with self.store.begin() as tx:
            revision = tx.datasets.get(dataset_id).revision
            return tx.jobs.add(
                kind="train",
                params=whole.model_dump(mode="json"),
                pins={"dataset": {"id": str(dataset_id), "revision": revision}},
                dataset_id=dataset_id,
                model_id=base.id,
            )

    def generate(self, model: Model, **asked: Any) -> Job:
        """Post a drawing of pictures."""
        params = resolve(GenerateParams(model_id=model.id, **asked), {"model": model.facts})
        with self.store.begin() as tx:
            return tx.jobs.add(kind="generate", params=params.model_dump(mode="json"), model_id=model.id)

    def job(self, job: Job) -> Job:
        with self.store.read() as tx:
            return tx.jobs.get(job.id)

    def events(self, job: Job, type: str | None = None) -> list[Event]:
        with self.store.read() as tx:
            return [event for event in tx.events.after(job.id, limit=5000) if type in (None, event.type)]

    def models(self, job: Job) -> list[Model]:
        with self.store.read() as tx:
            return tx.models.of_job(job.id)

    def until_ended(self, job: Job) -> Job:
        until(lambda: self.job(job).state in ENDED, LONG_S, every_s=0.1)
        return self.job(job)

    def until_state(self, job: Job, state: State) -> None:
        until(lambda: self.job(job).state is state, LONG_S, every_s=0.1)

    def until_step(self, job: Job, step: int, *, attempt: int = 1) -> None:
        """Wait until this attempt at a training has passed a step, with a resume point at most 5 steps before it."""

        def passed() -> bool:
            with self.store.read() as tx:
                point = tx.resume_points.get(job.id)
                told = [event for event in tx.events.of_types(job.id, "progress") if event.attempt == attempt]
            there = bool(told) and told[-1].body["unit"] == "step" and told[-1].body["done"] >= step
            return there and point is not None and point.step >= step - 5

        until(passed, LONG_S, every_s=0.05)


def child_of(worker: subprocess.Popen[bytes] | psutil.Process) -> psutil.Process:
    """Wait for the process that a worker has at a job."""

    def found() -> psutil.Process | None:
        for child in psutil.Process(worker.pid).children():
            if "worker.child" in child.cmdline():
                return child
            if "worker.nursery" in child.cmdline():
                for born in child.children():
                    # A zombie has no command line; one that leads no session yet is waited for by who bore it.
                    if born.cmdline() and os.getsid(born.pid) == born.pid:
                        return born
        return None

    return until(found, LONG_S)


def gone(process: psutil.Process) -> bool:
    """Say whether a process has ended, be it not yet reaped."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
