"""One attempt's process: `python -m worker.child TASK_FILE`, or a fork of `worker.nursery`. It runs the kind, and tells
its worker what comes out.

It ends with its worker: by the kernel's signal (Linux), by the end of its standard input, or, when the worker is
frozen, after `silence_s` without a word.
"""

from __future__ import annotations

import errno
import json
import os
import selectors
import sys
import time
import traceback
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

from jobs.errors import DiskFull, JobFailed, ReverieError
from jobs.place import Place
from kinds.orphans import die_with_parent
from kinds.registry import params_of, run_of
from worker.protocol import End, Task, written

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ORPHANED = 3  # exit status of a child without a worker


class Ear:
    """Listens to the worker in a thread of its own."""

    def __init__(self, worker: IO[bytes], *, silence_s: float) -> None:
        self.stop = Event()
        self.interrupted = Event()
        self._worker = worker
        self._silence_s = silence_s
        Thread(target=self._listen, name="ear", daemon=True).start()

    def _listen(self) -> None:
        handle = self._worker.fileno()
        heard = b""
        last = time.monotonic()
        with selectors.DefaultSelector() as waiting:
            waiting.register(handle, selectors.EVENT_READ)
            while time.monotonic() - last < self._silence_s:
                if not waiting.select(timeout=min(1.0, self._silence_s / 4)):
                    continue
                piece = os.read(handle, 65_536)
                if not piece:
                    break
                last = time.monotonic()
                *lines, heard = (heard + piece).split(b"\n")
                for line in lines:
                    self._hear(json.loads(line))
        os._exit(ORPHANED)  # a worker that is gone or frozen has lost the job: another one has it, or will have

    def _hear(self, said: dict[str, Any]) -> None:
        if "stop" in said:
            if said["stop"] == "interrupt":
                self.interrupted.set()
            else:
                self.interrupted.clear()  # a pause that became a stop
            self.stop.set()


def main(task_file: Path) -> None:
    """Do one task, in a process that has done nothing else; standard input and output are the worker's."""
    die_with_parent()
    worker = os.fdopen(os.dup(0), "rb", buffering=0)
    to_worker = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    task = Task.read(task_file)
    os.nice(task.nice)
    ear = Ear(worker, silence_s=task.silence_s)
    try:
        _do(task, ear, to_worker)
    except BrokenPipeError:
        os._exit(ORPHANED)
    # Threads of libraries may linger: what was said is said.
    os._exit(0)


def _do(task: Task, ear: Ear, to_worker: IO[bytes]) -> None:
    """Run the kind, telling what it yields. What is no error in plain words ends the process with its traceback."""
    end = End(finished=True)
    try:
        for event in run_of(task.kind)(params_of(task.kind).model_validate(task.params), _place(task, ear)):
            to_worker.write(written(event))
            to_worker.flush()
    except BrokenPipeError:
        raise
    except (ReverieError, OSError, MemoryError, RuntimeError) as error:
        words = in_plain_words(error)
        if words is None:
            raise
        end = End(finished=False, error=words, traceback=traceback.format_exc())
    to_worker.write(written(end))
    to_worker.flush()


def _place(task: Task, ear: Ear) -> Place:
    return Place(
        scratch=Path(task.scratch),
        cache=Path(task.cache),
        inputs={name: Path(path) for name, path in task.inputs.items()},
        facts=task.facts,
        resume_point=Path(task.resume_point) if task.resume_point else None,
        stop=ear.stop.is_set,
        interrupted=ear.interrupted.is_set,
    )


def in_plain_words(error: BaseException) -> dict[str, Any] | None:
    """Give the error that a job keeps (code, detail, remedy), or None for one that nobody foresaw."""
    if isinstance(error, ReverieError):
        return error.as_json()
    if isinstance(error, OSError) and error.errno in FULL:
        return DiskFull(
            "There is no room left on the disk.",
            remedy="Free some space where the data lies, then try again; what was there before is untouched.",
        ).as_json()
    if isinstance(error, MemoryError) or "memory" in str(error):  # what the tensor library raises is a RuntimeError
        return JobFailed(
            "The memory was too small for this job.",
            code="out_of_memory",
            remedy="Nothing is lost. Try a smaller batch or a smaller resolution, or close other programs.",
        ).as_json()
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
