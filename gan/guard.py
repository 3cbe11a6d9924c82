"""Whether a training still learns: finite numbers, a discriminator that can be deceived, pictures that differ."""

import math
from collections.abc import Mapping

import numpy as np

from gan.dataset import Pictures
from gan.errors import TrainingDiverged
from gan.state import Numbers

WINDOW = 50  # steps that a running mean looks back
UNBOUNDED = 1000.0  # a loss; in a training that learns, losses stay below 10
WON = 0.05  # mean loss of D below which it tells all pictures apart, by logits of 3.7 and more on both sides
FEWEST_VARIETY = 0.01  # about one grey level of 255: pictures that nobody can tell apart
SHARE_OF_VARIETY = 0.1  # of the variety of the real pictures or, if they are all alike, of that at the beginning
SAMPLE = 256  # real pictures that are looked at


def variety_of(pictures: Pictures, *, side: int = 8) -> float:
    """Mean standard deviation over pictures of their `side` x `side` thumbnails, values in [-1, 1]."""
    chosen = pictures.rows[np.linspace(0, len(pictures) - 1, min(SAMPLE, len(pictures))).astype(int)]
    n, c, h, w = chosen.shape
    small = chosen.reshape(n, c, side, h // side, side, w // side).mean(axis=(3, 5)) / 127.5  # [N, C, 8, 8]
    return float(small.std(axis=0).mean())


def judge(numbers: Numbers, means: Mapping[str, float], *, real_variety: float) -> None:
    """Move the running means of `numbers` by the means of a step. Raises: TrainingDiverged."""
    reasons = [
        f"{name} is {value:.6g}, and grows without bound"
        for name, value in means.items()
        if not math.isfinite(value) or (name in ("loss_g", "loss_d") and value > UNBOUNDED)
    ]
    numbers.mean_loss_d += (means["loss_d"] - numbers.mean_loss_d) / WINDOW
    numbers.mean_variety += (means["variety"] - numbers.mean_variety) / min(numbers.step, WINDOW)
    numbers.most_variety = max(numbers.most_variety, numbers.mean_variety)
    if numbers.mean_loss_d < WON:
        reasons.append(
            "the discriminator has won: it tells every drawn picture from a real one with certainty, and the generator "
            "can learn nothing from it"
        )
    wanted = numbers.most_variety if real_variety < FEWEST_VARIETY else real_variety
    if numbers.mean_variety < max(SHARE_OF_VARIETY * wanted, FEWEST_VARIETY) < numbers.most_variety:
        reasons.append(
            "the variety of the drawn pictures has collapsed: they differ from each other by "
            f"{numbers.mean_variety:.3f}, those of the archive by {real_variety:.3f}"
        )
    if reasons:
        raise TrainingDiverged(step=numbers.step, reason=reasons[0])
