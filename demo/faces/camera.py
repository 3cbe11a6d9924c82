"""The camera: a turn of the head and a weak perspective, framed so that eyes fall on nearly the same pixels."""

from dataclasses import dataclass

import numpy as np

from demo.faces.field import unit
from demo.faces.mesh import Floats

EYES_AT = 0.47  # of the picture's height; aligned eyes make a generator learn faces far sooner
HEAD_HEIGHT = 0.68  # of the picture's height, without hair
CROWN_SHARE = 0.55  # of a head that lies above its eyes


@dataclass(frozen=True, slots=True)
class Camera:
    """A turn of the head and a weak perspective."""

    rotation: Floats  # [3, 3]
    focus: Floats  # [3], the point that the picture is centred on
    distance: float
    scale: float  # pixels for a decimetre
    middle: tuple[float, float]  # pixels

    def place(self, points: Floats) -> Floats:
        """Give camera space `[V, 3]`: x right, y up, z towards the camera."""
        placed: Floats = ((points - self.focus) @ self.rotation.T).astype(np.float32)
        return placed

    def project(self, placed: Floats) -> Floats:
        """Give pixels `[V, 2]`, y down."""
        near = (self.distance / (self.distance - placed[:, 2]) * self.scale)[:, None]
        pixels: Floats = (placed[:, :2] * near * [1, -1] + self.middle).astype(np.float32)
        return pixels


def pose(vertices: Floats, centres: Floats, *, side: int, rng: np.random.Generator) -> Camera:
    """Turn the head, mostly little and seldom near to a profile, and frame it by its eyes `centres` `[2, 3]`."""
    wide = rng.random() < 0.12
    yaw = rng.choice([-1, 1]) * rng.uniform(0.6, 0.95) if wide else np.clip(rng.normal(0, 0.26), -0.6, 0.6)
    pitch = np.clip(rng.normal(0.02, 0.09), -0.2, 0.22)
    roll = np.clip(rng.normal(0, 0.03), -0.07, 0.07)
    around_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    around_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    eyes_y = float(centres[:, 1].mean())
    height = (float(vertices[:, 1].max()) - eyes_y) / CROWN_SHARE
    # Between the eyes and the skull's axis: a turned head stays near the middle, its eyes nearly in place.
    focus = np.array([0, eyes_y, 0.55 * float(centres[:, 2].mean()) + 0.2], np.float32)
    across, down = side * (np.array([0.5, EYES_AT]) + rng.normal(0, 0.006, 2))
    return Camera(
        rotation=(around_z @ around_x @ around_y).astype(np.float32),
        focus=focus,
        distance=rng.uniform(10, 18),
        scale=side * HEAD_HEIGHT * rng.uniform(0.96, 1.04) / height,
        middle=(float(across), float(down)),
    )


def gaze(camera: Camera, rng: np.random.Generator) -> Floats:
    """Look nearly to the camera, whatever way the head points; unit `[3]`, in camera space."""
    head_to_camera = camera.rotation.T @ np.array([0, 0, 1], np.float32)
    wander = np.array([rng.normal(0, 0.07), rng.normal(0, 0.03), 0])
    seen: Floats = camera.rotation @ unit((np.array([0, 0, 0.25]) + 0.75 * head_to_camera + wander).astype(np.float32))
    return seen
