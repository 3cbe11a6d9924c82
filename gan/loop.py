"""The steps of a training, what is kept and shown on the way, and the way back after a breakdown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan import guard
from gan.ada import next_p
from gan.config import TrainConfig
from gan.dataset import Order, Pictures
from gan.errors import TrainingDiverged
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Tick, TrainEvent
from gan.generate import drawn, latents_of
from gan.generator import Generator
from gan.model import save_model
from gan.parallel import Team
from gan.phases import Step
from gan.randomness import Draws, Stream, counted
from gan.state import SavedState, TrainState, restore, write_resume_point

CENTRE_OF = 4096  # latents
STRONG_SHARE = 0.9  # of ada.max_p, from which on the caller is warned
SHOWN_AS: Mapping[str, str] = {"real_logits": "real_score", "fake_logits": "fake_score"}


@dataclass
class Loop:
    """A training from where `state` is to its end. `begin` makes the state once more; `config` is `resolved`."""

    state: TrainState
    begin: Callable[[], TrainState]
    config: TrainConfig
    pictures: Pictures
    team: Team
    stop: Callable[[], bool]
    last: SavedState | None = None  # the last resume point since the beginning
    shown: int = -1  # the last step that was shown
    measured: dict[str, list[float]] = field(default_factory=dict)  # means of the steps since the last tick

    def __post_init__(self) -> None:
        self.device = self.state.pl_mean.device
        self.order = Order(self.pictures, seed=self.config.seed, mirror=self.config.mirror)
        self.real_variety = guard.variety_of(self.pictures)
        self.warned = self._strong()

    def events(self) -> Iterator[TrainEvent]:
        """Train to the end. Raises: TrainingDiverged, at the second breakdown."""
        while True:
            try:
                yield from self._to_the_end()
                return
            except TrainingDiverged as trouble:
                if self.state.gentler:
                    raise
                why = trouble
            yield self._back(why)

    def _back(self, why: TrainingDiverged) -> Notice:
        """Go back to the last resume point, or to the beginning, and on from there more gently."""
        if self.last is None:
            self.state = self.begin()
        else:
            restore(self.state, self.last)
        self.state.gentler = True
        self.state.set_pace()
        self.measured, self.shown = {}, -1
        now = guard.gentler(self.config)
        text = (
            f"At step {why.step} the training broke down: {why.reason}. It goes back to step {self.state.step}, and on "
            f"from there with a learning_rate of {now.learning_rate} and a gamma of {now.gamma}."
        )
        return Notice(step=self.state.step, code="gone_back", text=text)

    def _to_the_end(self) -> Iterator[TrainEvent]:
        state, config = self.state, self.config
        stopped = False
        if state.step == 0 and 0 in config.snapshot_steps:
            yield from self._show()
        while state.step < config.steps:
            stopped = self.team.any(self.stop())
            if stopped:
                break
            yield from self._step()
            if state.step == config.steps:
                break
            if state.step in config.snapshot_steps:
                yield from self._show()
            if config.resume_every and state.step % config.resume_every == 0:
                yield self._resume_point()
        if self.shown != state.step:
            yield from self._show()
        yield self._resume_point()
        yield Finished(step=state.step, photos_seen=state.step * config.batch, stopped=stopped)

    def _step(self) -> Iterator[TrainEvent]:
        self.pictures.check_unchanged()
        state, config, at_a_time = self.state, self.config, self.state.micro_batch
        first = state.step * config.batch
        draws = Draws(
            seed=config.seed,
            step=state.step,
            z_dim=state.G.z_dim,
            num_ws=state.G.num_ws,
            mixing_prob=config.mixing_prob,
            device=self.device,
            known_labels=self.pictures.labels or (),
        )
        step = Step(
            state,
            guard.gentler(config) if state.gentler else config,
            draws,
            lambda at: normalised(self.order.batch(first + i for i in at), self.device),
            self.team,
            lambda at: self.order.labels(first + i for i in at),
        )
        means = self._means(step.run())
        state.step += 1
        state.average(config)
        self._adapt(means.pop("signs"))
        guard.judge(state, means, real_variety=self.real_variety)
        for name, value in means.items():
            self.measured.setdefault(SHOWN_AS.get(name, name), []).append(value)
        if state.step % config.tick_every == 0 or state.step == config.steps:
            yield self._tick()
        yield from self._notices(at_a_time)

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

    def _strong(self) -> bool:
        return self.config.augment == "ada" and self.state.augment_p >= STRONG_SHARE * self.config.ada.max_p

    def _tick(self) -> Tick:
        means = {name: sum(values) / len(values) for name, values in self.measured.items()}
        self.measured = {}
        state = self.state
        metrics = means | {"r_t": state.r_t, "augment_p": state.augment_p}
        return Tick(step=state.step, photos_seen=state.step * self.config.batch, metrics=metrics)

    def _notices(self, at_a_time: int) -> Iterator[Notice]:
        state = self.state
        if self._strong() and not self.warned:
            self.warned = True
            text = (
                f"The pictures shown to the critic are changed with probability {state.augment_p:.2f}, close to the "
                f"limit of {self.config.ada.max_p:.2f}: the archive is small for so long a training, and the network "
                "begins to learn it by heart. Stop here, or add photographs."
            )
            yield Notice(step=state.step, code="augment_strong", text=text)
        if state.micro_batch != at_a_time:
            text = (
                f"Memory ran out with {at_a_time} pictures at a time; the training goes on with {state.micro_batch}, "
                "and more slowly."
            )
            yield Notice(step=state.step, code="micro_batch_halved", text=text)

    def _check_whole(self) -> None:
        """Raise unless pictures are as they were, and weights finite after the last update, which no loss has shown."""
        self.pictures.check_unchanged()
        for name, value in self.state.tensors().items():
            if not torch.isfinite(value).all():
                raise TrainingDiverged(step=self.state.step, reason=f"{name} is not finite")

    def _resume_point(self) -> ResumePoint:
        self._check_whole()
        self.last = saved = SavedState.of(
            self.state, config=self.config, dataset_hash=self.pictures.hash, processes=self.team.count
        )
        return ResumePoint(step=self.state.step, save=lambda folder: write_resume_point(saved, folder))

    def _show(self) -> Iterator[TrainEvent]:
        self._check_whole()
        state, config = self.state, self.config
        self.shown = step = state.step
        seen = step * config.batch
        if self.team.rank:
            return

        def save(folder: Path, facts: Mapping[str, Any]) -> Path:
            if state.step != step:
                raise RuntimeError(
                    f"the training is at step {state.step}; the model of step {step} had to be written before"
                )
            # How long the whole training was to be does not change what was learnt by now.
            settings = {
                name: value for name, value in asdict(config).items() if name not in ("steps", "snapshot_steps")
            }
            recipe = {"step": step, "photos_seen": seen, "dataset_hash": self.pictures.hash, "config": settings}
            own = {"recipe": recipe, **{key: value for key, value in state.origin.items() if value}}
            return save_model(folder, G_ema=state.G_ema, D=state.D, facts={**own, **facts})

        if step:  # before, it is the base's
            centred(state.G_ema)
        yield Snapshot(step=step, photos_seen=seen, save=save)
        rows, columns = config.sheet_rows, config.sheet_columns
        z = latents_of(state.G_ema, rows * columns, seed=config.seed, stream=Stream.SHEET)
        pictures = drawn(state.G_ema, z, truncation_psi=config.sheet_psi, batch=state.micro_batch)
        yield Sheet(step=step, rows=rows, columns=columns, pictures=pictures)


def normalised(pictures: NDArray[np.uint8], device: torch.device) -> Tensor:
    """uint8 `[N, 3, R, R]` as float32 in [-1, 1], on `device`."""
    return torch.from_numpy(pictures).to(device).float() / 127.5 - 1


def centred(G_ema: Generator) -> None:
    """Set the centre of truncation to the mean w of fixed latents."""
    z = counted(0, Stream.CENTRE).standard_normal((CENTRE_OF, G_ema.z_dim), dtype=np.float32)
    G_ema.mapping.centre(torch.from_numpy(z).to(G_ema.mapping.w_avg.device))
