"""What a film goes on from: pieces that are whole. Loads no codecs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobs.journey import Recipe

PIECE_S = 5.0


def piece_frames(fps: int) -> int:
    """Say how many frames a piece has, save for the film's last one."""
    return round(PIECE_S * fps)


def ends_a_piece(frames: int, recipe: Recipe) -> bool:
    """Say whether a film that was not broken off has a piece that ends after so many frames."""
    return frames == recipe.frames or (0 < frames < recipe.frames and frames % piece_frames(recipe.fps) == 0)


def gone_on_from(pieces: Sequence[Mapping[str, Any]], recipe: Recipe) -> list[Mapping[str, Any]]:
    """Give the pieces, each with its number of `frames`, up to the first that was cut short: after it frames would
    stand in other pieces than in a film that was made at once, and so have other bits."""
    return [piece for piece, ends in zip(pieces, _ends(pieces, recipe), strict=False) if ends]


def _ends(pieces: Sequence[Mapping[str, Any]], recipe: Recipe) -> Iterator[bool]:
    frames = 0
    for piece in pieces:
        frames += int(piece["frames"])
        if not ends_a_piece(frames, recipe) or int(piece["frames"]) > piece_frames(recipe.fps):
            return
        yield True
