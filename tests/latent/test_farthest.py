"""Points that lie far apart."""

import pytest
import torch

from latent.farthest import farthest


def test_the_typical_one_comes_first_and_then_the_corners() -> None:
    points = torch.tensor([[0.1, 0.0], [4.0, 4.0], [-4.0, 4.0], [3.9, 4.0], [4.0, -4.0], [-4.0, -4.0]])
    chosen = list(farthest(points, 5))
    assert chosen[0] == 0
    assert set(chosen[1:]) == {1, 2, 4, 5}


def test_each_next_one_is_the_farthest_from_all_before() -> None:
    points = torch.randn(200, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    chosen = list(farthest(points, 40))
    for n in range(1, 40):
        gaps = torch.cdist(points, points[chosen[:n]]).min(dim=1).values
        assert gaps[chosen[n]] == pytest.approx(float(gaps.max()))


def test_points_that_repeat_are_each_chosen_once() -> None:
    assert sorted(farthest(torch.ones(7, 3), 7)) == list(range(7))


@pytest.mark.parametrize("count", [0, 4])
def test_a_count_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 3"):
        list(farthest(torch.eye(3), count))


def test_a_point_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        list(farthest(torch.tensor([[0.0], [torch.nan]]), 1))
