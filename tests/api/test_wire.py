"""Large bodies go past the parser: each byte arrives, and none of what follows is taken for one of them."""

import contextlib
import errno
import hashlib
import os
import random
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import parse_headers
from pathlib import Path
from threading import Thread
from typing import BinaryIO, cast

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.problems import TooLarge
from api.receive import land
from api.splice import CAN, STRAIGHT, Rest
from api.wire import BUFFER_BYTES, LARGE_BYTES
from jobs.ids import new_id
from tests.api.serving import answering
from tests.waiting import until

BODY = os.urandom(3 * LARGE_BYTES + 17)


@dataclass
class Digesting:
    """An app that answers with the SHA-256 of the body, or before it at `/early`; it counts the clients that left."""

    left: int = 0
    largest: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request, digest = Request(scope, receive), hashlib.sha256()
        try:
            if scope["path"] != "/early":
                async for piece in request.stream():
                    digest.update(piece)
                    self.largest = max(self.largest, len(piece))
            await PlainTextResponse(digest.hexdigest())(scope, receive, send)
        except ClientDisconnect:
            self.left += 1


@dataclass
class Keeping:
    """An app that keeps the body in a file, and answers with its SHA-256 and with that of the file, if they differ."""

    folder: Path
    left: int = 0
    largest: int = 0
    straight: int = 0  # bodies of which the rest was moved within the kernel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        way = scope["extensions"][STRAIGHT]

        def rest() -> Rest | None:
            found: Rest | None = way()
            self.straight += found is not None
            return found

        try:
            if scope["path"] == "/early":
                await PlainTextResponse(digest(b""))(scope, receive, send)
                return
            path = self.folder / new_id().hex
            kept = await land(request.stream(), path, limit_bytes=10**9, straight=rest)
            found = digest(path.read_bytes())
            said = found if (kept.sha256, kept.size_bytes) == (found, path.stat().st_size) else "another one"
            await PlainTextResponse(said)(scope, receive, send)
        except ClientDisconnect:
            self.left += 1


@pytest.fixture(params=["received", "straight", "without splice"])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Digesting | Keeping:
    if request.param == "without splice":
        monkeypatch.setattr("api.wire.CAN", False)
    return Digesting() if request.param == "received" else Keeping(tmp_path)


@pytest.fixture
def connection(app: Digesting | Keeping) -> Iterator[socket.socket]:
    with answering(app) as where, socket.create_connection(where, timeout=20) as client:
        yield client


def head(size: int, *, path: str = "/", **others: str) -> bytes:
    lines = [f"PUT {path} HTTP/1.1", "Host: here", f"Content-Length: {size}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in others.items()), "", ""]).encode()


def answers(connection: socket.socket, count: int = 1) -> list[tuple[int, str]]:
    with connection.makefile("rb") as file:
        return [answer(cast(BinaryIO, file)) for _ in range(count)]


def answer(file: BinaryIO) -> tuple[int, str]:
    status = int(file.readline().split()[1])
    length = parse_headers(file)["Content-Length"]
    return status, file.read(int(length)).decode()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("size", [LARGE_BYTES - 1, LARGE_BYTES, LARGE_BYTES + 1, len(BODY)])
def test_a_body_of_any_size_arrives_whole(connection: socket.socket, app: Digesting | Keeping, size: int) -> None:
    connection.sendall(head(size) + BODY[:size])
    assert answers(connection) == [(200, digest(BODY[:size]))]
    assert app.largest <= BUFFER_BYTES + 2**18  # flat memory: what came with the headers, and one piece


def test_a_body_in_odd_pieces_arrives_whole(connection: socket.socket) -> None:
    told = head(len(BODY)) + BODY
    cuts = sorted(random.Random(1).sample(range(1, len(told)), 60))  # noqa: S311
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for begin, end in zip([0, *cuts], [*cuts, len(told)], strict=True):
        connection.sendall(told[begin:end])
    assert answers(connection) == [(200, digest(BODY))]


def test_requests_in_one_breath_are_answered_in_turn(connection: socket.socket) -> None:
    told = head(len(BODY)) + BODY + head(3) + b"abc" + head(len(BODY) - 1) + BODY[1:]
    sending = Thread(target=connection.sendall, args=[told])
    sending.start()
    assert answers(connection, 3) == [(200, digest(b)) for b in (BODY, b"abc", BODY[1:])]
    sending.join()


def test_a_connection_goes_on_after_an_answer_that_came_before_the_body(connection: socket.socket) -> None:
    connection.sendall(head(len(BODY), path="/early"))
    assert answers(connection) == [(200, digest(b""))]
    connection.sendall(BODY + head(3) + b"abc")
    assert answers(connection) == [(200, digest(b"abc"))]


def test_a_client_that_leaves_is_noticed(connection: socket.socket, app: Digesting | Keeping) -> None:
    connection.sendall(head(len(BODY)) + BODY[:-1])
    connection.close()
    until(lambda: app.left == 1)


def test_a_client_that_asks_whether_to_go_on_is_told(connection: socket.socket) -> None:
    connection.sendall(head(len(BODY), Expect="100-continue"))
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(BODY)
    assert answers(connection) == [(200, digest(BODY))]


def test_a_body_of_no_declared_length_is_parsed(connection: socket.socket) -> None:
    connection.sendall(b"PUT / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY))
    assert answers(connection) == [(200, digest(BODY))]


@pytest.mark.parametrize(
    "length",
    [
        "Content-Length: 3000000\r\nContent-Length: 3000000",
        "Content-Length: 3000000\r\nTransfer-Encoding: chunked",
        "Content-Length: +3000000",
        "Content-Length: 3000000, 3000000",
        f"Content-Length: {2**64}",
    ],
)
def test_a_length_that_two_readers_could_take_differently_is_refused(connection: socket.socket, length: str) -> None:
    connection.sendall(f"PUT / HTTP/1.1\r\nHost: here\r\n{length}\r\n\r\n".encode())
    assert answers(connection)[0][0] == 400


def test_a_body_of_a_request_that_would_speak_something_else_is_no_body(connection: socket.socket) -> None:
    connection.sendall(head(len(BODY), Upgrade="h2c", Connection="Upgrade"))
    assert answers(connection) == [(200, digest(b""))]  # to the parser it ended with its headers
    with contextlib.suppress(ConnectionError):  # it is no request either: refused, or cut off
        connection.sendall(BODY)
        assert connection.recv(2**16)[:12] in (b"", b"HTTP/1.1 400")


@pytest.mark.skipif(not CAN, reason="this system moves nothing between a socket and a file by itself")
class TestStraight:
    """The rest of a body goes from the socket into the file."""

    @pytest.fixture
    def app(self, tmp_path: Path) -> Keeping:
        return Keeping(tmp_path)

    def test_it_is_what_is_done(self, connection: socket.socket, app: Keeping) -> None:
        for times in range(1, 4):  # on one connection
            connection.sendall(head(len(BODY)) + BODY)
            assert answers(connection) == [(200, digest(BODY))]
            assert app.straight == times

    def test_many_who_are_slow_hold_up_nobody(self, app: Keeping) -> None:
        with answering(app) as where, contextlib.ExitStack() as held:
            slow = [held.enter_context(socket.create_connection(where, timeout=20)) for _ in range(40)]
            for client in slow:
                client.sendall(head(len(BODY)) + BODY[:LARGE_BYTES])
            until(lambda: app.straight == len(slow))
            quick = held.enter_context(socket.create_connection(where, timeout=20))
            quick.sendall(head(len(BODY)) + BODY)
            assert answers(quick) == [(200, digest(BODY))]
            for client in slow:
                client.sendall(BODY[LARGE_BYTES:])
                assert answers(client) == [(200, digest(BODY))]

    def test_a_file_that_takes_no_splice_is_written(
        self, connection: socket.socket, app: Keeping, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def splice(source: int, target: int, count: int) -> int:
            if stat.S_ISREG(os.fstat(target).st_mode):
                raise OSError(errno.EINVAL, "as some file systems say")
            return real(source, target, count)

        real = os.splice
        monkeypatch.setattr(os, "splice", splice)
        connection.sendall(head(len(BODY)) + BODY)
        assert answers(connection) == [(200, digest(BODY))]

    def test_what_is_too_large_is_refused_before_it_is_read(self, tmp_path: Path) -> None:
        async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            stream, straight = Request(scope, receive).stream(), scope["extensions"][STRAIGHT]
            with pytest.raises(TooLarge):
                await land(stream, tmp_path / "large", limit_bytes=2 * LARGE_BYTES, straight=straight)
            await PlainTextResponse(str(os.listdir(tmp_path)))(scope, receive, send)  # noqa: PTH208

        with answering(refusing) as where, socket.create_connection(where, timeout=20) as client:
            client.sendall(head(len(BODY)) + BODY[: LARGE_BYTES + 5])
            assert answers(client) == [(200, "[]")]
