"""Golden networks, whose weights are those of a reference, and how they are looked at."""

from functools import cache

from gan.device import placed
from gan.generator import Generator
from gan.metrics import extractor
from latent.looker import Looker
from latent.memory import Memory, looked, remembered
from latent.spread import spread
from tests.gan.golden import part, vectors
from tests.gan.test_networks import GENERATORS

COUNT = 64  # pictures that are remembered


def generator(name: str) -> Generator:
    """One of them, on the CPU."""
    G = Generator(GENERATORS[name])
    G.load_state_dict(part(vectors(name), "g."))
    return placed(G).cpu().eval().requires_grad_(False)


@cache
def looker() -> Looker:
    return Looker(extractor(), 32)


def remembering(G: Generator) -> Memory:
    """Remember some of a network's pictures: those of the first w of `spread(G, count=200)`."""
    of = spread(G, count=200)
    return remembered(of, list(looked(G, looker(), of, count=COUNT)))
