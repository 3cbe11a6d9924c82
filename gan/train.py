"""The trainer: an iterator of events, without clock, folder, log or callback."""

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

import torch
from torch import nn

from gan import guard
from gan.ada import PIPES
from gan.config import NetConfig, TrainConfig
from gan.dataset import Pictures
from gan.device import best_device, placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError, DatasetError
from gan.events import Notice, Started, TrainEvent
from gan.generator import Generator
from gan.heuristics import resolved
from gan.loop import Loop
from gan.memory import Need, free_bytes
from gan.model import load_discriminator, load_generator, model_hash, net_config, read_model_json
from gan.parallel import ALONE, Team
from gan.phases import fits
from gan.resize import check_resizable, resized
from gan.state import TrainState, assemble, check_fits, environment_changes, read_resume_point, restore

FEWEST_PICTURES = 8
FEW_PICTURES = 500


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
    from there with half the learning rate and twice the gamma; once, and it says so.

    Yields: Started, then Tick each `tick_every` steps; Snapshot and Sheet at `snapshot_steps` and at the end;
    ResumePoint each `resume_every` steps and at the end; Notice; Finished. A Snapshot must be written before the next
    event is asked for. After a breakdown, steps and their events come again.
    Raises: TrainingDiverged, if it breaks down again; MemoryShort; CheckpointError, if `resume` does not fit;
    DatasetError; ModelError; ConfigError; ProcessLost.
    """
    pictures = Pictures.open(dataset)
    if base is None and net is None:
        raise ConfigError("give a base to fine-tune, or the shape of networks to train from scratch")
    own = None if base is None else net_config(read_model_json(base))
    shape = net or own or NetConfig()
    if own is not None:
        check_resizable(own, shape)
    config = resolved(config, resolution=shape.resolution, fine_tuning=base is not None)
    _check(config, shape, pictures, team)
    plan = _Plan(config, shape, base, resume, device=team.device or device or best_device(), team=team)
    for event in plan.events(pictures, stop):
        if team.rank == 0:
            yield event


def _check(config: TrainConfig, shape: NetConfig, pictures: Pictures, team: Team) -> None:
    if config.ada.pipe not in PIPES:
        raise ConfigError(f"ada.pipe is {config.ada.pipe!r}; give one of {', '.join(PIPES)}")
    if "imgfilter" in PIPES[config.ada.pipe] and shape.resolution < 32:
        raise ConfigError(f"ada.pipe {config.ada.pipe!r} filters with 43 taps; give bgc or photo below 32 px")
    if shape.c_dim and not 0 < pictures.c_dim <= shape.c_dim:
        raise DatasetError(
            f"the networks take labels 0 to {shape.c_dim - 1}, and the pictures have {pictures.c_dim} labels; label "
            "each picture so, or use an unconditional base"
        )
    if shape.channels != 3:
        raise ConfigError(f"the networks draw {shape.channels} channels and the pictures have 3; use an RGB base")
    if shape.resolution != pictures.resolution:
        raise DatasetError(
            f"the pictures are {pictures.resolution} px and the networks draw {shape.resolution} px; "
            f"prepare the dataset at {shape.resolution} px, or give a `net` of {pictures.resolution} px with the base"
        )
    if len(pictures) < FEWEST_PICTURES:
        raise DatasetError(f"there are {len(pictures)} pictures; a training needs at least {FEWEST_PICTURES}")
    micro, group = config.micro_batch or config.batch, shape.mbstd_group_size
    if not fits(micro, config, shape, processes=team.count) or (
        team.count > 1 and micro // team.count < (group or micro)
    ):
        raise ConfigError(
            f"{team.count} processes cannot share {micro} pictures at a time in whole groups of {group or 'all'} (the "
            f"minibatch standard deviation); give batch and micro_batch as multiples of {team.count * (group or micro)}"
        )


@dataclass(frozen=True)
class _Plan:
    config: TrainConfig
    shape: NetConfig
    base: Path | None
    resume: Path | None
    _: KW_ONLY
    device: torch.device
    team: Team

    def events(self, pictures: Pictures, stop: Callable[[], bool]) -> Iterator[TrainEvent]:
        config, resume, team = self.config, self.resume, self.team
        facts = None if resume is None else read_resume_point(resume).facts
        if facts is not None:
            check_fits(facts, config=config, net=self.shape, dataset_hash=pictures.hash)
        with torch.device("meta"):
            sizes = _size(Generator(self.shape)), _size(Discriminator(self.shape))
        need = Need.of(self.shape, parameters_g=sizes[0], parameters_d=sizes[1], device=self.device)
        own = (config.micro_batch or config.batch) // team.count
        free = free_bytes(self.device) // (team.count if self.device.type == "cpu" else 1)
        shortage = need.shortage(own, free=free, device=self.device)
        loop = Loop(self.begin(), self.begin, config, pictures, team, stop)
        step = loop.state.step
        yield Started(
            config=config,
            net=self.shape,
            parameters_g=sizes[0],
            parameters_d=sizes[1],
            pictures=len(pictures),
            memory_bytes=need.total(own),
            resumed_from=None if facts is None else step,
        )
        for code, text in _opening(config, pictures, loop.real_variety, fresh=facts is None):
            yield Notice(step=step, code=code, text=text)
        if shortage:
            yield Notice(step=step, code="memory_short", text=shortage)
        if facts is not None and (changes := environment_changes(loop.state, facts, processes=team.count)):
            words = ", ".join(f"{name} was {then} and is {now}" for name, (then, now) in changes.items())
            text = f"The training goes on under other conditions, so its last bits may differ: {words}."
            yield Notice(step=step, code="environment_changed", text=text)
        yield from loop.events()

    def begin(self) -> TrainState:
        """The state before the first step, or that of the resume point."""
        base = self.base if self.resume is None else None
        G, D = _networks(self.config, self.shape, base)
        state = assemble(placed(G, self.device), placed(D, self.device), config=self.config)
        if base is not None:
            facts = read_model_json(base)
            lineage = [*facts.get("lineage", []), {"model_hash": model_hash(base), "recipe": facts.get("recipe")}]
            state.origin = {"licence": facts.get("licence"), "lineage": lineage}
        if self.resume is not None:
            restore(state, read_resume_point(self.resume))
        return state


def _networks(config: TrainConfig, shape: NetConfig, base: Path | None) -> tuple[Generator, Discriminator]:
    """Fresh networks of `config.seed`, or those of a base."""
    own = shape if base is None else net_config(read_model_json(base))
    # The caller's own random state stays as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        G, D = Generator(own), Discriminator(own)
    if base is None:
        return G, D
    return resized(load_generator(base), load_discriminator(base) or D, shape, seed=config.seed)


def _size(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def _opening(config: TrainConfig, pictures: Pictures, real_variety: float, *, fresh: bool) -> Iterator[tuple[str, str]]:
    """Codes and texts of what is to be said of the pictures before the first step."""
    count = len(pictures)
    if count < config.batch:
        text = f"There are {count} pictures and each step takes {config.batch}, so some come twice in a step."
        yield "pictures_repeat", text
    if count < FEW_PICTURES and fresh:
        text = (
            f"{count} pictures are few: the network will learn their mood rather than invent much that is new. "
            "More photographs, or fewer steps, give freer pictures."
        )
        yield "few_pictures", text
    if real_variety < guard.FEWEST_VARIETY and fresh:
        yield "pictures_alike", "The pictures are all but the same, so that there is nothing to learn but this one."
