"""Tensors of PyTorch and arrays of NumPy as pickles hold them, without PyTorch and without calling either."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foreign.errors import damaged, shown
from foreign.pickles import Call, Name, Reader

Array = NDArray[Any]
STORAGES = {  # name of a storage's class -> type of its elements
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "BFloat16Storage": "<u2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
STORAGE_NAMES = frozenset(f"torch.{name}" for name in STORAGES)
TENSOR_NAMES = frozenset(
    {
        *STORAGE_NAMES,
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter",
        "collections.OrderedDict",
    }
)
ARRAY_NAMES = frozenset(
    {
        f"{module}.{name}"
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct", "scalar")
    }
    | {"numpy.ndarray", "numpy.dtype", "_codecs.encode"}
)
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # of files that torch.save wrote before it wrote zips
MOST_DIMENSIONS = 8


class Storage:
    """Numbers in a row, that tensors are views of."""

    def __init__(self, kind: str, count: int, content: memoryview | None = None) -> None:
        self.kind, self.count = kind, count
        self.values: Array | None = None if content is None else self._of(content)

    def fill(self, content: memoryview) -> None:
        """Give it its bytes, once it is known where they are."""
        self.values = self._of(content)

    def _of(self, content: memoryview) -> Array:
        form = np.dtype(STORAGES[self.kind])
        if len(content) < self.count * form.itemsize:
            missing = self.count * form.itemsize - len(content)
            raise damaged(f"{missing:,} bytes of a tensor are missing")
        return np.frombuffer(content, form, self.count)


def storage_of(key: Any) -> tuple[str, str, int]:
    """Name, kind and number of elements of the storage that a persistent id names."""
    try:
        word, kind, name, _place, count = key[:5]
    except (TypeError, ValueError) as error:
        raise damaged(f"a tensor lies at {shown(key)}") from error
    kind = kind.name.removeprefix("torch.") if isinstance(kind, Name) else ""
    plain = isinstance(word, str) and isinstance(name, str | int) and isinstance(count, int)
    if not plain or word != "storage" or kind not in STORAGES or count < 0:
        raise damaged(f"a tensor lies at {shown(word)} {shown(name)}")
    return str(name), kind, count


def old_file(data: memoryview, *, names: frozenset[str]) -> Any:
    """Read what torch.save wrote before it wrote zips: five pickles, then the storages.

    Raises: Refused.
    """
    position = 0
    parts = []
    storages: dict[str, Storage] = {}

    def at(key: Any) -> Storage:
        name, kind, count = storage_of(key)
        return storages.setdefault(name, Storage(kind, count))

    for _ in range(5):
        reader = Reader(data, names=names, persistent=at, position=position)
        parts.append(reader.read())
        position = reader.position
    magic, protocol, system, content, keys = parts
    if magic != MAGIC or protocol != PROTOCOL or not isinstance(keys, list):
        raise damaged("it is no file of PyTorch")
    if isinstance(system, dict) and not system.get("little_endian", True):
        raise damaged("its numbers have their bytes in the order of another kind of machine")
    for key in keys:
        storage = storages.get(str(key)) if isinstance(key, str | int) else None
        if storage is None:
            raise damaged(f"nothing uses its storage {shown(key)}")
        count = int.from_bytes(data[position : position + 8], "little")
        if count != storage.count:
            raise damaged(f"a storage of {storage.count} numbers says that it has {count}")
        size = count * np.dtype(STORAGES[storage.kind]).itemsize
        storage.fill(data[position + 8 : position + 8 + size])
        position += 8 + size
    return content


def is_old_file(data: memoryview) -> bool:
    """Whether it begins as torch.save began its files before it wrote zips."""
    head = bytes(data[:32])
    return MAGIC.to_bytes(10, "little") in head


def array_of(value: Any) -> Array | None:
    """The numbers of a tensor, a parameter, an array or a scalar; None for what is none of them.

    Raises: Refused, if it lies about its size.
    """
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, Call):
        return None
    word = value.name.rpartition(".")[2]
    if word == "_rebuild_parameter":
        return array_of(value.args[0]) if value.args else None
    if word in ("_rebuild_tensor", "_rebuild_tensor_v2"):
        return _tensor(value.args)
    if word == "_reconstruct":
        return _array(value.state)
    if word == "scalar":
        return _scalar(value.args)
    return None


def number_of(value: Any) -> Any:
    """A plain number where NumPy wrapped one; anything else as it is."""
    found = array_of(value)
    return value if found is None or found.size != 1 else found.reshape(()).item()


def _tensor(args: tuple[Any, ...]) -> Array:
    storage, offset, size, stride = (*args[:4], None, None, None, None)[:4]
    if isinstance(storage, Call) and storage.name == "torch.storage._load_from_bytes":
        storage = _nested(storage)
    if not isinstance(storage, Storage) or storage.values is None:
        raise damaged("a tensor has no numbers")
    whole = isinstance(size, tuple) and isinstance(stride, tuple) and len(size) == len(stride) <= MOST_DIMENSIONS
    if not whole or not all(isinstance(n, int) and n >= 0 for n in (offset, *size, *stride)):
        raise damaged("a tensor has no shape")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if math.prod(size) > storage.count or (math.prod(size) and last >= storage.count):
        raise damaged(f"a tensor of {size} is larger than the {storage.count} numbers that it is made of")
    values = storage.values[offset:]
    steps = tuple(step * values.itemsize for step in stride)
    found = np.lib.stride_tricks.as_strided(values, size, steps, writeable=False) if math.prod(size) else np.empty(size)
    return _as_float(found) if storage.kind == "BFloat16Storage" else found


def _as_float(halves: Array) -> Array:
    """bfloat16 is the upper half of a float32."""
    return (halves.astype(np.uint32) << 16).view(np.float32)


def _nested(call: Call) -> Storage:
    """The storage within the bytes that NVIDIA's files keep a tensor in."""
    found = old_file(_content(call.args[0] if call.args else None), names=STORAGE_NAMES)
    if not isinstance(found, Storage):
        raise damaged("a tensor has no numbers")
    return found


def _dtype(call: Any) -> np.dtype[Any]:
    """A type of numbers; never one of objects, text or records."""
    if not isinstance(call, Call) or call.name != "numpy.dtype" or not call.args or not isinstance(call.args[0], str):
        raise damaged("an array has no type of numbers")
    order = call.state[1] if isinstance(call.state, tuple) and len(call.state) > 1 else "<"
    form = call.args[0].lstrip("<>=|")
    if form not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
        raise damaged(f"an array holds {form[:20]}, and no numbers")
    return np.dtype(form).newbyteorder(">" if order == ">" else "<")


def _content(value: Any) -> memoryview:
    if isinstance(value, Call) and value.name == "_codecs.encode" and value.args:
        return memoryview(str(value.args[0]).encode("latin-1"))  # how Python 2 kept bytes
    if isinstance(value, str):
        return memoryview(value.encode("latin-1"))
    if not isinstance(value, memoryview):
        raise damaged("an array has no numbers")
    return value


def _array(state: Any) -> Array:
    if not isinstance(state, tuple) or len(state) != 5 or not isinstance(state[1], tuple):
        raise damaged("an array has no shape")
    _, shape, form, fortran, content = state
    values = np.frombuffer(_content(content), _dtype(form))
    if not all(isinstance(n, int) and n >= 0 for n in shape) or math.prod(shape) != values.size:
        raise damaged(f"an array says another number of numbers than its {values.size}")
    return values.reshape(shape, order="F" if fortran else "C")


def _scalar(args: tuple[Any, ...]) -> Array:
    values = np.frombuffer(_content(args[1] if len(args) > 1 else None), _dtype(args[0] if args else None))
    if values.size != 1:
        raise damaged("a number is not one number")
    return values
