"""Sound out of a file of any usual format, as two channels of 48 kHz; what is broken is left out, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from numpy.typing import NDArray

RATE = 48_000  # Hz: what films carry
LONGEST_S = 30 * 60.0
SHORTEST_S = 0.05
SILENT = 10 ** (-70 / 20)  # of full scale: below it BS.1770 hears nothing
GAP_S = 0.25  # a hole in the times of a file that is filled with silence; what is shorter is rounding
CUT_SHORT_S = 2.0  # missing at the end, before it is called broken off
# FFmpeg's names of what may be read. All else it knows is left out: lists of other files and addresses (HLS, DASH,
# concat, SDP), pictures, devices, and what nobody's music is in.
FORMS = "aac,aiff,flac,matroska,mov,mp3,ogg,wav,w64"
SAFELY = {"format_whitelist": FORMS, "protocol_whitelist": "file"}
PARTS = 1.02  # declared lengths of files without an index are estimates


@dataclass(frozen=True, kw_only=True, eq=False)
class Sound:
    """Samples float32 `[2, N]`, full scale ±1, at `rate` Hz; `broken_at_s` is where the file was first unreadable.

    `form` is what FFmpeg calls the form of the file, such as "mp3" or "mov,mp4,m4a,3gp,3g2,mj2".
    """

    samples: NDArray[np.float32]
    rate: int = RATE
    broken_at_s: float | None = None
    form: str = ""

    @property
    def duration_s(self) -> float:
        """How long it is, in seconds."""
        return float(self.samples.shape[1] / self.rate)


class NoSound(Exception):
    """A file without anything to hear; the text says why, in a sentence."""


class TooLong(NoSound):
    """A file that is longer than what is kept."""


class Stopped(Exception):
    """Reading was to end before the file did."""


def read(path: Path, *, stop: Callable[[], bool] = lambda: False, longest_s: float = LONGEST_S) -> Sound:
    """Read a file's first sound track, mixed down to two channels at 48 kHz.

    What cannot be decoded is left out, and where its times jump silence stands, so that what follows keeps its place.
    It holds one copy of what it has read, and nothing beyond `longest_s`. Whatever the file says, no other is opened.
    Raises: NoSound, if there is no sound in it, or nothing but silence; TooLong, by what the file declares, or as soon
    as more is decoded; Stopped.
    """
    try:
        # "file:" says that what follows is a path, and no address, whatever is in it.
        container = av.open(f"file:{path}", mode="r", options=SAFELY, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise NoSound("This is no sound file that can be read: mp3, flac, wav, ogg, opus, m4a and aac can.") from error
    with container:
        tracks = container.streams.audio
        if not tracks:
            raise NoSound("There is no sound in this file.")
        declared_s = _declared_s(container, tracks[0])
        if declared_s is not None and declared_s > longest_s * PARTS:
            raise TooLong(_too_long(declared_s, longest_s))
        return _read(container, tracks[0], declared_s, stop=stop, longest_s=longest_s)


def _declared_s(container: InputContainer, track: AudioStream) -> float | None:
    if track.duration and track.time_base is not None:
        return float(track.duration * track.time_base)
    return container.duration / av.time_base if container.duration else None


def _too_long(seconds: float, longest_s: float) -> str:
    words = f"{seconds / 3600:.1f} hours" if seconds >= 2 * 3600 else f"{seconds / 60:.0f} minutes"
    return f"It is {words} long; up to {longest_s / 60:.0f} minutes are taken. Cut out the part that you want."


def _read(
    container: InputContainer,
    track: AudioStream,
    declared_s: float | None,
    *,
    stop: Callable[[], bool],
    longest_s: float,
) -> Sound:
    growing = Growing(declared_s)
    decoded = Decoded(container, track)
    mixed = Mixed()
    for frame in decoded.frames():
        if stop():
            raise Stopped
        growing.fill_to(decoded.at_s(frame))
        for piece in mixed.down(frame):
            growing.add(piece)
        if growing.seconds > longest_s * PARTS:
            raise TooLong(_too_long(max(growing.seconds, declared_s or 0), longest_s).replace("It is", "It is over"))
    for piece in mixed.rest():
        growing.add(piece)
    broken_at_s = decoded.broken_at_s
    if broken_at_s is None and declared_s is not None and growing.seconds < declared_s / PARTS - CUT_SHORT_S:
        broken_at_s = growing.seconds
    samples = growing.samples()
    if samples.shape[1] < SHORTEST_S * RATE:
        raise NoSound("Nothing of the sound in this file can be read.")
    if not np.any(np.abs(samples) > SILENT):
        raise NoSound("There is nothing but silence in this file.")
    return Sound(samples=samples, broken_at_s=broken_at_s, form=container.format.name)


class Decoded:
    """The frames of a track, without those that are damaged; it remembers where the first of these was."""

    def __init__(self, container: InputContainer, track: AudioStream) -> None:
        self._container = container
        self._track = track
        self._first_s: float | None = None
        self.broken_at_s: float | None = None
        self._reached_s = 0.0

    def at_s(self, frame: AudioFrame) -> float | None:
        """When a frame begins, counted from the first one; None, where the file does not say."""
        time_s = frame.time
        if time_s is None:
            return None
        if self._first_s is None:
            self._first_s = time_s
        return time_s - self._first_s

    def frames(self) -> Iterator[AudioFrame]:
        """Give the frames in the file's order."""
        packets = self._container.demux(self._track)
        while True:
            try:
                packet = next(packets, None)
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):  # the file itself cannot be followed any further
                self._broken()
                return
            if packet is None:
                return
            for frame in self._frames_of(packet):
                if frame.samples and frame.sample_rate:
                    self._reached_s = (self.at_s(frame) or 0.0) + frame.samples / frame.sample_rate
                    yield frame

    def _frames_of(self, packet: Packet[AudioStream]) -> list[AudioFrame]:
        """What a packet holds; nothing, where it is damaged: the next one may be whole."""
        try:
            return packet.decode()
        except av.error.EOFError:
            return []
        except (av.error.FFmpegError, ValueError):
            self._broken()
            return []

    def _broken(self) -> None:
        if self.broken_at_s is None:
            self.broken_at_s = self._reached_s


class Mixed:
    """Frames as float32 at 48 kHz in two channels; a file whose form changes on the way gets another resampler."""

    def __init__(self) -> None:
        self._resampler: AudioResampler | None = None
        self._form: tuple[str, str, int] | None = None
        self._mono = False

    def down(self, frame: AudioFrame) -> Iterator[NDArray[np.float32]]:
        """Give what is ready of a frame, `[2, n]`."""
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            yield from self.rest()
            self._mono = frame.layout.nb_channels == 1
            # One channel is doubled here: the resampler's own way makes it 3 dB softer.
            layout = "mono" if self._mono else "stereo"
            self._resampler = AudioResampler(format="fltp", layout=layout, rate=RATE)
            self._form = form
        frame.pts = None  # the resampler would answer a jump with an error; `Growing` fills these
        yield from self._through(frame)

    def rest(self) -> Iterator[NDArray[np.float32]]:
        """Give what the resampler still holds."""
        if self._resampler is not None:
            yield from self._through(None)
            self._resampler = None

    def _through(self, frame: AudioFrame | None) -> Iterator[NDArray[np.float32]]:
        if self._resampler is None:
            return
        for out in self._resampler.resample(frame):
            piece = np.nan_to_num(out.to_ndarray().astype(np.float32, copy=False), posinf=1.0, neginf=-1.0)
            yield np.repeat(piece, 2, axis=0) if self._mono else piece


class Growing:
    """Samples that come piece by piece, in one array that is as large as they need."""

    def __init__(self, declared_s: float | None) -> None:
        # A length that a file declares costs nothing until it is written to, and is bounded by the caller.
        self._samples = np.empty((2, int(((declared_s or 0) + 1) * RATE)), np.float32)
        self._count = 0

    @property
    def seconds(self) -> float:
        """How much there is."""
        return self._count / RATE

    def add(self, piece: NDArray[np.float32]) -> None:
        """Put a piece `[2, n]` at the end."""
        end = self._count + piece.shape[1]
        if end > self._samples.shape[1]:
            larger = np.empty((2, max(end, self._samples.shape[1] * 3 // 2)), np.float32)
            larger[:, : self._count] = self._samples[:, : self._count]
            self._samples = larger
        self._samples[:, self._count : end] = piece
        self._count = end

    def fill_to(self, at_s: float | None) -> None:
        """Put silence up to a time, if it is ahead by more than rounding."""
        if at_s is not None and GAP_S < at_s - self.seconds < LONGEST_S:
            self.add(np.zeros((2, round((at_s - self.seconds) * RATE)), np.float32))

    def samples(self) -> NDArray[np.float32]:
        """Give all, `[2, N]`."""
        return self._samples[:, : self._count]
