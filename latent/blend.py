"""Two networks of one shape made one: by layers, or along the line between their weights."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from safetensors import safe_open
from torch import nn

from gan.generator import Generator
from gan.model import Dtype
from gan.randomness import Stream, counted

CENTRE_OF = 4096  # latents that the centre of truncation is the mean of, as after a training
Net = TypeVar("Net", bound=nn.Module)


def blended(one: Generator, other: Generator, *, at: int | None, t: float | None) -> Generator:
    """Blend by layers where `at` is given, else along the line. Raises: ValueError, if shapes differ."""
    return along(one, other, t=t or 0.0) if at is None else by_resolution(one, other, at=at)


@torch.no_grad()
def by_resolution(one: Generator, other: Generator, *, at: int) -> Generator:
    """Take the blocks up to `at` pixels of `one`, with its mapping, and those above of `other` (Pinkney & Adler 2020).

    At the full resolution that is `one`, at 0 `other`, to the bit. Raises: ValueError, if a block has another shape.
    """
    if at == 0:
        return deepcopy(other)
    made = deepcopy(one)
    for resolution in made.synthesis.resolutions:
        if resolution > at:
            _copy(other.synthesis.block(resolution), made.synthesis.block(resolution))
    return made


@torch.no_grad()
def along(one: Net, other: Net, *, t: float) -> Net:
    """Give (1 - t) one + t other, weight by weight; what is the same in both stays so to the bit, as do the ends.

    The centre of truncation becomes the mean w of the mapping that comes of it, unless that is the mapping of both.
    Raises: ValueError, if a weight has another shape.
    """
    if t in (0, 1):
        return deepcopy(other if t else one)
    made, theirs = deepcopy(one), other.state_dict()
    _check(made, other)
    for name, value in made.state_dict().items():
        value.copy_(torch.where(value == theirs[name], value, value.lerp(theirs[name], t)))
    if isinstance(made, Generator) and not _same_mapping(one, other):
        z = counted(0, Stream.CENTRE).standard_normal((CENTRE_OF, made.z_dim), dtype=np.float32)
        made.mapping.centre(torch.from_numpy(z).to(made.mapping.w_avg.device))
    return made


@torch.no_grad()
def toward(made: Net, one: Net, other: Net, *, t: float) -> None:
    """Write (1 - t) one + t other into `made`, weight by weight, the centre of truncation as well.

    For the frames of a film, where one network follows another: unlike `along` it makes no new centre, which would take
    longer than the picture. All three have the same shapes.
    """
    mine, theirs = one.state_dict(), other.state_dict()
    for name, value in made.state_dict().items():
        if value.is_floating_point():
            torch.lerp(mine[name], theirs[name], t, out=value)


def stored_as(folder: Path) -> Dtype:
    """Say how a model folder holds its matrices, so that what is made of them is held as exactly."""
    with safe_open(folder / "generator.safetensors", framework="pt") as file:
        kinds = {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118 - it is no mapping
    return "fp16" if "F16" in kinds else "fp32"


def _copy(source: nn.Module, target: nn.Module) -> None:
    _check(target, source)
    theirs = source.state_dict()
    for name, value in target.state_dict().items():
        value.copy_(theirs[name])


def _check(one: nn.Module, other: nn.Module) -> None:
    mine, theirs = _shapes(one), _shapes(other)
    if unlike := sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)):
        name = unlike[0]
        raise ValueError(f"{name} is {mine.get(name)} in the one and {theirs.get(name)} in the other")


def _shapes(net: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}


def _same_mapping(one: nn.Module, other: nn.Module) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    names = [name for name in mine if name.startswith("mapping.") and name != "mapping.w_avg"]
    return all(torch.equal(mine[name], theirs[name]) for name in names)
