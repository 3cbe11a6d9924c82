"""Clothes, painted on neck and shoulders in undeformed coordinates: jumpers, T-shirts, shirts, jackets."""

import numpy as np

from demo.faces.field import linear, mix, noise, ramp
from demo.faces.mesh import Floats, Part
from demo.faces.surface import Body, Material

# Display colours: what hangs in most wardrobes.
COLOURS = (
    (0.13, 0.14, 0.17),
    (0.20, 0.24, 0.34),
    (0.32, 0.33, 0.35),
    (0.52, 0.53, 0.55),
    (0.80, 0.79, 0.76),
    (0.88, 0.88, 0.88),
    (0.62, 0.54, 0.44),
    (0.42, 0.31, 0.25),
    (0.46, 0.17, 0.18),
    (0.25, 0.33, 0.27),
    (0.42, 0.52, 0.62),
    (0.72, 0.58, 0.58),
    (0.30, 0.44, 0.50),
)
SHIRTS = ((0.90, 0.90, 0.91), (0.74, 0.81, 0.89), (0.85, 0.80, 0.77), (0.35, 0.40, 0.48), (0.20, 0.20, 0.23))


def dress(material: Material, body: Body, *, rng: np.random.Generator) -> None:
    """Clothe the skin below a neckline."""
    kind = rng.choice(["round", "low", "polo", "shirt", "jacket"], p=[0.36, 0.18, 0.08, 0.22, 0.16])
    cloth = linear(np.clip(np.array(COLOURS[rng.integers(len(COLOURS))]) * rng.uniform(0.85, 1.15), 0.05, 0.92))
    shirt = linear(SHIRTS[rng.integers(len(SHIRTS))])
    x, y, z = body.rest.T
    side, front = np.abs(x), ramp(z, 0.1, 0.6)
    # The nape is higher than the pit of the throat: necklines slope down to the front.
    throat = y - 6.0 + 0.22 * front
    if kind == "polo":
        cover, colour = _below(throat, 0.12), np.tile(cloth, (len(x), 1))
    elif kind in ("round", "low"):
        deep = rng.uniform(0.0, 0.12) if kind == "round" else rng.uniform(0.2, 0.45)
        edge = -0.02 - deep * front * np.exp(-((side / rng.uniform(0.35, 0.6)) ** 2))
        hem = _below(throat - edge, -0.06)
        cover, colour = _below(throat, edge), cloth * (0.8 + 0.2 * hem)[:, None]
    else:
        opened = np.clip(0.30 - 1.1 * side, -1, 0.3) * front
        cover = _below(throat, 0.06 - 2.2 * np.clip(opened, 0, 1) * rng.uniform(0.5, 1.0))
        collar = ramp(throat, -0.2, -0.16) * ramp(side, 0.06, 0.1) * ramp(side, 0.62, 0.56)
        body_of_shirt = shirt * (0.86 + 0.14 * ramp(np.abs(side - 0.03), 0.0, 0.03))[:, None]
        colour = mix(body_of_shirt, shirt * 0.97, collar)
        edge = np.exp(-(((throat + 0.18) / 0.03) ** 2)) * ramp(side, 0.06, 0.1) * ramp(side, 0.6, 0.5)
        colour = colour * (1 - 0.35 * edge)[:, None]
        if kind == "jacket":
            lapel = ramp(side - 0.16 - 0.45 * np.clip(-throat - 0.1, 0, 2) * 0.35, 0.0, 0.05) * ramp(
                throat, -0.08, -0.12
            )
            colour = mix(colour, (cloth * 0.7).astype(np.float32), lapel)
    pattern = rng.random()
    if kind != "jacket" and pattern < 0.12:
        colour = colour * (0.75 + 0.25 * ramp(np.sin(y * 24), -0.4, 0.4))[:, None]
    folds = 1 + 0.06 * noise(16, x * 0.12, y * 0.2)
    share = cover * (body.part == Part.SKIN)
    material.albedo = mix(material.albedo, (colour * folds[:, None]).astype(np.float32), share)
    material.gloss = material.gloss * (1 - share)
    material.softness = np.where(share > 0.5, 0.25, material.softness)


def _below(height: Floats, edge: float | Floats) -> Floats:
    """1 where `height` is below `edge`, with a step about a third of a pixel wide."""
    cover: Floats = ramp(height - edge, 0.012, -0.012)
    return cover
