"""One side of a comparison: a process that makes what is to be measured, and does it once whenever it is told to."""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Task = dict[str, Any]  # "do": () -> seconds; "parameters": name -> count


def parameters(**nets: nn.Module) -> dict[str, int]:
    """Number of parameters of each network."""
    return {name: sum(parameter.numel() for parameter in net.parameters()) for name, net in nets.items()}


def serve(tasks: dict[str, Callable[..., Task]]) -> None:
    """Answer one JSON command a line until the input ends: `{"task": name, ...}` makes, `{}` does it once."""
    made: Task = {}
    for line in sys.stdin:
        command = json.loads(line)
        if "task" in command:
            made = tasks[command.pop("task")](**command)
            answer = {"parameters": made["parameters"], "threads": torch.get_num_threads()}
        else:
            answer = {"seconds": made["do"]()}
        answer["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(answer), flush=True)
