"""The timeline's own sums, run as the page has them by the Node.js that builds it."""

import subprocess
from pathlib import Path

from workshop.check import NODE

TESTS = Path(__file__).parent / "journey_time.test.mjs"


def test_time_snapping_edits_and_undo() -> None:
    ran = subprocess.run([NODE / "node", "--test", TESTS], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
