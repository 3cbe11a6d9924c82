"""What a thing stands on and before: paper, plaster, a table in a dim room, hills and sky; all out of focus."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from demo.faces.field import linear, noise, ramp
from demo.faces.mesh import Floats
from demo.objects.colour import Palette, lightness, oklch
from demo.objects.material import WOODS, choose
from demo.objects.mesh import Surface
from demo.objects.things.kind import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenery:
    """The surroundings of one picture."""

    wall: Floats  # [3] linear
    ground: Floats  # [3] linear
    grain: str  # "plain", "wood" or "cloth"
    surface: Surface  # of the ground
    mirror: float  # how clearly the ground mirrors the thing, 0..1
    edge: tuple[float, float]  # where the ground fades into the wall: start and end behind the thing, in its radii
    horizon: float  # share of the picture's height, from the top, where hills begin
    view: str  # "paper", "plaster", "room", "hills"


def draw_scenery(rng: np.random.Generator, palette: Palette, *, thing: Floats, kind: Kind) -> Scenery:
    """Draw surroundings that set off a thing of the mean colour `thing` `[3]`."""
    if rng.random() < kind.outdoors:
        return _outdoors(rng, kind)
    own = lightness(thing)
    light = rng.choice(
        [rng.uniform(0.72, 0.92), rng.uniform(0.45, 0.72), rng.uniform(0.25, 0.45)], p=[0.55, 0.33, 0.12]
    )
    if abs(light - own) < 0.15:
        light = own + 0.19 if own < 0.62 else own - 0.24
    # Dark, green and violet walls soon look loud.
    quiet = (0.4 + 0.6 * light) * (1 - 0.4 * max(0.0, float(np.cos(2 * np.deg2rad(palette.around - 125)))))
    wall = oklch(light, rng.uniform(0.012, 0.075) * palette.strength * quiet, palette.around)
    view = choose(rng, ("paper", "paper", "plaster", "plaster", "room"))
    if view == "paper":
        return Scenery(
            wall=wall,
            ground=wall,
            grain="plain",
            surface=Surface(gloss=0.2, roughness=0.7),
            mirror=rng.uniform(0, 0.12),
            edge=(rng.uniform(0.9, 1.6), rng.uniform(4, 8)),
            horizon=0,
            view=view,
        )
    wooden = rng.random() < 0.4
    if wooden:
        ground = oklch(*choose(rng, WOODS))
    else:
        ground = oklch(
            np.clip(light + rng.normal(0, 0.16), 0.25, 0.92),
            rng.uniform(0.01, 0.055) * quiet,
            palette.around + rng.normal(0, 30),
        )
    start = rng.uniform(1.2, 3)
    return Scenery(
        wall=wall,
        ground=ground,
        grain="wood" if wooden else choose(rng, ("plain", "cloth")),
        surface=Surface(gloss=0.4, roughness=0.5),
        mirror=rng.uniform(0.05, 0.35) if rng.random() < 0.5 else 0.0,
        edge=(start, start + rng.uniform(0.15, 0.7)),
        horizon=0,
        view=view,
    )


def _outdoors(rng: np.random.Generator, kind: Kind) -> Scenery:
    warm = rng.random() < 0.35
    sky = oklch(rng.uniform(0.82, 0.92), 0.04 if warm else rng.uniform(0.03, 0.07), 65 if warm else rng.normal(235, 12))
    if kind.water:
        ground = oklch(rng.uniform(0.42, 0.65), rng.uniform(0.03, 0.07), rng.normal(220, 18))
    else:
        ground = oklch(rng.uniform(0.55, 0.8), rng.uniform(0.04, 0.09), rng.normal(120, 14))
    return Scenery(
        wall=sky,
        ground=ground,
        grain="water" if kind.water else "plain",
        surface=Surface(gloss=0.9, roughness=0.25) if kind.water else Surface(gloss=0.0, roughness=1, soft=0.2),
        mirror=rng.uniform(0.3, 0.55) if kind.water else 0.0,
        edge=(4.0, 14.0),
        horizon=rng.uniform(0.7, 0.92) if kind.floats else rng.uniform(0.45, 0.62),
        view="hills",
    )


def paint_view(scenery: Scenery, side: int, rng: np.random.Generator, *, lit_from: float) -> Floats:
    """Paint what lies behind the ground, `[side, side, 3]` linear; lit_from: -1 left to 1 right."""
    y, x = np.mgrid[0:64, 0:64].astype(np.float32) / 63
    slope = (x - 0.5) * lit_from
    if scenery.view == "hills":
        picture = _hills(scenery, x, y, rng)
        blur = 0.8
    elif scenery.view == "room":
        picture, blur = _room(scenery, x, y, rng), rng.uniform(2, 5)
    else:
        fall = rng.uniform(0.3, 0.75)
        pool = (x - 0.5 - 0.3 * lit_from) ** 2 + (y - rng.uniform(0.3, 0.75)) ** 2
        shade = (1 - fall * ramp(np.sqrt(pool), 0.1, 1.0)) * (1 + 0.25 * slope)
        if scenery.view == "plaster":
            shade = shade * np.exp(0.03 * noise(8, 0.3 * x + rng.uniform(), 0.3 * y + rng.uniform()))
            if rng.random() < 0.4:
                shade = shade * _window(x, y, rng)
        picture, blur = scenery.wall * (0.95 * shade)[..., None], 0.8
    soft = gaussian_filter(picture.astype(np.float32), (blur, blur, 0), mode="nearest")
    bands = [Image.fromarray(np.ascontiguousarray(soft[..., k])) for k in range(3)]
    grown = [np.asarray(band.resize((side, side), Image.Resampling.BICUBIC)) for band in bands]
    view: Floats = np.maximum(np.stack(grown, axis=-1), 0.002)
    return view


def _window(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """A patch of window light that falls slantwise on the wall."""
    lean, soft = rng.uniform(-0.8, 0.8), rng.uniform(0.03, 0.12)
    across = x + lean * (y - 0.4) - rng.uniform(0.2, 0.8)
    wide, bar = rng.uniform(0.2, 0.4), rng.uniform(0.015, 0.03)
    patch = ramp(np.abs(across), wide + soft, wide - soft) * ramp(np.abs(across), bar - soft / 3, bar + soft / 2)
    return 0.62 + rng.uniform(0.3, 0.55) * patch


def _room(scenery: Scenery, x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """A room far out of focus: panels of light and dark, at times a bright window."""
    picture = np.tile(scenery.wall * 0.7, (*x.shape, 1))
    for _ in range(int(rng.integers(3, 8))):
        centre, half, tone = rng.uniform(0, 1), rng.uniform(0.03, 0.2), np.exp(rng.normal(0, 0.4))
        low, high = sorted(rng.uniform(-0.2, 1.2, 2))
        inside = ((np.abs(x - centre) < half) & (y > low) & (y < high))[..., None]
        tint = np.exp(rng.normal(0, 0.12, 3))
        picture = np.where(inside, scenery.wall * tone * tint, picture)
    if rng.random() < 0.35:
        centre, half = rng.choice([rng.uniform(0, 0.25), rng.uniform(0.75, 1)]), rng.uniform(0.06, 0.16)
        inside = ((np.abs(x - centre) < half) & (y < rng.uniform(0.3, 0.6)))[..., None]
        picture = np.where(inside, linear((1, 0.97, 0.9)) * 0.5 + 0.6 * scenery.wall, picture)
    room: Floats = np.clip(picture, 0.003, 1.2)
    return room


def _hills(scenery: Scenery, x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """Sky that is paler below, soft clouds, and ranges of hills, each nearer one darker."""
    haze = 0.4 * scenery.wall + 0.6 * linear((0.97, 0.95, 0.92))
    rise = ramp(y, scenery.horizon + 0.1, -0.2)[..., None]
    picture = haze + (scenery.wall * 0.95 - haze) * rise
    start = rng.uniform(0, 1, 2)
    cloud = noise(8, 0.22 * x + start[0], 0.5 * y + start[1]) + 0.5 * noise(16, 0.22 * x + start[0], 0.5 * y + start[1])
    picture = picture + (linear((0.98, 0.97, 0.95)) - picture) * (0.6 * ramp(cloud, 0.4, 1.6))[..., None]
    far = oklch(rng.uniform(0.6, 0.72), 0.04, rng.normal(220, 25))
    for k in range(3):
        top = (
            scenery.horizon
            - 0.07
            + 0.055 * k
            + 0.035 * noise(16 if k else 8, 0.18 * x + rng.uniform(), 0 * x + rng.uniform())
        )
        colour = far + (scenery.ground * 0.8 - far) * (k / 2.5)
        picture = picture + (colour - picture) * ramp(y, top - 0.008, top + 0.008)[..., None]
    hills: Floats = picture
    return hills
