"""`python -m store`: one command each, an exit code that tells."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "store", *arguments],
        env={"REVERIE_DATA": str(data), **environment},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_sweep_migrates_first_and_says_what_it_did(tmp_path: Path) -> None:
    ended = run(tmp_path / "data", "sweep")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "objects=0" in ended.stdout


@pytest.mark.parametrize("arguments", [[], ["fly"], ["migrate"], ["sweep", "now"]])
def test_another_word_is_no_command(tmp_path: Path, arguments: list[str]) -> None:
    ended = run(tmp_path / "data", *arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage:")
    assert not (tmp_path / "data").exists()


def test_what_cannot_be_is_told_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    for environment in ({}, {"REVERIE_PORT": "many"}):
        ended = run(tmp_path, "sweep", **environment)
        assert ended.returncode == 1
        assert "Traceback" not in ended.stderr
        assert "thesis.doc" in ended.stderr or "REVERIE_PORT" in ended.stderr
