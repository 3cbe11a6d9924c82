"""`make check`: format, lint, types, imports, the lock and the page's types; the same checks are tests of the suite.

Run with a name, it does that check alone: `python -m workshop.check types`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from workshop.stages import ROOT

BIN = Path(sys.executable).parent
NODE = BIN.with_name("node")  # laid by workshop/page.py
CHECKS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "format": [f"{BIN}/ruff", "format", "--check", "."],
        "lint": [f"{BIN}/ruff", "check", "."],
        "types": [f"{BIN}/mypy"],
        "imports": [f"{BIN}/lint-imports"],
        "lock": [sys.executable, "-m", "workshop.lock", "--check"],
        "page": [f"{NODE}/npm", "--prefix", "web", "run", "--silent", "check"],
    }
)


def check(name: str) -> subprocess.CompletedProcess[str]:
    """Run one check to its end; its words are in `stdout`."""
    env = {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        CHECKS[name], cwd=ROOT, env=env, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def main(names: Sequence[str]) -> int:
    """Run the checks, say how each went, and return how many failed."""
    failed = 0
    for name in names or CHECKS:
        done = check(name)
        failed += done.returncode != 0
        print(f"{name}: {'ok' if done.returncode == 0 else 'failed'}")
        if done.returncode != 0:
            print(done.stdout)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
