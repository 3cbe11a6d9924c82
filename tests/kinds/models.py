"""The smallest model, with random weights."""

from pathlib import Path

import torch

from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import save_model

TINY = NetConfig(resolution=16, channel_base=128, channel_max=8)


def tiny(folder: Path, *, spdx: str, terms: str, config: NetConfig = TINY) -> Path:
    """Write it, always with the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        G, D = Generator(config), Discriminator(config)
    return save_model(folder, G_ema=G, D=D, facts={"licence": {"spdx": spdx, "terms": terms}})
