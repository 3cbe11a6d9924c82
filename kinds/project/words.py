"""How far what was found is from what was looked for, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

# Of a distance, as shares of that between two unrelated pictures of the model (measured: `python -m bench projecting`).
NEAR, LIKE = 0.3, 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A code for programs, a sentence for people."""

    code: str
    text: str


def verdict(*, in_w: float, distance: float, unrelated: float) -> Verdict:
    """Judge by the distance in W, where the model draws what it knows; W+ can paint what it has never seen."""
    share = in_w / max(unrelated, 1e-9)
    if share <= NEAR:
        return Verdict(code="near", text="Near: the model knows a picture very much like this one.")
    if share <= LIKE:
        return Verdict(code="some_likeness", text="Some likeness: the model knows something of this picture.")
    painted = distance / max(unrelated, 1e-9) <= LIKE
    more = " It paints it layer by layer, as it would anything." if painted else ""
    return Verdict(code="no_memory", text=f"The model has no memory of this.{more}")
