"""Light a thing: a key light like a window, a soft sky of many directions, a rim from behind; all throw shadows."""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import unit
from demo.faces.mesh import Floats
from demo.objects.mesh import Mesh
from demo.objects.shade import shade
from demo.objects.visible import FAR, map_all

KEYS, SKIES = 8, 12  # directions that stand for the key light and for the sky
KEY_SIDE, GLASS = 96, 0.5  # pixels of a depth map; what is clearer than GLASS lets every other direction through


@dataclass(frozen=True, kw_only=True, slots=True)
class Rig:
    """The lights of one picture, in world space; a white level ground gets about 1 in all."""

    frames: Floats  # [L, 3, 3]; rows right, up, towards the light
    colours: Floats  # [L, 3]
    room: Floats  # [10, 3], see `shade`


@dataclass(frozen=True, slots=True)
class Shaded:
    """A rig with the depth maps of one thing."""

    rig: Rig
    maps: Floats  # [L, S, S]
    scale: float
    radius: float
    level: float  # y of the ground

    def shade(self, pixels: Floats, eye: Floats, *, seen: Floats, places: Floats) -> Floats:
        """Give linear RGB `[P, 3]` of `pixels` (see `shade.shade`)."""
        rig = self.rig
        bias = 0.022 * self.radius
        drawn: Floats = shade(
            pixels, eye, rig.frames, rig.colours, self.maps, KEYS, rig.room, self.scale, bias, self.level, seen, places
        )
        return drawn


def _frames(directions: Floats) -> Floats:
    aside = np.where(np.abs(directions[:, 1:2]) > 0.98, [[1.0, 0, 0]], [[0, 1.0, 0]])
    right = unit(np.cross(aside, directions))
    frames: Floats = np.stack([right, np.cross(directions, right), directions], axis=1).astype(np.float32)
    return frames


def _spiral(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Spread points over a disc of radius 1: radius and angle, `[count]` each."""
    k = np.arange(count)
    return np.sqrt((k + 0.5) / count), k * 2.399963 + rng.uniform(0, 2 * np.pi)


def draw_rig(rng: np.random.Generator, *, wall: Floats, floor: Floats, outdoors: bool) -> Rig:
    """Draw the lights; the room that surfaces mirror has the colours `wall` and `floor` (`[3]`, linear)."""
    side = rng.choice([-1, -1, 1])
    around, above = side * rng.uniform(0.35, 1.75), rng.uniform(0.5, 1.05)
    key = np.array([np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)])
    frame = _frames(key[None])[0]
    spread = rng.uniform(0.06, 0.14) if outdoors else rng.uniform(0.1, 0.34)
    radius, angle = _spiral(KEYS, rng)
    keys = unit(
        key + spread * radius[:, None] * (np.cos(angle)[:, None] * frame[0] + np.sin(angle)[:, None] * frame[1])
    )
    radius, angle = _spiral(SKIES, rng)
    radius = 0.97 * radius
    skies = np.stack([radius * np.cos(angle), np.sqrt(1 - radius**2), radius * np.sin(angle)], axis=1)
    share = rng.uniform(0.5, 0.74)  # of the key light in all the light on the ground
    warmth = rng.uniform(0.0, 0.13) + (0.05 if outdoors else 0)
    warm, cool = np.array([1 + warmth, 1, 1 - warmth]), np.array([1 - 0.7 * warmth, 1, 1 + 0.7 * warmth])
    level = rng.uniform(0.95, 1.2)
    # A wall colours the light that comes back from it.
    cool = cool * (0.75 + 0.25 * wall / wall.mean())
    toward_wall = 1 + 0.5 * skies @ unit(np.array([-key[0], 0.6, 0.4]))
    sky = (1 - share) * level * toward_wall / (toward_wall * skies[:, 1]).sum()
    key_colour = share * level / float(keys[:, 1].sum()) * warm
    colours = np.concatenate([np.tile(key_colour, (KEYS, 1)), sky[:, None] * cool])
    strip = unit(np.array([-side * rng.uniform(0.7, 1), rng.uniform(0.15, 0.6), -rng.uniform(0.2, 0.8)]))
    rim = rng.uniform(0.15, 0.9) * (0.6 * cool + 0.4 * wall / wall.mean())
    box = (rng.uniform(0.2, 0.45), rng.uniform(0.3, 0.6))
    bright = rng.uniform(3.5, 7) * warm
    ambient = (1 - share) * level
    rows = [key, frame[0], frame[1], bright, 1.4 * ambient * cool, 1.1 * wall, 0.75 * floor, strip, rim, (*box, 0)]
    return Rig(
        frames=_frames(np.concatenate([keys, skies])),
        colours=colours.astype(np.float32),
        room=np.stack([np.broadcast_to(row, 3) for row in rows]).astype(np.float32),
    )


def cast(rig: Rig, mesh: Mesh, *, level: float) -> Shaded:
    """Draw the depth maps of a thing about the origin; level: y of the ground."""
    radius = float(np.linalg.norm(mesh.vertices, axis=1).max())
    scale = KEY_SIDE / (2.1 * radius)
    maps = np.full((len(rig.frames), KEY_SIDE, KEY_SIDE), FAR, np.float32)
    solid = mesh.surface[mesh.triangles[:, 0], 3] < GLASS
    opaque = np.ascontiguousarray(mesh.triangles[solid])
    through = np.arange(len(rig.frames)) % 2 == 1
    every = through | bool(solid.all())
    for chosen, triangles in ((every, opaque), (~every, mesh.triangles)):
        drawn = maps[chosen]
        map_all(mesh.vertices, triangles, np.ascontiguousarray(rig.frames[chosen]), scale, drawn)
        maps[chosen] = drawn
    return Shaded(rig, maps, scale, radius, level)
