"""`python -m worker.nursery`: bears the children of kinds that load the tensor library, each in some milliseconds.

Loading the library takes two seconds of a core. This process loads it once, with the kind that is asked for, and is
forked for each task. It runs nothing of a task itself and has no threads but those that NumPy's linear algebra starts,
which ends them by itself before a fork: so what is forked is as whole as what is started anew. On its standard input is
a socket; one message is one wish:

    {"kind": ..., "task": file}, with the child's standard input and output  ->  {"pid": n}, of a session of its own
    {"wait": n}  ->  {"status": how it ended}; until then the process id is not given to another

It ends with its worker, and its children end with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import sys
import traceback
from importlib import import_module
from pathlib import Path

from kinds.orphans import PARENT, die_with_parent
from kinds.registry import run_of
from worker import child

MOST_BYTES = 65_536  # of one message
# What the first optimiser of a process has the tensor library load: another second and a half.
LATER = {"train": "torch._dynamo", "project": "torch._dynamo"}


def main() -> None:
    """Bear children until the worker ends."""
    die_with_parent()
    worker = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    while True:
        heard, handles, _, _ = socket.recv_fds(worker, MOST_BYTES, 2)
        if not heard:
            return
        said = json.loads(heard)
        if "wait" in said:
            _, status = os.waitpid(said["wait"], 0)
            answer = {"status": os.waitstatus_to_exitcode(status)}
        else:
            _learn(said["kind"])
            answer = {"pid": _bear(Path(said["task"]), worker, handles)}
        worker.sendall(json.dumps(answer).encode())


def _learn(kind: str) -> None:
    """Load what a kind runs with. What cannot be loaded is told by the child, which tries again."""
    known = len(sys.modules)
    with contextlib.suppress(Exception):
        run_of(kind)
        if kind in LATER:
            import_module(LATER[kind])
    if len(sys.modules) > known:
        gc.collect()
        gc.freeze()  # a collection in a child would write to, and so copy, what it shares


def _bear(task: Path, worker: socket.socket, handles: list[int]) -> int:
    """Fork a child, and give its process id once it has a session of its own, in which it can be ended."""
    mother = os.getpid()
    waiting, born = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setsid()
            os.environ[PARENT] = str(mother)
            for number, handle in enumerate(handles):
                os.dup2(handle, number)
            worker.close()
            for handle in (*handles, waiting, born):
                os.close(handle)
            child.main(task)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(born)
    for handle in handles:
        os.close(handle)
    os.read(waiting, 1)  # ends with the child's end of the pipe
    os.close(waiting)
    return pid


if __name__ == "__main__":
    main()
