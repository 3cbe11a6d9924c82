"""`python -m gan train`, killed at any moment and started again, ends with the same bits as if nothing had been."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from tests.gan.folders import dataset
from tests.waiting import until

OPTIONS = [
    *("--steps", "26", "--batch", "8", "--micro-batch", "4", "--threads", "1"),
    *("--resume-every", "2", "--snapshot-steps", "0", "8"),
    *("--gamma", "1", "--ada.target", "-1", "--ada.speed-kimg", "0.1"),
    *("--resolution", "16", "--z-dim", "16", "--w-dim", "16", "--mapping-layers", "2"),
    *("--channel-base", "256", "--channel-max", "16"),
]


def start(pictures: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gan", "train", str(pictures), "--out", str(out), *OPTIONS, *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def steps_done(out: Path) -> int:
    ticks = out / "ticks.jsonl"
    return len(ticks.read_bytes().splitlines()) if ticks.exists() else 0


def wait_for_steps(out: Path, count: int) -> None:
    until(lambda: steps_done(out) >= count, within_s=60)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()


def last_bits(out: Path) -> bytes:
    return (out / "resume" / "0000026" / "resume.safetensors").read_bytes()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def straight(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("straight")
    finish(start(pictures, out))
    return out


def kill_at(pictures: Path, out: Path, steps: Iterable[int], *options: str) -> None:
    """Train, killed after so many more steps each time, and then to the end."""
    for more in steps:
        process = start(pictures, out, *options)
        wait_for_steps(out, steps_done(out) + more)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    finish(start(pictures, out, *options))


def test_killed_ten_times_ends_with_equal_bits(pictures: Path, straight: Path, tmp_path: Path) -> None:
    """At random steps, some before the next resume point, so that steps are done again."""
    kill_at(pictures, tmp_path, np.random.default_rng(0).integers(1, 5, 10).tolist())
    assert last_bits(tmp_path) == last_bits(straight)
    for name in ("generator.safetensors", "discriminator.safetensors"):
        own, other = (folder / "models" / "0000026" / name for folder in (tmp_path, straight))
        assert own.read_bytes() == other.read_bytes()


def test_two_processes_killed_twice_end_with_equal_bits(pictures: Path, tmp_path: Path) -> None:
    shared = ("--micro-batch", "8", "--processes", "2")
    kill_at(pictures, tmp_path / "straight", [], *shared)
    kill_at(pictures, tmp_path / "killed", [5, 7], *shared)
    assert last_bits(tmp_path / "killed") == last_bits(tmp_path / "straight")


def test_interrupted_stops_within_a_step_and_goes_on(pictures: Path, straight: Path, tmp_path: Path) -> None:
    process = start(pictures, tmp_path)
    wait_for_steps(tmp_path, 4)
    process.send_signal(signal.SIGINT)
    finish(process)
    assert 4 <= steps_done(tmp_path) < 26
    kept = [path.name for path in (tmp_path / "resume").iterdir()]
    assert kept == [f"{steps_done(tmp_path):07d}"]
    finish(start(pictures, tmp_path))
    assert last_bits(tmp_path) == last_bits(straight)
