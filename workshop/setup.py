"""`make setup`: everything that running and testing needs, from pip alone; a second run finds nothing to do.

Standard library only, and it parses on old Pythons: it runs before the virtual environment exists.
"""

from __future__ import annotations

import fcntl
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from workshop import chromium, page
from workshop.stages import ROOT, SetupFailed, fingerprint, run, say, stage

TORCH = "torch==2.13.0"
OLDEST = (3, 11)
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"  # inside, so that who deletes .venv need delete no more
LOCK = ROOT / "requirements.lock"
NETWORK = "is the package index reachable? The next `make setup` goes on where this one ended"


def main() -> None:
    """Do the stages that are due, one set-up at a time."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:3]))
        raise SetupFailed(f"this is Python {have}; Reverie needs 3.11 or newer: `make PYTHON=python3.12 setup`")
    (ROOT / ".cache").mkdir(exist_ok=True)
    with (ROOT / ".cache" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals, one folder: the second waits and finds it done
        done = [venv(), torch(), packages(), reverie()]
        done += [page.dependencies(PYTHON), page.build(PYTHON)]
        done += [chromium.fetch(PYTHON), chromium.unpack(PYTHON)]
    if any(done):
        say("all there")


def venv() -> bool:
    """A virtual environment of the Python that runs this."""
    # Its scripts name this folder: moved or copied elsewhere, it is made anew.
    inputs = fingerprint([], "{}.{}".format(*sys.version_info), str(ROOT))
    return stage("virtual environment", stamp=STAMPS / "venv", inputs=inputs, outputs=[PYTHON], work=_make_venv)


def _make_venv() -> None:
    hint = "delete .venv and try again; on Debian and Ubuntu `apt install python3-venv` may be what is missing"
    if find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", "--clear", VENV], hint=hint)
    else:  # Debian has pip without ensurepip; such a pip can furnish the environment from outside
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], hint=hint)
        run([sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"], hint=hint)


def torch() -> bool:
    """The tensor library, before all else: its build depends on the machine, so it is not in the lock."""
    index = os.environ.get("TORCH_INDEX_URL", "")
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", TORCH]
    # Another index need not have the very releases of torch's own dependencies that the lock names.
    command += ["--index-url", index] if index else ["--constraint", LOCK]
    return stage(
        f"{TORCH}{' from TORCH_INDEX_URL' if index else ''}",
        stamp=STAMPS / "torch",
        inputs=fingerprint([], TORCH, index),
        outputs=[],
        work=lambda: run(command, hint=NETWORK),
    )


def packages() -> bool:
    """Every other package, each at the one release that the lock names."""
    # Nothing is resolved: the lock is closed under dependencies, so pip cannot replace torch behind our back.
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--no-deps", "--requirement", LOCK]
    return stage(
        "pinned packages",
        stamp=STAMPS / "packages",
        inputs=fingerprint([LOCK], TORCH),
        outputs=[VENV / "bin" / "pytest"],
        work=lambda: run(command, hint=NETWORK),
    )


def reverie() -> bool:
    """Reverie itself, as it stands in this folder."""
    return stage(
        "reverie",
        stamp=STAMPS / "reverie",
        inputs=fingerprint([ROOT / "pyproject.toml", LOCK]),
        outputs=[VENV / "bin" / "reverie"],
        work=lambda: run(
            [PYTHON, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", ROOT],
            hint="the message above says why",
        ),
    )


if __name__ == "__main__":
    try:
        main()
    except SetupFailed as failure:
        say(str(failure))
        sys.exit(1)
    except KeyboardInterrupt:
        say("broken off; the next `make setup` goes on where this one ended")
        sys.exit(130)
