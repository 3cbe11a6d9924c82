"""How quickly a large archive comes in, by tus and by one request, against a plain copy of it on the same disk."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import psutil

from store.objects import digest
from store.settings import Settings
from store.store import Store
from tests.waiting import until
from workshop.check import NODE
from workshop.page import CACHE

SEND = Path(__file__).with_name("send.mjs")
PIECE_BYTES = 64 * 2**20  # as the page sends it
MEMBERS = 8
BLOCK_BYTES = 2**20
ROUNDS = 3
LOOK_S = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """An upload: how long it took until it was answered, what both sides computed, and the server's most memory."""

    seconds: float
    client_s: float
    server_s: float
    before_bytes: int
    most_bytes: int


def sending(mb: int = 2000, *, rounds: int = ROUNDS) -> Iterator[str]:
    """Send a tar of random bytes, round by round in turn with a copy that ends in an fsync; then across a `kill -9`.

    No worker runs, and each upload finds a fresh data folder.
    """
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:  # on a disk: what lies in memory would be no measure
        folder = Path(name)
        file = _tar(folder / "large.tar", mb * 10**6)
        ways: dict[str, Callable[[Path, Path], Sent]] = {
            "tus": partial(_upload, _by_tus),
            "put": partial(_upload, _by_put),
            "copy": _copied,
        }
        took: dict[str, list[Sent]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in list(ways)[:: 1 if number % 2 else -1]:
                took[way].append(ways[way](file, folder))
        copy = statistics.median(sent.seconds for sent in took["copy"])
        size = file.stat().st_size
        yield f"A tar of {size / 1e9:.2f} GB, medians of {rounds} interleaved rounds, each with an fsync at its end."
        yield ""
        yield "| way | seconds | MB/s | of the copy's speed | CPU of client | of server | its memory before | at most |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        yield f"| copy | {copy:.1f} | {size / copy / 1e6:,.0f} | | | | | |"
        for way, called in (("tus", "tus-js-client, pieces of 64 MiB"), ("put", "one PUT")):
            seconds, client_s, server_s = (
                statistics.median(getattr(sent, field) for sent in took[way])
                for field in ("seconds", "client_s", "server_s")
            )
            before, most = (max(getattr(sent, field) for sent in took[way]) for field in ("before_bytes", "most_bytes"))
            yield (
                f"| {called} | {seconds:.1f} | {size / seconds / 1e6:,.0f} | **{copy / seconds:.0%}** "
                f"| {client_s:.1f} s | {server_s:.1f} s | {before / 2**20:.0f} MiB | {most / 2**20:.0f} MiB |"
            )
        yield ""
        yield f"- uploading: {_across_a_kill(file, folder)}"


def _tar(file: Path, size_bytes: int) -> Path:
    each = size_bytes // MEMBERS
    with tarfile.open(file, "w") as archive:
        for number in range(MEMBERS):
            member = tarfile.TarInfo(f"{number}.bin")
            member.size = each
            archive.addfile(member, _Random())  # type: ignore[arg-type]  # it is only read
    return file


class _Random:
    """Bytes that no disk makes smaller."""

    def read(self, size: int) -> bytes:
        return os.urandom(size)


def _copied(file: Path, folder: Path) -> Sent:
    target = folder / "copy.tar"
    began = time.perf_counter()
    shutil.copyfile(file, target)
    with target.open("rb") as copy:
        os.fsync(copy)
    seconds = time.perf_counter() - began
    target.unlink()
    return Sent(seconds=seconds, client_s=0, server_s=0, before_bytes=0, most_bytes=0)


def _upload(send: Callable[[_Server, Path], None], file: Path, folder: Path) -> Sent:
    data = folder / "data"
    with _serving(data) as server:
        before, server_s = server.memory(), server.cpu_s()
        with server.watched() as looks:
            began, client_s = time.perf_counter(), _client_s()
            send(server, file)
            seconds, client_s = time.perf_counter() - began, _client_s() - client_s
        server_s = server.cpu_s() - server_s
    _check_same(file, data)
    shutil.rmtree(data)
    took = {"seconds": seconds, "client_s": client_s, "server_s": server_s}
    return Sent(**took, before_bytes=before, most_bytes=max(looks))


def _client_s() -> float:
    """CPU seconds of this process, which sends by PUT, and of those it has waited for, such as Node."""
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def _by_put(server: _Server, file: Path) -> None:
    url = httpx.URL(server.address)
    connection = http.client.HTTPConnection(url.host, url.port, blocksize=BLOCK_BYTES)
    with file.open("rb") as body, contextlib.closing(connection):
        length = {"Content-Length": str(file.stat().st_size)}
        connection.request("PUT", f"/datasets/{server.dataset()}/archives?filename={file.name}", body, length)
        answer = connection.getresponse()
        if answer.status != 202:
            raise RuntimeError(answer.read().decode())


def _by_tus(server: _Server, file: Path) -> None:
    subprocess.run(_command(server, file), check=True)


def _command(server: _Server, file: Path) -> list[str]:
    return [str(NODE / "node"), str(SEND), server.address, str(file), server.dataset(), str(PIECE_BYTES)]


def _across_a_kill(file: Path, folder: Path) -> str:
    """Kill the server once half of the file is there, and start it again: the client goes on by itself."""
    data, half = folder / "data", file.stat().st_size // 2
    with _serving(data) as server:
        sending = subprocess.Popen(_command(server, file))
        until(lambda: server.arrived() >= half or sending.poll() is not None, within_s=600)
        server.kill()
        kept = server.arrived()
        server.start()
        if sending.wait() != 0:
            raise RuntimeError("tus-js-client did not go on after the server was killed")
    _check_same(file, data)
    shutil.rmtree(data)
    return (
        f"killed by `kill -9` with {kept / 1e6:,.0f} MB there and started again, "
        "the upload went on by itself and ended with equal bytes (SHA-256)"
    )


def _check_same(file: Path, data: Path) -> None:
    (stored,) = data.glob("objects/archives/*/*/*")
    if digest(stored) != digest(file):
        raise RuntimeError("what came in is not what was sent")


class _Server:
    """`python -m api` on a socket that outlives it."""

    def __init__(self, data: Path, listening: socket.socket) -> None:
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._listening, self._settings = listening, Settings(data=data)
        with Store.open(self._settings) as store:
            store.migrate()
        self.start()

    def start(self) -> None:
        told = {"REVERIE_DATA": str(self._settings.data), "REVERIE_LISTEN_FD": str(self._listening.fileno())}
        command = [sys.executable, "-m", "api"]
        self._process = subprocess.Popen(
            command, env=os.environ | told, pass_fds=[self._listening.fileno()], stderr=subprocess.DEVNULL
        )
        until(lambda: httpx.get(f"{self.address}/healthz", timeout=60).is_success, within_s=60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def dataset(self) -> str:
        answer = httpx.post(f"{self.address}/datasets", json={"name": "large"}).raise_for_status()
        return str(answer.json()["id"])

    def arrived(self) -> int:
        """How many bytes of an upload are here."""
        folder = self._settings.uploads
        return sum(part.stat().st_size for part in folder.iterdir()) if folder.exists() else 0

    def memory(self) -> int:
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def cpu_s(self) -> float:
        spent = psutil.Process(self._process.pid).cpu_times()
        return float(spent.user + spent.system)

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[int]]:
        """Look at the memory again and again, while the block lasts."""
        looks, ended = [self.memory()], threading.Event()

        def look() -> None:
            while not ended.wait(LOOK_S):
                looks.append(self.memory())

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield looks
        finally:
            ended.set()
            thread.join()


@contextlib.contextmanager
def _serving(data: Path) -> Iterator[_Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _Server(data, listening)
        try:
            yield server
        finally:
            server.stop()
