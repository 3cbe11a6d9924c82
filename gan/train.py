"""The trainer: an iterator of events, without clock, folder, log or callback."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan.ada import PIPES, next_p
from gan.config import NetConfig, TrainConfig
from gan.dataset import Order, Pictures
from gan.device import best_device, placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError, DatasetError, TrainingDiverged
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick, TrainEvent
from gan.generator import Generator, truncate
from gan.heuristics import resolved
from gan.model import load_discriminator, load_generator, model_hash, net_config, read_model_json, save_model
from gan.phases import Step
from gan.randomness import CountedDraws, Stream, counted
from gan.state import (
    SavedState,
    TrainState,
    assemble,
    check_fits,
    environment_changes,
    read_resume_point,
    restore,
    write_resume_point,
)

FEWEST_PICTURES = 8
FEW_PICTURES = 500
STRONG_SHARE = 0.9  # of ada.max_p, from which on the caller is warned


def train(
    config: TrainConfig,
    dataset: Path,
    *,
    base: Path | None = None,
    net: NetConfig | None = None,
    resume: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    device: torch.device | None = None,
) -> Iterator[TrainEvent]:
    """Train to `config.steps` on the dataset folder `dataset`.

    Exactly one of `base`, a model folder to fine-tune (G := its G_ema), and `net`, the shape of networks made afresh,
    is needed, also with `resume`, a resume point of the same training. `stop` is asked before every step; once it is
    true the training ends and keeps what it has learnt.

    Yields: Started, then Tick each `tick_every` steps; Snapshot and Sheet at `snapshot_steps` and at the end;
    ResumePoint each `resume_every` steps and at the end; Notice; Finished. A Snapshot and a ResumePoint must be written
    before the next event is asked for.
    Raises: TrainingDiverged, on a loss that is not finite; CheckpointError, if `resume` does not fit; DatasetError;
    ModelError; ConfigError.
    """
    device = device or best_device()
    pictures = Pictures.open(dataset)
    if (base is None) == (net is None):
        raise ConfigError("give a base to fine-tune, or the shape of networks to train from scratch: one of the two")
    shape = net if net is not None else net_config(read_model_json(base or Path()))
    config = resolved(config, resolution=shape.resolution, fine_tuning=base is not None)
    _check(config, shape, pictures)
    saved = read_resume_point(resume) if resume is not None else None
    if saved is not None:
        check_fits(saved, config=config, net=shape, dataset_hash=pictures.hash)
    state = _begin(config, shape, base if saved is None else None, device)
    if saved is not None:
        restore(state, saved)
    yield Started(
        config=config,
        net=shape,
        parameters_g=_size(state.G),
        parameters_d=_size(state.D),
        pictures=len(pictures),
        memory_bytes=_memory_estimate(state, config),
        resumed_from=None if saved is None else state.step,
    )
    yield from _opening_notices(config, pictures, state, saved)
    yield from _run(state, config, pictures, stop)


def _check(config: TrainConfig, shape: NetConfig, pictures: Pictures) -> None:
    if config.ada.pipe not in PIPES:
        raise ConfigError(f"ada.pipe is {config.ada.pipe!r}; give one of {', '.join(PIPES)}")
    if shape.c_dim:
        raise ConfigError("the networks want labels, and datasets carry none yet; use an unconditional base")
    if shape.channels != 3:
        raise ConfigError(f"the networks draw {shape.channels} channels and the pictures have 3; use an RGB base")
    if shape.resolution != pictures.resolution:
        raise DatasetError(
            f"the pictures are {pictures.resolution} px and the networks draw {shape.resolution} px; "
            f"prepare the dataset at {shape.resolution} px"
        )
    if len(pictures) < FEWEST_PICTURES:
        raise DatasetError(f"there are {len(pictures)} pictures; a training needs at least {FEWEST_PICTURES}")


def _begin(config: TrainConfig, shape: NetConfig, base: Path | None, device: torch.device) -> TrainState:
    # Fresh weights come from the seed, and the caller's own random state stays as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        G, D = Generator(shape), Discriminator(shape)
    origin: dict[str, Any] = {}
    if base is not None:
        facts = read_model_json(base)
        G, D = load_generator(base), load_discriminator(base) or D
        origin = {
            "licence": facts.get("licence"),
            "lineage": [*facts.get("lineage", []), {"model_hash": model_hash(base), "recipe": facts.get("recipe")}],
        }
    state = assemble(placed(G, device), placed(D, device), config=config)
    state.origin = origin
    return state


def _size(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def _memory_estimate(state: TrainState, config: TrainConfig) -> int:
    """Bytes: weights, gradients and moments, and what a pass through both networks keeps for its second derivative."""
    shape = state.G.config
    weights = 4 * (5 * _size(state.G) + 4 * _size(state.D))
    maps = sum(r * r * shape.width(r) for r in shape.resolutions)
    kept = 24  # maps a resolution that are alive in the path-length step; measured at 64 and 128 px
    return weights + 4 * kept * maps * (config.micro_batch or config.batch)


def _opening_notices(
    config: TrainConfig, pictures: Pictures, state: TrainState, saved: SavedState | None
) -> Iterator[Notice]:
    count = len(pictures)
    if count < config.batch:
        text = f"There are {count} pictures and each step takes {config.batch}, so some come twice in a step."
        yield Notice(step=state.step, code="pictures_repeat", text=text)
    if count < FEW_PICTURES and saved is None:
        text = (
            f"{count} pictures are few: the network will learn their mood rather than invent much that is new. "
            "More photographs, or fewer steps, give freer pictures."
        )
        yield Notice(step=state.step, code="few_pictures", text=text)
    changes = environment_changes(state, saved) if saved is not None else {}
    if changes:
        words = ", ".join(f"{name} was {then} and is {now}" for name, (then, now) in changes.items())
        text = f"The training goes on under other conditions, so its last bits may differ: {words}."
        yield Notice(step=state.step, code="environment_changed", text=text)


def _run(state: TrainState, config: TrainConfig, pictures: Pictures, stop: Callable[[], bool]) -> Iterator[TrainEvent]:
    device = state.G.mapping.w_avg.device
    order = Order(pictures, seed=config.seed, mirror=config.mirror)
    totals = _Totals()
    shown, stopped = -1, False
    warned = state.augment_p >= STRONG_SHARE * config.ada.max_p
    if state.step == 0 and 0 in config.snapshot_steps:
        yield from _show(state, config, pictures)
        shown = 0
    while state.step < config.steps:
        if stop():
            stopped = True
            break
        seen = order.batch(state.step * config.batch, config.batch)
        draws = CountedDraws(
            seed=config.seed,
            step=state.step,
            z_dim=state.G.z_dim,
            num_ws=state.G.num_ws,
            mixing_prob=config.mixing_prob,
            device=device,
        )
        report = Step(state, config, draws, normalised(seen, device)).run()
        state.step += 1
        state.average(config)
        _adapt(state, config, report["real_logits"])
        totals.add(report)
        if state.step % config.tick_every == 0 or state.step == config.steps:
            yield totals.tick(state, config)
        if not warned and config.augment == "ada" and state.augment_p >= STRONG_SHARE * config.ada.max_p:
            warned = True
            yield _strong(state, config)
        if state.step in config.snapshot_steps and state.step < config.steps:
            totals.check(state)
            yield from _show(state, config, pictures)
            shown = state.step
        if config.resume_every and state.step % config.resume_every == 0 and state.step < config.steps:
            totals.check(state)
            yield _resume_point(state, config, pictures)
    totals.check(state)
    if shown != state.step:
        yield from _show(state, config, pictures)
    yield _resume_point(state, config, pictures)
    yield Finished(step=state.step, photos_seen=state.step * config.batch, stopped=stopped)


def normalised(pictures: NDArray[np.uint8], device: torch.device) -> Tensor:
    """uint8 `[N, 3, R, R]` as float32 in [-1, 1], on `device`."""
    return torch.from_numpy(pictures).to(device).float() / 127.5 - 1


def _adapt(state: TrainState, config: TrainConfig, real_logits: Tensor) -> None:
    """Every `ada.interval` steps, correct augment_p by r_t = E[sign(D(real))]."""
    state.sign_sum += float(real_logits.sign().sum())
    state.sign_count += real_logits.numel()
    if state.step % config.ada.interval:
        return
    state.r_t = state.sign_sum / state.sign_count
    if config.augment == "ada":
        state.augment_p = next_p(
            state.augment_p,
            state.r_t,
            target=config.ada.target,
            photos=state.sign_count,
            speed_kimg=config.ada.speed_kimg,
            max_p=config.ada.max_p,
        )
    state.sign_sum, state.sign_count = 0.0, 0


class _Totals:
    """Sums of what steps measured since the last tick."""

    NAMES: Mapping[str, str] = {"real_logits": "real_score", "fake_logits": "fake_score"}

    def __init__(self) -> None:
        self.sums: dict[str, tuple[Tensor, int]] = {}

    def add(self, report: Mapping[str, Tensor]) -> None:
        for name, values in report.items():
            total, count = self.sums.get(name, (torch.zeros([], device=values.device), 0))
            self.sums[name] = total + values.sum(), count + values.numel()

    def means(self) -> dict[str, float]:
        return {self.NAMES.get(name, name): float(total) / count for name, (total, count) in self.sums.items()}

    def check(self, state: TrainState) -> None:
        """Raise TrainingDiverged if a mean is not finite, so that no broken network is ever kept."""
        for name, value in self.means().items():
            if not np.isfinite(value):
                raise TrainingDiverged(step=state.step, metric=name, value=value)

    def tick(self, state: TrainState, config: TrainConfig) -> Tick:
        self.check(state)
        metrics = self.means() | {"r_t": state.r_t, "augment_p": state.augment_p}
        self.sums = {}
        return Tick(step=state.step, photos_seen=state.step * config.batch, metrics=metrics)


def _strong(state: TrainState, config: TrainConfig) -> Notice:
    return Notice(
        step=state.step,
        code="augment_strong",
        text=(
            f"The pictures shown to the critic are changed with probability {state.augment_p:.2f}, close to the limit "
            f"of {config.ada.max_p:.2f}: the archive is small for so long a training, and the network begins to learn "
            "it by heart. Stop here, or add photographs."
        ),
    )


def _guard(state: TrainState, step: int) -> None:
    if state.step != step:
        raise RuntimeError(f"the training is at step {state.step}; what step {step} yielded had to be written before")


def _check_weights(state: TrainState) -> None:
    """Raise TrainingDiverged if the last update left a weight that is not finite, which no loss has shown yet."""
    for label, net in (("G", state.G), ("D", state.D), ("G_ema", state.G_ema)):
        for name, parameter in net.named_parameters():
            if not torch.isfinite(parameter).all():
                raise TrainingDiverged(step=state.step, metric=f"{label}.{name}", value=float("nan"))


def _show(state: TrainState, config: TrainConfig, pictures: Pictures) -> Iterator[TrainEvent]:
    pictures.check_unchanged()
    _check_weights(state)
    step, seen = state.step, state.step * config.batch

    def save(folder: Path, facts: Mapping[str, Any]) -> Path:
        _guard(state, step)
        recipe = {"step": step, "photos_seen": seen, "dataset_hash": pictures.hash, "config": asdict(config)}
        # How long the whole training was to be does not change what was learnt by now.
        recipe["config"] = {k: v for k, v in asdict(config).items() if k not in ("steps", "snapshot_steps")}
        own = {"recipe": recipe, **{key: value for key, value in state.origin.items() if value}}
        return save_model(folder, G_ema=state.G_ema, D=state.D, facts={**own, **facts})

    yield Snapshot(step=step, photos_seen=seen, save=save)
    yield Sheet(
        step=step,
        rows=config.sheet_rows,
        columns=config.sheet_columns,
        pictures=draw_sheet(state.G_ema, config, batch=config.micro_batch or config.batch),
    )


@torch.no_grad()
def draw_sheet(G_ema: Generator, config: TrainConfig, *, batch: int) -> NDArray[np.uint8]:
    """Pictures of the sheet's latents, which depend on the seed alone; uint8 `[rows * columns, 3, R, R]`."""
    device = G_ema.mapping.w_avg.device
    count = config.sheet_rows * config.sheet_columns
    z = np.stack([counted(config.seed, Stream.SHEET, index=i).standard_normal(G_ema.z_dim) for i in range(count)])
    drawn = []
    for part in torch.split(torch.from_numpy(z.astype(np.float32)), batch):
        ws = truncate(G_ema.mapping(part.to(device)), G_ema.mapping.w_avg, config.sheet_psi)
        image = G_ema.synthesis(ws, noise_mode="const")
        drawn.append(((image + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy())
    sheet: NDArray[np.uint8] = np.concatenate(drawn)
    return sheet


def _resume_point(state: TrainState, config: TrainConfig, pictures: Pictures) -> ResumePoint:
    pictures.check_unchanged()
    _check_weights(state)
    step = state.step

    def save(folder: Path) -> Path:
        _guard(state, step)
        return write_resume_point(state, folder, config=config, dataset_hash=pictures.hash)

    return ResumePoint(step=step, save=save)
