"""What the catalogue knows of a kind of thing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.objects.colour import Palette
from demo.objects.mesh import Mesh

ANY_HUE = ((10.0, 60.0), (50.0, 110.0), (110.0, 175.0), (175.0, 225.0), (220.0, 275.0), (330.0, 375.0))
ROUND = (-3.2, 3.2)  # the yaw of a thing that looks alike from everywhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of thing: how it is built and how it likes to be seen."""

    name: str
    build: Callable[[np.random.Generator, Palette], Mesh]
    hues: tuple[tuple[float, float], ...] = ANY_HUE  # degrees
    yaw: tuple[float, float] = ROUND  # radians; the front looks along z
    pitch: tuple[float, float] = (0.12, 0.42)  # radians that the camera looks down
    outdoors: float = 0.0  # how likely it stands under the sky
    water: bool = False  # then outdoors it swims
    sunk: float = 0.0  # how deep it stands below the ground, at its own scale
    floats: bool = False  # nothing lies under it
    share: float = 1.0  # how often it is drawn
