"""What a training needs of a device's memory, and what there is."""

from pathlib import Path
from typing import NamedTuple

import psutil
import torch

from gan.config import NetConfig
from gan.errors import MemoryShort

KEPT_MAPS = 24  # a resolution, alive in the path-length step; measured at 64 and 128 px
CGROUP = Path("/sys/fs/cgroup")


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
