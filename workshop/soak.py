"""`make soak`: the fault tests again and again, each round with other random choices; ends at the first that fails."""

import os
import subprocess
import sys

from workshop.stages import ROOT

ROUNDS = 20


def main() -> int:
    """Run the rounds that ROUNDS names, and return the exit status of the one that failed."""
    rounds = int(os.environ.get("ROUNDS", ROUNDS))
    for number in range(1, rounds + 1):
        print(f"soak: round {number} of {rounds}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={number}", "tests/faults"]
        if failed := subprocess.run(command, cwd=ROOT, check=False).returncode:
            print(f"soak: round {number} failed; again: {' '.join(command[1:])}")
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
