"""`make test`: the whole suite, in as many processes as there are cores, with one summary."""

import os
import resource
import subprocess
import sys
import time

from workshop.stages import ROOT


def main(arguments: list[str]) -> int:
    """Run pytest; what it is given picks the tests, and one alone runs in this terminal's sight."""
    # One thread a process: two workers with two threads each take longer on two cores. Where a test asks for more,
    # a thread that waits must not spin: it would take the core from the one it waits for.
    env = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # the tests start hundreds of processes, and each would compile us anew
    cores = os.cpu_count() or 1
    # One process more takes as long on two cores, and tests of the page then wait longer than they may.
    spread = [] if arguments else ["--numprocesses", str(cores), "--dist", "worksteal", "-p", "tests.costs"]
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT, env=env, check=False)
    if spread:
        _tell_how_busy(cores, time.monotonic() - began)
    return ended.returncode


def _tell_how_busy(cores: int, wall_s: float) -> None:
    """Say what the run used of the machine; what is far below all of it waits for something."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = used.ru_utime + used.ru_stime
    print(f"{used_s:,.0f} s of processor time in {wall_s:,.0f} s: {used_s / (cores * wall_s):.0%} of {cores} cores")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
