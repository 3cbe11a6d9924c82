"""A golden network, and what is remembered of its pictures."""

import pytest

from gan.generator import Generator
from latent.memory import Memory
from tests.latent.golden import generator, remembering


@pytest.fixture(scope="module")
def G() -> Generator:
    return generator("gen_skip")


@pytest.fixture(scope="module")
def memory(G: Generator) -> Memory:
    return remembering(G)
