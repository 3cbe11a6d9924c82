"""Putting pieces of a film together without encoding them again, with sound beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

# No times, versions or random ids: the same pieces give the same file.
OPTIONS = {
    "mp4": {"movflags": "+faststart", "fflags": "+bitexact"},
    "webm": {"fflags": "+bitexact", "cues_to_front": "1"},
}
ENDINGS = {"mp4": ".mp4", "webm": ".webm", "gif": ".zip", "frames": ".zip"}  # of pieces
RATE = 48_000  # Hz
_SOUND = {"mp4": ("aac", "fltp", 192_000), "webm": ("libopus", "flt", 160_000)}

Samples = NDArray[np.float32]  # [2, N] at 48 kHz, ±1


def join(pieces: Sequence[Path], target: Path, *, form: str, fps: int, samples: Samples | None = None) -> Path:
    """Join pieces, each with the frames that follow those of the one before, into an MP4 or a WebM at `target`.

    Raises: ValueError, of no pieces; av.FFmpegError, of one that is damaged; OSError.
    """
    if not pieces:
        raise ValueError("there are no pieces")
    with av.open(str(target), "w", format=form, options=OPTIONS[form]) as film:
        with av.open(str(pieces[0])) as first:
            video = film.add_stream_from_template(first.streams.video[0])
        video.time_base = Fraction(1, fps * 512) if form == "mp4" else Fraction(1, 1000)
        heard = _heard(film, samples, form=form) if samples is not None else iter(())
        waiting = next(heard, None)
        for packet in _pictures(pieces, fps=fps):
            # Sound before the frame that it is heard with, so that a player need not look far for either.
            while waiting is not None and _at_s(waiting) <= _at_s(packet):
                film.mux(waiting)
                waiting = next(heard, None)
            packet.stream = video
            film.mux(packet)
        while waiting is not None:
            film.mux(waiting)
            waiting = next(heard, None)
    return target


def _pictures(pieces: Sequence[Path], *, fps: int) -> Iterator[Packet[Any]]:
    """Give the packets of pieces, each at its place in the film. Times are whole frames: a WebM has rounded them."""
    begun = 0
    for piece in pieces:
        count = 0
        with av.open(str(piece)) as part:
            for packet in part.demux(part.streams.video[0]):
                if packet.pts is None or packet.dts is None:
                    continue  # the empty one that ends a piece
                tick = packet.time_base * fps  # of a frame
                packet.pts, packet.dts = (begun + round(at * tick) for at in (packet.pts, packet.dts))
                packet.duration = 1
                packet.time_base = Fraction(1, fps)
                count += 1
                yield packet
        begun += count


def _heard(film: OutputContainer, samples: Samples, *, form: str) -> Iterator[Packet[Any]]:
    """Add a track of sound to a film, and give its packets."""
    codec, kind, bit_rate = _SOUND[form]
    stream = cast("AudioStream", film.add_stream(codec, rate=RATE, layout="stereo"))
    stream.codec_context.format = kind
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    stream.bit_rate = bit_rate
    stream.codec_context.open()
    size = stream.codec_context.frame_size  # what AAC and Opus want at a time: 1024, 960
    resampler = av.AudioResampler(format=kind, layout="stereo", rate=RATE, frame_size=size or None)
    return _encoded(stream, resampler, samples)


def _encoded(stream: AudioStream, resampler: av.AudioResampler, samples: Samples) -> Iterator[Packet[Any]]:
    for first in range(0, samples.shape[1], RATE):
        piece = np.clip(samples[:, first : first + RATE], -1, 1).astype(np.float32)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        for ready in resampler.resample(frame):
            yield from stream.encode(ready)
    for ready in resampler.resample(None):
        yield from stream.encode(ready)
    yield from stream.encode(None)


def _at_s(packet: Packet[Any]) -> float:
    return float((packet.dts or 0) * packet.time_base)
