"""A web server that publishes one file, as well or as badly as a test wants it."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Publisher:
    """What is published, how it misbehaves, and what it was asked for. Each answer takes one of `breaks` off."""

    content: bytes
    etag: str | None = '"1"'
    breaks: list[int] = field(default_factory=list)  # bytes of the body after which the line breaks, answer by answer
    statuses: list[int] = field(default_factory=list)  # in place of 200, answer by answer
    knows_ranges: bool = True
    reads_if_range: bool = True
    says_length: bool = True
    moved_to: str | None = None
    ranges: list[str | None] = field(default_factory=list)  # that were asked for
    gate: threading.Event | None = None  # what comes after the first half of the body waits for it
    address: str = ""

    @contextlib.contextmanager
    def serving(self) -> Iterator["Publisher"]:
        """Serve on a free port until the block ends."""
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            if self.gate is not None:
                self.gate.set()
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def url(self) -> str:
        """The file's address."""
        return f"{self.address}/published.pkl"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        asked = to.headers.get("Range")
        self.ranges.append(asked)
        status = self.statuses.pop(0) if self.statuses else 200
        if self.moved_to is not None or status not in (200, 206):
            to.send_response(302 if self.moved_to else status)
            if self.moved_to:
                to.send_header("Location", self.moved_to)
            to.send_header("Content-Length", "0")
            to.end_headers()
            return
        begin = 0
        if asked and self.knows_ranges and (not self.reads_if_range or to.headers.get("If-Range") == self.etag):
            begin = int(asked.removeprefix("bytes=").removesuffix("-"))
            status = 206
        body = self.content[begin:]
        to.send_response(status)
        if status == 206:
            to.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        if self.etag:
            to.send_header("ETag", self.etag)
        if self.says_length:
            to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        end = self.breaks.pop(0) if self.breaks else len(body)
        half = len(body) // 2 if self.gate is not None else end
        with contextlib.suppress(OSError):  # the client may leave
            to.wfile.write(body[:half])
            if self.gate is not None:
                to.wfile.flush()
                self.gate.wait(60)
                to.wfile.write(body[half:end])
        to.close_connection = True
