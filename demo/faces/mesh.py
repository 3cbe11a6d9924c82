"""Read the head of the MakeHuman base mesh: vertices, triangles, paint masks and shape targets.

Lengths are decimetres, y points up, z to the front, x to the person's left; the eyes are at about y = 7.3.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.signedinteger[Any]]

NECK_Y = 4.3  # what lies lower is outside every picture
SHOULDER_X = 2.3
MASKS = ("lips", "eyelids", "ears")


class Part(IntEnum):
    """What a triangle belongs to."""

    SKIN = 0
    EYE = 1
    LASH = 2
    TEETH = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A change of shape at full strength: `offsets[k]` (decimetres, `[K, 3]`) moves vertex `indices[k]`."""

    indices: Ints
    offsets: Floats


@dataclass(frozen=True, slots=True)
class Head:
    """The undeformed head and everything that deforms it."""

    vertices: Floats  # [V, 3]
    triangles: Ints  # [T, 3]
    part: Ints  # [T], a Part each
    masks: Floats  # [V, 3] in 0..1, in the order of MASKS
    targets: Mapping[str, Target]  # by "region/name", as "nose/nose-hump-incr"

    def vertices_of(self, part: Part) -> Ints:
        """Give the indices of the vertices that triangles of `part` use."""
        used: Ints = np.unique(self.triangles[self.part == part])
        return used


def read_head(meshes: Path) -> Head:
    """Read the head from the unpacked files (see `wheel.fetch_meshes`); takes about three seconds."""
    points, uvs, triangles, uv_triangles, part = _read_obj(meshes / "mpfb2/3dobjs/base.obj")
    corners = points[triangles]  # [T, 3, 3]
    kept = (part >= 0) & (corners[:, :, 1].min(1) > NECK_Y) & (np.abs(corners[:, :, 0]).max(1) < SHOULDER_X)
    triangles, uv_triangles, part = triangles[kept], uv_triangles[kept], part[kept]
    used = np.unique(triangles)
    renumber = np.full(len(points), -1, np.int32)
    renumber[used] = np.arange(len(used), dtype=np.int32)
    triangles = renumber[triangles]
    vertex_uv = np.zeros((len(used), 2), np.float32)
    vertex_uv[triangles.ravel()] = uvs[uv_triangles.ravel()]
    masks = [_sample(meshes / f"mpfb2/textures/mpfb_{name}.jpg", vertex_uv) for name in MASKS]
    return Head(
        vertices=points[used],
        triangles=triangles,
        part=part,
        masks=np.stack(masks, axis=1),
        targets=dict(_read_targets(meshes, renumber)),
    )


def _part_of(group: str) -> int:
    if group == "body":
        return Part.SKIN
    if group in {"helper-l-eye", "helper-r-eye"}:
        return Part.EYE
    if "eyelash" in group:
        return Part.LASH
    if group in {"helper-upper-teeth", "helper-lower-teeth"}:
        return Part.TEETH
    return -1  # joints, clothes helpers, tongue: not drawn


def _read_obj(path: Path) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Read points, texture coordinates, triangles of each, and each triangle's part (-1: not drawn)."""
    points, uvs, triangles, uv_triangles, parts = [], [], [], [], []
    part = -1
    for line in path.read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["v", x, y, z]:
                points.append((float(x), float(y), float(z)))
            case ["vt", u, v, *_]:
                uvs.append((float(u), float(v)))
            case ["g", group]:
                part = _part_of(group)
            case ["f", *corners]:
                pairs = [(int(a) - 1, int(b) - 1) for a, b, *_ in (corner.split("/") for corner in corners)]
                for second, third in pairwise(pairs[1:]):
                    fan = (pairs[0], second, third)
                    triangles.append([corner[0] for corner in fan])
                    uv_triangles.append([corner[1] for corner in fan])
                    parts.append(part)
    return (
        np.array(points, np.float32),
        np.array(uvs, np.float32),
        np.array(triangles, np.int32),
        np.array(uv_triangles, np.int32),
        np.array(parts, np.int32),
    )


def _sample(texture: Path, uv: Floats) -> Floats:
    """Read a mask texture at each vertex, in 0..1."""
    with Image.open(texture) as image:
        grey = np.asarray(image.convert("L"), np.float32) / 255  # [H, W]
    height, width = grey.shape
    columns = np.clip(uv[:, 0] * (width - 1), 0, width - 1).astype(int)
    rows = np.clip((1 - uv[:, 1]) * (height - 1), 0, height - 1).astype(int)
    sampled: Floats = grey[rows, columns]
    return sampled


def _read_targets(meshes: Path, renumber: Ints) -> Iterator[tuple[str, Target]]:
    """Read every target that moves a kept vertex, in the order of their names."""
    files = [*meshes.glob("mpfb2/targets/*/*.target.gz"), *meshes.glob("faceunits01/targets/faceunits/*.target")]
    for path in sorted(files):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
        rows = [row for row in (line.split() for line in text.splitlines()) if len(row) == 4 and row[0][0] != "#"]
        if not rows:
            continue
        indices = renumber[np.array([int(row[0]) for row in rows])]
        offsets = np.array([[float(number) for number in row[1:]] for row in rows], np.float32)
        kept = indices >= 0
        if kept.any():
            name = path.name.split(".target")[0]
            yield f"{path.parent.name}/{name}", Target(indices[kept], offsets[kept])
