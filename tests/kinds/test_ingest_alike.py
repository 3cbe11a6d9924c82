"""Pictures that look alike are put together, each in one group."""

import tracemalloc

import numpy as np
import pytest

from kinds.ingest.alike import Alike


def test_groups_are_those_of_every_pair_compared() -> None:
    rng = np.random.default_rng(0)
    seeds = rng.integers(0, 2**63, 90, dtype=np.uint64)
    flips = [np.uint64(sum(1 << int(bit) for bit in rng.choice(64, 3, replace=False))) for _ in range(1024)]
    hashes = [int(seeds[i % 90] ^ flip) for i, flip in enumerate(flips)]
    for bits in (0, 2, 5, 12):
        parent = list(range(len(hashes)))

        def head(i: int, parent: list[int] = parent) -> int:
            return i if parent[i] == i else head(parent[i])

        for i in range(len(hashes)):
            for j in range(i):
                if (hashes[i] ^ hashes[j]).bit_count() <= bits:
                    a, b = head(i), head(j)
                    parent[max(a, b)] = min(a, b)
        expected: dict[int, list[int]] = {}
        for i in range(len(hashes)):
            expected.setdefault(head(i), []).append(i)
        found = Alike.among([f"{one:016x}" for one in hashes], [1.5] * len(hashes)).groups(bits)
        assert found == [group for group in expected.values() if len(group) > 1]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_alone_are_like_nothing(count: int) -> None:
    assert Alike.among(["0" * 16] * count, [1.0] * count).groups(12) == []


def test_another_shape_is_another_picture() -> None:
    alike = Alike.among(["0" * 16] * 3, [1.5, 1.52, 1.0])
    assert alike.groups(0) == [[0, 1]]


def test_thousands_that_all_look_alike_are_one_group_in_little_memory() -> None:
    rng = np.random.default_rng(1)
    hashes = [f"{sum(1 << int(bit) for bit in rng.choice(64, 3, replace=False)):016x}" for _ in range(6000)]
    tracemalloc.start()
    alike = Alike.among(hashes, [1.5] * len(hashes))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert alike.groups(6) == [list(range(len(hashes)))]
    assert most < 200_000_000  # every pair would take more than twice that
