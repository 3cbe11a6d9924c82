"""Settings that follow from resolution and batch, where the caller leaves them open."""

from dataclasses import replace

from gan.config import TrainConfig


def resolved(config: TrainConfig, *, resolution: int, fine_tuning: bool = False) -> TrainConfig:
    """Fill in what `config` leaves to heuristics, so that nothing is left to chance or to a later release.

    - learning_rate: 0.0025, at 1024 px 0.002, as StyleGAN2-ADA takes it from batch 8 up; 0.002 for a fine-tuning.
    - gamma: 0.0002 * resolution^2 / batch, at least 0.1: a discriminator of small pictures that is hardly held
      learns an archive of a few hundred photographs by heart within some hundred steps.
    - ema_kimg and ema_rampup: 10/32 of the batch, and a ramp that holds the half-life at 5 % of the photos seen, since
      networks made afresh are not worth remembering. A base is: a fine-tuning takes a half-life of 50 steps, at most
      all the photos seen, so that G_ema leaves the base as quickly as it may and without swinging as G does.
    """
    micro = config.micro_batch or config.batch
    rate = 0.002 if fine_tuning or resolution >= 1024 else 0.0025
    half_life, ramp = (50 * config.batch / 1000, 1.0) if fine_tuning else (config.batch * 10 / 32, 0.05)
    return replace(
        config,
        micro_batch=micro,
        learning_rate=config.learning_rate or rate,
        gamma=max(0.0002 * resolution**2 / config.batch, 0.1) if config.gamma is None else config.gamma,
        ema_kimg=half_life if config.ema_kimg is None else config.ema_kimg,
        ema_rampup=ramp if config.ema_rampup is None else config.ema_rampup,
    )


def ema_beta(*, photos_seen: int, batch: int, ema_kimg: float, ema_rampup: float) -> float:
    """Share of the old average that G_ema keeps in one step: 0.5^(batch / half-life)."""
    half_life = min(ema_kimg * 1000, photos_seen * ema_rampup)
    return float(0.5 ** (batch / max(half_life, 1e-8)))
