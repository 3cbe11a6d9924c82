"""Calls of a renderer: connections are kept, closed ones replaced, and whatever is no answer is told."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from api.calling import Answer, Line, Unanswered

ANSWER = b"HTTP/1.1 200 OK\r\ndate: today\r\nContent-Length: 5\r\nContent-Type: image/webp\r\n\r\nhello"
HELLO = Answer(status=200, media_type="image/webp", content=b"hello")


class Peer:
    """Hears calls, and answers each as it was told; None closes the connection, an event is waited for."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.heard: list[bytes] = []
        self.calls = asyncio.Semaphore(0)
        self.left = asyncio.Event()
        self.serving: list[asyncio.Task[None]] = []

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.serving.append(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(EOFError, ConnectionError):
            await self.talk(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            self.heard.append(await reader.readexactly(4))
            self.calls.release()
            if not self.answers:
                await reader.read()  # says nothing until the other one leaves
                self.left.set()
                break
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer)


def with_peer(folder: Path, peer: Callable[[], Peer], do: Callable[[Line, Peer], Awaitable[None]]) -> None:
    async def run() -> None:
        there = peer()
        path = folder / "peer.sock"
        line = Line(f"unix:{path}")
        async with await asyncio.start_unix_server(there.begin, path):
            try:
                await do(line, there)
            finally:
                line.close()
                await asyncio.gather(*there.serving)
                await asyncio.sleep(0)  # in which our side is closed too

    asyncio.run(run())


@pytest.fixture
def folder(short_folder: Path) -> Path:
    return short_folder


def test_calls_one_after_the_other_share_a_connection(folder: Path) -> None:
    async def do(line: Line, peer: Peer) -> None:
        assert [await line.post("/picture", b"call") for _ in range(3)] == [HELLO] * 3
        assert (peer.connections, peer.heard) == (1, [b"call"] * 3)

    with_peer(folder, lambda: Peer(*[ANSWER] * 3), do)


def test_calls_at_once_have_connections_of_their_own(folder: Path) -> None:
    async def do(line: Line, peer: Peer) -> None:
        assert await asyncio.gather(*(line.post("/picture", b"call") for _ in range(3))) == [HELLO] * 3
        assert peer.connections == 3

    with_peer(folder, lambda: Peer(*[ANSWER] * 3), do)


def test_a_kept_connection_that_was_closed_is_replaced(folder: Path) -> None:
    async def do(line: Line, peer: Peer) -> None:
        assert await line.post("/picture", b"one.") == HELLO
        assert await line.post("/picture", b"two.") == HELLO
        assert (peer.connections, peer.heard) == (2, [b"one.", b"two.", b"two."])

    with_peer(folder, lambda: Peer(ANSWER, None, ANSWER), do)


@pytest.mark.parametrize(
    "said", [None, b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", ANSWER[:-1], b"x" * 2**21]
)
def test_what_is_no_answer_is_told(folder: Path, said: bytes | None) -> None:
    async def do(line: Line, peer: Peer) -> None:
        with pytest.raises(Unanswered):
            await line.post("/picture", b"call")

    class Short(Peer):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(4)
            writer.write(said or b"")

    with_peer(folder, Short, do)


def test_where_nobody_listens_it_is_told(folder: Path) -> None:
    for address in (f"unix:{folder}/nobody.sock", "http://127.0.0.1:1"):
        with pytest.raises(Unanswered):
            asyncio.run(Line(address).post("/picture", b"call"))


def test_a_call_that_is_given_up_is_heard_of(folder: Path) -> None:
    async def do(line: Line, peer: Peer) -> None:
        call = asyncio.create_task(line.post("/picture", b"call"))
        await peer.calls.acquire()
        call.cancel()
        await peer.left.wait()
        assert call.cancelled()

    with_peer(folder, Peer, do)
