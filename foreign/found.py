"""What was found in a model file: networks under the published names of their parameters, and what was read of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foreign.errors import Refused, damaged

Tensors = dict[str, NDArray[Any]]
FIR_1331 = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
MAPPING_LR = 0.01  # the multiplier that our mappings learn with
NO_MEAN = "The file does not hold the mean of w; it is estimated."
NOT_ALIKE = "Export it in another format."
OTHER_NETWORK = "Only StyleGAN2 networks can be learnt from here."


@dataclass(kw_only=True)
class Found:
    """A generator and, where there is one, its discriminator.

    `architecture` holds the fields of `gan.config.NetConfig`. `notes` say what differs from what the file holds.
    """

    origin: str
    architecture: dict[str, Any]
    generator: Tensors
    discriminator: Tensors | None
    notes: list[str] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)  # of our own files: licence, lineage, recipe, name, frame
    centred: bool = True  # whether the file holds the mean w


def float32(tensors: Mapping[str, NDArray[Any]]) -> Tensors:
    """All as float32, for a file.

    Raises: Refused, if a value is not finite.
    """
    found = {}
    for name, value in tensors.items():
        array = np.asarray(value, np.float32, order="C")
        if not np.isfinite(array).all():
            raise Refused(f"The weights are spoiled: {name} holds values that are not numbers.", remedy=DIVERGED)
        found[name] = array
    return found


DIVERGED = "Take an earlier file of the same training."


def without_filters(tensors: Tensors) -> Tensors:
    """Drop the fixed filters, which every network of this kind has.

    Raises: Refused, if one is not [1, 3, 3, 1].
    """
    for name, value in tensors.items():
        if name.endswith("resample_filter") and not (value.shape == (4, 4) and np.allclose(value, FIR_1331, atol=1e-4)):
            raise Refused(f"Its filter {name} is not [1, 3, 3, 1], the only one there is here.", remedy=OTHER_NETWORK)
    return {name: value for name, value in tensors.items() if not name.endswith("resample_filter")}


def resolutions_of(names: Iterable[str], prefix: str) -> list[int]:
    """The sizes of the blocks `prefix` 4, 8, ...

    Raises: Refused, if there is none or one is left out.
    """
    pattern = re.compile(re.escape(prefix) + r"(\d{1,5})\.")
    found = sorted({int(match[1]) for name in names if (match := pattern.match(name))})
    if not found or found != [4 * 2**i for i in range(len(found))] or not 8 <= found[-1] <= 1024:
        raise Refused(f"Its blocks are of {found or 'no'} px.", remedy="Powers of two from 32 to 1024 can be used.")
    return found


def widths(tensors: Tensors, pattern: str, resolutions: list[int]) -> list[int]:
    """Channels of each block, of the convolutions `pattern` with {r} for its size."""
    try:
        return [tensors[pattern.format(r=r)].shape[0] for r in resolutions]
    except (KeyError, IndexError) as error:
        raise damaged(f"it has no {error}") from error


def fits(judge: Tensors, found: list[int], notes: list[str]) -> bool:
    """Whether a discriminator has blocks of the widths of its generator's; if not, a note says what becomes of it."""
    own = widths(judge, "b{r}.conv0.weight", resolutions_of(judge, "b")[1:])
    if own != found[1:]:
        notes.append(f"The discriminator is of another shape, {own}; it is left out, and a fresh one will learn.")
    return own == found[1:]


def channels(found: list[int], resolutions: list[int]) -> dict[str, Any]:
    """channel_base and channel_max that give these widths, and the widths themselves where no two numbers do."""
    base, most = found[-1] * resolutions[-1], max(found)
    regular = all(min(base // r, most) == wide for r, wide in zip(resolutions, found, strict=True))
    return {"channel_base": base, "channel_max": most} | ({} if regular else {"widths": found})


def depth(names: Iterable[str], prefix: str) -> int:
    """Number of the layers `prefix`fc0, fc1, ..."""
    pattern = re.compile(re.escape(prefix) + r"fc(\d{1,3})\.weight$")
    return len({match[1] for name in names if (match := pattern.match(name))})


def learnt_at(tensors: Tensors, prefix: str, multiplier: float) -> Tensors:
    """The same mapping at our learning rate: stored values times what the multiplier is larger."""
    if multiplier == MAPPING_LR:
        return tensors
    pattern = re.compile(re.escape(prefix) + r"fc\d+\.")
    scale = np.float32(multiplier / MAPPING_LR)
    return {name: value * scale if pattern.match(name) else value for name, value in tensors.items()}
