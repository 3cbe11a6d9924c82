"""Colours of one picture: linear light from lightness, chroma and hue (Ottosson 2020, OKLCH), in one harmony."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.faces.mesh import Floats

SCHEMES = (0.0, 25.0, -25.0, 60.0, -60.0, 150.0, 180.0, 180.0, 205.0)  # degrees from the thing to its backdrop


def oklch(lightness: float, chroma: float, hue: float) -> Floats:
    """Give linear RGB `[3]`; lightness 0..1, chroma up to about .2, hue in degrees (25 red, 100 yellow, 250 blue)."""
    # Violets soon look loud.
    chroma *= 1 - 0.45 * np.exp(-((((hue - 305 + 180) % 360 - 180) / 30) ** 2))
    a, b = chroma * np.cos(np.deg2rad(hue)), chroma * np.sin(np.deg2rad(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    clipped: Floats = np.clip(np.array(rgb, np.float32), 0.008, 0.95)
    return clipped


def lightness(rgb: Floats) -> float:
    """How light linear RGB `[3]` looks, 0..1 (the cube root of its luminance)."""
    return float(np.cbrt(rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Hues in degrees: what the thing, its second colour and its surroundings are painted with."""

    hue: float
    second: float
    around: float
    strength: float  # multiplies every chroma: quiet 0.6 to full 1.2

    def main(self, lightness: float, chroma: float = 0.1) -> Floats:
        """Give the thing's colour, `[3]` linear."""
        return oklch(lightness, chroma * self.strength, self.hue)

    def accent(self, lightness: float, chroma: float = 0.1) -> Floats:
        """Give its second colour, `[3]` linear."""
        return oklch(lightness, chroma * self.strength, self.second)

    def cream(self, lightness: float = 0.9) -> Floats:
        """Give a warm white with a breath of the surroundings, `[3]` linear."""
        return oklch(lightness, 0.022, 80 + 0.1 * (self.around - 80))

    def ink(self, lightness: float = 0.3) -> Floats:
        """Give a dark of the second hue, `[3]` linear."""
        return oklch(lightness, 0.025, self.second)

    def tint(self, colour: tuple[float, float, float]) -> Floats:
        """Give a colour of nature (lightness, chroma, hue) at this picture's strength, `[3]` linear."""
        return oklch(colour[0], colour[1] * (0.4 + 0.6 * self.strength), colour[2])


def draw_palette(rng: np.random.Generator, hues: Sequence[tuple[float, float]]) -> Palette:
    """Draw the harmony of a picture; the thing's hue lies in one of the ranges `hues`."""
    low, high = hues[int(rng.integers(len(hues)))]
    hue = rng.uniform(low, high)
    return Palette(
        hue=hue,
        second=hue + rng.choice([30, -30, 60, 120, 180, 180]) + rng.normal(0, 10),
        around=rng.uniform(55, 95) if rng.random() < 0.3 else hue + float(rng.choice(SCHEMES)) + rng.normal(0, 8),
        strength=rng.uniform(0.7, 1.2),
    )
