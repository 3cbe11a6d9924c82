"""Settings that follow from resolution and batch, where the caller leaves them open."""

from dataclasses import replace

from gan.config import TrainConfig


def resolved(config: TrainConfig, *, resolution: int) -> TrainConfig:
    """Fill in what `config` leaves to heuristics, so that nothing is left to chance or to a later release.

    - learning_rate: 0.0025, at 1024 px 0.002, as StyleGAN2-ADA takes it from batch 8 up.
    - gamma: 0.0002 * resolution^2 / batch, at least 0.1: a discriminator of small pictures that is hardly held
      learns an archive of a few hundred photographs by heart within some hundred steps.
    - ema_kimg: 10/32 of the batch. The ramp (`ema_rampup`) keeps the half-life at 5 % of the photos seen so far, so
      that a fine-tuned G_ema shows what was learnt ten steps ago and not the base of the beginning.
    """
    micro = config.micro_batch or config.batch
    return replace(
        config,
        micro_batch=micro,
        learning_rate=config.learning_rate or (0.002 if resolution >= 1024 else 0.0025),
        gamma=max(0.0002 * resolution**2 / config.batch, 0.1) if config.gamma is None else config.gamma,
        ema_kimg=config.batch * 10 / 32 if config.ema_kimg is None else config.ema_kimg,
    )


def ema_beta(*, photos_seen: int, batch: int, ema_kimg: float, ema_rampup: float) -> float:
    """Share of the old average that G_ema keeps in one step: 0.5^(batch / half-life)."""
    half_life = min(ema_kimg * 1000, photos_seen * ema_rampup)
    return float(0.5 ** (batch / max(half_life, 1e-8)))
