"""Music out of a journey, without a network: a piece is written, played by instruments, and set in a room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, oaconvolve, sosfilt

from sound.beats import Beats
from sound.instruments import played
from sound.loudness import normalised
from sound.piece import METER, Piece, compose_piece
from sound.reading import RATE, Sound
from sound.score import Score

ROOM_S = 2.4  # until it is 60 dB down
TO_ROOM: Mapping[str, float] = MappingProxyType(  # how much of each part is heard in the room
    {"pad": 0.35, "pluck": 0.4, "bell": 0.6, "bass": 0.05, "kick": 0.06, "brush": 0.3, "shaker": 0.2}
)
FADE_S = 2.5
LOUDNESS = -14.0  # LUFS


def compose(
    score: Score,
    *,
    seed: int = 0,
    key: str = "auto",
    mood: str = "calm",
    duration_s: float | None = None,
    loop: bool = False,
    lufs: float = LOUDNESS,
    stop: Callable[[], bool] = lambda: False,
) -> Sound:
    """Compose and play a piece as long as the journey, or `duration_s`: the same bits for the same numbers.

    With `loop` its end sounds on into its beginning; else it fades. What is there when `stop` turns true is given.
    Raises: as `sound.piece.compose_piece`.
    """
    piece = compose_piece(score, seed=seed, key=key, mood=mood, duration_s=duration_s, loop=loop)
    return perform(piece, seed=seed, lufs=lufs, stop=stop)


def beats_of(piece: Piece) -> Beats:
    """Give the beats that a piece is written on."""
    times_s = piece.beats_s
    return Beats(times_s=times_s, downbeats_s=times_s[::METER], tempo=piece.tempo, confidence=1.0)


def perform(piece: Piece, *, seed: int = 0, lufs: float = LOUDNESS, stop: Callable[[], bool] = lambda: False) -> Sound:
    """Play a piece."""
    count = round(piece.duration_s * RATE)
    dry, room = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    for number, note in enumerate(piece.notes):
        if stop():
            break
        tone = played(note, seed * 100_003 + number)
        _lay(dry, tone, round(note.at_s * RATE), loop=piece.loop)
        _lay(room, tone * np.float32(TO_ROOM[note.part]), round(note.at_s * RATE), loop=piece.loop)
    mixed = dry + _in_room(room, seed, loop=piece.loop)
    rumble = butter(2, 28, "highpass", fs=RATE, output="sos")
    if piece.loop:  # the filter hears the end before it hears the beginning
        ahead = min(count, RATE)
        mixed = sosfilt(rumble, np.concatenate([mixed[:, -ahead:], mixed], axis=1), axis=1)[:, ahead:]
    else:
        mixed = sosfilt(rumble, mixed, axis=1)
        fade = np.clip((count - np.arange(count)) / (min(FADE_S, piece.duration_s / 3) * RATE), 0, 1)
        mixed *= np.sin(fade * np.pi / 2) ** 2
    return normalised(Sound(samples=mixed.astype(np.float32)), lufs)


def _lay(bus: NDArray[np.float32], tone: NDArray[np.float32], at: int, *, loop: bool) -> None:
    """Add a tone to a bus; what reaches beyond its end goes round to its beginning, or is left out."""
    count = bus.shape[1]
    while at < count and tone.shape[1]:
        part = tone[:, : count - at]
        bus[:, at : at + part.shape[1]] += part
        tone = tone[:, part.shape[1] :]
        if not loop:
            return
        at = 0


def _in_room(bus: NDArray[np.float32], seed: int, *, loop: bool) -> NDArray[np.float32]:
    """Hear a bus in a room: noise that dies away, the higher the sooner, another one for each ear."""
    count, long = bus.shape[1], int(ROOM_S * RATE)
    t = np.arange(long) / RATE
    noise = np.random.default_rng([seed, 3]).standard_normal((2, long))
    low = sosfilt(butter(1, 2_200, "lowpass", fs=RATE, output="sos"), noise, axis=1)
    echo = low * 10 ** (-3 * t / ROOM_S) * 1.6 + 0.4 * (noise - low) * 10 ** (-3 * t / (0.35 * ROOM_S))
    echo[:, : int(0.012 * RATE)] = 0  # the walls are some metres away
    echo /= np.sqrt((echo**2).sum(axis=1, keepdims=True))
    heard = oaconvolve(bus, echo.astype(np.float32), axes=1)
    wet = heard[:, :count]
    if loop:
        tail = heard[:, count:]
        for first in range(0, tail.shape[1], count):
            part = tail[:, first : first + count]
            wet[:, : part.shape[1]] += part
    return np.asarray(wet, np.float32)
