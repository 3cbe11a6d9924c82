"""Putting pieces of a film together without encoding them again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

# No times, versions or random ids: the same pieces give the same file.
OPTIONS = {
    "mp4": {"movflags": "+faststart", "fflags": "+bitexact"},
    "webm": {"fflags": "+bitexact", "cues_to_front": "1"},
}
ENDINGS = {"mp4": ".mp4", "webm": ".webm", "gif": ".zip", "frames": ".zip"}  # of pieces


def join(pieces: Sequence[Path], target: Path, *, form: str, fps: int) -> Path:
    """Join pieces, each with the frames that follow those of the one before, into an MP4 or a WebM at `target`.

    Raises: ValueError, of no pieces; av.FFmpegError, of one that is damaged; OSError.
    """
    if not pieces:
        raise ValueError("there are no pieces")
    with av.open(str(target), "w", format=form, options=OPTIONS[form]) as film:
        with av.open(str(pieces[0])) as first:
            stream = film.add_stream_from_template(first.streams.video[0])
        stream.time_base = Fraction(1, fps * 512) if form == "mp4" else Fraction(1, 1000)
        begun = 0
        for piece in pieces:
            with av.open(str(piece)) as part:
                begun += _copy(part, film, stream, begun=begun, fps=fps)
    return target


def _copy(part: InputContainer, film: OutputContainer, stream: VideoStream, *, begun: int, fps: int) -> int:
    """Copy the packets of a piece whose first frame is number `begun`; gives how many frames it has."""
    count = 0
    for packet in part.demux(part.streams.video[0]):
        if packet.pts is None or packet.dts is None:
            continue  # the empty one that ends a piece
        tick = packet.time_base * fps  # of a frame
        # Times are whole frames: a container that counts milliseconds has rounded them.
        packet.pts, packet.dts = ((begun + round(at * tick)) for at in (packet.pts, packet.dts))
        packet.duration = 1
        packet.time_base = Fraction(1, fps)
        packet.stream = stream
        film.mux(packet)
        count += 1
    return count
