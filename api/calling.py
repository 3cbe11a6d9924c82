"""Calls of the renderers: HTTP over connections that are kept open, as far as a renderer of ours speaks it.

A client for any server takes 2.5 ms of a core for a call, a tenth of what a small tile takes to draw; this one 0.1.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
AHEAD_BYTES = 2**20  # of an answer, read before they are asked for
MOST_KEPT = 64  # connections to one renderer that wait for a call
CONNECT_S = 5.0  # one that has ended refuses at once; on a busy machine others may need a while
ANSWER_S = 120.0  # a full queue of large pictures

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unanswered(Exception):
    """A renderer cannot be reached, has ended, or says what is no HTTP."""


class _Closed(Unanswered):
    """The connection was closed, perhaps before the call."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a renderer says."""

    status: int
    media_type: str
    content: bytes


class Line:
    """The line to one renderer, at `unix:PATH` or `http://HOST:PORT`. Used on one event loop."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._kept: list[Connection] = []

    def close(self) -> None:
        """Close the connections that wait for a call."""
        while self._kept:
            self._kept.pop()[1].close()

    async def post(self, path: str, body: bytes) -> Answer:
        """Send and wait; a cancelled call closes its connection, by which the renderer knows. Raises: Unanswered.

        A call may be made twice, if a connection that was kept proves to be closed.
        """
        while self._kept:
            kept = self._kept.pop()
            if kept[0].at_eof():
                kept[1].close()
                continue
            try:
                return await self._call(kept, path, body)
            except _Closed:
                break
        return await self._call(await self._connected(), path, body)

    async def _connected(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_S):
                if self._address.startswith("unix:"):
                    return await asyncio.open_unix_connection(self._address.removeprefix("unix:"), limit=AHEAD_BYTES)
                host, _, port = self._address.removeprefix("http://").rpartition(":")
                return await asyncio.open_connection(host.strip("[]"), int(port), limit=AHEAD_BYTES)
        except (OSError, TimeoutError) as error:
            raise Unanswered(f"{self._address}: {error!r}") from error

    async def _call(self, connection: Connection, path: str, body: bytes) -> Answer:
        reader, writer = connection
        answered = False
        try:
            writer.write(b"POST %s HTTP/1.1\r\nhost: renderer\r\n" % path.encode())
            writer.write(b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            async with asyncio.timeout(ANSWER_S):
                answer, keeps = await _read(reader)
            answered = keeps
        except (TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
            raise Unanswered(f"{self._address}: {error!r}") from error
        except (OSError, EOFError) as error:
            raise _Closed(f"{self._address}: {error!r}") from error
        finally:
            if answered and len(self._kept) < MOST_KEPT:
                self._kept.append(connection)
            else:
                writer.close()
        return answer


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """Read an answer, and whether the connection stays open. Raises: ValueError, if it is none of a renderer's."""
    head = await reader.readuntil(HEAD_END)
    first, *lines = head.removesuffix(HEAD_END).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not first.startswith("HTTP/1.1 ") or "content-length" not in fields:
        raise ValueError(f"{first[:100]!r} is no answer of a renderer")
    content = await reader.readexactly(int(fields["content-length"]))
    answer = Answer(status=int(first[9:12]), media_type=fields.get("content-type", ""), content=content)
    return answer, fields.get("connection", "").lower() != "close"
