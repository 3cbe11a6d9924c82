"""`make test`: the whole suite, in as many processes as there are cores, with one summary."""

import os
import subprocess
import sys

from workshop.stages import ROOT


def main(arguments: list[str]) -> int:
    """Run pytest; what it is given picks the tests, and one alone runs in this terminal's sight."""
    # One thread a process: two workers with two threads each take longer on two cores. Where a test asks for more,
    # a thread that waits must not spin: it would take the core from the one it waits for.
    env = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # the tests start hundreds of processes, and each would compile us anew
    spread = [] if arguments else ["--numprocesses", str(os.cpu_count() or 1), "--dist", "worksteal"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT, env=env, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
