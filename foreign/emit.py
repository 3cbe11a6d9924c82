"""Pickles written by hand: values, names of functions and classes, and calls of them, none of which need to be here."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from foreign.pickles import Call, Name
from foreign.tensors import MAGIC, PROTOCOL

PICKLE = 3  # protocol of NVIDIA's files; those of torch.save are of 2
KEPT = "_reconstruct_persistent_obj"  # calls whose result is used again: modules
STORAGE = {np.dtype(np.float32): "FloatStorage", np.dtype(np.float16): "HalfStorage"}


class Persistent:
    """A value that lies outside of the pickle, under this key."""

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key


class Ordered(dict[Any, Any]):
    """A `collections.OrderedDict` of the reader."""


def dump(value: Any, file: BinaryIO, *, protocol: int = PICKLE) -> None:
    """Write one pickle; a call that comes twice is made once by who reads it.

    Raises: TypeError, for what is neither plain, a name, a call nor persistent.
    """
    file.write(b"\x80" + bytes([protocol]))
    _Emitter(file).put(value)
    file.write(b".")


def dumped(value: Any, *, protocol: int = 2) -> bytes:
    """One pickle as bytes."""
    target = io.BytesIO()
    dump(value, target, protocol=protocol)
    return target.getvalue()


class _Emitter:
    def __init__(self, file: BinaryIO) -> None:
        self._write = file.write
        self._made: dict[int, int] = {}  # id of a call -> its place in the reader's memory

    def put(self, value: Any) -> None:
        match value:
            case None:
                self._write(b"N")
            case bool():
                self._write(b"\x88" if value else b"\x89")
            case int():
                raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
                self._write(b"\x8a" + bytes([len(raw)]) + raw)
            case float():
                self._write(b"G" + struct.pack(">d", value))
            case str():
                self._write(b"X" + struct.pack("<I", len(value.encode())) + value.encode())
            case bytes():
                self._write(b"B" + struct.pack("<I", len(value)))
                self._write(value)
            case Name():
                module, _, name = value.name.rpartition(".")
                self._write(f"c{module}\n{name}\n".encode())
            case Call():
                self._call(value)
            case Persistent():
                self.put(value.key)
                self._write(b"Q")
            case Ordered():
                self.put(Call("collections.OrderedDict", ()))
                self._pairs(value)
            case dict():
                self._write(b"}")
                self._pairs(value)
            case set() if not value:
                self.put(Call("builtins.set", ([],)))
            case list() | tuple():
                self._row(value)
            case _:
                raise TypeError(f"{type(value).__name__} is not written into a pickle")

    def _call(self, call: Call) -> None:
        place = self._made.get(id(call))
        if place is not None:
            self._write(b"j" + struct.pack("<I", place))
            return
        self.put(Name(call.name))
        self.put(call.args)
        self._write(b"R")
        if call.name.endswith(KEPT):
            self._made[id(call)] = len(self._made)
            self._write(b"r" + struct.pack("<I", self._made[id(call)]))

    def _pairs(self, value: Mapping[Any, Any]) -> None:
        self._write(b"(")
        for key, held in value.items():
            self.put(key)
            self.put(held)
        self._write(b"u")

    def _row(self, value: Sequence[Any]) -> None:
        self._write(b"](" if isinstance(value, list) else b"(")
        for held in value:
            self.put(held)
        self._write(b"e" if isinstance(value, list) else b"t")


def tensor(storage: Any, array: NDArray[Any]) -> Call:
    """A tensor of PyTorch that is all of a storage."""
    steps = tuple(step // array.itemsize for step in array.strides)
    return Call("torch._utils._rebuild_tensor_v2", (storage, 0, array.shape, steps, False, Ordered()))


def stored(array: NDArray[Any], key: str) -> Persistent:
    """The storage of an array, which lies under a key of a zip."""
    return Persistent(("storage", Name(f"torch.{STORAGE[array.dtype]}"), key, "cpu", array.size))


def old_file(array: NDArray[Any]) -> bytes:
    """A storage alone, as torch.save wrote it before it wrote zips."""
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": sizes}
    storage = Persistent((*stored(array, "0").key, None))  # here it also says that it is no view of another
    parts = (MAGIC, PROTOCOL, system, storage, ["0"])
    return b"".join(map(dumped, parts)) + struct.pack("<q", array.size) + array.tobytes()
