"""A pickle read as data: nothing that it names is imported, and nothing that it wants to call is called.

What would be a call comes out as a `Call`, and the names that a file may mention are on a list. Bytes are views of the
file, so that a pickle takes little memory beside it, whatever it says about sizes.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from foreign.errors import Refused, damaged, shown

MOST_STEPS = 20_000_000
MOST_LONG_BYTES = 512  # of a whole number; int() of a long text takes time that grows with its square
HIGHEST_PROTOCOL = 5
SETS = frozenset({"builtins.set", "__builtin__.set"})  # the latter is the name in Python 2


@dataclass(frozen=True, slots=True)
class Name:
    """A function or class that a pickle names, `module.name`."""

    name: str


@dataclass(eq=False, slots=True)
class Call:
    """What a pickle wants to have made by calling `name`: with what, and what it puts into it afterwards."""

    name: str
    args: tuple[Any, ...]
    state: Any = None
    pairs: dict[Any, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)


class _Mark:
    """Where a tuple, a list or a dict begins on the stack."""


MARK = _Mark()
Persistent = Callable[[Any], Any]


def no_persistent(key: Any) -> Any:
    """Refuse a reference to something outside of the pickle."""
    raise damaged(f"it refers to {shown(key)}, which lies outside of it")


class Reader:
    """One pickle in `data`, from `position` on; `position` is behind it once `read` has returned."""

    def __init__(
        self,
        data: memoryview,
        *,
        names: Collection[str],
        persistent: Persistent = no_persistent,
        position: int = 0,
    ) -> None:
        self.data, self.position = data, position
        self._names, self._persistent = names, persistent
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def read(self) -> Any:
        """Read to the end of the pickle.

        Raises: Refused, for a name that is not on the list and for what is no pickle or a damaged one.
        """
        try:
            for _ in range(MOST_STEPS):
                code = self._bytes(1)[0]
                if code == ord("."):
                    return self._stack.pop()
                step = _STEPS.get(code)
                if step is None:
                    raise damaged(f"there is no instruction {bytes([code])!r} as at byte {self.position - 1}")
                step(self)
        except (IndexError, KeyError, ValueError, TypeError, AttributeError, struct.error, OverflowError) as error:
            raise damaged(f"its instructions do not fit each other at byte {self.position}") from error
        raise damaged(f"it has more than {MOST_STEPS} instructions")

    def _bytes(self, count: int) -> memoryview:
        end = self.position + count
        if count < 0 or end > len(self.data):
            raise Refused(
                f"The file ends too early: {end - len(self.data):,} bytes are missing, at least.",
                remedy="Download it again; the transfer was cut off.",
            )
        found = self.data[self.position : end]
        self.position = end
        return found

    def _number(self, form: str) -> Any:
        return struct.unpack("<" + form, self._bytes(struct.calcsize(form)))[0]

    def _line(self) -> str:
        rest = bytes(self.data[self.position : self.position + 4096])
        length = rest.index(b"\n")
        self.position += length + 1
        return rest[:length].decode("utf-8")

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _since_mark(self) -> list[Any]:
        """Take what lies above the last mark, and the mark."""
        for at in range(len(self._stack) - 1, -1, -1):
            if self._stack[at] is MARK:
                found = self._stack[at + 1 :]
                del self._stack[at:]
                return found
        raise damaged("an instruction ends what has not begun")

    def _name(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise damaged("it calls what has no name")
        full = f"{module}.{name}"
        if full not in self._names:
            raise Refused(
                f"The file wants to run {full[:120]}, which no network needs.",
                remedy="Do not open it with other programs. Get the model from its publisher.",
            )
        self._push(Name(full))

    def _call(self, function: Any, args: Any, kwargs: Any = None) -> None:
        if not isinstance(function, Name) or not isinstance(args, tuple) or kwargs:
            raise damaged("it calls what is no function")
        if function.name in ("collections.OrderedDict", "dnnlib.util.EasyDict"):
            return self._push(_mapping(*args))
        if function.name in SETS:
            return self._push({_key(item) for items in args for item in items})
        return self._push(Call(function.name, args))

    def _build(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(target, dict) and isinstance(state, dict):
            return  # attributes of a dict: nothing that a network is made of
        if not isinstance(target, Call) or target.state is not None:
            raise damaged("it changes what cannot be changed")
        target.state = state

    def _put_items(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, set):
            target.update(map(_key, items))
        else:
            (target if isinstance(target, list) else target.items).extend(items)

    def _put_pairs(self, flat: list[Any]) -> None:
        target = self._stack[-1]
        pairs = target if isinstance(target, dict) else target.pairs
        if len(flat) % 2:
            raise damaged("a key has no value")
        pairs.update(zip(map(_key, flat[::2]), flat[1::2], strict=True))

    def _long(self, count: int) -> None:
        if count > MOST_LONG_BYTES:
            raise damaged(f"it holds a whole number of {count} bytes")
        self._push(int.from_bytes(self._bytes(count), "little", signed=True))

    def _whole(self, text: str) -> int | bool:
        if len(text) > 2 * MOST_LONG_BYTES:
            raise damaged(f"it holds a whole number of {len(text)} digits")
        return text == "01" if text in ("00", "01") else int(text.rstrip("L"))

    def _text(self, form: str) -> None:
        self._push(str(self._bytes(self._number(form)), "utf-8", "surrogatepass"))

    def _take(self, count: int) -> tuple[Any, ...]:
        """Take the uppermost values, the lowest first."""
        if count > len(self._stack):
            raise damaged("values are missing")
        found = tuple(self._stack[len(self._stack) - count :])
        del self._stack[len(self._stack) - count :]
        if MARK in found:
            raise damaged("values are missing")
        return found

    def _protocol(self) -> None:
        number = self._number("B")
        if number > HIGHEST_PROTOCOL:
            raise damaged(f"it claims to be a pickle of protocol {number}")

    def _dict(self) -> None:
        flat = self._since_mark()
        self._push({})
        self._put_pairs(flat)

    def _inst(self) -> None:
        args = tuple(self._since_mark())
        self._name(self._line(), self._line())
        self._call(self._stack.pop(), args)

    def _obj(self) -> None:
        function, *args = self._since_mark()
        self._call(function, tuple(args))


def _key(value: Any) -> Any:
    """A key of a dict, an item of a set: text or a number. The hash of nested tuples can take for ever."""
    if value is not None and not isinstance(value, str | int | float):
        raise damaged(f"{shown(value)} is a key in it")
    return value


def _mapping(pairs: Any = ()) -> dict[Any, Any]:
    found = pairs.items() if isinstance(pairs, dict) else pairs
    return {_key(key): value for key, value in found}


Step = Callable[[Reader], Any]
_STEPS: dict[int, Step] = {
    ord(code): step
    for code, step in {
        "\x80": Reader._protocol,
        "\x95": lambda r: r._number("Q"),  # a frame: how much of the file to read at once
        "(": lambda r: r._push(MARK),
        "0": lambda r: r._stack.pop(),
        "1": lambda r: r._since_mark(),
        "2": lambda r: r._push(r._stack[-1]),
        "N": lambda r: r._push(None),
        "\x88": lambda r: r._push(True),
        "\x89": lambda r: r._push(False),
        "I": lambda r: r._push(r._whole(r._line())),
        "J": lambda r: r._push(r._number("i")),
        "K": lambda r: r._push(r._number("B")),
        "M": lambda r: r._push(r._number("H")),
        "L": lambda r: r._push(r._whole(r._line())),
        "\x8a": lambda r: r._long(r._number("B")),
        "\x8b": lambda r: r._long(r._number("i")),
        "F": lambda r: r._push(float(r._line())),
        "G": lambda r: r._push(struct.unpack(">d", r._bytes(8))[0]),
        "S": lambda r: r._push(codecs.escape_decode(r._line()[1:-1].encode())[0].decode("latin-1")),
        "T": lambda r: r._push(str(r._bytes(r._number("i")), "latin-1")),
        "U": lambda r: r._push(str(r._bytes(r._number("B")), "latin-1")),
        "V": lambda r: r._push(r._line().encode().decode("raw-unicode-escape")),
        "X": lambda r: r._text("I"),
        "\x8c": lambda r: r._text("B"),
        "\x8d": lambda r: r._text("Q"),
        "B": lambda r: r._push(r._bytes(r._number("I"))),
        "C": lambda r: r._push(r._bytes(r._number("B"))),
        "\x8e": lambda r: r._push(r._bytes(r._number("Q"))),
        "\x96": lambda r: r._push(r._bytes(r._number("Q"))),
        "]": lambda r: r._push([]),
        "a": lambda r: r._put_items([r._stack.pop()]),
        "e": lambda r: r._put_items(r._since_mark()),
        "l": lambda r: r._push(r._since_mark()),
        ")": lambda r: r._push(()),
        "t": lambda r: r._push(tuple(r._since_mark())),
        "\x85": lambda r: r._push(r._take(1)),
        "\x86": lambda r: r._push(r._take(2)),
        "\x87": lambda r: r._push(r._take(3)),
        "}": lambda r: r._push({}),
        "d": Reader._dict,
        "s": lambda r: r._put_pairs(list(r._take(2))),
        "u": lambda r: r._put_pairs(r._since_mark()),
        "\x8f": lambda r: r._push(set()),
        "\x90": lambda r: r._put_items(r._since_mark()),
        "\x91": lambda r: r._push(frozenset(map(_key, r._since_mark()))),
        "c": lambda r: r._name(r._line(), r._line()),
        "\x93": lambda r: r._name(*r._take(2)),
        "i": Reader._inst,
        "o": Reader._obj,
        "\x81": lambda r: r._call(*r._take(2)),
        "\x92": lambda r: r._call(*r._take(3)),
        "R": lambda r: r._call(*r._take(2)),
        "b": Reader._build,
        "p": lambda r: r._memo.__setitem__(int(r._line()), r._stack[-1]),
        "q": lambda r: r._memo.__setitem__(r._number("B"), r._stack[-1]),
        "r": lambda r: r._memo.__setitem__(r._number("I"), r._stack[-1]),
        "\x94": lambda r: r._memo.__setitem__(len(r._memo), r._stack[-1]),
        "g": lambda r: r._push(r._memo[int(r._line())]),
        "h": lambda r: r._push(r._memo[r._number("B")]),
        "j": lambda r: r._push(r._memo[r._number("I")]),
        "P": lambda r: r._push(r._persistent(r._line())),
        "Q": lambda r: r._push(r._persistent(r._stack.pop())),
    }.items()
}
