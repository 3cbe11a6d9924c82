"""A small network that has heard music, and says where it beats: BeatNet (Heydari, Cwitkowitz and Duan 2021).

The network is the paper's, its weights are those of the authors (CC BY 4.0: NOTICE). It hears what the spectrum is and
how it rises, 50 times a second, and remembers what came before in two layers of LSTM. Three were trained, each on other
music; their mean is taken.
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

from sound.reading import RATE, Sound

WEIGHTS = Path(__file__).with_name("beatnet.safetensors")
NETWORKS = 3
HEARD_FPS = 50
HOP = RATE // HEARD_FPS
WINDOW = 3072  # samples: 64 ms
TRAINED_WINDOW = 1411  # samples of the same 64 ms at 22,050 Hz, at which it was trained: magnitudes are sums over them
BINS = TRAINED_WINDOW // 2
BANDS_AN_OCTAVE = 24
LOWEST_HZ, HIGHEST_HZ, TUNED_HZ = 30.0, 17_000.0, 440.0
BLOCK = 4096  # frames at once: 50 MB

Array = NDArray[np.float32]


def beats_heard(sound: Sound) -> tuple[Array, Array]:
    """Say how likely a beat, and how likely the first of a bar, begins at each 1/50 s: float32 `[T]` each, 0 to 1."""
    if not sound.samples.shape[1]:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    features = _features(sound.samples.mean(axis=0))
    chances = np.mean([_network(_weights(number), features) for number in range(NETWORKS)], axis=0)
    return chances[:, 0] + chances[:, 1], chances[:, 1]


@cache
def _weights(number: int) -> Mapping[str, Array]:
    prefix = f"{number}."
    stored = load_file(WEIGHTS).items()
    return {name.removeprefix(prefix): values.astype(np.float32) for name, values in stored if name.startswith(prefix)}


def _features(mono: Array) -> Array:
    """The logarithm of 136 bands, and how much each rises from one frame to the next, `[T, 272]`."""
    frames = -(-len(mono) // HOP)
    padded = np.pad(mono, (WINDOW // 2, WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    hann = (np.hanning(WINDOW) * (TRAINED_WINDOW / WINDOW)).astype(np.float32)
    bands = _bands()
    loud = np.empty((frames, bands.shape[1]), np.float32)
    for first in range(0, frames, BLOCK):
        magnitudes = np.abs(rfft(windows[first : first + BLOCK] * hann, axis=1)[:, :BINS])
        loud[first : first + BLOCK] = np.log10(magnitudes @ bands + 1)
    rises = np.maximum(np.diff(loud, axis=0, prepend=loud[:1]), 0)
    return np.concatenate([loud, rises], axis=1)


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


def _network(weights: Mapping[str, Array], features: Array) -> Array:
    """The chances of a beat, a first beat and neither, `[T, 3]`."""
    seen = np.concatenate([_seen(weights, features[first : first + BLOCK]) for first in range(0, len(features), BLOCK)])
    for layer in (0, 1):
        named = {name: weights[f"lstm.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        entering = seen @ named["weight_ih"].T + (named["bias_ih"] + named["bias_hh"])
        seen = _remembered(entering, np.ascontiguousarray(named["weight_hh"].T))
    values = seen @ weights["linear.weight"].T + weights["linear.bias"]
    risen = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=1, keepdims=True))


def _seen(weights: Mapping[str, Array], features: Array) -> Array:
    """Two filters over neighbouring bands, the larger of each two, and 150 mixtures of these."""
    kernels = weights["conv1.weight"][:, 0]  # [2, 10]
    near = np.lib.stride_tricks.sliding_window_view(features, kernels.shape[1], axis=1)  # [T, 263, 10]
    filtered = np.maximum(near @ kernels.T + weights["conv1.bias"], 0)  # [T, 263, 2]
    pairs = filtered[:, : filtered.shape[1] // 2 * 2].reshape(len(features), -1, 2, len(kernels)).max(axis=2)
    flat = pairs.transpose(0, 2, 1).reshape(len(features), -1)
    return np.asarray(flat @ weights["linear0.weight"].T + weights["linear0.bias"])


@njit(cache=True)
def _remembered(entering: NDArray[np.float32], recurrent: NDArray[np.float32]) -> NDArray[np.float32]:
    """A layer of LSTM (Hochreiter and Schmidhuber 1997): `[T, 4 C]` and `[C, 4 C]` give `[T, C]`."""
    cells = recurrent.shape[0]
    out = np.empty((len(entering), cells), np.float32)
    state, said = np.zeros(cells, np.float32), np.zeros(cells, np.float32)
    for moment in range(len(entering)):
        gates = entering[moment] + np.dot(said, recurrent)
        for cell in range(cells):
            taken = 1 / (1 + np.exp(-gates[cell]))
            kept = 1 / (1 + np.exp(-gates[cells + cell]))
            new = np.tanh(gates[2 * cells + cell])
            shown = 1 / (1 + np.exp(-gates[3 * cells + cell]))
            state[cell] = kept * state[cell] + taken * new
            said[cell] = shown * np.tanh(state[cell])
        out[moment] = said
    return out
