"""Networks of what a reader found: each tensor used, none missing, every shape as the architecture has it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator
from gan.errors import ModelError
from gan.generate import Prepared, fits, latents_of, to_uint8
from gan.generator import Generator, one_hot, truncate
from gan.model import net_config
from gan.operators import FIR_1331, setup_filter
from gan.randomness import Stream, counted
from jobs.errors import ModelRejected

MOST = {"mapping_layers": 64, "mapping_layers_d": 64, "mbstd_channels": 64, "z_dim": 8192, "w_dim": 8192, "c_dim": 8192}
MOST |= {"channel_base": 2**20, "channel_max": 8192, "num_fp16_res": 9, "channels": 3, "mbstd_group_size": 4096}
ARCHITECTURES = ("skip", "resnet", "orig")
REMEDY = "Only StyleGAN2 networks can be learnt from here. If it is one, report it with where it is published."
SHEETS = ((256, 4, 7), (512, 3, 4), (1024, 2, 2))  # up to that many pixels: rows and columns of the sheet
SHEET_SIDE = 256  # pixels of a picture on the sheet, at most
SHEET_PSI = 0.7
MEAN_OF = 4096  # latents
Net = TypeVar("Net", bound=nn.Module)


def config_of(architecture: Mapping[str, Any]) -> NetConfig:
    """The shape that a file names, once it is certain that networks of it can be.

    Raises: ModelRejected.
    """
    for name, value in architecture.items():
        if name in MOST and not (value is None and name == "mbstd_group_size"):
            least = 0 if name in ("c_dim", "num_fp16_res") else 1
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST[name]:
                raise _impossible(f"{name} is {str(value)[:60]}; there is only {least} to {MOST[name]}")
        elif name.startswith("architecture_") and value not in ARCHITECTURES:
            raise _impossible(f"{name} is {str(value)[:60]}; there are only {', '.join(ARCHITECTURES)}")
    clamp, widths = architecture.get("conv_clamp"), architecture.get("widths") or ()
    if clamp is not None and not (isinstance(clamp, int | float) and 0 < clamp < math.inf):
        raise _impossible(f"conv_clamp is {str(clamp)[:60]}")
    if not all(isinstance(wide, int) and wide <= MOST["channel_max"] for wide in widths):
        raise _impossible("its blocks have no widths that can be")
    try:
        config = net_config({"architecture": architecture})
    except ModelError as error:
        raise _impossible(str(error)) from error
    if config.channels != MOST["channels"]:
        raise _impossible(f"it draws {config.channels} channels, and no red, green and blue")
    return config


def generator(config: NetConfig, file: Path, *, has_mean: bool) -> Generator:
    """The averaged generator; where the file had no mean w, it is estimated.

    Raises: ModelRejected, if a tensor is missing, left over, or of another shape.
    """
    tensors = _read(file)
    if not has_mean:
        tensors["mapping.w_avg"] = torch.zeros(config.w_dim)
    with torch.device("meta"):  # takes no memory, and no time to draw weights that are replaced at once
        empty = Generator(config)
    G = _filled(empty, tensors, what="generator").eval().requires_grad_(False)
    if not has_mean:
        z = counted(0, Stream.CENTRE).standard_normal((MEAN_OF, G.z_dim), dtype=np.float32)
        G.mapping.centre(torch.from_numpy(z))
    return G


def discriminator(config: NetConfig, file: Path) -> Discriminator | None:
    """The discriminator, where the file had one.

    Raises: ModelRejected, if a tensor is missing, left over, or of another shape.
    """
    if not file.stat().st_size:
        return None
    tensors = _read(file)
    with torch.device("meta"):
        empty = Discriminator(config)
    return _filled(empty, tensors, what="discriminator")


def sheet_shape(config: NetConfig) -> tuple[int, int]:
    """Rows and columns of the sheet: fewer of large pictures, which take long to draw."""
    return next((rows, columns) for most, rows, columns in SHEETS if config.resolution <= most)


@torch.no_grad()
def pictures(G: Generator, count: int) -> Iterator[NDArray[np.uint8]]:
    """Draw the latents that the sheets of trainings show, labels in turn; uint8 `[3, R, R]`, at most 256 px.

    Raises: ModelRejected, if what comes is no picture.
    """
    draw = Prepared(G.synthesis) if fits(G.synthesis) else G.synthesis
    c_dim, w_avg = G.config.c_dim, G.mapping.w_avg
    for i, z in enumerate(latents_of(G, count, seed=0, stream=Stream.SHEET)):
        c = one_hot([i % max(c_dim, 1)], c_dim, w_avg.device)
        ws = truncate(G.mapping(z[None].to(w_avg.device), c), w_avg, SHEET_PSI)
        image = draw(ws, noise_mode="const")[0]
        if not torch.isfinite(image).all():
            raise ModelRejected("Its pictures hold values that are not numbers.", remedy="Get an earlier file of it.")
        drawn = Image.fromarray(to_uint8(image))
        drawn.thumbnail((SHEET_SIDE, SHEET_SIDE), Image.Resampling.LANCZOS)
        yield np.asarray(drawn).transpose(2, 0, 1)


def _read(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        raise ModelRejected(f"Its weights cannot be read: {error}", remedy=REMEDY) from error


def _filled(empty: Net, tensors: Mapping[str, Tensor], *, what: str) -> Net:
    """Give a network without memory these tensors as its own, and the fixed filters, which files may leave out."""
    _compare(empty, tensors, what=what)
    own = setup_filter(FIR_1331)
    for name, value in tensors.items():
        if _fixed(name) and not (value.shape == own.shape and torch.allclose(value, own, atol=1e-4)):
            raise ModelRejected(f"Its filter {name[:80]} is not [1, 3, 3, 1], the only one there is.", remedy=REMEDY)
    fixed = {name: own.clone() for name in empty.state_dict() if _fixed(name)}
    empty.load_state_dict({**tensors, **fixed}, assign=True)
    return placed(empty)


def _compare(empty: nn.Module, tensors: Mapping[str, Tensor], *, what: str) -> None:
    """Compare names and shapes before there is memory: a file may name a network that no memory holds."""
    wanted = {name: tuple(value.shape) for name, value in empty.state_dict().items() if not _fixed(name)}
    given = {name: tuple(value.shape) for name, value in tensors.items() if not _fixed(name)}
    if missing := sorted(wanted.keys() - given.keys()):
        raise ModelRejected(f"Its {what} lacks {_listed(missing)}.", remedy=REMEDY, missing=missing[:20])
    if extra := sorted(given.keys() - wanted.keys()):
        raise ModelRejected(f"Its {what} has {_listed(extra)}, which have no place.", remedy=REMEDY, extra=extra[:20])
    for name, shape in wanted.items():
        if given[name] != shape:
            raise ModelRejected(f"{name} of its {what} is {given[name]}, and should be {shape}.", remedy=REMEDY)


def _fixed(name: str) -> bool:
    return name.endswith("resample_filter")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more tensors" if len(names) > 3 else ""
    return ", ".join(name[:80] for name in names[:3]) + more


def _impossible(why: str) -> ModelRejected:
    return ModelRejected(f"No network can be as it says: {why}.", remedy=REMEDY)
