"""What is seen of a head at each pixel, and what light meets there."""

from dataclasses import dataclass

from demo.faces.mesh import Floats, Ints


@dataclass(slots=True)
class Material:
    """What light meets at each of P pixels."""

    albedo: Floats  # [P, 3] linear
    normal: Floats  # [P, 3] unit, in camera space
    gloss: Floats  # [P] strength of the highlight
    sharpness: Floats  # [P] exponent of the highlight
    softness: Floats  # [P] how far light reaches around: skin is soft


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The pixels of everything but hair."""

    part: Ints  # [P]
    rest: Floats  # [P, 3] undeformed position
    position: Floats  # [P, 3] in camera space
    normal: Floats  # [P, 3] in camera space
    masks: Floats  # [P, 3] lips, eyelids, ears
    hollow: Floats  # [P] how concave the surface is, 0 where flat
    below_lid: Floats  # [P] decimetres from an eye's pixel up to the edge of its upper lid
