"""Things are drawn from a seed alone: every kind of them, whole, in the middle, and set off from its backdrop."""

import itertools
from functools import cache

import numpy as np
import pytest

from demo.faces.mesh import Floats
from demo.objects.camera import frame
from demo.objects.colour import draw_palette, lightness, oklch
from demo.objects.draw import draw_thing, kind_of, render
from demo.objects.light import cast, draw_rig
from demo.objects.material import MATT
from demo.objects.mesh import dress, moved
from demo.objects.solid import box, curve
from demo.objects.things.catalogue import KINDS
from demo.objects.things.kind import Kind

GREY = np.full(3, 0.5, np.float32)


@cache
def seed_of(kind: Kind) -> int:
    """The first seed that draws `kind`."""
    return next(seed for seed in itertools.count() if kind_of(seed) is kind)


def by_name(kind: Kind) -> str:
    return kind.name


def test_a_seed_is_always_the_same_picture_and_another_seed_another() -> None:
    drawn = render(5, size=32)
    assert drawn.dtype == np.uint8
    np.testing.assert_array_equal(drawn, render(5, size=32))
    assert not np.array_equal(drawn, render(6, size=32))


@pytest.mark.parametrize("size", [16, 33, 64])
def test_a_picture_has_the_size_that_is_asked_for(size: int) -> None:
    assert render(3, size=size).shape == (size, size, 3)


def test_kinds_have_names_of_their_own_and_each_is_met_within_few_seeds() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind_of(seed).name for seed in range(400)} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=by_name)
def test_a_thing_of_each_kind_stands_out_in_the_middle(kind: Kind) -> None:
    drawn = render(seed_of(kind), size=32).astype(np.float32)
    assert drawn.std() > 12
    # Edges are where the thing is, not around it: backdrops are soft.
    steps = np.abs(np.diff(drawn, axis=0))[:, :-1].max(-1) + np.abs(np.diff(drawn, axis=1))[:-1].max(-1)  # [31, 31]
    border = np.concatenate([steps[:3].ravel(), steps[-3:].ravel(), steps[:, :3].ravel(), steps[:, -3:].ravel()])
    assert np.percentile(steps[6:-6, 6:-6], 95) > 30
    assert steps[6:-6, 6:-6].mean() > 1.5 * border.mean()


@pytest.mark.parametrize("kind", KINDS, ids=by_name)
def test_a_mesh_of_each_kind_is_whole_and_framed(kind: Kind) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        mesh = kind.build(rng, draw_palette(rng, kind.hues))
        count = len(mesh.vertices)
        assert mesh.triangles.min() >= 0
        assert mesh.triangles.max() < count
        assert (mesh.normals.shape, mesh.paint.shape, mesh.surface.shape) == ((count, 3), (count, 3), (count, 5))
        assert all(np.isfinite(part).all() for part in (mesh.vertices, mesh.normals, mesh.paint))
        assert mesh.paint.min() > 0
        assert 0 <= mesh.surface.min() <= mesh.surface.max() <= 1
        seen, _ = frame(mesh.vertices, 100, rng, pitch=kind.pitch).project(mesh.vertices)
        low, high = seen.min(0), seen.max(0)
        assert 55 < (high - low).max() < 88
        assert np.abs((low + high) / 2 - 50).max() < 6


@pytest.mark.parametrize("kind", KINDS, ids=by_name)
def test_a_thing_of_each_kind_is_drawn_over_the_middle_alone(kind: Kind) -> None:
    rng = np.random.default_rng(1)
    built = kind.build(rng, draw_palette(rng, kind.hues))
    mesh = moved(built, -(built.vertices.min(0) + built.vertices.max(0)) / 2)
    lit = cast(draw_rig(rng, wall=GREY, floor=GREY, outdoors=False), mesh, level=float(mesh.vertices[:, 1].min()))
    canvas = np.full((64, 64, 3), -1, np.float32)
    draw_thing(canvas, mesh, frame(mesh.vertices, 64, rng, pitch=kind.pitch), lit)
    drawn = (canvas != -1).all(-1)  # [64, 64]
    assert 0.06 < drawn.mean() < 0.65
    assert drawn[24:40, 24:40].mean() > 0.3
    assert drawn.sum() == drawn[3:-3, 3:-3].sum()
    assert np.isfinite(canvas).all()
    assert canvas[drawn].std() > 0.03


def test_a_thing_keeps_light_from_the_ground_under_it() -> None:
    block = dress(box((1, 1, 1)), GREY, MATT)
    rig = draw_rig(np.random.default_rng(0), wall=GREY, floor=GREY, outdoors=False)
    lit = cast(rig, block, level=-0.5)
    ground = np.zeros((2, 14), np.float32)
    ground[:, 0:3] = [[0, -0.5, 0.48], [4, -0.5, 4]]  # just inside its foot, and far away
    ground[:, 3:9] = [0, 1, 0, 0.5, 0.5, 0.5]
    eye = np.array([0, 2, 6], np.float32)
    under, far = lit.shade(ground, eye, seen=np.zeros((2, 2, 3), np.float32), places=np.zeros((2, 2), np.float32))
    assert under.mean() < 0.5 * far.mean()
    # A level ground far from everything gets about 1: exposure is set by that.
    assert 0.35 < far.mean() < 0.75


@pytest.mark.parametrize("light", [0.3, 0.6, 0.9])
def test_a_colour_without_chroma_is_grey_and_as_light_as_said(light: float) -> None:
    grey: Floats = oklch(light, 0, 40)
    assert np.ptp(grey) < 1e-3
    assert lightness(grey) == pytest.approx(light, abs=0.01)


def test_a_curve_passes_its_ends_in_even_steps() -> None:
    line = curve([(0, 0), (1, 2), (3, 1)], 20)
    np.testing.assert_allclose(line[[0, -1]], [[0, 0], [3, 1]], atol=1e-5)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    assert steps.max() < 1.05 * steps.min()
