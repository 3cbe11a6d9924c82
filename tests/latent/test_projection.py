"""Projection: what a network draws is found again, with the same bits each time; a part of it alone counts if asked."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gan.generator import Generator
from gan.metrics import extractor
from latent.looker import Looker, distances
from latent.memory import Memory
from latent.projection import Step, Wanted, as_picture, away, everywhere, project, start_of, strange, unnoisy
from latent.spread import spread
from tests.latent.golden import looker

STEPS = (40, 40)
OTHERS = (2, 4, 8, 14, 17)  # layers that the search does not see


def drawn(G: Generator, row: int = 100) -> Tensor:
    """The picture of a w that is none of those that are remembered."""
    w = torch.from_numpy(spread(G, count=200).w[row])
    with torch.no_grad():
        picture: Tensor = G.synthesis(everywhere(G, w), noise_mode="const")
    return picture.clamp(-1, 1)


def searched(G: Generator, wanted: Wanted, memory: Memory) -> list[Step]:
    of = spread(G, count=200)
    return list(project(G, wanted, of=of, start=start_of(G, wanted, memory), steps=STEPS))


@pytest.mark.parametrize("row", [100, 101])
def test_what_it_drew_is_found_again(G: Generator, memory: Memory, row: int) -> None:
    """By nine tenths and more where a network has learnt something (the bench); this one has not, and by two thirds."""
    picture, judge = drawn(G, row), Looker(extractor(), 32, layers=OTHERS)
    steps = searched(G, Wanted(picture, looker()), memory)
    assert [step.done for step in steps] == list(range(1, 81))
    assert {step.total for step in steps} == {80}

    def judged(ws: Tensor) -> float:
        with torch.no_grad():
            drawn = G.synthesis(ws, noise_mode="const").clamp(-1, 1)
            return float(distances(judge.look(drawn), judge.look(picture)))

    assert judged(steps[-1].ws) < 0.34 * judged(everywhere(G, G.mapping.w_avg))


def test_the_bits_are_the_same_each_time_and_the_distance_is_true(G: Generator, memory: Memory) -> None:
    wanted = Wanted(drawn(G), looker())
    first, again = searched(G, wanted, memory), searched(G, wanted, memory)
    assert all(torch.equal(one.ws, other.ws) for one, other in zip(first, again, strict=True))
    with torch.no_grad():
        picture = G.synthesis(first[-1].ws, noise_mode="const")
        assert first[-1].distance == pytest.approx(float(wanted.distance(picture)), rel=1e-4)


def test_in_w_all_layers_have_one_w_and_then_each_its_own(G: Generator, memory: Memory) -> None:
    steps = searched(G, Wanted(drawn(G), looker()), memory)
    in_w, in_w_plus = steps[STEPS[0] - 1].ws, steps[-1].ws
    assert torch.equal(in_w, in_w[:, :1].expand_as(in_w))
    assert not torch.equal(in_w_plus, in_w_plus[:, :1].expand_as(in_w_plus))


def test_it_begins_no_farther_away_than_at_the_mean(G: Generator, memory: Memory) -> None:
    wanted = Wanted(drawn(G), looker())
    start = start_of(G, wanted, memory)
    assert away(G, everywhere(G, start), wanted) <= away(G, everywhere(G, G.mapping.w_avg), wanted)


def test_only_the_part_that_counts_has_to_be_alike(G: Generator, memory: Memory) -> None:
    """What is elsewhere in the picture changes nothing: neither the way nor what is found."""
    picture, region = drawn(G), torch.zeros(1, 1, 32, 32)
    region[:, :, :, :16] = 1
    small = Looker(extractor(), 32, layers=(0,))  # whose view of a place reaches no farther than a pixel or two
    other = picture.clone()
    other[:, :, :, 20:] = -1
    one, two = (Wanted(each, small, region=region) for each in (picture, other))
    assert one.distance(other).item() < 0.05 * Wanted(picture, small).distance(other).item()
    assert one.pixels(other).item() == 0
    assert two.pixels(picture).item() == 0


def test_unrelated_pictures_are_farther_apart_than_one_from_itself(G: Generator) -> None:
    wanted = Wanted(drawn(G), looker())
    unrelated = strange(G, wanted, spread(G, count=200), count=8)
    assert 0 < unrelated < 4
    assert float(wanted.distance(drawn(G))) == pytest.approx(0, abs=1e-6)


def test_a_picture_of_one_colour_is_no_trouble(G: Generator, memory: Memory) -> None:
    for colour in (-1.0, 1.0):
        wanted = Wanted(torch.full((1, 3, 32, 32), colour), looker())
        of = spread(G, count=200)
        steps = list(project(G, wanted, of=of, start=start_of(G, wanted, memory), steps=(3, 3)))
        assert all(np.isfinite(step.distance) and torch.isfinite(step.ws).all() for step in steps)


def test_its_weights_are_left_alone(G: Generator, memory: Memory) -> None:
    before = {name: value.clone() for name, value in G.state_dict().items()}
    searched(G, Wanted(drawn(G), looker()), memory)
    assert all(torch.equal(value, before[name]) for name, value in G.state_dict().items())


def test_noise_is_noise_and_a_picture_is_none() -> None:
    noise = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    waves = torch.sin(torch.arange(64) / 8).expand(1, 1, 64, 64) * 2**0.5
    assert float(unnoisy(noise)) < 0.1
    assert float(unnoisy(waves)) > 1


def test_pixels_become_a_picture() -> None:
    pixels = np.array([[[0, 127, 255]]], dtype=np.uint8)
    torch.testing.assert_close(as_picture(pixels, torch.device("cpu")).flatten(), torch.tensor([-1, -1 / 255, 1]))
