"""From a point to latents: a plain seed is a generate job's, anchors stand where they say, layers come as asked."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import torch

from gan.config import NetConfig
from gan.device import placed
from gan.generate import generate, to_uint8
from gan.generator import Generator
from jobs.errors import BadParams
from jobs.point import Point
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Direction, Space, layers_of

NET = NetConfig(resolution=32, z_dim=24, w_dim=16, channel_base=256, channel_max=16)
DIRECTION = uuid4()


def network(config: NetConfig = NET) -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        G = placed(Generator(config)).eval().requires_grad_(False)
        for name, parameter in G.named_parameters():
            if name.endswith("noise_strength"):
                parameter.fill_(0.3)
        G.mapping.w_avg.normal_()
    return G


@pytest.fixture(scope="module")
def G() -> Generator:
    return network()


def directions(asked: UUID) -> Direction:
    assert asked == DIRECTION
    return Direction(step=torch.arange(16.0), first=2, last=4)


def ws(G: Generator, *, psi: float = 1.0, **said: Any) -> torch.Tensor:
    point = Point.model_validate({"psi": psi, **said})
    return Space(G, planes=Planes()).latents(point, directions).ws


def drawn(G: Generator, **said: Any) -> np.ndarray[Any, Any]:
    return Pen(G).draw(Space(G, planes=Planes()).latents(Point.model_validate(said), directions))


@pytest.mark.parametrize("noise", ["const", "random", "none"])
@pytest.mark.parametrize("psi", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_a_plain_seed_is_the_picture_of_a_generate_job(G: Generator, seed: int, psi: float, noise: Any) -> None:
    (picture,) = generate(G, [seed], truncation_psi=psi, noise_mode=noise)
    here = drawn(G, anchor={"seed": seed}, psi=psi, noise={"mode": noise})
    assert np.array_equal(here, to_uint8(picture))


@pytest.mark.parametrize("label", [None, 0, 2])
def test_and_of_one_with_labels(label: int | None) -> None:
    G = network(replace(NET, c_dim=3))
    (picture,) = generate(G, [7], label=7 % 3 if label is None else label)
    assert np.array_equal(drawn(G, anchor={"seed": 7}, class_label=label), to_uint8(picture))


def test_a_z_is_itself(G: Generator) -> None:
    z = np.random.RandomState(7).randn(24).astype(np.float32)
    assert torch.equal(ws(G, anchor={"z": z.tolist()}), ws(G, anchor={"seed": 7}))


def test_a_w_is_itself_in_all_layers_and_in_each(G: Generator) -> None:
    one, each = torch.randn(16), torch.randn(G.num_ws, 16)
    assert torch.equal(ws(G, anchor={"w": one.tolist()}), one.expand(1, G.num_ws, -1))
    assert torch.equal(ws(G, anchor={"w": each.tolist()}), each[None])


@pytest.mark.parametrize(
    "anchor",
    [{"seed": 7}, {"w": [0.5] * 16}, {"sum": [{"of": {"seed": 7}, "weight": 1.0}]}, {"point": {"anchor": {"seed": 7}}}],
)
def test_moving_away_begins_at_the_anchor_and_is_smooth(G: Generator, anchor: dict[str, Any]) -> None:
    here = ws(G, anchor=anchor)
    away = [float((ws(G, anchor=anchor, x=x) - here).abs().max()) for x in (0.0, 1e-4, 1e-2, 1.0)]
    assert away[0] == 0
    assert away == sorted(away)
    assert away[1] < 1e-3 < away[3]


def test_a_point_of_a_point_is_the_same_place(G: Generator) -> None:
    inner: dict[str, Any] = {"anchor": {"seed": 7}, "x": 0.4, "y": -2.0}
    assert torch.equal(ws(G, anchor={"point": inner}), ws(G, **inner))
    mixed: dict[str, Any] = {
        **inner,
        "mix": [{"layers": "form", "of": {"seed": 1}}],
        "shift": [{"direction": str(DIRECTION), "amount": 1}],
    }
    assert torch.equal(ws(G, anchor={"point": mixed}), ws(G, **mixed))


def test_a_sum_of_one_is_that_one_and_halves_lie_between(G: Generator) -> None:
    a, b = ws(G, anchor={"seed": 1}), ws(G, anchor={"seed": 2})
    assert torch.equal(ws(G, anchor={"sum": [{"of": {"seed": 1}, "weight": 1}]}), a)
    between = ws(G, anchor={"sum": [{"of": {"seed": 1}, "weight": 0.25}, {"of": {"seed": 2}, "weight": 0.75}]})
    assert torch.allclose(between, 0.25 * a + 0.75 * b, atol=1e-6)


def test_what_weights_lack_is_the_mean(G: Generator) -> None:
    a, mean = ws(G, anchor={"seed": 1}), G.mapping.w_avg
    assert torch.allclose(ws(G, anchor={"sum": [{"of": {"seed": 1}, "weight": 0.5}]}), 0.5 * a + 0.5 * mean, atol=1e-6)


def test_mixed_layers_come_from_there_and_no_others(G: Generator) -> None:
    here, there = ws(G, anchor={"seed": 1}), ws(G, anchor={"seed": 2}, x=0.5)
    for layers, (first, end) in {"shape": layers_of("shape", G.num_ws), (1, 3): (1, 4), (7, 7): (7, 8)}.items():
        found = ws(G, anchor={"seed": 1}, mix=[{"layers": layers, "of": {"seed": 2}, "x": 0.5}])
        assert torch.equal(found[:, first:end], there[:, first:end])
        assert torch.equal(found[:, :first], here[:, :first])
        assert torch.equal(found[:, end:], here[:, end:])


@pytest.mark.parametrize("resolution", [8, 16, 32, 64, 128, 256, 512, 1024])
def test_shape_form_and_colour_are_all_layers(resolution: int) -> None:
    num_ws = 2 * int(np.log2(resolution)) - 2
    parts = [layers_of(name, num_ws) for name in ("shape", "form", "colour")]
    assert parts[0][0] == 0
    assert parts[2][1] == num_ws
    assert all(first < end for first, end in parts)
    assert [end for _, end in parts[:2]] == [first for first, _ in parts[1:]]


def test_a_shift_goes_so_many_deviations_in_its_layers(G: Generator) -> None:
    here = ws(G, anchor={"seed": 1})
    moved = ws(G, anchor={"seed": 1}, shift=[{"direction": str(DIRECTION), "amount": -2}])
    assert torch.allclose(moved[:, 2:5] - here[:, 2:5], -2 * torch.arange(16.0).expand(1, 3, -1), atol=1e-5)
    assert torch.equal(moved[:, :2], here[:, :2])
    assert torch.equal(moved[:, 5:], here[:, 5:])


PLACES = [(0.0, 0.0), (0.35, 0.0), (-1.0, 2.5)]
SAID: dict[str, dict[str, Any]] = {
    "seed": {"anchor": {"seed": 7}},
    "w": {"anchor": {"w": [0.5] * 16}},
    "sum": {"anchor": {"sum": [{"of": {"seed": 7}, "weight": 0.5}]}},
    "point": {"anchor": {"point": {"anchor": {"seed": 7}, "x": 2.0}}},
    "mix": {"anchor": {"seed": 1}, "mix": [{"layers": "form", "of": {"seed": 2}, "x": 0.5}]},
    "shift": {"anchor": {"seed": 1}, "shift": [{"direction": str(DIRECTION), "amount": 2}]},
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID.keys())
def test_places_of_a_plane_together_are_what_they_are_alone(G: Generator, said: dict[str, Any]) -> None:
    points = [Point.model_validate({**said, "x": x, "y": y}) for x, y in PLACES]
    space = Space(G, planes=Planes())
    together = space.together(points, directions)
    for point, found in zip(points, together, strict=True):
        alone = space.latents(point, directions)
        assert torch.allclose(found.ws, alone.ws, atol=1e-5)
        assert (found.noise_mode, found.noise_seed) == (alone.noise_mode, alone.noise_seed)


def test_several_planes_together_keep_their_order() -> None:
    G = network(replace(NET, c_dim=3))
    said: list[dict[str, Any]] = [
        {"anchor": {"seed": 1}},
        {"anchor": {"seed": 2}, "psi": 0.2},
        {"anchor": {"seed": 1}, "x": 1.0},
        {"anchor": {"seed": 1}, "class_label": 2},
    ]
    points, space = [Point.model_validate(each) for each in said], Space(G, planes=Planes())
    for point, found in zip(points, space.together(points, directions), strict=True):
        assert torch.allclose(found.ws, space.latents(point, directions).ws, atol=1e-5)


def test_truncation_comes_last(G: Generator) -> None:
    said: dict[str, Any] = {"anchor": {"seed": 1}, "mix": [{"layers": "form", "of": {"seed": 2}}]}
    whole, mean = ws(G, **said), G.mapping.w_avg
    assert torch.equal(ws(G, **said, psi=0.0), mean.expand_as(whole))
    assert torch.allclose(ws(G, **said, psi=0.5), mean + 0.5 * (whole - mean), atol=1e-6)


def test_the_label_asked_for_is_that_of_all_that_an_anchor_is_made_of() -> None:
    G = network(replace(NET, c_dim=3))
    inner = {"anchor": {"seed": 4}, "class_label": 0}
    asked = ws(G, anchor={"point": inner}, class_label=2)
    assert torch.equal(asked, ws(G, anchor={"seed": 4}, class_label=2))
    assert torch.equal(ws(G, anchor={"point": inner}), ws(G, anchor={"seed": 4}, class_label=0))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"anchor": {"z": [0.0] * 23}}, "z has 23 numbers; this model's has 24"),
        ({"anchor": {"w": [0.0] * 15}}, "w has 15 numbers; this model's has 16"),
        ({"anchor": {"w": [[0.0] * 16] * 3}}, "w has 3 rows; this model's has 8"),
        ({"anchor": {"w": [[0.0] * 16] * 7 + [[0.0]]}}, "w has 1 numbers"),
        ({"anchor": {"sum": [{"of": {"z": [0.0]}, "weight": 1}]}}, "z has 1 numbers"),
        ({"anchor": {"seed": 1}, "mix": [{"layers": [6, 8], "of": {"seed": 2}}]}, "layer 8"),
        ({"anchor": {"seed": 1}, "class_label": 0}, "knows no labels"),
    ],
)
def test_what_is_none_of_this_models_is_told(G: Generator, said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadParams, match=why):
        ws(G, **said)


def test_a_label_beyond_the_last_is_told() -> None:
    with pytest.raises(BadParams, match="0 to 2"):
        ws(network(replace(NET, c_dim=3)), anchor={"seed": 1}, class_label=3)
