"""Light a head: a key light with soft shadows, a fill, the backdrop's ambience, at times a rim."""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import ramp, unit
from demo.faces.mesh import Floats, Ints
from demo.faces.raster import FAR, rasterise
from demo.faces.surface import Material

SHADOW_SIDE = 112  # pixels of the shadow map
SHADOW_WIDTH = 5.2  # decimetres that it covers
TAPS = ((0, 0), (-2, 0), (2, 0), (0, -2), (0, 2), (1.4, 1.4), (-1.4, -1.4), (1.4, -1.4), (-1.4, 1.4))
TO_CAMERA = np.array([0, 0, 1], np.float32)


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """The lights of one picture, in camera space; colours linear."""

    key: Floats  # [3] unit, towards the light
    key_colour: Floats  # [3]
    ambient: Floats  # [3]
    fill: float
    rim: Floats | None  # [3] colour


@dataclass(frozen=True, slots=True)
class Shadow:
    """The scene's depth as the key light sees it."""

    right: Floats  # [3]
    up: Floats  # [3]
    toward: Floats  # [3]
    nearest: Floats  # [SHADOW_SIDE, SHADOW_SIDE]

    def lit(self, position: Floats, normal: Floats) -> Floats:
        """How much of the key light reaches `position` `[P, 3]`: 0 in full shadow, 1 in full light."""
        # Looked up a little off the surface: where light only grazes it, the map's own steps would show as stripes.
        position = position + 0.11 * normal
        scale = SHADOW_SIDE / SHADOW_WIDTH
        across = position @ self.right * scale + SHADOW_SIDE / 2
        upward = position @ self.up * scale + SHADOW_SIDE / 2
        depth = position @ self.toward
        lit = np.zeros(len(position), np.float32)
        for right, up in TAPS:
            columns = np.clip((across + right).astype(np.int64), 0, SHADOW_SIDE - 1)
            rows = np.clip((upward + up).astype(np.int64), 0, SHADOW_SIDE - 1)
            lit += 1 - ramp(self.nearest[rows, columns] - depth, 0.04, 0.2)
        return lit / len(TAPS)


def draw_light(backdrop: Floats, rng: np.random.Generator) -> Light:
    """Draw the lights; the ambience takes the backdrop's colour."""
    around = rng.choice([-1, 1]) * min(abs(rng.normal(0.5, 0.3)), 1.1)
    above = rng.uniform(0.15, 0.8)
    key = [np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)]
    warmth = rng.normal(0.02, 0.05)
    backdrop_mean = backdrop.mean((0, 1))
    around_colour = 0.5 * (backdrop_mean + backdrop_mean.mean())
    rim = np.clip(1 + rng.normal(0, 0.2, 3), 0.4, 1.6) * rng.uniform(0.4, 1.1) if rng.random() < 0.25 else None
    return Light(
        key=np.array(key, np.float32),
        key_colour=(np.array([1 + warmth, 1, 1 - warmth]) * rng.uniform(1.0, 1.6)).astype(np.float32),
        ambient=(around_colour * 0.3 + rng.uniform(0.2, 0.42)).astype(np.float32),
        fill=rng.uniform(0.1, 0.4),
        rim=None if rim is None else rim.astype(np.float32),
    )


def cast_shadow(light: Light, position: Floats, triangles: Ints) -> Shadow:
    """Draw the scene from the key light; position `[V, 3]` in camera space, centred on the head."""
    right = unit(np.cross(np.array([0, 1, 0], np.float32), light.key))
    up = np.cross(light.key, right)
    scale = SHADOW_SIDE / SHADOW_WIDTH
    points = np.stack([position @ right, position @ up], axis=1) * scale + SHADOW_SIDE / 2
    nearest = np.full((SHADOW_SIDE, SHADOW_SIDE), FAR, np.float32)
    owner = np.full((SHADOW_SIDE, SHADOW_SIDE), -1, np.int32)
    corners = np.zeros((SHADOW_SIDE, SHADOW_SIDE, 3), np.float32)
    rasterise(points.astype(np.float32), position @ light.key, triangles, owner, corners, nearest)
    return Shadow(right, up, light.key, nearest)


def shade(material: Material, light: Light, *, lit: Floats, hollow: Floats) -> Floats:
    """Give the light `[P, 3]` that leaves each pixel towards the camera.

    lit: `[P]`, from `Shadow.lit`; hollow: `[P]`, how deep a pixel lies in a fold, which keeps ambient light out.
    """
    normal = material.normal
    facing = np.clip((normal @ light.key + material.softness) / (1 + material.softness), 0, 1)
    # Skin scatters red light furthest, so that the edge of the light is warm.
    falloff = np.stack([facing**0.9, facing**1.08, facing**1.16], axis=-1)
    reached = np.stack([lit**0.8, lit**1.05, lit**1.1], axis=-1)
    fill = light.fill * np.clip(normal @ unit(np.array([-1.2 * light.key[0], 0.1, 0.7], np.float32)), 0, 1)
    open_sky = np.clip(1 - 1.2 * np.clip(hollow, 0, 0.5), 0.4, 1)
    ambient = (light.ambient * (0.64 + 0.36 * normal[:, 1:2]) + fill[:, None]) * open_sky[:, None]
    colour = material.albedo * (light.key_colour * falloff * reached + ambient)
    halfway = unit(light.key + TO_CAMERA)
    shine = np.clip(normal @ halfway, 0, 1) ** material.sharpness * material.gloss * lit
    grazing = (1 - np.clip(normal[:, 2], 0, 1)) ** 4
    colour += 0.3 * shine[:, None] * light.key_colour
    # The haze of fine down at a grazing angle; on what is dark it would be a pale outline.
    haze = np.minimum(1, 2.5 * material.albedo)
    colour += (0.1 * grazing * material.softness)[:, None] * haze * light.ambient
    if light.rim is not None:
        behind = unit(np.array([-np.sign(light.key[0]), 0.3, -0.6], np.float32))
        rim = np.clip(normal @ behind, 0, 1) ** 1.5 * grazing**0.4
        colour += rim[:, None] * light.rim * (material.albedo + 0.04)
    shaded: Floats = colour.astype(np.float32)
    return shaded


def strand_shine(tangents: Floats, light: Light, *, shift: Floats, power: float) -> Floats:
    """The band of light across hair, `[P]` (Kajiya and Kay 1989: by the angle between strand and halfway vector)."""
    along = tangents @ unit(light.key + TO_CAMERA) + shift
    shine: Floats = np.clip(1 - along**2, 0, 1) ** power
    return shine
