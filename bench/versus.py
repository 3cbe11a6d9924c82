"""Training and drawing against `stylegan2-pytorch`: interleaved rounds, each side in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import torch

from bench.peer import PACKAGE, ROOT, environment
from gan.device import quick_bfloat16

BATCH = 8
ROUNDS = 3
DRAWING_ROUNDS = 7
OURS, THEIRS = "bench.own_worker", "bench.peer_worker"
# channel_max of networks that have the peer's number of parameters in G + D, within 3 %
EQUAL = {64: 168, 128: 168}


class Side:
    """A process that measures one thing when it is told to."""

    def __init__(self, python: Path | str, module: str, **task: Any) -> None:
        command = [str(python), "-m", module]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.seconds: list[float] = []
        self.made = self._ask(task)
        self.peak_bytes = 0
        self.measure()  # warm-up: memory is laid out, kernels are chosen
        self.seconds.clear()

    def _ask(self, command: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def measure(self) -> None:
        answer = self._ask({})
        self.seconds.append(answer["seconds"])
        self.peak_bytes = answer["peak_bytes"]

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()  # its input ends, and so does it


def rounds(sides: list[Side], count: int) -> None:
    """Measure all sides in turn, the other way round every other round."""
    for number in range(count):
        for side in sides if number % 2 == 0 else reversed(sides):
            side.measure()


def ratio(slower: Side, faster: Side) -> str:
    """How many times quicker: the median over rounds, and its range."""
    each = sorted(a / b for a, b in zip(slower.seconds, faster.seconds, strict=True))
    return f"{median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f})"


def millions(side: Side) -> str:
    """Parameters by network and in all."""
    counts = side.made["parameters"]
    return " + ".join(f"{count / 1e6:.2f}" for count in counts.values()) + f" = {sum(counts.values()) / 1e6:.2f} M"


def training() -> Iterator[str]:
    """Pictures a second while training, with the same widths of G and with equal parameters of G + D.

    Ours in each precision that a training can ask for: "mixed", which a job has unless it says otherwise, where this
    machine is quick with bfloat16, and float32, the only one of the peer's on a processor."""
    yield f"Batch {BATCH}, lazy regularisation amortised, no augmentation; {ROUNDS} interleaved rounds; peer:"
    yield f"{PACKAGE}, float32, the only precision that it has on a processor."
    yield ""
    yield "| resolution | | parameters: mapping + G + D | pictures/s | times the peer | peak memory |"
    yield "| --- | --- | --- | --- | --- | --- |"
    precisions = ("mixed", "float32") if quick_bfloat16(torch.device("cpu")) else ("float32",)
    for resolution, wide in EQUAL.items():
        given = {"task": "training", "resolution": resolution, "channel_base": 4096, "batch": BATCH}
        with ExitStack() as stack:
            peer = stack.enter_context(Side(environment(), THEIRS, **given, channel_max=128))
            sides = {"peer": peer}
            for name, most in (("same widths", 128), (f"equal parameters, max {wide}", wide)):
                for precision in precisions:
                    own = Side(sys.executable, OURS, **given, channel_max=most, precision=precision)
                    sides[f"{name}, {precision}"] = stack.enter_context(own)
            rounds([*sides.values()], ROUNDS)
            for name, side in sides.items():
                speed = f"{BATCH / median(side.seconds):.2f}"
                times = "1" if side is peer else f"**{ratio(peer, side)}**"
                memory = f"{side.peak_bytes / 2**20:,.0f} MiB"
                yield f"| {resolution} px | {name} | {millions(side)} | {speed} | {times} | {memory} |"


def drawing() -> Iterator[str]:
    """Single pictures a second, against the peer's generator and the bare operators of ours."""
    yield f"Synthesis alone, batch 1; {DRAWING_ROUNDS} interleaved rounds; peer: {PACKAGE}; bare: the convolutions and"
    yield "FIR filters that a picture needs, each alone and in its fastest layout."
    yield ""
    yield "| resolution | | parameters of G | pictures/s | times the peer | share of bare | peak memory |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for resolution, base in ((256, 16384), (1024, 32768)):
        given = {"resolution": resolution, "channel_base": base, "channel_max": 512}
        with ExitStack() as stack:
            peer = stack.enter_context(Side(environment(), THEIRS, task="drawing", **given))
            own = stack.enter_context(Side(sys.executable, OURS, task="drawing", **given))
            bare = stack.enter_context(Side(sys.executable, OURS, task="bare", **given))
            rounds([peer, own, bare], DRAWING_ROUNDS)
            for name, side in (("peer", peer), ("ours", own), ("bare", bare)):
                size = "" if side is bare else millions(side)
                speed = f"{1 / median(side.seconds):.2f}"
                times = {"peer": "1", "ours": f"**{ratio(peer, own)}**", "bare": ""}[name]
                share = f"**{ratio(bare, own)}**" if side is own else ""
                memory = "" if side is bare else f"{side.peak_bytes / 2**20:,.0f} MiB"
                yield f"| {resolution} px | {name} | {size} | {speed} | {times} | {share} | {memory} |"
