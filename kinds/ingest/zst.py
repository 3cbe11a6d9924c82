"""A zstd file as a seekable stream that tells when it ends too early; the package's own reader does neither."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import zstandard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Four bytes of zstd may say 128 KiB: of so many bytes come at most 64 MiB at once.
READ_BYTES = 2048
MOST_WINDOW_BYTES = 2**27  # of memory, to unpack; what `zstd --ultra` asks for. `--long=28` and more is refused
SKIPPED_BYTES = 2**20  # read away at once on the way forward


class Unzstd(io.RawIOBase):
    """What a zstd file of one frame or several unpacks to.

    Raises, when read: EOFError, where the file ends within a frame; OSError, where it is damaged.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("rb", buffering=2**20)
        self._frame: Any = None  # that is being unpacked; None between two
        self._waiting = b""  # packed bytes that were read and belong to the next frame
        self._ready = memoryview(b"")
        self._position = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read up to as many bytes as the buffer holds; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._ready and self._unpack():
            pass
        piece = self._ready[: len(view)]
        view[: len(piece)] = piece
        self._ready = self._ready[len(piece) :]
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Tell the position in what comes out."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a position; to go back is to begin anew."""
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("a zstd stream has no known end")
        goal = offset + (self._position if whence == io.SEEK_CUR else 0)
        if goal < self._position:
            self._restart()
        while self._position < goal and self.read(min(SKIPPED_BYTES, goal - self._position)):
            pass
        return self._position

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def __enter__(self) -> Self:
        return self

    def _restart(self) -> None:
        self._file.seek(0)
        self._frame, self._waiting, self._ready, self._position = None, b"", memoryview(b""), 0

    def _unpack(self) -> bool:
        """Unpack a little more; False at the end."""
        packed = self._waiting or self._file.read(READ_BYTES)
        self._waiting = b""
        if not packed:
            if self._frame is not None:
                raise EOFError("the zstd file ends within a frame")
            return False
        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES).decompressobj()
        try:
            self._ready = memoryview(self._frame.decompress(packed))
        except zstandard.ZstdError as error:
            raise OSError(f"damaged zstd: {error}") from error
        if self._frame.eof:
            self._waiting = self._frame.unused_data
            self._frame = None
        return True
