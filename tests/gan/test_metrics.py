"""Features are the reference network's; distances are what their definitions say."""

import numpy as np
import pytest
import torch

from gan.device import placed
from gan.generator import Generator
from gan.metrics import (
    Extractor,
    Reals,
    drawn_features,
    extractor,
    features,
    frechet_distance,
    kernel_distance,
    measure,
    variety,
)
from tests.gan.folders import TINY
from tests.gan.golden import assert_close, vectors


@pytest.fixture(scope="module")
def network() -> Extractor:
    return extractor()


def cloud(n: int, *, shift: float = 0.0, seed: int = 0, width: int = 6) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((n, width)) + shift).astype(np.float32)


def test_features_are_those_of_the_reference(network: Extractor) -> None:
    golden = vectors("features")
    found = features(network, golden["in.pictures"].numpy())
    assert_close(torch.from_numpy(found), golden["out.features"], 1e-4, 1e-5)
    together = features(network, golden["in.pictures"].numpy(), batch=2)
    assert_close(torch.from_numpy(together), golden["out.features"], 1e-4, 1e-5)


def test_kernel_distance_is_the_sum_over_pairs() -> None:
    real, fake = cloud(7), cloud(5, shift=0.5, seed=1)

    def k(a: np.ndarray, b: np.ndarray) -> float:
        return float((a.astype(float) @ b.astype(float) / 6 + 1) ** 3)

    within_real = np.mean([k(real[i], real[j]) for i in range(7) for j in range(7) if i != j])
    within_fake = np.mean([k(fake[i], fake[j]) for i in range(5) for j in range(5) if i != j])
    across = np.mean([k(a, b) for a in real for b in fake])
    assert kernel_distance(real, fake).value == pytest.approx(within_real + within_fake - 2 * across)


def test_kernel_distance_is_unbiased_and_its_interval_holds_the_truth() -> None:
    found = [kernel_distance(cloud(60, seed=2 * i), cloud(60, seed=2 * i + 1)) for i in range(40)]
    values = np.array([each.value for each in found])
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
    held = sum(each.low <= 0 <= each.high for each in found)
    assert held >= 34


def test_views_of_one_photo_widen_the_interval() -> None:
    real, fake = np.repeat(cloud(20), 4, axis=0), cloud(80, seed=1)
    apart = kernel_distance(real, fake)
    together = kernel_distance(real, fake, photos=np.repeat(np.arange(20), 4).tolist())
    assert together.value == apart.value
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_frechet_distance_of_known_gaussians() -> None:
    a = cloud(20_000, width=3)
    b = cloud(20_000, seed=1, width=3) * np.array([2, 1, 1], np.float32) + np.array([0, 3, 0], np.float32)
    # |m|^2 + sum of (s1 - s2)^2 for covariances that commute
    assert frechet_distance(a, b) == pytest.approx(9 + 1, abs=0.15)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)


def test_variety_is_nought_for_one_picture_repeated() -> None:
    one = cloud(1)
    assert variety(np.repeat(one, 5, axis=0)) == pytest.approx((0, 0, 0), abs=1e-6)
    assert variety(np.eye(4, dtype=np.float32)) == pytest.approx((1, 1, 1))


def test_the_interval_of_variety_holds_the_truth() -> None:
    truth = variety(cloud(4000, shift=1.0, seed=99)).value
    found = [variety(cloud(60, shift=1.0, seed=seed)) for seed in range(60)]
    assert 52 <= sum(each.low <= truth <= each.high for each in found) <= 60
    assert found[0].high - found[0].low < 0.5 * truth


def test_what_was_drawn_from_the_same_latents_is_compared_without_its_own_twin() -> None:
    def grown(one: np.ndarray) -> np.ndarray:
        return (1.02 * one).astype(np.float32)

    latents = [cloud(40, seed=seed) for seed in range(60)]
    paired = [kernel_distance(one, grown(one), paired=True) for one in latents]
    values = np.array([each.value for each in paired])
    truth = (1.02**2 - 1) ** 2 / 2  # E(a.b / 6 + 1)^3 is 1 + E(a.b)^2 / 12, of normals six wide
    assert abs(values.mean() - truth) < 4 * values.std() / np.sqrt(len(values))
    assert sum(each.low <= truth <= each.high for each in paired) >= 50
    # Compared with its twin as well, each would seem nearer than it is.
    assert np.mean([kernel_distance(one, grown(one)).value for one in latents]) < -0.02


def test_measure_tells_a_network_from_its_archive(network: Extractor) -> None:
    torch.manual_seed(0)
    G = placed(Generator(TINY)).eval()
    own = drawn_features(network, G, count=12, seed=1)
    base = drawn_features(network, G, count=12)
    real = Reals(own, tuple(range(12)))
    found = measure(G, network=network, real=real, base=base, count=12)
    assert found.kernel_low < 0.05 * abs(found.kernel) + found.kernel_high
    assert found.kernel_to_base is not None
    noise = np.random.default_rng(0).integers(0, 256, (12, 3, 16, 16), dtype=np.uint8)
    far = measure(G, network=network, real=Reals(features(network, noise), tuple(range(12))), count=12)
    assert far.kernel > 10 * abs(found.kernel)
    assert far.frechet > found.frechet
    assert far.kernel_to_base is None


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        kernel_distance(cloud(3), cloud(10))
