"""Encoding the frames of a film, piece by piece, in a thread beside the drawing.

A piece stands by itself: it begins with a key frame, no frame of it needs one of another, and its bytes depend on its
frames alone. So a film goes on where it was broken off, and is the same bit for bit.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Protocol, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from kinds.journey.joining import ENDINGS
from kinds.journey.resuming import piece_frames

WAITING = 6  # frames that are drawn and not encoded yet
THREADS = 2  # of an encoder: another number could give other bits
BT709 = 1  # of primaries and transfer, as H.264 numbers them (ITU-T H.273)
# lag-in-frames: VP9 would else hide frames that are for reference alone, and a piece have more packets than frames.
_CODECS = {
    "mp4": ("libx264", {"preset": "veryfast", "crf": "17", "x264-params": "open-gop=0:bframes=2:sliced-threads=0"}),
    "webm": (
        "libvpx-vp9",
        {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "5", "lag-in-frames": "0", "auto-alt-ref": "0"},
    ),
}
_NEVER = (1980, 1, 1, 0, 0, 0)  # the time of an entry of a zip that has none

Picture = NDArray[np.uint8]  # [H, W, 3]


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A file with some frames."""

    number: int
    path: Path
    frames: int


class Writer(Protocol):
    """Writes a piece."""

    def write(self, picture: Picture) -> None:
        """Take a frame."""

    def close(self) -> None:
        """End the file."""


class VideoWriter:
    """A piece as H.264 or VP9, 4:2:0, in the colours of BT.709."""

    def __init__(self, path: Path, *, form: str, fps: int, size: tuple[int, int]) -> None:
        codec, options = _CODECS[form]
        self._file = av.open(str(path), "w", format=form, options={"fflags": "+bitexact"})
        self._stream = cast("VideoStream", self._file.add_stream(codec, rate=fps, options=options))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base, context.gop_size, context.thread_count = Fraction(1, fps), piece_frames(fps), THREADS
        context.color_primaries = context.color_trc = BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        self._count = 0

    def write(self, picture: Picture) -> None:
        """Take a frame."""
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        frame.pts, frame.time_base = self._count, self._stream.codec_context.time_base
        self._count += 1
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        """End the file."""
        self._file.mux(self._stream.encode(None))
        self._file.close()


class ZipWriter:
    """A piece as PNGs in a zip, without loss."""

    def __init__(self, path: Path, *, start: int) -> None:
        self._zip, self._number = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED), start

    def write(self, picture: Picture) -> None:
        """Take a frame."""
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
        self._number += 1
        self._zip.writestr(zipfile.ZipInfo(f"{self._number:06d}.png", _NEVER), buffer.getvalue())

    def close(self) -> None:
        """End the file."""
        self._zip.close()


class Pieces:
    """Encodes frames in a thread: `put` them in order, and take the pieces that are `finished`."""

    def __init__(
        self, folder: Path, *, form: str, fps: int, size: tuple[int, int], first: int = 0, start: int = 0
    ) -> None:
        """`first`: the number of the first piece, `start`: of its first frame; `size`: of frames, both even."""
        self._folder, self._form, self._fps, self._size, self._number = folder, form, fps, size, first
        self._start = start
        self.length = piece_frames(fps)
        self._waiting: Queue[Callable[[], Picture] | None] = Queue(WAITING)
        self._finished: Queue[Piece] = Queue()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="film", daemon=True)
        self._thread.start()

    def put(self, frame: Callable[[], Picture]) -> None:
        """Have a frame encoded, uint8 `[H, W, 3]`; the encoder's thread asks for it. Raises: what encoding raised."""
        self._check()
        self._waiting.put(frame)

    def finished(self) -> list[Piece]:
        """Take the pieces that were finished since. Raises: what encoding raised."""
        self._check()
        return [self._finished.get() for _ in range(self._finished.qsize())]

    def close(self) -> list[Piece]:
        """Finish the piece at hand, and take what is finished. Raises: what encoding raised."""
        self._waiting.put(None)
        self._thread.join()
        return self.finished()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while self._piece():
                pass
        except BaseException as error:  # told to who draws, and nobody must wait for room
            self._error = error
            while self._waiting.get() is not None:
                pass

    def _piece(self) -> bool:
        """Encode a piece; say whether another may follow."""
        frame, writer, count = self._waiting.get(), None, 0
        path = self._folder / f"{self._number:05d}{ENDINGS[self._form]}"
        while frame is not None:
            writer = writer or self._writer(path)
            writer.write(frame())
            count += 1
            if count == self.length:
                break
            frame = self._waiting.get()
        if writer is not None:
            writer.close()
            self._finished.put(Piece(number=self._number, path=path, frames=count))
        self._number += 1
        self._start += count
        return frame is not None

    def _writer(self, path: Path) -> Writer:
        if self._form in _CODECS:
            return VideoWriter(path, form=self._form, fps=self._fps, size=self._size)
        return ZipWriter(path, start=self._start)
