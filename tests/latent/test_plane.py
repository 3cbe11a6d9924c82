"""The plane is a Gaussian random field: its anchor at the origin, neighbours as near as the formula says, no end."""

import hashlib
import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from latent.plane import Numbers, Planes, correlation, degrees, sigma_of_step, step_of_degrees, step_of_sigma
from workshop.stages import ROOT

WIDE = 8192  # numbers of a latent: as many draws of the field
PLACE = st.floats(-1e6, 1e6)


def anchor(seed: int = 3, wide: int = WIDE) -> Numbers:
    return np.random.default_rng(seed).standard_normal(wide, dtype=np.float32)


@given(seed=st.integers(0, 2**64 - 1), wide=st.sampled_from([1, 16, 512]))
@settings(max_examples=20, deadline=None)
def test_the_origin_is_the_anchor_to_the_bit(seed: int, wide: int) -> None:
    z = anchor(seed % 1000, wide)
    assert np.array_equal(Planes().around(z, seed, 0.0, -0.0), z)


@pytest.mark.parametrize("distance", [0.1, 0.35, 1.0, 1.7, 3.0])
@pytest.mark.parametrize("place", [(0.0, 0.0), (0.3, -0.9), (41.2, 7.77), (-1e5, 1e5)])
def test_latents_correlate_as_stated(distance: float, place: tuple[float, float]) -> None:
    planes, z = Planes(), anchor()
    for turn in (0.0, 1.0, 2.5):
        x, y = place
        there = planes.around(z, 5, x + distance * math.cos(turn), y + distance * math.sin(turn))
        found = float(np.mean(planes.around(z, 5, x, y) * there))
        assert found == pytest.approx(correlation(distance), abs=4.5 / math.sqrt(WIDE))


@given(x=PLACE, y=PLACE)
@settings(max_examples=15, deadline=None)
def test_every_place_however_far_is_a_normal_draw(x: float, y: float) -> None:
    found = Planes().around(anchor(), 5, x, y)
    assert found.dtype == np.float32
    assert stats.kstest(found, "norm").pvalue > 1e-4


def test_far_away_nothing_of_the_anchor_is_left() -> None:
    assert abs(float(np.mean(anchor() * Planes().around(anchor(), 5, 30.0, 0.0)))) < 4.5 / math.sqrt(WIDE)


def test_each_seed_has_a_plane_of_its_own() -> None:
    planes = Planes()
    assert abs(float(np.mean(planes.field(1, WIDE, 2, 3) * planes.field(2, WIDE, 2, 3)))) < 4.5 / math.sqrt(WIDE)


def test_there_is_no_seam() -> None:
    planes, z = Planes(), anchor()
    line = [planes.around(z, 5, 0.001 * i, 3.9) for i in range(-2500, 2501)]  # over the borders of blocks
    steps = [float(np.abs(a - b).max()) for a, b in pairwise(line)]
    assert max(steps) < 0.001 * 6  # what the slope of a normal field does not pass


def test_what_was_asked_before_changes_no_bit() -> None:
    kept, forgetful = Planes(), Planes(kept_bytes=0)
    for x in range(-20, 20):
        kept.field(5, 64, float(x), 0.0)
    for place in ((3.3, 4.4), (-7.0, 0.2), (1e6, -1e6)):
        assert np.array_equal(kept.field(5, 64, *place), forgetful.field(5, 64, *place))


def test_what_is_kept_is_bounded() -> None:
    planes = Planes(kept_bytes=1_000_000)
    for x in range(200):
        planes.field(5, 512, 4.0 * x, 0.0)
    assert planes.size_bytes <= 1_000_000


PROGRAM = """
import hashlib, numpy as np
from latent.plane import Planes
z = np.arange(512, dtype=np.float32) / np.float32(512)
print(hashlib.sha256(Planes().around(z, 2**63 + 11, 12.34, -56.78).tobytes()).hexdigest())
"""


def test_another_process_finds_the_same_bits() -> None:
    z = np.arange(512, dtype=np.float32) / np.float32(512)
    here = hashlib.sha256(Planes().around(z, 2**63 + 11, 12.34, -56.78).tobytes()).hexdigest()
    there = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True, text=True)
    assert there.stdout.strip() == here


@pytest.mark.parametrize("step", [0.05, 0.35, 1.0, 2.0])
def test_neighbours_are_as_many_degrees_apart_as_the_formula_says(step: float) -> None:
    planes, z = Planes(), anchor()
    here, there = planes.around(z, 5, 2.0, 2.0), planes.around(z, 5, 2.0 + step, 2.0)
    cosine = float(here @ there / np.linalg.norm(here) / np.linalg.norm(there))
    assert math.degrees(math.acos(cosine)) == pytest.approx(degrees(step), abs=2.0)


@given(step=st.floats(0.001, 3))
def test_step_degrees_and_sampling_distance_are_one_another(step: float) -> None:
    assert step_of_degrees(degrees(step)) == pytest.approx(step, rel=1e-6)
    assert step_of_sigma(sigma_of_step(step)) == pytest.approx(step, rel=1e-9)
    assert math.degrees(math.atan(sigma_of_step(step))) == pytest.approx(degrees(step), rel=1e-6)


def test_angles_and_distances_that_cannot_be_are_refused() -> None:
    for angle in (-1, 90, math.nan):
        with pytest.raises(ValueError, match="angle"):
            step_of_degrees(angle)
    with pytest.raises(ValueError, match="sigma"):
        step_of_sigma(-0.1)
