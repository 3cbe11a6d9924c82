"""Golden networks, whose weights are those of a reference."""

from gan.device import placed
from gan.generator import Generator
from tests.gan.golden import part, vectors
from tests.gan.test_networks import GENERATORS


def generator(name: str) -> Generator:
    """One of them, on the CPU."""
    G = Generator(GENERATORS[name])
    G.load_state_dict(part(vectors(name), "g."))
    return placed(G).cpu().eval().requires_grad_(False)
