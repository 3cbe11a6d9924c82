"""Decoding processes, one for each of a few threads; each goes on until a file kills it, and is started again."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jobs.errors import DiskFull
from kinds.ingest import limits
from kinds.orphans import PARENT

# For glibc: keep the memory of a picture for the next one. Taken from the system anew, it costs 4 ms a picture.
KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**26),
    "MALLOC_TOP_PAD_": str(2**24),
}
TOO_SLOW = f"Decoding took longer than {limits.DECODE_S:.0f} seconds; it was left out for safety."
DIED = "The picture brought its decoder down; it was left out for safety."
Answer = dict[str, Any]  # {"facts": {...}}, {} or {"refused": "why"}


class Undecoded(Exception):
    """What was asked for cannot be made of the picture; the text says why, in one sentence."""


class Decoder:
    """One decoding process, used by one thread."""

    def __init__(self, max_pixels: int, *, heif: bool = False, raw: bool = False) -> None:
        self._max_pixels = max_pixels
        self._more = [name for name, wanted in (("heif", heif), ("raw", raw)) if wanted]
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: Mapping[str, Any]) -> tuple[Answer, bytes]:
        """Ask for one file; see `kinds.ingest.decoder`. One that dies or stalls refuses it; the next gets a new one.

        Raises: DiskFull.
        """
        process = self._process = self._process or self._start()
        line = self._line(process, json.dumps({**question, "max_pixels": self._max_pixels}).encode() + b"\n")
        if not line.endswith(b"\n"):
            stalled = process.poll() is None
            self.close()
            return {"refused": TOO_SLOW if stalled else DIED}, b""
        answer: Answer = json.loads(line)
        if "failed" in answer:
            raise DiskFull(
                "there is no room to decode the photographs", remedy="Free some space, then try again: it goes on."
            )
        count = answer.pop("bytes", 0)
        pixels = process.stdout.read(count) if process.stdout else b""
        if len(pixels) < count:
            self.close()
            return {"refused": DIED}, b""
        return answer, pixels

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        # One thread a process: there is one process a core, and each pool of threads costs address space.
        quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        return subprocess.Popen(
            [sys.executable, "-m", "kinds.ingest.decoder", str(self._max_pixels), *self._more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **quiet, **KEEP_MEMORY, PARENT: str(os.getpid())},
        )

    def _line(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            process.stdin.write(question)
            process.stdin.flush()
        except BrokenPipeError:
            process.wait()
            return b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            if not waiting.select(timeout=limits.DECODE_S):
                return b""
        line = process.stdout.readline()
        if not line:
            process.wait()
        return line


class Decoders:
    """As many decoders as there are to be; each question is answered in its turn, by its future."""

    def __init__(self, count: int, *, max_pixels: int, heif: bool = False, raw: bool = False) -> None:
        self._start = partial(Decoder, max_pixels, heif=heif, raw=raw)
        self._own = threading.local()
        self._all: list[Decoder] = []
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="decoder")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for decoder in self._all:
            decoder.close()

    def decode(self, file: Path, *, into: Path) -> Future[Answer]:
        """Decode a file soon; see `kinds.ingest.decode`."""
        return self._threads.submit(lambda: self._ask({"do": "decode", "file": str(file), "into": str(into)})[0])

    def develop(self, file: Path, *, into: Path) -> Future[None]:
        """Write soon what is served of a JPEG of which there is a small picture. Raises, later: as `square`."""

        def developed() -> None:
            self._made({"do": "develop", "file": str(file), "into": str(into)})

        return self._threads.submit(developed)

    def square(self, view: Mapping[str, Any], *, resolution: int) -> Future[bytes]:
        """Cut a view soon, as a training sees it; RGB, `[resolution, resolution, 3]`; see `kinds.ingest.square`.

        Raises, later: FileNotFoundError, if its picture is gone; Undecoded; DiskFull.
        """
        question = {"do": "square", "view": dict(view), "resolution": resolution}
        return self._threads.submit(self._made, question)

    def mask(self, file: Path, *, side: int) -> Future[bytes]:
        """Read a mask soon; lightness, `[side, side]`; see `kinds.ingest.mask`. Raises, later: as `square`."""
        return self._threads.submit(self._made, {"do": "mask", "file": str(file), "side": side})

    def _made(self, question: Mapping[str, Any]) -> bytes:
        answer, pixels = self._ask(question)
        if "gone" in answer:
            raise FileNotFoundError("the picture is gone")
        if "refused" in answer:
            raise Undecoded(answer["refused"])
        return pixels

    def _ask(self, question: Mapping[str, Any]) -> tuple[Answer, bytes]:
        decoder: Decoder | None = getattr(self._own, "decoder", None)
        if decoder is None:
            decoder = self._own.decoder = self._start()
            self._all.append(decoder)
        return decoder.ask(question)
