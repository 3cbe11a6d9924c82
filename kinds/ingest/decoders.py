"""Decoding processes, one for each of a few threads; each goes on until a file kills it, and is started again."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jobs.errors import DiskFull
from kinds.ingest import limits
from kinds.orphans import PARENT

TOO_SLOW = f"Decoding took longer than {limits.DECODE_S:.0f} seconds; it was left out for safety."
DIED = "The picture brought its decoder down; it was left out for safety."
Answer = dict[str, Any]  # {"facts": {...}} or {"refused": "why"}


class Decoder:
    """One decoding process, used by one thread."""

    def __init__(self, max_pixels: int, *, heif: bool = False) -> None:
        self._max_pixels = max_pixels
        self._heif = heif
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, file: Path, *, image: Path, thumb: Path) -> Answer:
        """Ask for one file. A process that dies or stalls refuses it; the next file gets a new one.

        Raises: DiskFull.
        """
        process = self._process = self._process or self._start()
        question = {"file": str(file), "image": str(image), "thumb": str(thumb), "max_pixels": self._max_pixels}
        line = self._ask(process, json.dumps(question).encode() + b"\n")
        if not line.endswith(b"\n"):
            stalled = process.poll() is None
            self.close()
            return {"refused": TOO_SLOW if stalled else DIED}
        answer: Answer = json.loads(line)
        if "failed" in answer:
            raise DiskFull(
                "there is no room to decode the photographs", remedy="Free some space, then try again: it goes on."
            )
        return answer

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
            [sys.executable, "-m", "kinds.ingest.decoder", str(self._max_pixels), *(["heif"] if self._heif else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **quiet, PARENT: str(os.getpid())},
        )

    def _ask(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
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
    """As many decoders as there are to be; `submit` answers in any order, by its future."""

    def __init__(self, count: int, *, max_pixels: int, heif: bool = False) -> None:
        self._max_pixels = max_pixels
        self._heif = heif
        self._own = threading.local()
        self._all: list[Decoder] = []
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="decoder")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for decoder in self._all:
            decoder.close()

    def submit(self, file: Path, *, image: Path, thumb: Path) -> Future[Answer]:
        """Decode a file soon."""
        return self._threads.submit(self._decode, file, image, thumb)

    def _decode(self, file: Path, image: Path, thumb: Path) -> Answer:
        decoder: Decoder | None = getattr(self._own, "decoder", None)
        if decoder is None:
            decoder = self._own.decoder = Decoder(self._max_pixels, heif=self._heif)
            self._all.append(decoder)
        return decoder.decode(file, image=image, thumb=thumb)
