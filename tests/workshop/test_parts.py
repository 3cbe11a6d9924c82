"""The projection of the index by part: how its axes are learnt."""

import torch
from safetensors.torch import load_file

from kinds.index.files import PART_WIDTH
from kinds.index.looking import PROJECTION, WEIGHTS
from workshop.parts import WIDTHS, learnt


def test_axes_lie_where_most_differs_and_whiten_by_half() -> None:
    deviations = torch.tensor([9.0, 4.0, 1.0, 0.1, 0.1], dtype=torch.float64)
    features = torch.randn(20_000, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * deviations + 7
    axes, mean, kept = learnt(features, 3)
    torch.testing.assert_close(mean, torch.full((5,), 7.0, dtype=torch.float64), atol=0.3, rtol=0)
    found = ((features - mean) @ axes.T).std(dim=0)
    torch.testing.assert_close(found, deviations[:3].sqrt(), atol=0.1, rtol=0)
    assert 0.99 < kept < 1
    assert (axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)) > 0).all()


def test_the_file_that_lies_beside_the_index_has_these_axes() -> None:
    found = load_file(PROJECTION)
    assert {name: len(found[f"{name}.axes"]) for name in WEIGHTS} == WIDTHS
    assert sum(WIDTHS.values()) == PART_WIDTH
    assert all(torch.isfinite(values).all() for values in found.values())
