"""Weights of ESRGAN and Real-ESRGAN as people share them: what network they are of, by their names and shapes alone.

Three ways of naming are known: of the first ESRGAN (`model.1.sub.0.RDB1.conv1.0.weight`), of its second release
(`RRDB_trunk.0.RDB1.conv1.weight`) and of Real-ESRGAN (`body.0.rdb1.conv1.weight`), whose names are kept here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from foreign.errors import Refused, damaged
from foreign.pickles import Reader
from foreign.read import NOT_A_MODEL, is_safetensors
from foreign.tensors import TENSOR_NAMES, array_of, is_old_file, old_file
from foreign.zips import Zip, torch_zip

NAMES = frozenset(TENSOR_NAMES | {"argparse.Namespace"})
WRAPPED = ("params_ema", "params", "state_dict", "model_state_dict", "model")  # the averaged weights before others
MOST_TENSORS, MOST_NUMBERS = 4_000, 100_000_000
MOST_BLOCKS, MOST_CHANNELS = 64, 256
SCALES = (1, 2, 4)
METADATA = "esrgan"  # under which a file of ours says of what network its weights are
OTHER = (
    "Reverie enlarges with Real-ESRGAN's network (RRDBNet, as in ESRGAN and Real-ESRGAN files for 1x, 2x and 4x), as "
    ".safetensors or .pth. Bring such a file."
)
Tensors = dict[str, NDArray[np.float32]]
Given = Mapping[str, NDArray[Any]]

FIRST = re.compile(r"model\.(\d{1,2})\.(weight|bias)")
FIRST_BODY = re.compile(r"model\.1\.sub\.(\d{1,3})\.RDB([123])\.conv([1-5])\.0\.(weight|bias)")
FIRST_END = re.compile(r"model\.1\.sub\.(\d{1,3})\.(weight|bias)")
SECOND_BODY = re.compile(r"RRDB_trunk\.(\d{1,3})\.RDB([123])\.conv([1-5])\.(weight|bias)")
SECOND = {
    "trunk_conv": "conv_body",
    "upconv1": "conv_up1",
    "upconv2": "conv_up2",
    "HRconv": "conv_hr",
    "conv_first": "conv_first",
    "conv_last": "conv_last",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Esrgan:
    """What a file holds: the shape of its network, its weights by Real-ESRGAN's names, and words on what was left."""

    architecture: dict[str, int]
    tensors: Tensors
    notes: list[str] = field(default_factory=list)


def read(data: memoryview) -> Esrgan:
    """Read a file of weights; to be called in a limited process.

    Raises: Refused, with what was found in it and what to do.
    """
    state, notes = _state(_root(data))
    names = _renamed(state)
    tensors = {name: _numbers(name, state[key]) for name, key in names.items()}
    return Esrgan(architecture=_architecture(tensors), tensors=tensors, notes=notes)


def _root(data: memoryview) -> Any:
    head = bytes(data[:512])
    if not head.strip(b"\0"):
        raise Refused("The file is empty.", remedy="Download it again.")
    for is_it, found, _ in NOT_A_MODEL:
        if is_it(head):
            raise Refused(found, remedy=OTHER)
    if head.startswith(b"PK"):
        file = Zip(data)
        if not any(name.endswith("/data.pkl") for name in file.entries):
            raise Refused("The file is a zip, and holds no weights of PyTorch.", remedy=OTHER)
        return torch_zip(file, names=NAMES)
    if is_old_file(data):
        return old_file(data, names=NAMES)
    if is_safetensors(data):
        try:
            return safetensors.numpy.load(bytes(data))
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise damaged("its tensors cannot be read") from error
    if head[:1] not in (b"\x80", b"(", b"}", b"]", b"c"):
        raise Refused("The file holds no weights that are known here.", remedy=OTHER)
    return Reader(data, names=NAMES).read()


def _state(root: Any) -> tuple[Given, list[str]]:
    """The weights within what a file holds, by the names that it gives them."""
    notes: list[str] = []
    for name in WRAPPED:
        if isinstance(root, Mapping) and isinstance(root.get(name), Mapping):
            others = [other for other in WRAPPED if other != name and isinstance(root.get(other), Mapping)]
            if others:
                notes.append(f"The file holds its weights twice; {name} is taken.")
            root = root[name]
            break
    if not isinstance(root, Mapping) or not root:
        raise Refused(f"The file holds a {type(root).__name__} and no weights.", remedy=OTHER)
    if len(root) > MOST_TENSORS:
        raise Refused(f"The file holds {len(root):,} tensors; the largest ESRGAN has about 2,000.", remedy=OTHER)
    found = {}
    for key, value in root.items():
        array = array_of(value)
        if array is not None:
            found[str(key).removeprefix("module.")] = array
    if not found:
        raise Refused("The file holds no weights.", remedy=OTHER)
    return found, notes


def _renamed(state: Given) -> dict[str, str]:
    """Real-ESRGAN's names of the weights, with the file's own."""
    if "model.0.weight" in state:
        return _of_first(state)
    if any(key.startswith("RRDB_trunk.") for key in state):
        return dict(_of_second(key) for key in state)
    if any(re.match(r"body\.\d+\.rdb1\.", key) for key in state):
        return {key: key for key in state}
    described = ", ".join(sorted(key[:40] for key in list(state)[:3]))
    if "body.0.weight" in state:
        raise Refused("The file holds a compact network (SRVGG), which is another one.", remedy=OTHER)
    raise Refused(f"The file holds another network: its tensors are called {described} and so on.", remedy=OTHER)


def _of_first(state: Given) -> dict[str, str]:
    """The first ESRGAN numbered what came one after the other, activations and doublings counted."""
    numbers = sorted({int(match[1]) for key in state if (match := FIRST.fullmatch(key))})
    last = numbers[-1]
    doublings, rest = divmod(last - 4, 3)
    expected = [0, *(3 + 3 * k for k in range(doublings)), last - 2, last]
    if rest or doublings < 0 or numbers != expected:
        raise Refused(f"Its layers have the numbers {numbers}, in which no ESRGAN is built.", remedy=OTHER)
    placed = {0: "conv_first", last - 2: "conv_hr", last: "conv_last"}
    placed |= {3 + 3 * k: f"conv_up{k + 1}" for k in range(doublings)}
    found = {}
    for key in state:
        if match := FIRST.fullmatch(key):
            found[f"{placed[int(match[1])]}.{match[2]}"] = key
        elif match := FIRST_BODY.fullmatch(key):
            found[f"body.{int(match[1])}.rdb{match[2]}.conv{match[3]}.{match[4]}"] = key
        elif match := FIRST_END.fullmatch(key):
            found[f"conv_body.{match[2]}"] = key
        else:
            raise _no_place(key)
    return found


def _of_second(key: str) -> tuple[str, str]:
    if match := SECOND_BODY.fullmatch(key):
        return f"body.{int(match[1])}.rdb{match[2]}.conv{match[3]}.{match[4]}", key
    layer, _, what = key.rpartition(".")
    if layer not in SECOND or what not in ("weight", "bias"):
        raise _no_place(key)
    return f"{SECOND[layer]}.{what}", key


def _no_place(key: str) -> Refused:
    return Refused(f"Its tensor {key[:80]} has no place in an ESRGAN.", remedy=OTHER)


def _numbers(name: str, value: NDArray[Any]) -> NDArray[np.float32]:
    if value.dtype.kind != "f" or not value.size:
        raise Refused(f"The tensor {name[:80]} holds no floating-point numbers.", remedy=OTHER)
    if value.size > MOST_NUMBERS:
        raise Refused(f"The tensor {name[:80]} has {value.size:,} numbers, more than a whole ESRGAN.", remedy=OTHER)
    found = np.ascontiguousarray(value, dtype=np.float32)
    if not np.isfinite(found).all():
        raise Refused(f"The tensor {name[:80]} holds numbers that are none (NaN or infinite).", remedy=OTHER)
    return found


def _architecture(tensors: Tensors) -> dict[str, int]:
    """Find the shape of the network, and check each tensor against it. Raises: Refused."""
    blocks = 1 + max((int(m[1]) for name in tensors if (m := re.match(r"body\.(\d{1,3})\.", name))), default=-1)
    doublings = sum(f"conv_up{k}.weight" in tensors for k in range(1, 9))
    first, grown = tensors.get("conv_first.weight"), tensors.get("body.0.rdb1.conv1.weight")
    if first is None or grown is None or first.ndim != 4 or grown.ndim != 4:
        raise damaged("its first layers are missing")
    channels, growth = len(first), len(grown)
    folded = {3: 1, 12: 2, 48: 4}.get(first.shape[1], 0)
    scale = 2**doublings / folded if folded else 0
    if scale not in SCALES:
        raise Refused(
            f"It takes pictures of {first.shape[1]} channels and doubles them {doublings} times, and only networks for "
            "colour pictures that enlarge 1x, 2x or 4x are read.",
            remedy=OTHER,
        )
    if not 1 <= blocks <= MOST_BLOCKS or max(channels, growth) > MOST_CHANNELS:
        raise Refused(f"It has {blocks} blocks of {channels} channels, which is too large.", remedy=OTHER)
    shape = {"channels": channels, "growth": growth, "blocks": blocks, "doublings": doublings, "folded": folded}
    _check(tensors, _shapes(**shape))
    return shape


def _shapes(*, channels: int, growth: int, blocks: int, doublings: int, folded: int) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of each layer of such a network."""
    found = {"conv_first": (channels, 3 * folded**2), "conv_body": (channels, channels)}
    for b in range(blocks):
        for r in (1, 2, 3):
            for k in range(5):
                found[f"body.{b}.rdb{r}.conv{k + 1}"] = (growth if k < 4 else channels, channels + k * growth)
    found |= {f"conv_up{k + 1}": (channels, channels) for k in range(doublings)}
    return found | {"conv_hr": (channels, channels), "conv_last": (3, channels)}


def _check(tensors: Tensors, layers: Mapping[str, tuple[int, int]]) -> None:
    wanted: dict[str, tuple[int, ...]] = {}
    for name, (out, wide) in layers.items():
        wanted |= {f"{name}.weight": (out, wide, 3, 3), f"{name}.bias": (out,)}
    for name in sorted(set(wanted) - set(tensors)):
        raise damaged(f"{name} is missing")
    for name in sorted(set(tensors) - set(wanted)):
        raise _no_place(name)
    for name, shape in wanted.items():
        if tensors[name].shape != shape:
            raise damaged(f"{name} has the shape {list(tensors[name].shape)}, and the others ask for {list(shape)}")
