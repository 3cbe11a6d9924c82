"""What the API process holds and how soon it answers, on a fresh data folder."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from socket import socket

import psutil

WAIT_S = 60
REQUESTS = 200


def api() -> Iterator[str]:
    """Start the API alone, ask it some hundred times, and look at its memory."""
    with tempfile.TemporaryDirectory() as data, socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        env = {**os.environ, "REVERIE_DATA": data, "REVERIE_PORT": str(port), "REVERIE_LOG_LEVEL": "warning"}
        subprocess.run([sys.executable, "-m", "store", "migrate"], env=env, check=True)
        began = time.perf_counter()
        server = subprocess.Popen([sys.executable, "-m", "api"], env=env)
        try:
            address = f"http://127.0.0.1:{port}"
            until_it_answers(f"{address}/healthz")
            yield f"- api: answers {time.perf_counter() - began:.2f} s after its start"
            times = sorted(_asked(f"{address}/samples?limit=50") for _ in range(REQUESTS))
            median, p95 = (1000 * times[int(REQUESTS * share)] for share in (0.5, 0.95))
            yield f"- api: GET /samples, empty, median {median:.1f} ms, p95 {p95:.1f} ms"
            yield f"- api: {psutil.Process(server.pid).memory_info().rss / 2**20:.0f} MiB resident"
        finally:
            server.terminate()
            server.wait()


def until_it_answers(address: str) -> None:
    """Wait for a server that was just started."""
    deadline = time.perf_counter() + WAIT_S
    while time.perf_counter() < deadline:
        try:
            _asked(address)
        except urllib.error.URLError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"{address} did not answer within {WAIT_S} s")


def _asked(address: str) -> float:
    began = time.perf_counter()
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
        answer.read()
    return time.perf_counter() - began
