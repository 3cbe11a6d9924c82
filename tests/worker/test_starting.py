"""Children that a nursery bears are what children started anew are."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.worker.house import LONG_S, gone
from worker.process import Child
from worker.protocol import Task
from worker.starting import FORKS, Starter

pytestmark = pytest.mark.skipif(not FORKS, reason="children are started anew here")


@pytest.fixture
def starter() -> Iterator[Starter]:
    one = Starter(threads=1)
    yield one
    one.close()


def task(folder: Path, kind: str) -> Path:
    """A task that ends at once with an error that nobody foresaw: its parameters are none of its kind."""
    told = Task(
        kind=kind,
        params={},
        scratch=str(folder),
        cache=str(folder),
        inputs={},
        facts={},
        resume_point=None,
        silence_s=LONG_S,
        nice=0,
    )
    return told.write(folder / "task.json")


def mother(child: Child) -> psutil.Process:
    """Who has borne it; it is not waited for yet, so it is there, be it as a zombie."""
    found = psutil.Process(child.pid).parent()
    assert found is not None
    return found


def end(child: Child) -> int:
    """Hear it out; it says nothing. Gives its exit status."""
    assert child.next(LONG_S) is None
    status = child.wait()
    assert child.close() == status  # asked again
    return status


def test_children_of_one_nursery_have_sessions_of_their_own_and_tell_how_they_ended(
    starter: Starter, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mothers = []
    for _ in range(2):
        child = Child(starter.start("generate", task(tmp_path, "generate")))
        assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
        mothers.append(mother(child))
        assert end(child) == 1
        assert "ValidationError" in capfd.readouterr().err
    assert mothers[0] == mothers[1]
    assert "worker.nursery" in mothers[0].cmdline()


def test_a_child_that_is_killed_tells_by_which_signal(starter: Starter, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "task.json")  # it waits for its task until it is killed
    child = Child(starter.start("generate", tmp_path / "task.json"))
    assert not gone(psutil.Process(child.pid))
    child.kill()
    assert end(child) == -signal.SIGKILL


def test_a_nursery_that_is_killed_takes_its_child_along_and_the_next_task_is_done(
    starter: Starter, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "task.json")
    child = Child(starter.start("generate", tmp_path / "task.json"))
    mother(child).kill()
    assert end(child) == -signal.SIGKILL
    (tmp_path / "task.json").unlink()
    for borne in (False, True):  # by nobody while it is missed, then by another
        child = Child(starter.start("generate", task(tmp_path, "generate")))
        assert ("worker.nursery" in mother(child).cmdline()) == borne
        assert end(child) == 1


def test_a_nursery_ends_after_a_long_rest_and_with_its_starter(tmp_path: Path) -> None:
    patient, hasty = Starter(threads=1), Starter(threads=1, idle_s=0)
    nurseries = []
    for one in (patient, hasty):
        child = Child(one.start("generate", task(tmp_path, "generate")))
        nurseries.append(mother(child))
        assert end(child) == 1
        one.rest()
    assert [gone(nursery) for nursery in nurseries] == [False, True]
    patient.close()
    assert gone(nurseries[0])


def test_what_needs_no_tensor_library_is_started_anew(starter: Starter, tmp_path: Path) -> None:
    child = Child(starter.start("ingest", task(tmp_path, "ingest")))
    assert mother(child).pid == os.getpid()
    assert end(child) == 1
