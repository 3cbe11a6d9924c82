"""How long a foreign file of full size takes to become a model, and how much memory: a real worker, a fresh folder."""

import copy
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import torch

from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from jobs.ids import new_id
from jobs.state import ENDED
from kinds.convert.params import ConvertParams
from store.objects import digest
from store.rows import Job
from store.settings import Settings
from store.store import Store
from tests.foreign import published

SHAPE = NetConfig(
    resolution=1024,
    z_dim=512,
    w_dim=512,
    mapping_layers=8,
    channel_base=32_768,
    channel_max=512,
    conv_clamp=256,
    num_fp16_res=4,
)
LOOK_S = 0.1
MOST_S = 600


def large() -> Iterator[str]:
    """Bring a pickle as NVIDIA's programs write it, with networks of the published size and random weights."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "faces.pkl"
        parameters = write(file)
        yield f"- importing: a pickle of {file.stat().st_size / 1e6:.0f} MB, {parameters / 1e6:.1f} M parameters in G"
        settings = Settings(data=folder / "data", poll_s=0.2)
        with Store.open(settings) as store:
            store.migrate()
            yield from _brought(store, file)


def write(file: Path) -> int:
    """Write the file; gives the number of parameters of its generator."""
    torch.manual_seed(0)
    G, D = Generator(SHAPE), Discriminator(SHAPE)
    root = published.nvidia(G, D)
    root["G"] = published.module(copy.deepcopy(G), SHAPE)  # not the average, and so stored once more
    file.write_bytes(published.pickled(root))
    return sum(parameter.numel() for parameter in G.parameters())


def _brought(store: Store, file: Path) -> Iterator[str]:
    told = store.settings.model_dump() | {"log_level": "warning"}
    env = {**os.environ, **{f"REVERIE_{name.upper()}": str(value) for name, value in told.items()}}
    before_s = sum(os.times()[2:4])
    worker = subprocess.Popen([sys.executable, "-m", "worker"], env=env)
    try:
        _until_seen(store)
        began = time.perf_counter()
        job = _posted(store, file)
        phases: dict[str, float] = {}
        most_bytes = 0
        while (job := _now(store, job)).state not in ENDED and time.perf_counter() - began < MOST_S:
            phases.setdefault(job.phase, time.perf_counter() - began)
            most_bytes = max(most_bytes, _held(worker.pid))
            time.sleep(LOOK_S)
        took_s = time.perf_counter() - began
    finally:
        worker.terminate()
        worker.wait()
    began_at = ", ".join(f"{phase} from {at_s:.1f} s" for phase, at_s in phases.items() if phase)
    yield f"- importing: {job.state} after {took_s:.1f} s ({began_at})"
    busy_s = sum(os.times()[2:4]) - before_s  # of children that have ended, and theirs
    load = os.getloadavg()[0]
    yield f"- importing: {busy_s:.1f} s of processor time, the worker's start included, at a load of {load:.1f}"
    yield f"- importing: {most_bytes / 1e9:.2f} GB at most, worker, its child and the reader together"


def _posted(store: Store, file: Path) -> Job:
    file_id, job_id = new_id(), new_id()
    sha256, size_bytes = digest(file)
    stored = store.objects.put_file(file, kind="model_files", id=file_id, consume=True, sha256=sha256)
    params = ConvertParams(filename=None, file_id=file_id, name="Faces", licence=None, terms=None)
    with store.begin() as tx:
        tx.model_files.add(
            id=file_id, filename=file.name, size_bytes=size_bytes, sha256=sha256, key=stored.key, job_id=job_id
        )
        return tx.jobs.add(id=job_id, kind="convert", params=params.model_dump(mode="json"))


def _now(store: Store, job: Job) -> Job:
    with store.read() as tx:
        return tx.jobs.get(job.id)


def _until_seen(store: Store) -> None:
    deadline = time.perf_counter() + MOST_S
    while time.perf_counter() < deadline:
        with store.read() as tx:
            if tx.workers.seen(within_s=60, role="worker"):
                return
        time.sleep(LOOK_S)
    raise TimeoutError("the worker did not come up")


def _held(pid: int) -> int:
    """The resident memory of a process and all below it: pages of the file that was mapped count as well."""
    total = 0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
