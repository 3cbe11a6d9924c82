"""The trainer: an iterator of events, without clock, folder, log or callback."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan import guard
from gan.ada import PIPES, next_p
from gan.config import NetConfig, TrainConfig, gentler, resolved
from gan.dataset import Order, Pictures
from gan.device import best_device, placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError, DatasetError, TrainingDiverged
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick, TrainEvent
from gan.generate import drawn, latents_of
from gan.generator import Generator
from gan.model import load_discriminator, load_generator, model_hash, net_config, read_model_json, save_model
from gan.parallel import ALONE, Team
from gan.phases import Step, fits
from gan.randomness import Draws, Stream, counted
from gan.resize import check_resizable, resized
from gan.state import SavedState, TrainState, assemble

FEWEST_PICTURES = 8
FEW_PICTURES = 500
CENTRE_OF = 4096  # latents
STRONG_SHARE = 0.9  # of ada.max_p, from which on the caller is warned
SHOWN_AS: Mapping[str, str] = {"real_logits": "real_score", "fake_logits": "fake_score"}


def train(
    config: TrainConfig,
    dataset: Path,
    *,
    base: Path | None = None,
    net: NetConfig | None = None,
    resume: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    device: torch.device | None = None,
    team: Team = ALONE,
) -> Iterator[TrainEvent]:
    """Train to `config.steps` on the dataset folder `dataset`.

    `base` is a model folder to fine-tune (G := its G_ema), `net` the shape of networks made afresh; with both, `net` is
    the base's shape at another resolution (`gan.resize`). They are needed also with `resume`, a resume point of the
    same training. `stop` is asked before every step; once it is true the training ends and keeps what it has learnt.
    Each process of a `team` calls this alike. Only the first yields anything; the others just have to go on to the end.
    Where the training breaks down (`gan.guard`), it goes back to the last resume point, or to its beginning, and on
    from there with half the learning rate and twice the gamma; once, and steps and their events come again.

    Yields: Started, then Tick each `tick_every` steps; Snapshot and Sheet at `snapshot_steps` and at the end;
    ResumePoint each `resume_every` steps and at the end; Notice; Finished. A Snapshot must be written at once.
    Raises: TrainingDiverged, if it breaks down again; MemoryShort; CheckpointError, if `resume` does not fit;
    DatasetError; ModelError; ConfigError; ProcessLost."""
    pictures = Pictures.open(dataset)
    own = None if base is None else net_config(read_model_json(base))
    shape = net or own
    if shape is None:
        raise ConfigError("give a base to fine-tune, or the shape of networks to train from scratch")
    if own is not None:
        check_resizable(own, shape)
    config = resolved(config, resolution=shape.resolution, fine_tuning=base is not None)
    _check(config, shape, pictures, team)
    saved = None if resume is None else SavedState.read(resume)
    if saved is not None:
        saved.check_fits(config, shape, pictures.hash)
    device = team.device or device or best_device()
    with torch.device("meta"):
        g, d = (sum(p.numel() for p in part.parameters()) for part in (Generator(shape), Discriminator(shape)))
    need = guard.Need.of(shape, parameters_g=g, parameters_d=d, device=device)
    at_a_time = (config.micro_batch or config.batch) // team.count
    free = guard.free_bytes(device) // (team.count if device.type == "cpu" else 1)
    shortage = need.shortage(at_a_time, free=free, device=device)
    state = _begun(config, shape, None if saved else base, device)
    if saved is not None:
        state.restore(saved)
    training = _Training(state, config, pictures, team, stop)
    count, fresh, resumed_from = len(pictures), saved is None, saved and state.step
    changed = saved and saved.other_conditions(device, team.count)
    started = Started(config, shape, g, d, count, need.total(at_a_time), resumed_from)
    due = {
        "pictures_repeat": count < config.batch,
        "few_pictures": fresh and count < FEW_PICTURES,
        "pictures_alike": fresh and training.real_variety < guard.FEWEST_VARIETY,
        "memory_short": shortage,
        "environment_changed": changed,
    }
    facts = {"count": count, "batch": config.batch, "shortage": shortage, "changed": changed}
    notices = [Notice.of(state.step, code, **facts) for code, is_due in due.items() if is_due]
    for event in chain([started], notices, training.events()):
        if team.rank == 0:
            yield event


def _check(config: TrainConfig, shape: NetConfig, pictures: Pictures, team: Team) -> None:
    pipe, count, size, labels = config.ada.pipe, len(pictures), pictures.resolution, pictures.c_dim
    if pipe not in PIPES:
        raise ConfigError(f"ada.pipe is {pipe!r}; give one of {', '.join(PIPES)}")
    if "imgfilter" in PIPES[pipe] and shape.resolution < 32:
        raise ConfigError(f"ada.pipe {pipe!r} filters with 43 taps; give bgc or photo below 32 px")
    if shape.c_dim and not 0 < labels <= shape.c_dim:
        taken = f"the networks take labels 0 to {shape.c_dim - 1}, and the pictures have {labels} labels"
        raise DatasetError(f"{taken}; label each picture so, or use an unconditional base")
    if shape.channels != 3:
        raise ConfigError(f"the networks draw {shape.channels} channels and the pictures have 3; use an RGB base")
    if shape.resolution != size:
        remedy = f"prepare the dataset at {shape.resolution} px, or give a `net` of {size} px with the base"
        raise DatasetError(f"the pictures are {size} px and the networks draw {shape.resolution} px; {remedy}")
    if count < FEWEST_PICTURES:
        raise DatasetError(f"there are {count} pictures; a training needs at least {FEWEST_PICTURES}")
    micro = config.micro_batch or config.batch
    group = shape.mbstd_group_size or micro
    if not fits(micro, config, shape, processes=team.count) or (team.count > 1 and micro // team.count < group):
        raise ConfigError(
            f"{team.count} processes cannot share {micro} pictures at a time in whole groups of {group} (the minibatch "
            f"standard deviation); give batch and micro_batch as multiples of {team.count * group}"
        )


def _begun(config: TrainConfig, shape: NetConfig, base: Path | None, device: torch.device) -> TrainState:
    """The state before the first step: fresh networks of `config.seed`, or those of a base."""
    facts = read_model_json(base) if base else {}
    own = net_config(facts) if base else shape
    with torch.random.fork_rng(devices=[]):  # the caller's own random state stays as it was
        torch.manual_seed(config.seed)
        G, D = Generator(own), Discriminator(own)
    if base:
        G, D = resized(load_generator(base), load_discriminator(base) or D, shape, seed=config.seed)
    state = assemble(placed(G, device), placed(D, device), config=config)
    if base:
        lineage = [*facts.get("lineage", []), {"model_hash": model_hash(base), "recipe": facts.get("recipe")}]
        state.origin = {"licence": facts.get("licence"), "lineage": lineage}
    return state


@dataclass
class _Training:
    """A training from where `state` is to its end; what is kept and shown on the way, and the way back."""

    state: TrainState
    config: TrainConfig
    pictures: Pictures
    team: Team
    stop: Callable[[], bool]

    def __post_init__(self) -> None:
        config, state = self.config, self.state
        self.order = Order(self.pictures, seed=config.seed, mirror=config.mirror)
        self.real_variety = guard.variety_of(self.pictures)
        self.warned = state.augment_p >= STRONG_SHARE * config.ada.max_p
        self.shown = -1  # the last step that was shown
        self.measured: dict[str, list[float]] = {}  # means of the steps since the last tick
        self.last = state.saved(config, self.pictures.hash, self.team.count)  # the last resume point, or the beginning

    def events(self) -> Iterator[TrainEvent]:
        """Train to the end; after a breakdown, from what was kept last, more gently. Raises: TrainingDiverged."""
        state = self.state
        try:
            yield from self._to_the_end()
            return
        except TrainingDiverged as error:
            if state.gentler:
                raise
            why = {"broken": error.step, "reason": error.reason}
        state.restore(self.last)
        state.gentler = True
        state.set_pace()
        self.measured, self.shown = {}, -1
        now = gentler(self.config)
        yield Notice.of(state.step, "gone_back", **why, rate=now.learning_rate, gamma=now.gamma)
        yield from self._to_the_end()

    def _to_the_end(self) -> Iterator[TrainEvent]:
        state, config = self.state, self.config
        stopped = False
        if state.step == 0 and 0 in config.snapshot_steps:
            yield from self._show()
        while state.step < config.steps and not (stopped := self.team.any(self.stop())):
            yield from self._step()
            if state.step in config.snapshot_steps:
                yield from self._show()
            if config.resume_every and state.step % config.resume_every == 0 and state.step < config.steps:
                yield self._resume_point()
        if self.shown != state.step:
            yield from self._show()
        yield self._resume_point()
        yield Finished(state.step, state.step * config.batch, stopped)

    def _step(self) -> Iterator[TrainEvent]:
        self.pictures.check_unchanged()
        state, config, at_a_time = self.state, self.config, self.state.micro_batch
        draws = Draws(
            seed=config.seed,
            step=state.step,
            z_dim=state.G.z_dim,
            num_ws=state.G.num_ws,
            mixing_prob=config.mixing_prob,
            device=state.pl_mean.device,
            known_labels=self.pictures.labels or (),
        )
        real = partial(self._real, state.step * config.batch)
        means = self._means(Step(state, gentler(config) if state.gentler else config, draws, real, self.team).run())
        state.step += 1
        state.average(config)
        self._adapt(means.pop("signs"))
        guard.judge(state, means, real_variety=self.real_variety)
        for name, value in means.items():
            self.measured.setdefault(SHOWN_AS.get(name, name), []).append(value)
        if state.step % config.tick_every == 0 or state.step == config.steps:
            means = {name: sum(values) / len(values) for name, values in self.measured.items()}
            means |= {"r_t": state.r_t, "augment_p": state.augment_p}
            yield Tick(state.step, state.step * config.batch, means)
            self.measured = {}
        if not self.warned and config.augment == "ada" and state.augment_p >= STRONG_SHARE * config.ada.max_p:
            self.warned = True
            yield Notice.of(state.step, "augment_strong", p=state.augment_p, max_p=config.ada.max_p)
        if state.micro_batch != at_a_time:
            yield Notice.of(state.step, "micro_batch_halved", before=at_a_time, now=state.micro_batch)

    def _real(self, first: int, at: Sequence[int]) -> tuple[Tensor, list[int]]:
        """Pictures `[N, 3, R, R]` in [-1, 1] and labels of places in the batch that begins with the `first` picture."""
        places = [first + i for i in at]
        pictures = torch.from_numpy(self.order.batch(places)).to(self.state.pl_mean.device)
        return pictures.float() / 127.5 - 1, self.order.labels(places)

    def _means(self, measured: Mapping[str, Tensor]) -> dict[str, float]:
        """Means over all pictures of all processes, and as `signs` E[sign(D(real))]."""
        values = {**measured, "signs": measured["real_logits"].sign()}
        sums = torch.stack([value.double().sum() for value in values.values()])
        self.team.sum_([sums])
        totals = zip(values.items(), sums.tolist(), strict=True)
        return {name: total / (value.numel() * self.team.count) for (name, value), total in totals}

    def _adapt(self, signs: float) -> None:
        """Every `ada.interval` steps, correct augment_p by r_t = E[sign(D(real))]."""
        state, ada, batch = self.state, self.config.ada, self.config.batch
        state.sign_sum += signs * batch
        state.sign_count += batch
        if state.step % ada.interval:
            return
        state.r_t, photos = state.sign_sum / state.sign_count, state.sign_count
        state.sign_sum, state.sign_count = 0.0, 0
        if self.config.augment == "ada":
            state.augment_p = next_p(state.augment_p, state.r_t, photos=photos, settings=ada)

    def _check_whole(self) -> None:
        """Raise unless pictures are as they were, and weights finite after the last update, which no loss has shown."""
        self.pictures.check_unchanged()
        for name, value in self.state.tensors().items():
            if not torch.isfinite(value).all():
                raise TrainingDiverged(step=self.state.step, reason=f"{name} is not finite")

    def _resume_point(self) -> ResumePoint:
        self._check_whole()
        self.last = self.state.saved(self.config, self.pictures.hash, self.team.count)
        return ResumePoint(self.state.step, self.last.write)

    def _show(self) -> Iterator[TrainEvent]:
        self._check_whole()
        state, config = self.state, self.config
        self.shown = step = state.step
        if self.team.rank:
            return
        if step:  # before, it is the base's
            centred(state.G_ema)
        yield Snapshot(step, step * config.batch, partial(self._save, step))
        yield sheet_of(state.G_ema, config, step, at_a_time=state.micro_batch)

    def _save(self, step: int, folder: Path, facts: Mapping[str, Any]) -> Path:
        state = self.state
        if state.step != step:
            raise RuntimeError(
                f"at step {state.step} it is too late: the model of step {step} had to be written before"
            )
        own = described(asdict(self.config), state.origin, step=step, dataset_hash=self.pictures.hash)
        return save_model(folder, G_ema=state.G_ema, D=state.D, facts={**own, **facts})


def centred(G_ema: Generator) -> None:
    """Set the centre of truncation to the mean w of fixed latents."""
    z = counted(0, Stream.CENTRE).standard_normal((CENTRE_OF, G_ema.z_dim), dtype=np.float32)
    G_ema.mapping.centre(torch.from_numpy(z).to(G_ema.mapping.w_avg.device))


def sheet_of(G_ema: Generator, config: TrainConfig, step: int, *, at_a_time: int) -> Sheet:
    """The sheet of a generator, drawn so many pictures at a time."""
    z = latents_of(G_ema, config.sheet_rows * config.sheet_columns, seed=config.seed, stream=Stream.SHEET)
    pictures = drawn(G_ema, z, truncation_psi=config.sheet_psi, batch=at_a_time)
    return Sheet(step, config.sheet_rows, config.sheet_columns, pictures)


def described(config: Mapping[str, Any], origin: Mapping[str, Any], *, step: int, dataset_hash: str) -> dict[str, Any]:
    """What a `model.json` says of a training: its recipe, and the licence and lineage of its base."""
    # How long the whole training was to be does not change what was learnt by now.
    settings = {name: value for name, value in config.items() if name not in ("steps", "snapshot_steps")}
    facts = {"step": step, "photos_seen": step * config["batch"], "dataset_hash": dataset_hash, "config": settings}
    return {"recipe": facts, **{name: value for name, value in origin.items() if value}}
