"""HTTP/1.1 on the wire: uvicorn's protocol, and a way past its parser for a large body.

What the parser hands on has been copied four times by then, which takes longer than writing it to disk. Where a body
declares its length there is nothing in it to parse.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import sys
from functools import partial
from typing import Any, cast

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.splice import CAN, STRAIGHT, Rest

LARGE_BYTES = 2**20  # from here on it pays
BUFFER_BYTES = 2**20
WORTHWHILE_BYTES = 2**19
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc


def configured(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """Give what makes a server of the app; `options` are uvicorn's own."""
    return uvicorn.Config(app, http=Protocol, loop="uvloop", log_config=None, **options)


def keep_freed_memory() -> None:
    """Have the allocator keep a few freed MiB: pieces of a body come and go, and fresh pages cost as much as a copy."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):  # musl has none
        libc.mallopt(_M_MMAP_THRESHOLD, 4 * 2**20)
        libc.mallopt(_M_TRIM_THRESHOLD, 16 * 2**20)


class Protocol(HttpToolsProtocol):
    """A connection that reads a large body of declared length straight from the socket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left_bytes = 0  # of the body at hand
        self._straight: Straight | None = None  # reads what is left of it

    def on_headers_complete(self) -> None:
        """Note how long the body is to be; 0 where that is not declared."""
        super().on_headers_complete()
        cast(dict[str, Any], self.scope)["extensions"] = {STRAIGHT: partial(self._rest_of, self.cycle)}
        declared = b"".join(value for name, value in self.headers if name == b"content-length")
        self._left_bytes = int(declared) if declared.isdigit() else 0  # the parser refuses what is no number

    def on_body(self, body: bytes) -> None:
        """Hand on what came with the headers."""
        super().on_body(body)
        self._left_bytes -= len(body)

    def data_received(self, data: bytes) -> None:
        """Parse, and leave the rest of a large body to `Straight`."""
        super().data_received(data)
        straight = self._left_bytes >= LARGE_BYTES and self.cycle.more_body and not self.pipeline
        if straight and not self.transport.is_closing():
            self._straight = Straight(self, self.cycle, self._left_bytes)
            self.transport.set_protocol(self._straight)
            self._left_bytes = 0

    def _rest_of(self, cycle: RequestResponseCycle) -> Rest | None:
        straight = self._straight
        return straight.rest() if CAN and straight is not None and straight.cycle is cycle else None

    def begin_anew(self) -> None:
        """Go on with the next request, after a body that the parser has not seen."""
        self._straight = None
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
        self.transport.set_protocol(self)

    def keep_alive(self) -> None:
        """Do not take a connection for idle on which a body that nobody asked for is still coming."""
        self._unset_keepalive_if_required()


class Straight(asyncio.BufferedProtocol):
    """The rest of one body: what has come is handed on, and more is read once the app took it."""

    def __init__(self, connection: Protocol, cycle: RequestResponseCycle, left_bytes: int) -> None:
        self._connection = connection
        self.cycle = cycle
        self.left_bytes = left_bytes
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self._wait_for(WORTHWHILE_BYTES)

    def _wait_for(self, size_bytes: int) -> None:
        """Be woken once so much is there, or the client left: a piece costs much the same however small it is."""
        sock = self._connection.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size_bytes)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Give room for the next piece, never for a byte of what follows the body."""
        return self._buffer[: self.left_bytes]

    def buffer_updated(self, nbytes: int) -> None:
        """Hand a piece on; one that comes after the answer is dropped."""
        self.left_bytes -= nbytes
        if self.cycle.response_complete:
            self._connection.keep_alive()
        else:
            self._hand_on(self._buffer[:nbytes])
        self._go_on()

    def rest(self) -> Rest | None:
        """Leave what is to come to whom moves it himself; None, while something waits that came here."""
        if self.cycle.body or self.cycle.disconnected or self.left_bytes == 0:
            return None
        self._connection.flow.pause_reading()
        return self

    def fileno(self) -> int:
        """Give the socket."""
        descriptor: int = self._connection.transport.get_extra_info("socket").fileno()
        return descriptor

    def taken(self, nbytes: int) -> None:
        """Note that so much was read by whom the rest was left to."""
        self.left_bytes -= nbytes
        self.cycle.more_body = self.left_bytes > 0
        self._go_on()

    def _go_on(self) -> None:
        if self.left_bytes < WORTHWHILE_BYTES:
            self._wait_for(max(self.left_bytes, 1))
        if self.left_bytes == 0:
            self._connection.begin_anew()

    def _hand_on(self, piece: memoryview) -> None:
        cycle = self.cycle
        if cycle.body:  # what came with the headers is not taken yet
            cycle.body += piece
        else:
            cycle.body = cast(bytearray, piece)  # uvicorn copies it, before it lets more be read
        cycle.more_body = self.left_bytes > 0
        self._connection.flow.pause_reading()
        cycle.message_event.set()

    def eof_received(self) -> None:
        """Have the connection closed."""
        self._connection.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the request that its client left."""
        self._connection.connection_lost(error)

    def pause_writing(self) -> None:
        """Pass it on."""
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._connection.resume_writing()
