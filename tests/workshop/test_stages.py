"""The set-up does what is due, and nothing twice."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.stages import ROOT, SetupFailed, fingerprint, run, stage


class Work:
    """A stage's work that leaves one file, and counts."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "made"
        self.stamp = folder / "stamps" / "made"
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        self.output.write_text("made")

    def due(self, inputs: str = "one") -> bool:
        return stage("making", stamp=self.stamp, inputs=inputs, outputs=[self.output], work=self)


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def test_a_stage_runs_once(work: Work) -> None:
    assert [work.due(), work.due(), work.due()] == [True, False, False]
    assert work.times == 1


def test_a_stage_runs_again_when_what_it_reads_has_changed(work: Work) -> None:
    assert [work.due("one"), work.due("two"), work.due("two")] == [True, True, False]


def test_a_stage_runs_again_when_what_it_made_is_gone(work: Work) -> None:
    work.due()
    work.output.unlink()
    assert work.due()


def test_a_stage_broken_off_is_done_again(work: Work) -> None:
    def fail() -> None:
        raise SetupFailed("the index is away")

    work.due("old")
    with pytest.raises(SetupFailed):
        stage("making", stamp=work.stamp, inputs="new", outputs=[work.output], work=fail)
    assert work.due("old"), "what the broken stage has touched is not trusted"


def test_a_stage_that_leaves_nothing_says_so(work: Work) -> None:
    with pytest.raises(SetupFailed, match="left no"):
        stage("making", stamp=work.stamp, inputs="one", outputs=[work.output], work=lambda: None)
    assert not work.stamp.exists()


def test_a_fingerprint_sees_names_contents_and_words() -> None:
    files = [ROOT / "pyproject.toml", ROOT / "Makefile"]
    seen = {fingerprint(files), fingerprint(files[:1]), fingerprint(files, "word"), fingerprint([], "word")}
    assert len(seen) == 4
    assert fingerprint(files) == fingerprint(reversed(files))


def test_a_failed_command_says_what_to_do() -> None:
    with pytest.raises(SetupFailed, match="ended with 3: plug it in"):
        run([sys.executable, "-c", "raise SystemExit(3)"], hint="plug it in")
    with pytest.raises(SetupFailed, match="no-such-program is not there: install it"):
        run(["no-such-program"], hint="install it")


def test_every_target_of_the_makefile_is_explained() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    wanted = {"setup", "demo", "test", "check", "run", "film", "bases", "bench", "soak"}
    assert wanted <= {line.split()[1] for line in shown.splitlines()}


@pytest.mark.parametrize("name", ["stages", "setup", "page", "chromium"])
def test_what_runs_before_the_environment_parses_on_old_pythons(name: str) -> None:
    """So that it can say which Python it needs, rather than fail over its own grammar."""
    ast.parse((ROOT / "workshop" / f"{name}.py").read_text(), feature_version=(3, 8))
