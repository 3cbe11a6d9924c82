"""`python -m gan train`, killed at any moment and started again, ends with the same bits as if nothing had been."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gan.folders import dataset
from tests.waiting import until

OPTIONS = [
    *("--steps", "26", "--batch", "4", "--resume-every", "3", "--snapshot-steps", "0,8", "--threads", "1"),
    *("--gamma", "1", "--ada-target", "-1", "--ada-speed-kimg", "0.1"),
    *("--resolution", "16", "--z-dim", "16", "--w-dim", "16", "--mapping-layers", "2"),
    *("--channel-base", "256", "--channel-max", "16"),
]


def start(pictures: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gan", "train", str(pictures), "--out", str(out), *OPTIONS]
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


def test_killed_twice_ends_with_equal_bits(pictures: Path, straight: Path, tmp_path: Path) -> None:
    for more in (5, 12):
        process = start(pictures, tmp_path)
        wait_for_steps(tmp_path, steps_done(tmp_path) + more)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    finish(start(pictures, tmp_path))
    assert last_bits(tmp_path) == last_bits(straight)
    for name in ("generator.safetensors", "discriminator.safetensors"):
        own, other = (folder / "models" / "0000026" / name for folder in (tmp_path, straight))
        assert own.read_bytes() == other.read_bytes()


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
