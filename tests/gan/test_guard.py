"""A training that breaks down goes back once, learns more gently, and else ends in plain words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gan import guard
from gan.config import AdaConfig, TrainConfig
from gan.dataset import Pictures, write_pictures
from gan.errors import TrainingDiverged
from gan.events import Finished, Notice, ResumePoint, TrainEvent
from gan.state import Numbers
from gan.train import train
from tests.gan.folders import TINY, dataset

QUICK = TrainConfig(
    steps=40,
    batch=8,
    gamma=1.0,
    r1_interval=3,
    pl_interval=2,
    ada=AdaConfig(interval=2),
    snapshot_steps=(),
    resume_every=4,
    sheet_rows=1,
    sheet_columns=2,
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("pictures"))


def told(events: Iterator[TrainEvent], folder: Path) -> tuple[list[TrainEvent], TrainingDiverged | None]:
    """All events, resume points written by their steps, and how it broke down in the end, if it did."""
    seen: list[TrainEvent] = []
    try:
        for event in events:
            seen.append(event)
            if isinstance(event, ResumePoint):
                event.write(folder / f"{event.step}")
    except TrainingDiverged as error:
        return seen, error
    return seen, None


def back(events: list[TrainEvent]) -> list[Notice]:
    return [event for event in events if isinstance(event, Notice) and event.code == "gone_back"]


def last_bits(folder: Path) -> bytes:
    return (folder / "40" / "resume.safetensors").read_bytes()


def test_a_learning_rate_too_high_is_halved_and_the_training_goes_on(pictures: Path, tmp_path: Path) -> None:
    """Its losses soon pass 1,000; half of it does not break down, and is kept by the resume points."""
    high = replace(QUICK, learning_rate=0.3, gamma=0.1)
    events, broke = told(train(high, pictures, net=TINY), tmp_path / "straight")
    assert broke is None
    (notice,) = back(events)
    assert notice.step == 4
    assert "grows without bound. It goes back to step 4" in notice.text
    assert "a learning_rate of 0.15 and a gamma of 0.2" in notice.text
    assert isinstance(events[-1], Finished)
    assert json.loads((tmp_path / "straight" / "40" / "resume.json").read_text())["gentler"]
    # Resumed after it went back, it goes on as gently, to the same bits.
    told(train(high, pictures, net=TINY, resume=tmp_path / "straight" / "20"), tmp_path / "resumed")
    assert last_bits(tmp_path / "resumed") == last_bits(tmp_path / "straight")


def test_a_learning_rate_far_too_high_ends_in_plain_words(pictures: Path, tmp_path: Path) -> None:
    events, broke = told(train(replace(QUICK, learning_rate=0.9), pictures, net=TINY), tmp_path)
    assert len(back(events)) == 1
    assert broke is not None
    assert "half the learning_rate or twice the gamma" in str(broke)
    assert not [event for event in events if isinstance(event, Finished)]


def test_one_picture_makes_all_that_is_drawn_alike(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (3, 4, 4), dtype=np.uint8).repeat(4, axis=1).repeat(4, axis=2)
    write_pictures(tmp_path / "one", (picture for _ in range(8)), resolution=16, photos=[0] * 8)
    config = replace(
        QUICK, steps=3000, learning_rate=0.02, pl_weight=0.0, augment="none", mirror=False, resume_every=25, gamma=0.1
    )
    events, broke = told(train(config, tmp_path / "one", net=replace(TINY, channel_max=8)), tmp_path)
    codes = [event.code for event in events if isinstance(event, Notice)]
    assert codes == ["few_pictures", "pictures_alike", "gone_back"]
    (notice,) = back(events)
    assert "variety of the drawn pictures has collapsed" in notice.text
    assert broke is not None
    assert "more varied pictures" in str(broke)
    # What was kept is good: the training went back to the last resume point and not to the beginning.
    # A step is judged before a resume point is made of it.
    assert notice.step == 25 * ((broken_at(notice) - 1) // 25)
    assert (tmp_path / f"{notice.step}" / "resume.safetensors").exists()


def broken_at(notice: Notice) -> int:
    return int(notice.text.split()[2])


def test_a_discriminator_that_has_won_is_noticed() -> None:
    numbers = Numbers()
    for numbers.step in range(1, 150):
        guard.judge(numbers, {"loss_d": 0.03, "variety": 0.3}, real_variety=0.3)
    numbers.mean_loss_d = 0.05
    with pytest.raises(TrainingDiverged, match="discriminator has won"):
        guard.judge(numbers, {"loss_d": 0.03, "variety": 0.3}, real_variety=0.3)


def test_a_training_that_learns_is_left_alone() -> None:
    """Whose discriminator is strong for a while, and whose pictures begin alike and are never as varied as the real."""
    numbers = Numbers()
    for numbers.step in range(1, 1000):
        strong = 0.02 if 100 <= numbers.step < 150 else 0.4
        guard.judge(numbers, {"loss_d": strong, "variety": min(numbers.step / 5000, 0.1)}, real_variety=0.5)


def test_variety_of_real_pictures(pictures: Path) -> None:
    assert 0.2 < guard.variety_of(Pictures.open(pictures)) < 0.6
