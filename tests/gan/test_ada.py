"""The augmentations give the golden pictures and matrices, and R1 goes through them."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import erfinv

from gan.ada import (
    GATE,
    NORMAL,
    PIPES,
    UNIFORM,
    Chosen,
    apply_colour,
    apply_filter,
    apply_geometry,
    augment,
    band_gains,
    colour,
    filter_bank,
    geometry,
    next_p,
    warp,
)
from gan.config import AdaConfig
from gan.randomness import NORMALS, UNIFORMS, AugmentDraws, Stream, Use
from tests.gan.draws import counted_draws
from tests.gan.golden import DEVICE, assert_close, vectors

ADA = vectors("ada")
GEOMETRY = ("xflip", "rotate90", "xint", "scale", "rotate", "aniso", "xfrac")
COLOUR = ("brightness", "contrast", "lumaflip", "hue", "saturation")


def forced(n: int, q: float) -> AugmentDraws:
    """Draws under which every transform is applied, at the percentile q."""
    uniform = np.zeros((n, UNIFORMS))
    uniform[:, list(UNIFORM.values())] = q
    uniform[:, GATE["rotate_post"]] = 1  # the golden files turn before the stretch only
    uniform[:, UNIFORM["rotate_post"]] = 0.5
    normal = np.zeros((n, NORMALS))
    normal[:, list(NORMAL.values())] = erfinv(2 * q - 1)
    return AugmentDraws(uniform=uniform, normal=normal, noise=lambda *_: np.zeros(1, np.float32))


@pytest.mark.parametrize("q", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", [*GEOMETRY, *COLOUR, "imgfilter", "cutout", "bgc", "bgc_gray"])
def test_forced_percentiles(name: str, q: float) -> None:
    image = ADA["in.img_gray"] if name == "bgc_gray" else ADA["in.img"][: 4 if name == "bgc" else 2]
    pipe = PIPES["bgc"] if name.startswith("bgc") else {name: PIPES["bgcfnc"][name]}
    chosen = Chosen(forced(len(image), q), pipe, 1.0)
    prefix = f"out.{name}.q{q}"
    height, width = image.shape[2:]
    if f"{prefix}.G_inv" in ADA:
        g_inv = geometry(chosen, height=height, width=width)
        assert_close(torch.tensor(g_inv[:1]).float(), ADA[f"{prefix}.G_inv"], 1e-4, 5e-5, "G_inv")
        if name != "rotate90":  # a margin that is whole but for rounding
            margin, theta = warp(g_inv, height=height, width=width)
            assert margin == ADA[f"{prefix}.margin"].int().tolist()
            assert_close(torch.tensor(theta[:1, :2]).float(), ADA[f"{prefix}.theta"][:, :2], 1e-4, 5e-5, "theta")
    if f"{prefix}.C" in ADA:
        m = colour(chosen, channels=image.shape[1])
        assert_close(torch.tensor(m[:1]).float(), ADA[f"{prefix}.C"], 1e-4, 5e-5, "C")
    assert_close(augment(image, pipe, 1.0, chosen.draws), ADA[f"{prefix}.out"], 1e-4, 5e-5, name)


def test_given_matrices() -> None:
    golden = vectors("ada_apply")
    g_inv = golden["in.G_inv"].double().cpu().numpy()
    _, theta = warp(g_inv, height=32, width=32)
    assert_close(torch.tensor(theta[:, :2]).float(), golden["out.theta"][:, :2], 1e-4, 5e-5, "theta")
    y = apply_colour(apply_geometry(golden["in.img"], g_inv), golden["in.C"].double().cpu().numpy())
    assert_close(y, golden["out.out"], 1e-4, 5e-5, "out")


def test_filter_bank() -> None:
    assert_close(torch.tensor(filter_bank()).float(), ADA["out.Hz_fbank"], 1e-6, 1e-6, "bank")
    for q in (0.3, 0.6, 0.9):
        gains = band_gains(Chosen(forced(2, q), PIPES["filter"], 1.0))
        assert_close(torch.tensor(gains).float(), ADA[f"out.imgfilter.q{q}.gains"], 1e-4, 5e-5, "gains")
        assert_close(apply_filter(ADA["in.img"][:2], gains), ADA[f"out.imgfilter.q{q}.out"], 1e-4, 5e-5, "filtered")


def test_p_of_zero_leaves_the_pictures_alone_and_p_is_the_share_of_changed_samples() -> None:
    image = torch.rand(200, 3, 8, 8, generator=torch.Generator().manual_seed(0)).to(DEVICE)
    draws = counted_draws(step=3).augment(Stream.D_MAIN, Use.AUGMENT_REAL, range(200))
    assert augment(image, PIPES["bgc"], 0.0, draws) is image
    changed = (augment(image, PIPES["cutout"], 0.3, draws) != image).flatten(1).any(dim=1).float().mean()
    assert 0.2 < changed < 0.4


def test_a_sample_is_augmented_alike_in_a_whole_batch_and_in_a_part_of_it() -> None:
    image = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0)).to(DEVICE)
    pipe = {**PIPES["photo"], **PIPES["noise"], **PIPES["cutout"]}
    draws = counted_draws(step=5)
    whole = augment(image, pipe, 0.7, draws.augment(Stream.D_REG, Use.AUGMENT_REAL, range(8)))
    part = augment(image[4:], pipe, 0.7, draws.augment(Stream.D_REG, Use.AUGMENT_REAL, range(4, 8)))
    assert_close(part, whole[4:], 1e-5, 1e-5)


def test_second_derivatives_go_through_every_augmentation() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(4, 3, 16, 16, generator=generator).to(DEVICE).requires_grad_()
    weight = torch.rand(3, generator=generator).to(DEVICE).requires_grad_()

    def penalty(w: torch.Tensor) -> torch.Tensor:
        draws = counted_draws(step=1).augment(Stream.D_REG, Use.AUGMENT_REAL, range(4))
        y = augment(image, {**PIPES["bgcfnc"], "imgfilter": 0}, 0.8, draws)
        (slope,) = torch.autograd.grad((y.square() * w[:, None, None]).sum(), image, create_graph=True)
        return slope.square().sum()

    (grad,) = torch.autograd.grad(penalty(weight), weight)
    # The penalty is a quadratic form of the weights: x . grad = 2 * penalty.
    twice = 2 * float(penalty(weight).detach())
    assert float((grad @ weight).detach()) == pytest.approx(twice, rel=1e-4)


def test_heuristic_moves_p_towards_the_target_and_stops_at_the_clamp() -> None:
    settings: dict[str, Any] = {"photos": 32, "settings": AdaConfig(target=0.6, speed_kimg=1.0, max_p=0.8)}
    assert next_p(0.5, 0.9, **settings) == pytest.approx(0.532)
    assert next_p(0.5, 0.1, **settings) == pytest.approx(0.468)
    assert next_p(0.79, 0.9, **settings) == 0.8
    assert next_p(0.01, 0.1, **settings) == 0
