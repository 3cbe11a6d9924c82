"""The commands and the environment of docker-compose.yml, started by hand on a real PostgreSQL and a real Valkey."""

import io
import os
import shlex
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.waiting import until
from tests.workshop.compose import compose

PICTURES = 10


class Composed:
    """What the compose file says, on this machine: its hosts are sockets, its volume a folder, its port a free one."""

    def __init__(self, folder: Path, *, postgres: str, valkey: str) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.services: dict[str, Any] = compose(POSTGRES_PASSWORD="s3cret")["services"]
        self._here = {
            "/data": str(folder / "data"),
            "postgresql://reverie:s3cret@postgres:5432/reverie": postgres,
            "redis://valkey:6379/0": valkey,
            "0.0.0.0": "127.0.0.1",
            "8765": str(self.port),
            "0.0.0.0:8766": "127.0.0.1:0",
            "1000": "1000",
        }
        self.address = f"http://127.0.0.1:{self.port}"

    def environment(self, name: str) -> dict[str, str]:
        """The service's environment and nothing of this process's but the way to its programs."""
        said: dict[str, str] = self.services[name]["environment"]
        # Every value that names a part of the container's world must have its counterpart here.
        env = {key: self._here[value] for key, value in said.items()}
        return env | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
        }

    @contextmanager
    def started(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the service's command while the block lasts, then stop it as an engine does."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                self.services[name]["command"], cwd=self.folder, env=self.environment(name), stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)

    def run(self, name: str) -> None:
        """Run a one-shot service to its end."""
        with self.started(name) as process:
            assert process.wait(timeout=120) == 0, (self.folder / f"{name}.log").read_text()

    def healthy(self, name: str) -> bool:
        """Ask as the engine would, with the service's own health check."""
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        asked = shlex.join(command).replace("8765", str(self.port))
        done = subprocess.run(shlex.split(asked), env=self.environment(name), capture_output=True, check=False)
        return done.returncode == 0


@pytest.fixture
def composed(tmp_path: Path, fresh_postgres: str, valkey_url: str) -> Composed:
    # An operator writes the plain form of the address; the settings know the driver.
    return Composed(tmp_path, postgres=fresh_postgres.replace("+psycopg", ""), valkey=valkey_url)


def test_an_archive_is_taken_in_by_the_composed_processes(composed: Composed) -> None:
    composed.run("migrate")
    composed.run("migrate")  # at every start
    with ExitStack() as stack:
        for name in ("api", "worker", "renderer"):
            stack.enter_context(composed.started(name))
        until(lambda: composed.healthy("api"), within_s=60, every_s=0.2)
        client = stack.enter_context(httpx.Client(base_url=composed.address, timeout=30))
        ready = until(lambda: all_there(client), within_s=60)
        parts = {"workers": 1, "renderers": 1}
        assert ready == {"ready": True, "database": True, "redis": True, "objects": True, **parts}
        dataset = client.post("/datasets", json={"name": "By hand", "framing": "centre"}).json()["id"]
        upload = client.post(f"/datasets/{dataset}/archives?filename=ten.zip", content=archive()).raise_for_status()
        job = upload.json()["job"]["id"]
        ended = until(lambda: ended_job(client, job), within_s=90, every_s=0.1)
        assert ended["state"] == "succeeded"
        assert client.get(f"/datasets/{dataset}").json()["counts"]["ready"] == PICTURES
        bases = client.get("/models?bundled=true").json()["items"]
        assert bases, "the base models are not registered"
        asked = {"point": {"anchor": {"seed": 7}}, "format": "jpeg"}
        drawn = client.post(f"/models/{bases[0]['id']}/render", json=asked).raise_for_status()
        assert Image.open(io.BytesIO(drawn.content)).size == (64, 64)


def all_there(client: httpx.Client) -> dict[str, Any] | None:
    found: dict[str, Any] = client.get("/readyz").json()
    return found if found["workers"] and found["renderers"] else None


def ended_job(client: httpx.Client, job: str) -> dict[str, Any] | None:
    found: dict[str, Any] = client.get(f"/jobs/{job}").json()
    return found if found["state"] in ("succeeded", "failed", "cancelled") else None


def archive() -> bytes:
    """A zip of pictures that differ."""
    held = io.BytesIO()
    noise = np.random.default_rng(7)
    with zipfile.ZipFile(held, "w") as zipped:
        for number in range(PICTURES):
            picture = io.BytesIO()
            coarse = Image.fromarray(noise.integers(0, 256, (6, 8, 3), dtype=np.uint8))
            coarse.resize((320, 240), Image.Resampling.BICUBIC).save(picture, "JPEG")
            zipped.writestr(f"{number}.jpg", picture.getvalue())
    return held.getvalue()
