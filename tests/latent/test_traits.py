"""Brightness, warmth and contrast are learnt from pictures that a network draws, and move them that way."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gan.config import NetConfig
from gan.generator import Generator
from latent.spread import Spread, spread, within
from latent.traits import TRAITS, learnt, ridge, rows_of, seen, side, small, traits
from tests.latent.golden import generator

WIDE = NetConfig(resolution=128, z_dim=16, w_dim=16, mapping_layers=2, channel_base=512, channel_max=8)


def random(config: NetConfig) -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return Generator(config).eval().requires_grad_(False)


@pytest.mark.parametrize("name", ["gen_skip", "gen_cond"])
def test_more_of_an_amount_is_more_of_the_trait(name: str) -> None:
    G = generator(name)
    of = spread(G, count=4000)
    rows = rows_of(of)
    made = learnt(G, of, rows, list(seen(G, of, rows)))
    assert made, "this network draws nothing that varies"
    w = torch.from_numpy(of.w[1000:1040])
    for one in made:
        step = torch.from_numpy(one.vector) * one.deviation
        less, more = (traits(small(G, w + amount * step))[one.kind].mean() for amount in (-1.5, 1.5))
        assert more > less, one.kind
        assert one.layers == (0, G.num_ws - 1)
        assert 0.1 <= one.share <= 1


def test_they_are_the_same_each_time() -> None:
    G = generator("gen_skip")
    of = spread(G, count=2000)
    rows = rows_of(of, count=100)
    first, second = (learnt(G, of, rows, list(seen(G, of, rows))) for _ in range(2))
    assert [one.kind for one in first] == [one.kind for one in second]
    for one, again in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.vector, again.vector)


def test_a_trait_that_w_says_nothing_of_is_not_learnt() -> None:
    G = generator("gen_skip")
    of, rng = spread(G, count=2000), np.random.default_rng(0)
    rows = rows_of(of, count=300)
    chance = {kind: rng.standard_normal(300) for kind in TRAITS}
    still = {kind: np.full(300, 0.25) for kind in TRAITS}
    assert learnt(G, of, rows, [chance]) == []
    assert learnt(G, of, rows, [still]) == []


def test_traits_are_those_of_the_picture() -> None:
    grey, white = torch.zeros(3, 8, 8), torch.ones(3, 8, 8)
    halves = torch.ones(3, 8, 8)
    halves[:, 4:] = -1
    red = torch.stack([torch.ones(8, 8), torch.zeros(8, 8), -torch.ones(8, 8)])
    told = traits(torch.stack([grey, white, halves, red]))
    np.testing.assert_allclose(told["brightness"], [0, 1, 0, 0.2126 - 0.0722], atol=1e-6)
    np.testing.assert_allclose(told["warmth"], [0, 0, 0, 2], atol=1e-6)
    np.testing.assert_allclose(told["contrast"], [0, 0, 1, 0], atol=1e-6)


def test_the_ridge_is_the_closed_form_at_the_strength_that_predicts_best() -> None:
    rng = np.random.default_rng(1)
    x = within(rng.standard_normal((40, 6)) * [3, 2, 1, 1, 0.1, 0.1], 1)
    y = within(x @ [1, -1, 0, 0, 0, 0] + 0.5 * rng.standard_normal(40), 1)
    weights, share = ridge(x, y)
    d = np.linalg.svd(x, compute_uv=False)[0]

    def unseen(strength: float) -> float:
        """Squared errors of fits that each leave one row out, with a mean of their own."""
        total = 0.0
        for i in range(len(x)):
            kept = np.arange(len(x)) != i
            mx, my = x[kept].mean(axis=0), y[kept].mean()
            a, b = x[kept] - mx, y[kept] - my
            total += float((y[i] - my - (x[i] - mx) @ np.linalg.solve(a.T @ a + strength * np.eye(6), a.T @ b)) ** 2)
        return total

    strengths = np.logspace(-7, 1, 25) * d**2
    best = min(strengths, key=unseen)
    np.testing.assert_allclose(weights, np.linalg.solve(x.T @ x + best * np.eye(6), x.T @ y), rtol=1e-6)
    assert share == pytest.approx(1 - unseen(best) / float(y @ y), abs=0.02)


def test_small_pictures_are_whole_ones_or_those_of_a_lower_block() -> None:
    G = generator("gen_skip")
    w = torch.from_numpy(spread(G, count=100).w[:3])
    whole = G.synthesis(w[:, None].expand(-1, G.num_ws, -1), noise_mode="const")
    torch.testing.assert_close(small(G, w), whole.clamp(-1, 1))
    large, lower = random(WIDE), random(WIDE.at(64))
    lower.load_state_dict({name: large.state_dict()[name] for name in lower.state_dict()})
    w = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))
    assert side(WIDE) == 64
    torch.testing.assert_close(small(large, w), small(lower, w))


def test_what_draws_at_the_end_alone_is_drawn_whole_and_what_is_wide_smaller() -> None:
    assert side(replace(WIDE, architecture_g="resnet")) == 128
    assert side(replace(WIDE, channel_base=32768, channel_max=512)) == 32


def test_of_many_labels_few_are_drawn_each_often_enough() -> None:
    w = np.zeros((400, 2), np.float32)
    rows = rows_of(Spread(w=w, own=w.astype(np.float64), labels=50), count=60)
    assert [row % 50 for row in rows[:6]] == [0, 1, 2, 0, 1, 2]
    assert len(rows) == 24
