"""Films that are files of pictures: a GIF, and a zip of frames."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from kinds.journey.joining import ENDINGS

COLOURS = 256
SEEN = 48  # frames that the colours are chosen by, from the whole film
SEEN_SIDE = 128  # px of each, at most
SHORTEST = 2  # hundredths of a second that a frame of a GIF is shown
_NEVER = (1980, 1, 1, 0, 0, 0)


def gif(pieces: Sequence[Path], target: Path, *, fps: int, loop: bool) -> Path:
    """Write the frames of pieces as a GIF with one palette for all. Raises: ValueError, of no frames; OSError."""
    palette, lasts = _palette(pieces), delays(_count(pieces), fps)
    shown = (frame for number, frame in enumerate(_frames(pieces)) if number in lasts)
    frames = (frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in shown)
    options: dict[str, Any] = {"loop": 0} if loop else {}
    next(frames).save(
        target,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=[10 * hundredths for hundredths in lasts.values()],
        optimize=False,
        disposal=1,
        **options,
    )
    return target


def delays(count: int, fps: int) -> dict[int, int]:
    """Say which frames of a film a GIF shows, by their numbers, and how long each, in hundredths of a second.

    A GIF counts these whole: rounding is carried on, so that frame by frame it stays with the film. What is shown for
    less than two, browsers show for ten: of a faster film some frames are left out.
    """
    begins, found = [round(100 * number / fps) for number in range(count)], dict[int, int]()
    ends, last = max(round(100 * count / fps), SHORTEST), count
    for number in reversed(range(count)):
        # From the end on, as the film's length is to be kept; the first one is shown in any case.
        until = ends if last == count else begins[last]
        if number == 0 or until - begins[number] >= SHORTEST:
            found[number], last = until - begins[number], number
    return dict(reversed(found.items()))


def first_frame(piece: Path, *, form: str) -> Image.Image:
    """Read the first frame of a film's first piece. Raises: av.FFmpegError, of one that is damaged; OSError."""
    if ENDINGS[form] == ".zip":
        return next(_frames([piece]))
    with av.open(str(piece)) as part:
        frame = next(part.decode(video=0))
        shown = frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG)
        return Image.fromarray(shown.to_ndarray())


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
