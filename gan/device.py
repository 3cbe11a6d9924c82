"""Settings of PyTorch that hold for a whole process; called once, by the program, never by the library."""

import torch


def configure(threads: int | None = None, *, deterministic: bool = False) -> torch.device:
    """Set the number of threads and, if asked, operations with equal bits on CUDA; give the device to work on.

    On a CPU the bits of a training are equal at a fixed number of threads in any case.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    if deterministic:
        torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = not deterministic
    return best_device()


def best_device() -> torch.device:
    """CUDA where there is a card, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
