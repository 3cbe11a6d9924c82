"""The operators give the golden numbers, and their own derivatives are the true ones."""

import math

import pytest
import torch

from gan.layers import FullyConnected, minibatch_stddev, normalize_2nd_moment
from gan.operators import (
    apart,
    bias_act,
    blur,
    conv,
    conv2d_resample,
    downsample2d,
    filter2d,
    modulated_conv2d,
    setup_filter,
    upfirdn2d,
    upsample2d,
    upsample_1331,
)
from tests.gan.golden import DEVICE, assert_close, vectors

OPS = vectors("ops")
F1331 = OPS["out.ufd.f_1331"]


def close(actual: torch.Tensor, name: str) -> None:
    assert_close(actual, OPS[f"out.{name}"], 2e-5, 2e-6, name)


def test_filters_are_normalised_and_separable_from_eight_taps() -> None:
    close(setup_filter(OPS["in.ufd.f_1331_raw"]), "ufd.f_1331")
    close(setup_filter(OPS["in.ufd.f_1331_raw"], gain=4), "ufd.f_1331_gain4")
    close(setup_filter(OPS["in.ufd.f_sep12_raw"]), "ufd.f_sep12")


def test_upfirdn2d() -> None:
    x, f_asym, f_sep12 = OPS["in.ufd.x"], OPS["in.ufd.f_asym"], OPS["out.ufd.f_sep12"]
    close(upfirdn2d(x, F1331, up=2, padding=[2, 1, 2, 1], gain=4), "ufd.up2")
    close(upsample2d(x, F1331), "ufd.upsample2d")
    close(upsample_1331(x), "ufd.upsample2d")
    close(upfirdn2d(x, F1331, down=2, padding=[1, 1, 1, 1]), "ufd.down2")
    close(downsample2d(x, F1331), "ufd.downsample2d")
    close(filter2d(x, F1331), "ufd.filter2d")
    for flip in (0, 1):
        y = upfirdn2d(x, f_asym, up=[2, 1], down=[1, 2], padding=[2, -1, 0, 3], gain=1.7, flip_filter=bool(flip))
        close(y, f"ufd.asym_flip{flip}")
    close(upfirdn2d(x, f_sep12, up=2, padding=[6, 5, 6, 5], gain=4), "ufd.sep12")
    close(downsample2d(x, f_asym, padding=[1, 0], flip_filter=True), "ufd.downsample2d_asym_pad1_flip")


@pytest.mark.parametrize("act", ["linear", "relu", "lrelu", "tanh", "sigmoid", "elu", "selu", "softplus", "swish"])
def test_bias_act(act: str) -> None:
    close(bias_act(OPS["in.ba.x"], OPS["in.ba.b"], act=act), f"ba.{act}")


def test_bias_act_gain_clamp_and_slope() -> None:
    x, b = OPS["in.ba.x"], OPS["in.ba.b"]
    close(bias_act(x, b, act="lrelu", gain=0.5, clamp=0.4), "ba.lrelu_gain0.5_clamp0.4")
    close(bias_act(x, b, gain=2, clamp=1), "ba.linear_gain2_clamp1")
    close(bias_act(x, b, act="lrelu", alpha=0.1), "ba.lrelu_alpha0.1")
    close(bias_act(x, act="lrelu"), "ba.lrelu_nobias")


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("flip", [0, 1])
def test_conv2d_resample(k: int, flip: int) -> None:
    x, w = OPS["in.conv.x"], OPS[f"in.conv.w{k}"]
    close(conv2d_resample(x, w, F1331, flip_weight=bool(flip)), f"conv.k{k}_same_flip{flip}")
    close(conv2d_resample(x, w, F1331, up=2, flip_weight=bool(flip)), f"conv.k{k}_up2_flip{flip}")
    close(conv2d_resample(x, w, F1331, down=2, flip_weight=bool(flip)), f"conv.k{k}_down2_flip{flip}")


@pytest.mark.parametrize("demodulate", [0, 1])
@pytest.mark.parametrize("up", [1, 2])
@pytest.mark.parametrize("noisy", [0, 1])
def test_modulated_conv2d(demodulate: int, up: int, noisy: int) -> None:
    noise = OPS["in.mod.noise8" if up == 1 else "in.mod.noise16"] if noisy else None
    y = modulated_conv2d(
        OPS["in.mod.x"],
        OPS["in.mod.w3"],
        OPS["in.mod.s"],
        F1331,
        up=up,
        demodulate=bool(demodulate),
        noise=noise,
        flip_weight=up == 1,
    )
    close(y, f"mod.k3_demod{demodulate}_up{up}_noise{noisy}")


def test_modulated_conv2d_to_rgb() -> None:
    s = OPS["in.mod.s"] / math.sqrt(5)
    close(modulated_conv2d(OPS["in.mod.x"], OPS["in.mod.w1"], s, F1331, demodulate=False), "mod.k1_demod0_torgb")


@pytest.mark.parametrize("group", [2, 4, None])
@pytest.mark.parametrize("features", [1, 2, 3])
def test_minibatch_stddev(group: int | None, features: int) -> None:
    name = f"mbstd.group{group or 'all'}_feat{features}"
    if f"out.{name}" in OPS:
        close(minibatch_stddev(OPS["in.mbstd.x"], group_size=group, channels=features), name)


def test_minibatch_stddev_of_a_batch_smaller_than_the_group() -> None:
    close(minibatch_stddev(OPS["in.mbstd.x"][:2], group_size=4), "mbstd.batch2_group4")


@pytest.mark.parametrize("act", ["linear", "lrelu"])
@pytest.mark.parametrize("lr", [1, 0.01])
@pytest.mark.parametrize("stored", ["div", "raw"])
def test_fully_connected(act: str, lr: float, stored: str) -> None:
    layer = FullyConnected(7, 5, act=act, lr_multiplier=lr)
    divisor = lr if stored == "div" else 1
    layer.load_state_dict({"weight": OPS["in.fc.w"] / divisor, "bias": OPS["in.fc.b"] / divisor})
    layer.to(DEVICE)
    with torch.no_grad():
        close(layer(OPS["in.fc.x"]), f"fc.{act}_stored_{stored}_lrmul{lr}")


def test_normalize_2nd_moment() -> None:
    close(normalize_2nd_moment(OPS["in.norm.x"]), "norm.y")


@pytest.mark.parametrize(
    ("stride", "padding", "transposed", "x_shape", "w_shape"),
    [
        (1, 1, False, (2, 3, 5, 6), (4, 3, 3, 3)),
        (2, 0, False, (2, 3, 9, 7), (4, 3, 3, 3)),
        (1, 1, True, (2, 3, 4, 5), (3, 4, 3, 3)),
        (2, 0, True, (2, 3, 4, 3), (3, 4, 3, 3)),
    ],
)
def test_convolutions_with_own_weight_gradients(
    stride: int, padding: int, transposed: bool, x_shape: tuple[int, ...], w_shape: tuple[int, ...]
) -> None:
    generator = torch.Generator().manual_seed(2)
    x, w = (torch.randn(*shape, dtype=torch.float64, generator=generator) for shape in (x_shape, w_shape))
    inputs = x.requires_grad_(), w.requires_grad_()

    def own(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return conv(x, w, stride, padding, transposed)

    plain = torch.nn.functional.conv_transpose2d if transposed else torch.nn.functional.conv2d
    assert torch.allclose(own(x, w), plain(x, w, stride=stride, padding=padding))
    assert torch.autograd.gradcheck(own, inputs)
    assert torch.autograd.gradgradcheck(own, inputs)


@pytest.mark.parametrize(("stride", "size"), [(1, 7), (2, 8)])
def test_filters_of_bfloat16_go_another_way_to_the_same_numbers(stride: int, size: int) -> None:
    generator = torch.Generator().manual_seed(3)
    x, f = torch.randn(2, 3, size, size, generator=generator), torch.rand(4, 4, generator=generator) / 4
    grad, found = torch.randn(2, 3, *[(size - 2) // stride + 1] * 2, generator=generator), []
    for dtype in (torch.float32, torch.bfloat16):
        given = x.to(dtype, copy=True).requires_grad_()
        y = blur(given, f, padding=1, stride=stride)
        found.append([y.detach().float(), torch.autograd.grad(y, given, grad.to(dtype))[0].float()])
    for exact, near in zip(*found, strict=True):
        assert_close(near, exact, 2**-6, 2**-5)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_zeros_lie_between_pixels(stride: int) -> None:
    x = torch.rand(2, 3, 4, 5)
    y = apart(x, stride)
    assert y.shape == (2, 3, 3 * stride + 1, 4 * stride + 1)
    assert torch.equal(y[:, :, ::stride, ::stride], x)
    assert y.count_nonzero() == x.count_nonzero()


def test_derivatives_to_second_order_are_the_true_ones() -> None:
    generator = torch.Generator().manual_seed(1)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, dtype=torch.float64, generator=generator, requires_grad=True)

    asym = torch.randn(4, 4, dtype=torch.float64, generator=generator)
    functions = [
        (lambda x: blur(x, asym, padding=1), (draw(1, 2, 5, 5),)),
        (lambda x: blur(x, asym, padding=1, stride=2), (draw(1, 2, 4, 4),)),
        (lambda x: bias_act(x, act="lrelu"), (draw(1, 2, 3, 3),)),
    ]
    for function, inputs in functions:
        assert torch.autograd.gradcheck(function, inputs)
        assert torch.autograd.gradgradcheck(function, inputs)
