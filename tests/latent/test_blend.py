"""Blends: their ends are the two networks to the bit, and what both share stays as it is."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.config import NetConfig
from gan.generator import Generator
from gan.model import save_model
from gan.randomness import Stream, counted
from latent.blend import CENTRE_OF, along, by_resolution, stored_as
from tests.latent.golden import generator


def other_than(G: Generator, *, mapping: bool = True) -> Generator:
    """The same network after some learning."""
    moved = deepcopy(G)
    with torch.no_grad():
        for name, value in moved.named_parameters():
            if mapping or not name.startswith("mapping."):
                value.add_(0.1 * torch.randn(value.shape, generator=torch.Generator().manual_seed(len(name))))
    return moved


def assert_same(one: Generator, other: Generator) -> None:
    theirs = other.state_dict()
    for name, value in one.state_dict().items():
        assert value.numpy().tobytes() == theirs[name].numpy().tobytes(), name


@pytest.mark.parametrize("name", ["gen_skip", "gen_cond", "gen_resnet"])
def test_the_ends_are_the_two_and_a_network_with_itself_is_itself(name: str) -> None:
    one = generator(name)
    with torch.no_grad():
        one.synthesis.block(8).conv1.bias[0] = -0.0
    other = other_than(one)
    assert_same(along(one, other, t=0), one)
    assert_same(along(one, other, t=1), other)
    assert_same(along(one, one, t=0.3), one)
    assert_same(by_resolution(one, other, at=one.resolution), one)
    assert_same(by_resolution(one, other, at=0), other)
    assert_same(by_resolution(one, one, at=8), one)


def test_by_layers_each_block_is_of_the_one_or_of_the_other() -> None:
    one = generator("gen_skip")
    other = other_than(one)
    made, mine, theirs = (G.state_dict() for G in (by_resolution(one, other, at=8), one, other))
    for name, value in made.items():
        above = name.startswith(("synthesis.b16.", "synthesis.b32."))
        assert torch.equal(value, (theirs if above else mine)[name]), name


def test_on_the_line_each_weight_is_between_and_the_centre_is_the_mean_of_its_own_mapping() -> None:
    one = generator("gen_skip")
    other = other_than(one)
    made = along(one, other, t=0.25)
    mine, theirs = one.state_dict(), other.state_dict()
    for name, value in made.state_dict().items():
        if name != "mapping.w_avg":
            torch.testing.assert_close(value, 0.75 * mine[name] + 0.25 * theirs[name], atol=1e-6, rtol=1e-5)
    z = torch.from_numpy(counted(0, Stream.CENTRE).standard_normal((CENTRE_OF, one.z_dim), dtype=np.float32))
    torch.testing.assert_close(made.mapping.w_avg, made.mapping.style(z).mean(dim=0))


def test_with_one_mapping_the_centre_stays() -> None:
    one = generator("gen_skip")
    made = along(one, other_than(one, mapping=False), t=0.5)
    assert torch.equal(made.mapping.w_avg, one.mapping.w_avg)


def test_neither_of_the_two_is_changed() -> None:
    one = generator("gen_skip")
    other = other_than(one)
    kept = deepcopy(one), deepcopy(other)
    along(one, other, t=0.5)
    by_resolution(one, other, at=8)
    assert_same(one, kept[0])
    assert_same(other, kept[1])


def test_shapes_that_differ_are_named() -> None:
    one = generator("gen_skip")
    narrow = Generator(NetConfig(resolution=32, z_dim=32, w_dim=32, mapping_layers=8, channel_base=512, channel_max=32))
    with pytest.raises(ValueError, match="in the one and"):
        along(one, narrow, t=0.5)
    with pytest.raises(ValueError, match="in the one and"):
        by_resolution(one, narrow, at=8)


@pytest.mark.parametrize("dtype", ["fp16", "fp32"])
def test_a_folder_tells_how_it_holds_its_weights(dtype: str, tmp_path: Path) -> None:
    G = generator("gen_skip")
    assert stored_as(save_model(tmp_path / "model", G_ema=G, dtype=dtype)) == dtype  # type: ignore[arg-type]
