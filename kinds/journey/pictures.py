"""Films that are files of pictures: a GIF, and a zip of frames."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

COLOURS = 256
SEEN = 48  # frames that the colours are chosen by, from the whole film
SEEN_SIDE = 128  # px of each, at most
_NEVER = (1980, 1, 1, 0, 0, 0)


def gif(pieces: Sequence[Path], target: Path, *, fps: int, loop: bool) -> Path:
    """Write the frames of pieces as a GIF with one palette for all. Raises: ValueError, of no frames; OSError."""
    palette = _palette(pieces)
    first, *rest = ends = _ends_ms(_count(pieces), fps)
    lasts = [first, *(after - before for before, after in zip(ends, rest, strict=False))]
    frames = (frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in _frames(pieces))
    options: dict[str, Any] = {"loop": 0} if loop else {}
    next(frames).save(
        target, "GIF", save_all=True, append_images=frames, duration=lasts, optimize=False, disposal=1, **options
    )
    return target


def frames_zip(pieces: Sequence[Path], target: Path, *, recipe: Mapping[str, Any]) -> Path:
    """Write the frames of pieces into one zip, with the recipe that draws them again. Raises: OSError."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as film:
        for piece in pieces:
            with zipfile.ZipFile(piece) as part:
                for name in part.namelist():
                    film.writestr(zipfile.ZipInfo(name, _NEVER), part.read(name))
        text = json.dumps(recipe, ensure_ascii=False, indent=1, sort_keys=True)
        film.writestr(zipfile.ZipInfo("recipe.json", _NEVER), text)
    return target


def _frames(pieces: Sequence[Path], *, every: int = 1) -> Iterator[Image.Image]:
    number = 0
    for piece in pieces:
        with zipfile.ZipFile(piece) as part:
            for name in part.namelist():
                if number % every == 0:
                    with Image.open(io.BytesIO(part.read(name))) as image:
                        yield image.convert("RGB")
                number += 1


def _count(pieces: Sequence[Path]) -> int:
    count = 0
    for piece in pieces:
        with zipfile.ZipFile(piece) as part:
            count += len(part.namelist())
    if not count:
        raise ValueError("there are no frames")
    return count


def _palette(pieces: Sequence[Path]) -> Image.Image:
    """Choose the colours that frames from the whole film need."""
    seen = []
    for frame in _frames(pieces, every=max(1, _count(pieces) // SEEN)):
        frame.thumbnail((SEEN_SIDE, SEEN_SIDE))
        seen.append(np.asarray(frame))
    return Image.fromarray(np.concatenate(seen)).quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1)


def _ends_ms(count: int, fps: int) -> list[int]:
    """Say when each frame ends: a GIF counts hundredths of a second, so some frames are shown longer than others."""
    return [10 * round(100 * (number + 1) / fps) for number in range(count)]
