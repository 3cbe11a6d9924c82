"""What can end a training: too little memory; numbers without bound, a discriminator that has won, pictures alike."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import torch

from gan.config import NetConfig
from gan.dataset import Pictures
from gan.errors import MemoryShort, TrainingDiverged
from gan.state import Numbers

KEPT_MAPS = 24  # a resolution, alive in the path-length step; measured at 64 and 128 px
CGROUP = Path("/sys/fs/cgroup")
WINDOW = 50  # steps that a running mean looks back
UNBOUNDED = 1000.0  # a loss; in a training that learns, losses stay below 10
WON = 0.05  # mean loss of D below which it tells all pictures apart, by logits of 3.7 and more on both sides
FEWEST_VARIETY = 0.01  # about one grey level of 255: pictures that nobody can tell apart
SHARE_OF_VARIETY = 0.1  # of the variety of the real pictures or, if they are all alike, of that at the beginning
SAMPLE = 256  # real pictures that are looked at


class Need(NamedTuple):
    """Bytes: `fixed` for weights, gradients, moments and copies, `each` for a picture at a time."""

    fixed: int
    each: int

    @classmethod
    def of(cls, net: NetConfig, *, parameters_g: int, parameters_d: int, device: torch.device) -> "Need":
        # Weight, gradient and two moments, the averaged generator; and on a CPU the last resume point beside them.
        copies_g, copies_d = (9, 7) if device.type == "cpu" else (5, 4)
        maps = sum(r * r * net.width(r) for r in net.resolutions)
        return cls(4 * (copies_g * parameters_g + copies_d * parameters_d), 4 * KEPT_MAPS * maps)

    def total(self, pictures: int) -> int:
        """With so many pictures at a time."""
        return self.fixed + self.each * pictures

    def shortage(self, pictures: int, *, free: int, device: torch.device) -> str | None:
        """In words, if `free` bytes are too few. Raises: MemoryShort, if not one picture at a time would fit."""
        needed, there = (f"{size / 2**30:.1f} GiB" for size in (self.total(pictures), free))
        words = f"The training needs about {needed} of memory and there are {there} free"
        if self.total(1) > free:
            raise MemoryShort(f"{words}, too few for even one picture at a time; take a smaller network")
        if self.total(pictures) <= free:
            return None
        largest = (free - self.fixed) // self.each
        if device.type == "cuda":
            return f"{words}. It will take fewer pictures at a time, about {largest}, and be slower."
        return f"{words}, so the system may end it. Give a micro_batch of {largest} or less, or a smaller network."


def free_bytes(device: torch.device) -> int:
    """What a device has left; of the CPU, within the limit of a container."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    free = int(psutil.virtual_memory().available)
    try:
        limit, used, stat = ((CGROUP / f"memory.{name}").read_text() for name in ("max", "current", "stat"))
    except OSError:
        return free  # no container, or one of another kind
    if limit.strip() == "max":
        return free
    cached = dict(line.split() for line in stat.splitlines())["inactive_file"]  # files, which the system lets go
    return min(free, int(limit) - int(used) + int(cached))


def variety_of(pictures: Pictures, *, side: int = 8) -> float:
    """Mean standard deviation over pictures of their `side` x `side` thumbnails, values in [-1, 1]."""
    chosen = pictures.rows[np.linspace(0, len(pictures) - 1, min(SAMPLE, len(pictures))).astype(int)]
    n, c, h, w = chosen.shape
    small = chosen.reshape(n, c, side, h // side, side, w // side).mean(axis=(3, 5)) / 127.5  # [N, C, 8, 8]
    return float(small.std(axis=0).mean())


def judge(numbers: Numbers, means: Mapping[str, float], *, real_variety: float) -> None:
    """Move the running means of `numbers` by the means of a step. Raises: TrainingDiverged."""
    reasons = [
        f"{name} is {value:.6g}, and grows without bound"
        for name, value in means.items()
        if not math.isfinite(value) or (name in ("loss_g", "loss_d") and value > UNBOUNDED)
    ]
    numbers.mean_loss_d += (means["loss_d"] - numbers.mean_loss_d) / WINDOW
    numbers.mean_variety += (means["variety"] - numbers.mean_variety) / min(numbers.step, WINDOW)
    numbers.most_variety = max(numbers.most_variety, numbers.mean_variety)
    if numbers.mean_loss_d < WON:
        reasons.append(
            "the discriminator has won: it tells every drawn picture from a real one with certainty, and the generator "
            "can learn nothing from it"
        )
    wanted = numbers.most_variety if real_variety < FEWEST_VARIETY else real_variety
    if numbers.mean_variety < max(SHARE_OF_VARIETY * wanted, FEWEST_VARIETY) < numbers.most_variety:
        reasons.append(
            "the variety of the drawn pictures has collapsed: they differ from each other by "
            f"{numbers.mean_variety:.3f}, those of the archive by {real_variety:.3f}"
        )
    if reasons:
        raise TrainingDiverged(step=numbers.step, reason=reasons[0])
