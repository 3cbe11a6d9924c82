"""How large the frames of a film are."""

from __future__ import annotations

from jobs.journey import Recipe


def shape_of(recipe: Recipe, drawn: tuple[int, int]) -> tuple[int, int]:
    """Give width and height of a film whose pictures are shown in `drawn`, width and height.

    Both are even, as the video formats want them (4:2:0); one pixel more, where a side is odd.
    """
    width, height = drawn
    if recipe.size is not None:
        factor = recipe.size / max(width, height)
        width, height = max(2, round(width * factor)), max(2, round(height * factor))
    enlarged = recipe.upscale.factor if recipe.upscale is not None else 1
    return even(width * enlarged), even(height * enlarged)


def even(side: int) -> int:
    """Give an even number of pixels."""
    return side + side % 2
