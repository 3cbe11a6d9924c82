"""Where to work: settings of PyTorch for a whole process, made once by the program, and the place of a network."""

import ctypes
import sys
from typing import Any, TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt


def configure(threads: int | None = None, *, deterministic: bool = False) -> torch.device:
    """Set the number of threads and, if asked, operations with equal bits on CUDA; give the device to work on.

    On a CPU the bits of a training are equal at a fixed number of threads in any case. There, glibc is told to keep
    what is freed: it would give the memory of each large map back and have it filled with zeros again."""
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(M_MMAP_THRESHOLD, 2**25)  # the most that it takes
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    if threads is not None:
        torch.set_num_threads(threads)
    if deterministic:
        torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = not deterministic
    return best_device()


def quick_bfloat16(device: torch.device) -> bool:
    """Whether it multiplies bfloat16 by instructions of its own, twice as fast as float32; cards do from Ampere on."""
    able: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # PyTorch 2.11 has none
    on_cpu = device.type == "cpu" and bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return on_cpu or (device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0))


def best_device() -> torch.device:
    """CUDA where there is a card, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def placed(net: Net, device: torch.device | str = "cpu") -> Net:
    """Move `net` to `device`, its weights in channels_last, the layout in which convolutions are quickest."""
    moved: Net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return moved


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: PyTorch has an error of its own for GPUs, and none for the CPU."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)
