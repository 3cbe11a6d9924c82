"""A small network learns eight small pictures, and the augmentation answers to that."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gan.config import AdaConfig, TrainConfig
from gan.dataset import Pictures
from gan.events import Sheet, Tick
from gan.train import train
from tests.gan.folders import TINY, dataset


def test_eight_pictures_are_learnt(tmp_path: Path) -> None:
    folder = dataset(tmp_path, count=8)
    real = Pictures.open(folder).rows.astype(float)
    config = TrainConfig(
        steps=100,
        batch=8,
        learning_rate=0.005,
        gamma=1.0,
        mirror=False,
        pl_weight=0.0,
        ada=AdaConfig(speed_kimg=2.0),
        snapshot_steps=(0,),
        sheet_psi=1.0,
    )
    nearest, ticks = [], []
    for event in train(config, folder, net=replace(TINY, channel_max=12)):
        if isinstance(event, Sheet):
            far = np.abs(event.pictures.astype(float)[:, None] - real[None]).mean(axis=(2, 3, 4))  # [28, 8]
            nearest.append(far.min(axis=1).mean())
        if isinstance(event, Tick):
            ticks.append(event.metrics)
    first, last = nearest
    assert last < 0.75 * first
    assert ticks[0]["r_t"] <= 0 < max(tick["r_t"] for tick in ticks)
    assert ticks[0]["augment_p"] == 0 < ticks[-1]["augment_p"] < 0.5
    assert np.mean([tick["real_score"] - tick["fake_score"] for tick in ticks[-20:]]) > 0.5
    assert all(0.2 < tick["loss_d"] < 3 for tick in ticks[-20:])
