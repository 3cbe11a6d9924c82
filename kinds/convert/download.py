"""Fetching a file from where it is published: it goes on where it broke off, and is counted and hashed."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

import httpx

from jobs.errors import DiskFull, ModelRejected, NotFetched

MOST_BYTES = 4 * 2**30  # as for a file that is sent
CHUNK_BYTES = 2**20
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)  # before another try; as often as it breaks off without a byte between
TIMEOUT = httpx.Timeout(30.0)
AGENT = "Reverie (model import)"
BY_HAND = "Download {name} by hand from where it is published, and bring it as a file."
GONE = frozenset({404, 410, 451})  # what is here has no other half any more
REFUSED = frozenset({401, 403}) | GONE
LOCK_S = 30.0  # that an attempt which lost its lease may take to die
TELL_S = 1.0  # between two words on a slow line


@dataclass(kw_only=True, slots=True)
class Download:
    """One file on its way, held in a with block. What has come lies in `folder`, with what vouches for it."""

    url: str
    filename: str
    folder: Path
    size_bytes: int | None = None  # as its publisher says
    sha256: str | None = None  # likewise
    stop: Callable[[], bool] = lambda: False
    pauses_s: tuple[float, ...] = PAUSES_S
    total: int | None = field(default=None, init=False)  # as the server says
    _lock: BinaryIO | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Hold the file against other jobs, until the block ends. Raises: NotFetched, if another holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.path.open("ab", buffering=0)
        until = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > until or self.stop():
                    file.close()
                    raise NotFetched("another job is fetching this file", remedy="Wait for it to end.") from error
                time.sleep(0.1)
            else:
                self._lock = file
                return self

    def __exit__(self, *ended: object) -> None:
        """Let go of the file."""
        if self._lock is not None:
            self._lock.close()

    @property
    def path(self) -> Path:
        """Where the file grows."""
        return self.folder / f"{hashlib.sha256(self.url.encode()).hexdigest()[:32]}.part"

    def run(self) -> Iterator[int]:
        """Fetch what is missing; yields the number of bytes that are here, every MiB or second, and at each new try.

        It ends early, keeping what came, when `stop` says so.
        Raises: NotFetched, when its publisher cannot be reached or does not give it; ModelRejected, when it is another
        file than was published; DiskFull.
        """
        file = self._lock
        if file is None:
            raise ValueError("fetch in a with block, which holds the file")
        with httpx.Client(timeout=TIMEOUT, follow_redirects=True, max_redirects=5) as http:
            yield file.seek(0, os.SEEK_END)
            failures = 0
            while not self._whole(file.tell()):
                before = file.tell()
                try:
                    yield from self._attempt(http, file)
                except (httpx.TransportError, _Busy) as error:
                    failures = 0 if file.tell() > before else failures + 1
                    if failures > len(self.pauses_s):
                        raise self._unreachable(error) from error
                    yield file.tell()
                    self._wait(self.pauses_s[max(failures - 1, 0)] if self.pauses_s else 0.0)
                if self.stop():
                    return
            yield file.tell()

    def checked(self) -> tuple[int, str]:
        """Give size and SHA-256 of the file that is here. Raises: ModelRejected, unless it is the one published."""
        with self.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = file.tell()
        told = [
            f"it should have {wanted} and has {found}"
            for wanted, found in (
                (self.size_bytes and f"{self.size_bytes:,} bytes", f"{size_bytes:,} bytes"),
                (self.sha256 and f"the SHA-256 {self.sha256}", f"the SHA-256 {sha256}"),
            )
            if wanted and wanted != found
        ]
        if told:
            self.forget()
            raise ModelRejected(
                f"What came is another file than was published: {told[0]}.",
                remedy="Try again; if it comes out the same, its publisher has changed it, or somebody on the way.",
            )
        return size_bytes, sha256

    def forget(self) -> None:
        """Remove what has come."""
        for path in (self.path, self._voucher):
            path.unlink(missing_ok=True)

    @property
    def _voucher(self) -> Path:
        return self.path.with_suffix(".json")

    def _whole(self, here: int) -> bool:
        self.total = self.total or self._vouched().get("total")
        return self.total is not None and here >= self.total

    def _attempt(self, http: httpx.Client, file: BinaryIO) -> Iterator[int]:
        vouched, here = self._vouched(), file.tell()
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        if here and vouched.get("etag"):
            headers |= {"Range": f"bytes={here}-", "If-Range": vouched["etag"]}
        try:
            with http.stream("GET", self.url, headers=headers) as answer:
                self._accept(answer, file)
                told, when = file.tell(), time.monotonic()
                for chunk in answer.iter_raw():  # of no wanted size: it would keep back what a broken line has brought
                    self._take(chunk, file)
                    if self.stop():
                        return
                    if file.tell() - told >= CHUNK_BYTES or time.monotonic() - when >= TELL_S:
                        told, when = file.tell(), time.monotonic()
                        yield told
        except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise self._refused(str(error)) from error
        if self.total is None:  # a server that does not say how much there is: its end is the end
            self.total = file.tell()
        if file.tell() < self.total:
            raise httpx.RemoteProtocolError(f"{self.total - file.tell():,} bytes are missing")

    def _accept(self, answer: httpx.Response, file: BinaryIO) -> None:
        """Look at the head of an answer: what it begins with, and how much there will be."""
        status = answer.status_code
        if status in REFUSED:
            if status in GONE:
                self.forget()
            raise self._refused(f"it answers {status} {answer.reason_phrase}")
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:  # what is here is of another file
            self._begin_anew(file)
            raise _Busy("it begins anew")
        if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise _Busy(f"it answers {status} {answer.reason_phrase}")
        length = answer.headers.get("content-length", "")
        coming = int(length) if length.isascii() and length.isdigit() else None
        if status == httpx.codes.PARTIAL_CONTENT and not self._goes_on(answer, file):
            self._begin_anew(file)
            raise _Busy("it gives the rest of another file")
        if status == httpx.codes.OK:
            if coming is not None and self.size_bytes not in (None, coming):  # a page to sign in at, perhaps
                raise self._refused(f"it gives {coming:,} bytes in place of {self.size_bytes:,}")
            self._begin_anew(file)
        self.total = None if coming is None else file.tell() + coming
        if max(self.total or 0, self.size_bytes or 0) > MOST_BYTES:
            self.forget()
            raise self._refused(f"it has more than {MOST_BYTES / 2**30:.0f} GB")
        etag = answer.headers.get("etag", "")
        by_time = not etag or etag.startswith("W/")
        strong = answer.headers.get("last-modified") if by_time else etag
        vouched = {"etag": strong, "by_time": by_time, "total": self.total}
        self._voucher.write_text(json.dumps(vouched), encoding="utf-8")
        _has_room(self.folder, (self.total or 0) - file.tell())

    def _take(self, chunk: bytes, file: BinaryIO) -> None:
        if file.tell() + len(chunk) > MOST_BYTES:
            self.forget()
            raise self._refused(f"it has more than {MOST_BYTES / 2**30:.0f} GB")
        try:
            view = memoryview(chunk)
            while view:
                view = view[file.write(view) :]
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _full() from error
            raise

    def _goes_on(self, answer: httpx.Response, file: BinaryIO) -> bool:
        """Whether a part is of the file that is here, and begins where that ends."""
        vouched = self._vouched()
        begins = answer.headers.get("content-range", "").startswith(f"bytes {file.tell()}-")
        whole = answer.headers.get("content-range", "").rpartition("/")[2]
        same = answer.headers.get("etag", vouched.get("etag")) in (vouched.get("etag"), None) or vouched.get("by_time")
        return bool(begins and whole in (str(vouched.get("total")), "*") and same)

    def _begin_anew(self, file: BinaryIO) -> None:
        file.truncate(0)
        file.seek(0)
        self.total = None
        self._voucher.unlink(missing_ok=True)

    def _vouched(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._voucher.read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stop():
            time.sleep(0.1)

    def _unreachable(self, error: Exception) -> NotFetched:
        host = httpx.URL(self.url).host
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            why = f"the publisher's server, {host}, cannot be reached from here"
        else:
            why = f"the line to the publisher's server, {host}, breaks off: {str(error) or type(error).__name__}"
        return NotFetched(
            why,
            remedy=f"What has come is kept; try again when there is a network. {BY_HAND.format(name=self.filename)}",
        )

    def _refused(self, why: str) -> NotFetched:
        return NotFetched(
            f"the publisher's server, {httpx.URL(self.url).host}, does not give the file: {why}",
            remedy=BY_HAND.format(name=self.filename),
        )


class _Busy(Exception):
    """An answer that may be another one in a moment."""


def _has_room(folder: Path, needed_bytes: int) -> None:
    found = os.statvfs(folder)
    if needed_bytes > found.f_bavail * found.f_frsize:
        raise _full()


def _full() -> DiskFull:
    return DiskFull(
        "There is no room left on the disk for the model's file.",
        remedy="Free some space where the data lies, then try again; what has come is kept.",
    )
