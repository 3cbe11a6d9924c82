"""A small network that has heard music, and says where it beats: BeatNet (Heydari, Cwitkowitz and Duan 2021).

The network is the paper's, its weights are those of the authors (CC BY 4.0: NOTICE). It hears what the spectrum is and
how it rises, 50 times a second, and remembers what came before in two layers of LSTM. Three were trained, each on other
music. What they hear is not the same when the same music is softer or louder, and beats are: each hears it at three
fixed loudnesses, however loud it is, and the mean of all is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.fft import rfft

from sound.loudness import measure
from sound.reading import RATE, Sound

WEIGHTS = Path(__file__).with_name("beatnet.safetensors")
NETWORKS, LAYERS, CELLS = 3, 2, 150
LOUDNESSES = (-26.0, -14.0, -2.0)  # LUFS: that of most music, a quarter of its amplitude and four times as much
HEARD_FPS = 50
HOP = RATE // HEARD_FPS
WINDOW = 3072  # samples: 64 ms
TRAINED_WINDOW = 1411  # samples of the same 64 ms at 22,050 Hz, at which it was trained: magnitudes are sums over them
BINS = TRAINED_WINDOW // 2
BANDS_AN_OCTAVE = 24
LOWEST_HZ, HIGHEST_HZ, TUNED_HZ = 30.0, 17_000.0, 440.0
BLOCK = 2048  # frames at once: 25 MB of windows, 40 of what the networks see

Array = NDArray[np.float32]


def beats_heard(sound: Sound) -> tuple[Array, Array]:
    """Say how likely a beat, and how likely the first of a bar, begins at each 1/50 s: float32 `[T]` each, 0 to 1."""
    if not sound.samples.shape[1]:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    mono = sound.samples.mean(axis=0)
    magnitudes = _magnitudes(mono)
    loud = measure(Sound(samples=np.stack([mono, mono])))  # of what it hears: sides that differ are softer together
    gains = (10 ** ((np.array(LOUDNESSES) - loud) / 20)).astype(np.float32)
    memories = [np.zeros((LAYERS, 2, len(gains), CELLS), np.float32) for _ in range(NETWORKS)]
    heard = []
    for first in range(0, len(magnitudes), BLOCK):
        features = _features(magnitudes, gains, range(first, min(first + BLOCK, len(magnitudes))))
        said = [_network(_weights(number), features, memory) for number, memory in enumerate(memories)]
        heard.append(np.mean(said, axis=(0, 1)))
    chances = np.concatenate(heard)
    return chances[:, 0] + chances[:, 1], chances[:, 1]


@cache
def _weights(number: int) -> Mapping[str, Array]:
    prefix = f"{number}."
    stored = load_file(WEIGHTS).items()
    return {name.removeprefix(prefix): values.astype(np.float32) for name, values in stored if name.startswith(prefix)}


def _magnitudes(mono: Array) -> Array:
    """How much there is in 136 bands, `[T, 136]`."""
    frames = -(-len(mono) // HOP)
    padded = np.pad(mono, (WINDOW // 2, WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    hann = (np.hanning(WINDOW) * (TRAINED_WINDOW / WINDOW)).astype(np.float32)
    bands = _bands()
    found = np.empty((frames, bands.shape[1]), np.float32)
    for first in range(0, frames, BLOCK):
        found[first : first + BLOCK] = np.abs(rfft(windows[first : first + BLOCK] * hann, axis=1)[:, :BINS]) @ bands
    return found


def _features(magnitudes: Array, gains: Array, frames: range) -> Array:
    """The logarithm of the bands, and how much each rises from the frame before, at each loudness, `[S, T, 272]`."""
    before = max(frames.start - 1, 0)
    loud = np.log10(gains[:, None, None] * magnitudes[before : frames.stop] + 1)
    now = loud[:, frames.start - before :]
    rises = np.maximum(np.diff(loud, axis=1, prepend=loud[:, : 1 - (frames.start - before)]), 0)
    return np.concatenate([now, rises], axis=2)


@cache
def _bands() -> Array:
    """Triangles of area 1, 24 an octave, `[BINS, 136]`; where bins are wider than bands, one each."""
    steps = np.arange(
        np.floor(np.log2(LOWEST_HZ / TUNED_HZ) * BANDS_AN_OCTAVE),
        np.ceil(np.log2(HIGHEST_HZ / TUNED_HZ) * BANDS_AN_OCTAVE),
    )
    hz = TUNED_HZ * 2 ** (steps / BANDS_AN_OCTAVE)
    places = hz[(hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)] * WINDOW / RATE
    bins = np.unique(np.clip(np.round(places), 0, BINS - 1).astype(int))
    weights = np.zeros((BINS, len(bins) - 2), np.float32)
    for band, (low, middle, high) in enumerate(zip(bins, bins[1:], bins[2:], strict=False)):
        if high - low < 2:
            weights[low, band] = 1
            continue
        weights[low:middle, band] = np.linspace(0, 1, middle - low, endpoint=False)
        weights[middle:high, band] = np.linspace(1, 0, high - middle, endpoint=False)
        weights[:, band] /= weights[:, band].sum()
    return weights


def _network(weights: Mapping[str, Array], features: Array, memory: Array) -> Array:
    """The chances of a beat, a first beat and neither, `[S, T, 3]`; `memory` is of what came before."""
    seen = _seen(weights, features)
    for layer in range(LAYERS):
        named = {name: weights[f"lstm.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        entering = seen @ named["weight_ih"].T + (named["bias_ih"] + named["bias_hh"])
        seen = _remembered(entering, np.ascontiguousarray(named["weight_hh"].T), memory[layer])
    values = seen @ weights["linear.weight"].T + weights["linear.bias"]
    risen = np.exp(values - values.max(axis=2, keepdims=True))
    return np.asarray(risen / risen.sum(axis=2, keepdims=True))


def _seen(weights: Mapping[str, Array], features: Array) -> Array:
    """Two filters over neighbouring bands, the larger of each two, and 150 mixtures of these."""
    kernels = weights["conv1.weight"][:, 0]  # [2, 10]
    near = np.lib.stride_tricks.sliding_window_view(features, kernels.shape[1], axis=2)  # [S, T, 263, 10]
    filtered = np.maximum(near @ kernels.T + weights["conv1.bias"], 0)  # [S, T, 263, 2]
    pairs = filtered[:, :, : filtered.shape[2] // 2 * 2].reshape(*features.shape[:2], -1, 2, len(kernels)).max(axis=3)
    flat = pairs.swapaxes(2, 3).reshape(*features.shape[:2], -1)
    return np.asarray(flat @ weights["linear0.weight"].T + weights["linear0.bias"])


@njit(cache=True)
def _remembered(entering: Array, recurrent: Array, memory: Array) -> Array:
    """A layer of LSTM (Hochreiter and Schmidhuber 1997): `[S, T, 4 C]`, `[C, 4 C]` and `[2, S, C]` give `[S, T, C]`."""
    cells = recurrent.shape[0]
    out = np.empty((entering.shape[0], entering.shape[1], cells), np.float32)
    state, said = memory[0], memory[1]
    for moment in range(entering.shape[1]):
        gates = entering[:, moment] + np.dot(said, recurrent)
        for sound in range(entering.shape[0]):
            for cell in range(cells):
                taken = 1 / (1 + np.exp(-gates[sound, cell]))
                kept = 1 / (1 + np.exp(-gates[sound, cells + cell]))
                new = np.tanh(gates[sound, 2 * cells + cell])
                shown = 1 / (1 + np.exp(-gates[sound, 3 * cells + cell]))
                state[sound, cell] = kept * state[sound, cell] + taken * new
                said[sound, cell] = shown * np.tanh(state[sound, cell])
        out[:, moment] = said
    return out
