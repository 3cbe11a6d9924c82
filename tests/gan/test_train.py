"""A training goes on from a resume point to the same bits, obeys a stop, and says what is wrong."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.config import AdaConfig, NetConfig, TrainConfig
from gan.discriminator import Discriminator
from gan.errors import CheckpointError, ConfigError, DatasetError, TrainingDiverged
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick, TrainEvent
from gan.generate import generate
from gan.generator import Generator
from gan.model import load_discriminator, load_generator, model_hash, read_model_json, save_model
from gan.train import train
from tests.gan.disks import small_disk
from tests.gan.folders import TINY, dataset

# Every lazy phase and the augmentation come up within a few steps, and the steps are done in two micro-batches.
QUICK = TrainConfig(
    steps=11,
    batch=8,
    micro_batch=4,
    gamma=1.0,
    r1_interval=3,
    pl_interval=2,
    ada=AdaConfig(target=-1.0, speed_kimg=0.1, interval=2),
    snapshot_steps=(0, 4),
    resume_every=0,
    sheet_rows=1,
    sheet_columns=3,
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("base") / "model", G_ema=Generator(TINY), D=Discriminator(TINY))


def collect(events: Iterator[TrainEvent], folder: Path) -> list[TrainEvent]:
    """Run to the end, writing what is to be written."""
    seen = []
    for event in events:
        if isinstance(event, Snapshot):
            event.write(folder / f"model-{event.step}")
        if isinstance(event, ResumePoint):
            event.write(folder / f"resume-{event.step}")
        seen.append(event)
    return seen


def last_bits(folder: Path, step: int) -> bytes:
    return (folder / f"resume-{step}" / "resume.safetensors").read_bytes()


def test_events_come_in_order(pictures: Path, tmp_path: Path) -> None:
    events = collect(train(QUICK, pictures, net=TINY), tmp_path)
    kinds = [type(event) for event in events if not isinstance(event, Tick | Notice)]
    assert kinds == [Started, Snapshot, Sheet, Snapshot, Sheet, Snapshot, Sheet, ResumePoint, Finished]
    ticks = [event for event in events if isinstance(event, Tick)]
    assert [tick.step for tick in ticks] == list(range(1, 12))
    losses, scores = {"loss_g", "loss_d", "r1", "pl"}, {"real_score", "fake_score"}
    assert ticks[0].metrics.keys() == losses | scores | {"variety", "r_t", "augment_p"}
    assert ticks[-1].metrics["augment_p"] > 0
    assert events[-1] == Finished(step=11, photos_seen=88, stopped=False)


@pytest.mark.parametrize(
    ("cut", "net"),
    [(1, TINY), (4, TINY), (7, TINY), (4, replace(TINY, widths=(12, 16, 8)))],
    ids=["1", "4", "7", "widths"],
)
def test_resumed_equals_uninterrupted(pictures: Path, tmp_path: Path, cut: int, net: NetConfig) -> None:
    collect(train(QUICK, pictures, net=net), tmp_path / "straight")
    # A caller that dies just leaves the iterator; the resume point of step `cut` is all that there is.
    for event in train(replace(QUICK, resume_every=cut), pictures, net=net):
        if isinstance(event, ResumePoint):
            event.write(tmp_path / "cut")
            break
    resumed = train(QUICK, pictures, net=net, resume=tmp_path / "cut")
    events = collect(resumed, tmp_path / "resumed")
    assert isinstance(events[0], Started)
    assert events[0].resumed_from == cut
    assert last_bits(tmp_path / "resumed", 11) == last_bits(tmp_path / "straight", 11)
    assert model_hash(tmp_path / "resumed" / "model-11") == model_hash(tmp_path / "straight" / "model-11")


def test_stop_keeps_what_was_learnt_and_can_be_resumed(pictures: Path, tmp_path: Path) -> None:
    collect(train(QUICK, pictures, net=TINY), tmp_path / "straight")
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 6

    events = collect(train(QUICK, pictures, net=TINY, stop=stop), tmp_path / "stopped")
    kinds = [type(event) for event in events[-4:]]
    assert kinds == [Snapshot, Sheet, ResumePoint, Finished]
    assert events[-1] == Finished(step=5, photos_seen=40, stopped=True)
    collect(train(QUICK, pictures, net=TINY, resume=tmp_path / "stopped" / "resume-5"), tmp_path / "on")
    assert last_bits(tmp_path / "on", 11) == last_bits(tmp_path / "straight", 11)


def test_fine_tuning_starts_from_the_base_and_names_it(pictures: Path, tmp_path: Path) -> None:
    collect(train(QUICK, pictures, net=TINY), tmp_path)
    base = tmp_path / "model-11"
    start = next(e for e in train(QUICK, pictures, base=base) if isinstance(e, Snapshot))
    start.write(tmp_path / "start", {"licence": {"spdx": "CC0-1.0", "terms": ""}})
    for load in (load_generator, load_discriminator):
        ours, theirs = load(tmp_path / "start"), load(base)
        assert ours is not None
        assert theirs is not None
        for name, value in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[name], value), name
    facts = read_model_json(tmp_path / "start")
    assert facts["licence"]["spdx"] == "CC0-1.0"
    assert facts["lineage"][-1]["model_hash"] == model_hash(base)
    collect(train(QUICK, pictures, base=base), tmp_path / "straight")
    for event in train(replace(QUICK, resume_every=5), pictures, base=base):
        if isinstance(event, ResumePoint):
            event.write(tmp_path / "cut")
            break
    collect(train(QUICK, pictures, base=base, resume=tmp_path / "cut"), tmp_path / "resumed")
    assert last_bits(tmp_path / "resumed", 11) == last_bits(tmp_path / "straight", 11)


def test_sheets_show_the_same_latents_and_change(pictures: Path) -> None:
    sheets = [event.pictures for event in train(QUICK, pictures, net=TINY) if isinstance(event, Sheet)]
    assert [sheet.shape for sheet in sheets] == [(3, 3, 16, 16)] * 3
    assert not np.array_equal(sheets[0], sheets[-1])
    again = next(event for event in train(QUICK, pictures, net=TINY) if isinstance(event, Sheet))
    assert np.array_equal(again.pictures, sheets[0])


def test_frozen_blocks_of_the_discriminator_do_not_learn(pictures: Path, tmp_path: Path) -> None:
    collect(train(replace(QUICK, freeze_discriminator=1, steps=4), pictures, net=TINY), tmp_path)
    before, after = load_discriminator(tmp_path / "model-0"), load_discriminator(tmp_path / "model-4")
    assert before is not None
    assert after is not None
    moved = {name for name, value in after.state_dict().items() if not torch.equal(value, before.state_dict()[name])}
    assert moved
    assert not [name for name in moved if name.startswith("b16.")]


def test_a_loss_that_is_not_finite_ends_in_plain_words(pictures: Path, tmp_path: Path) -> None:
    G, D = Generator(TINY), Discriminator(TINY)
    with torch.no_grad():
        D.b4.out.weight.fill_(1e38)
    save_model(tmp_path / "base", G_ema=G, D=D)
    with pytest.raises(TrainingDiverged, match=r"at step 1.*half the learning_rate"):
        collect(train(QUICK, pictures, base=tmp_path / "base"), tmp_path)


def test_few_pictures_are_named_and_too_few_refused(tmp_path: Path) -> None:
    nine = dataset(tmp_path / "nine", count=9)
    events = list(train(replace(QUICK, batch=16, micro_batch=8, steps=1), nine, net=TINY))
    codes = [event.code for event in events if isinstance(event, Notice)]
    assert codes == ["pictures_repeat", "few_pictures"]
    with pytest.raises(DatasetError, match="at least 8"):
        next(train(QUICK, dataset(tmp_path / "seven", count=7), net=TINY))


def test_strong_augmentation_is_noticed_once(pictures: Path) -> None:
    events = list(train(replace(QUICK, ada=AdaConfig(target=-1, speed_kimg=0.01, interval=1)), pictures, net=TINY))
    notices = [event for event in events if isinstance(event, Notice) and event.code == "augment_strong"]
    assert len(notices) == 1


def test_other_resolution_is_refused(pictures: Path) -> None:
    with pytest.raises(DatasetError, match="prepare the dataset at 32 px"):
        next(train(QUICK, pictures, net=replace(TINY, resolution=32)))


def test_neither_a_base_nor_a_shape_is_refused(pictures: Path) -> None:
    with pytest.raises(ConfigError, match="give a base"):
        next(train(QUICK, pictures))


def test_a_base_of_other_widths_is_refused(pictures: Path, model: Path) -> None:
    with pytest.raises(ConfigError, match="channel_max"):
        next(train(QUICK, pictures, base=model, net=replace(TINY, channel_max=8)))


def test_pictures_that_change_under_the_trainer_are_noticed(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "pictures")
    events = train(QUICK, folder, net=TINY)
    next(event for event in events if isinstance(event, Tick))
    dataset(folder, seed=1)
    with pytest.raises(DatasetError, match="changed during the training"):
        list(events)


@pytest.fixture(scope="module")
def resume_point(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("point")
    collect(train(replace(QUICK, steps=2), pictures, net=TINY), folder)
    return folder / "resume-2"


@pytest.mark.parametrize(
    ("config", "net", "words"),
    [
        (replace(QUICK, learning_rate=0.001), TINY, "learning_rate was 0.0025 and is 0.001"),
        (replace(QUICK, batch=16, micro_batch=4), TINY, "batch was 8 and is 16"),
        (QUICK, replace(TINY, channel_max=8), "another shape"),
        (replace(QUICK, steps=1), TINY, "give more steps"),
    ],
)
def test_a_resume_point_of_another_training_is_refused(
    pictures: Path, resume_point: Path, config: TrainConfig, net: NetConfig, words: str
) -> None:
    with pytest.raises(CheckpointError, match=words):
        next(train(config, pictures, net=net, resume=resume_point))


def test_a_resume_point_of_other_pictures_is_refused(resume_point: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="other pictures"):
        next(train(QUICK, dataset(tmp_path / "other", seed=5), net=TINY, resume=resume_point))


def test_a_full_disk_leaves_the_earlier_resume_point(pictures: Path, tmp_path: Path) -> None:
    events = train(replace(QUICK, resume_every=3), pictures, net=TINY)
    points = (event for event in events if isinstance(event, ResumePoint))
    next(points).write(tmp_path / "point")
    later = next(points)
    with small_disk(100_000), pytest.raises(OSError, match="File too large"):
        later.write(tmp_path / "point")
    assert [path.name for path in tmp_path.iterdir()] == ["point"]
    resumed = next(train(QUICK, pictures, net=TINY, resume=tmp_path / "point"))
    assert isinstance(resumed, Started)
    assert resumed.resumed_from == 3


def cut_tensors(folder: Path) -> None:
    path = folder / "resume.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def newer_format(folder: Path) -> None:
    path = folder / "resume.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))


def no_json(folder: Path) -> None:
    (folder / "resume.json").write_text("{")


@pytest.mark.parametrize("damage", [cut_tensors, newer_format, no_json])
def test_a_damaged_resume_point_is_refused(
    pictures: Path, resume_point: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    for path in resume_point.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    damage(folder)
    with pytest.raises(CheckpointError):
        next(train(QUICK, pictures, net=TINY, resume=folder))


def test_what_was_not_written_in_time_cannot_be_written_later(pictures: Path, tmp_path: Path) -> None:
    events = train(QUICK, pictures, net=TINY)
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    next(event for event in events if isinstance(event, Tick))
    with pytest.raises(RuntimeError, match="had to be written before"):
        snapshot.write(tmp_path / "late")


@pytest.mark.parametrize("resolution", [8, 32])
def test_a_base_is_trained_on_at_another_resolution(model: Path, tmp_path: Path, resolution: int) -> None:
    pictures = dataset(tmp_path / "pictures", resolution=resolution)
    events = collect(train(QUICK, pictures, base=model, net=replace(TINY, resolution=resolution)), tmp_path)
    assert isinstance(events[-1], Finished)
    assert load_generator(tmp_path / "model-11").resolution == resolution


def test_the_centre_of_truncation_is_the_mean_of_what_is_mapped(pictures: Path, tmp_path: Path) -> None:
    collect(train(replace(QUICK, learning_rate=0.02), pictures, net=TINY), tmp_path)
    G_ema = load_generator(tmp_path / "model-11")
    z = torch.randn(20_000, TINY.z_dim, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        w = G_ema.mapping.style(z)
        (mean,) = generate(G_ema, [0], truncation_psi=0)
        expected = G_ema.synthesis(w.mean(dim=0).expand(1, G_ema.num_ws, -1), noise_mode="const")[0]
    assert torch.allclose(G_ema.mapping.w_avg, w.mean(dim=0), atol=0.1 * float(w.std()))
    assert float((mean - expected).abs().mean()) < 0.02
