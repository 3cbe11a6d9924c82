"""What is left open is filled in by resolution and batch, and G_ema is young at the beginning."""

from dataclasses import replace

import pytest

from gan.config import TrainConfig, ema_beta, resolved


def test_nothing_stays_open() -> None:
    config = resolved(TrainConfig(steps=1), resolution=64)
    assert (config.learning_rate, config.micro_batch, config.ema_kimg) == (0.0025, 8, 2.5)
    assert config.gamma == pytest.approx(0.0002 * 64**2 / 8)
    assert resolved(TrainConfig(steps=1, batch=32), resolution=32).gamma == 0.1
    assert resolved(TrainConfig(steps=1), resolution=1024).learning_rate == 0.002
    given = TrainConfig(steps=1, gamma=0.0, learning_rate=0.001, ema_kimg=0.0, ema_rampup=0.0, micro_batch=2)
    assert resolved(given, resolution=64) == given
    assert resolved(given, resolution=64, fine_tuning=True) == given


def test_a_fine_tuning_leaves_its_base_without_swinging() -> None:
    config = resolved(TrainConfig(steps=1, batch=16), resolution=64, fine_tuning=True)
    assert config.learning_rate == 0.002
    assert (config.ema_kimg, config.ema_rampup) == (50 * 16 / 1000, 1.0)


def test_average_shows_the_last_steps_at_first_and_grows_old_later() -> None:
    config = TrainConfig(steps=1, ema_kimg=2.5, ema_rampup=0.05)

    def half_life_steps(step: int) -> float:
        beta = ema_beta(config, photos_seen=step * 8)
        steps, kept = 0, 1.0
        while kept > 0.5:
            steps, kept = steps + 1, kept * beta
        return steps

    assert half_life_steps(10) == 1
    assert half_life_steps(200) == pytest.approx(10, abs=1)
    assert half_life_steps(100_000) == pytest.approx(2500 / 8, abs=1)
    assert ema_beta(replace(config, ema_kimg=0), photos_seen=8) == 0
