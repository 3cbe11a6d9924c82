"""Sound into a file: FLAC, WAV, Ogg Opus or AAC in M4A."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from sound.reading import Sound

PIECE_S = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How a file of one suffix is written."""

    codec: str
    container: str
    samples: str
    media_type: str
    bit_rate: int | None = None


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        ".flac": Form(codec="flac", container="flac", samples="s16", media_type="audio/flac"),
        ".wav": Form(codec="pcm_s16le", container="wav", samples="s16", media_type="audio/wav"),
        ".ogg": Form(codec="libopus", container="ogg", samples="flt", media_type="audio/ogg", bit_rate=128_000),
        ".opus": Form(codec="libopus", container="ogg", samples="flt", media_type="audio/ogg", bit_rate=128_000),
        ".m4a": Form(codec="aac", container="ipod", samples="fltp", media_type="audio/mp4", bit_rate=192_000),
        ".mp3": Form(codec="libmp3lame", container="mp3", samples="fltp", media_type="audio/mpeg", bit_rate=192_000),
    }
)


def write(sound: Sound, path: Path, *, bit_rate: int | None = None, stop: Callable[[], bool] = lambda: False) -> None:
    """Write a sound in the form that the path's suffix names; half a file may stay, if `stop` turns true.

    The bits of a file depend on its sound alone.
    Raises: KeyError, for a suffix of no form.
    """
    form = FORMS[path.suffix.lower()]
    exact = {"fflags": "+bitexact"}  # no date, no version, no serial by chance
    with av.open(str(path), "w", format=form.container, options=exact) as container:
        stream = cast(AudioStream, container.add_stream(form.codec, rate=sound.rate, layout="stereo"))
        stream.codec_context.format = form.samples
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        if wanted := bit_rate or form.bit_rate:
            stream.bit_rate = wanted
        stream.codec_context.open()
        resampler = av.AudioResampler(
            format=form.samples, layout="stereo", rate=sound.rate, frame_size=stream.codec_context.frame_size or None
        )
        for frame in (*_frames(sound, stop), None):
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))


def _frames(sound: Sound, stop: Callable[[], bool]) -> Iterator[AudioFrame]:
    step = PIECE_S * sound.rate
    for first in range(0, sound.samples.shape[1], step):
        if stop():
            return
        piece: NDArray[np.float32] = np.clip(sound.samples[:, first : first + step], -1, 1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece, np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, first, Fraction(1, sound.rate)
        yield frame
