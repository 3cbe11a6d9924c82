"""MusicGen (Copet et al. 2023) through its published library, from a folder that the owner brings, without a network.

The library, `transformers`, is not among what Reverie needs: who wants it installs it. Weights are read from
safetensors alone: a pickle could run code. Long music is made in pieces, each going on from the end of the one before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly

from jobs.errors import JobFailed
from kinds.compose.owned import CODE, check_composer
from sound.reading import RATE, Sound

PIECE_S = 28.0  # it has learnt 30 seconds at most
OVERLAP_S = 6.0  # that a piece hears of the one before
BLEND_S = 0.5
SPARE = 8  # tokens: the last ones of a piece are not whole, as its codebooks come one after another
GUIDANCE = 3.0  # the library's own for this network


def composed(
    folder: Path,
    *,
    prompt: str,
    duration_s: float,
    seed: int,
    on: torch.device,
    told: Callable[[float], object],
    stop: Callable[[], bool],
) -> Sound | None:
    """Have the network in `folder` play what `prompt` says; `told` hears how many seconds there are. None, if stopped.

    Raises: JobFailed, where the library is not installed, or the folder is none of a MusicGen.
    """
    check_composer(folder)
    processor, model = _loaded(folder, on)
    encoder = model.config.audio_encoder
    rate, tokens_per_s = int(encoder.sampling_rate), float(encoder.frame_rate)
    whole = np.zeros((int(model.config.decoder.audio_channels), 0), np.float32)
    number = 0
    while whole.shape[1] < duration_s * rate:
        if stop():
            return None
        before = whole[:, -int(OVERLAP_S * rate) :]
        wanted_s = min(PIECE_S, duration_s - whole.shape[1] / rate + before.shape[1] / rate)
        torch.manual_seed(seed * 1_000 + number)  # the library draws from the global generator
        piece = _piece(processor, model, prompt, before, rate=rate, tokens=int(wanted_s * tokens_per_s) + SPARE)
        longer = _joined(whole, piece, before.shape[1], int(BLEND_S * rate))
        if longer.shape[1] <= whole.shape[1]:
            raise JobFailed("The network has nothing more to play.", code="composer_failed", remedy="Ask for less.")
        whole, number = longer, number + 1
        told(min(whole.shape[1] / rate, duration_s))
    return _sound(whole[:, : int(duration_s * rate)], rate)


def _loaded(folder: Path, on: torch.device) -> tuple[Any, Any]:
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"  # before the library is loaded
    from transformers import AutoProcessor, MusicgenForConditionalGeneration

    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        processor = AutoProcessor.from_pretrained(str(folder), **local)
        model = MusicgenForConditionalGeneration.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
        raise JobFailed(
            f"{folder.name} cannot be loaded: {str(error)[:300]}", code=CODE, remedy="Bring the folder again, whole."
        ) from error
    return processor, model.to(on).eval()


@torch.no_grad()
def _piece(
    processor: Any, model: Any, prompt: str, before: NDArray[np.float32], *, rate: int, tokens: int
) -> NDArray[np.float32]:
    """Play a piece that begins with what was before, `[C, n]`."""
    heard = {"audio": before if len(before) > 1 else before[0], "sampling_rate": rate} if before.shape[1] else {}
    asked = processor(text=[prompt], padding=True, return_tensors="pt", **heard).to(model.device)
    more = tokens - int(before.shape[1] / rate * float(model.config.audio_encoder.frame_rate))
    played = model.generate(**asked, do_sample=True, guidance_scale=GUIDANCE, max_new_tokens=max(more, 8))
    return played[0].float().cpu().numpy()  # type: ignore[no-any-return]


def _joined(whole: NDArray[np.float32], piece: NDArray[np.float32], heard: int, blend: int) -> NDArray[np.float32]:
    """Put a piece behind what there is: its begin is that of the end, decoded anew, so that it is blended over."""
    if not heard:
        return piece
    blend = min(blend, heard, max(piece.shape[1] - heard, 0))
    rising = np.linspace(0, 1, blend, dtype=np.float32)
    over = whole[:, whole.shape[1] - blend :] * (1 - rising) + piece[:, heard - blend : heard] * rising
    return np.concatenate([whole[:, : whole.shape[1] - blend], over, piece[:, heard:]], axis=1)


def _sound(samples: NDArray[np.float32], rate: int) -> Sound:
    common = gcd(RATE, rate)
    even = resample_poly(samples, RATE // common, rate // common, axis=1)
    return Sound(
        samples=np.ascontiguousarray(np.resize(even, (2, even.shape[1])) if len(even) == 1 else even[:2], np.float32)
    )
