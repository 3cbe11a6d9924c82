"""All that a training is at one moment, and its resume point."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from gan.config import NetConfig, TrainConfig, ema_beta
from gan.device import quick_bfloat16
from gan.discriminator import Discriminator
from gan.errors import CheckpointError, ConfigError
from gan.files import write_folder
from gan.generator import Generator
from gan.layers import mix

FORMAT = 1
FACTS = {"step", "config", "net", "dataset_hash", "origin", "environment"}  # that a resume point cannot be without
# These may differ between a resume point and the settings it is resumed with; they say how long and what to show.
FREE_FIELDS = {"steps", "snapshot_steps", "resume_every", "tick_every", "sheet_rows", "sheet_columns", "sheet_psi"}


class SavedState(NamedTuple):
    """A state apart from the training: its facts, and copies of its tensors by name, on the CPU."""

    facts: dict[str, Any]
    tensors: dict[str, Tensor]

    def write(self, folder: Path) -> Path:
        """Write `resume.json` and `resume.safetensors`, float32. Raises: OSError; then an earlier one is left there."""
        content = save(self.tensors)
        facts = self.facts | {"tensors_hash": hashlib.sha256(content).hexdigest()}
        described = json.dumps(facts, indent=2, sort_keys=True, allow_nan=False).encode()
        return write_folder(folder, {"resume.safetensors": content, "resume.json": described})

    @classmethod
    def read(cls, folder: Path) -> "SavedState":
        """Read a resume point. Raises: CheckpointError, if it is missing, damaged or of a newer format."""
        try:
            facts = json.loads((folder / "resume.json").read_bytes())
            content = (folder / "resume.safetensors").read_bytes()
            tensors = load(content)
        except (OSError, ValueError, SafetensorError) as error:
            raise CheckpointError(f"{folder} holds no readable resume point: {error}; take an earlier one") from error
        if not isinstance(facts, dict) or facts.get("format") != FORMAT or not facts.keys() >= FACTS:
            raise CheckpointError(f"{folder} has another format than {FORMAT}; resume it with the release that made it")
        if facts.get("tensors_hash") != hashlib.sha256(content).hexdigest():
            raise CheckpointError(f"{folder}/resume.safetensors is damaged; resume from an earlier resume point")
        return cls(facts, tensors)

    def check_fits(self, config: TrainConfig, net: NetConfig, dataset_hash: str) -> None:
        """Raise CheckpointError unless training on from here with these settings and pictures is the same training."""
        # Where a release since has added settings, they were then what is now their default.
        defaults, given = asdict(TrainConfig(steps=1)), self.facts["config"]
        then = defaults | given | {"ada": defaults["ada"] | given.get("ada", {})}
        now = json.loads(json.dumps(asdict(config)))
        if changed := _differences(then, {name: now[name] for name in now.keys() - FREE_FIELDS}):
            raise CheckpointError(f"the resume point was made with other settings: {changed}; use the old ones")
        if asdict(NetConfig(**self.facts["net"])) != asdict(net):
            raise CheckpointError("the resume point belongs to networks of another shape; resume it with its own base")
        if self.facts["dataset_hash"] != dataset_hash:
            raise CheckpointError("the resume point was made with other pictures; resume it with the same dataset")
        if (step := self.facts["step"]) > config.steps:
            raise CheckpointError(f"the resume point is at step {step}; give more steps than {config.steps}")

    def other_conditions(self, device: torch.device, processes: int) -> str:
        """In words, what was otherwise where the resume point was made, and may change the last bits; or nothing."""
        then = {"processes": 1, "numbers": "float32"} | self.facts["environment"]  # older ones do not say it
        return _differences(then, _environment(device, processes, self.facts["config"].get("precision", "float32")))


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    changed = sorted(name for name, value in now.items() if then.get(name) != value)
    return ", ".join(f"{name} was {then.get(name)} and is {now[name]}" for name in changed)


def _environment(device: torch.device, processes: int, precision: str) -> dict[str, Any]:
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "processes": processes,
        "device": device.type,
        "numbers": "bfloat16" if precision == "mixed" and quick_bfloat16(device) else "float32",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "memory_format": "channels_last",
    }


@dataclass(kw_only=True)
class Numbers:
    """The running numbers of a training. `step` counts the steps that are done."""

    step: int = 0
    augment_p: float = 0.0
    sign_sum: float = 0.0  # of sign(D(real)) since the last correction of augment_p
    sign_count: int = 0
    r_t: float = 0.0  # the last E[sign(D(real))] that corrected augment_p
    micro_batch: int = 0  # pictures at a time, over all processes; fewer than in the settings where memory ran out
    gentler: bool = False  # after a breakdown, half the learning rate and twice the gamma of the settings
    mean_loss_d: float = 1.0  # running means, by which `gan.guard` judges
    mean_variety: float = 0.0
    most_variety: float = 0.0  # the largest mean_variety so far


@dataclass(kw_only=True)
class TrainState(Numbers):
    """Networks, optimisers and running numbers."""

    G: Generator
    D: Discriminator
    G_ema: Generator
    opt_g: torch.optim.Adam
    opt_d: torch.optim.Adam
    pl_mean: Tensor  # [], running mean of the path lengths
    origin: dict[str, Any] = field(default_factory=dict)  # licence and lineage of the base

    @torch.no_grad()
    def average(self, config: TrainConfig) -> None:
        """Move G_ema towards G: parameters by the half-life, buffers at once."""
        beta = ema_beta(config, photos_seen=self.step * config.batch)
        torch._foreach_lerp_(list(self.G_ema.parameters()), list(self.G.parameters()), 1 - beta)
        for target, source in zip(self.G_ema.buffers(), self.G.buffers(), strict=True):
            target.copy_(source)

    def set_pace(self) -> None:
        """Give the optimisers the learning rate of the settings, or half of it where the training is to be gentler."""
        for optimizer in (self.opt_g, self.opt_d):
            for group in optimizer.param_groups:
                group["lr"] = optimizer.defaults["lr"] * (0.5 if self.gentler else 1.0)

    def tensors(self) -> dict[str, Tensor]:
        """All tensors by name, the live ones: networks, `pl_mean`, and Adam's moments and counts."""
        found = {"pl_mean": self.pl_mean}
        for label, net in (("G", self.G), ("D", self.D), ("G_ema", self.G_ema)):
            found |= {f"{label}.{name}": value for name, value in net.state_dict().items()}
        for label, net, optimizer in (("opt_g", self.G, self.opt_g), ("opt_d", self.D, self.opt_d)):
            for name, parameter in net.named_parameters():
                moments = optimizer.state.get(parameter, {})
                found |= {f"{label}.{key}.{name}": value for key, value in moments.items()}
        return found

    def saved(self, config: TrainConfig, dataset_hash: str, processes: int) -> SavedState:
        """A copy that the training leaves as it is."""
        facts = {
            "format": FORMAT,
            **{number.name: getattr(self, number.name) for number in fields(Numbers)},
            "config": asdict(config),
            "net": asdict(self.G.config),
            "dataset_hash": dataset_hash,
            "origin": self.origin,
            "environment": _environment(self.pl_mean.device, processes, config.precision),
        }
        plain = torch.contiguous_format
        copies = {name: t.detach().to("cpu", copy=True, memory_format=plain) for name, t in self.tensors().items()}
        return SavedState(facts, copies)

    @torch.no_grad()
    def restore(self, saved: SavedState) -> None:
        """Become the saved state, tensor by tensor. Raises: CheckpointError, if tensors are missing or do not fit."""
        for name, target in self.tensors().items():
            source = saved.tensors.get(name)
            if source is None or source.shape != target.shape:
                raise CheckpointError(f"the resume point lacks {name} {[*target.shape]}; resume from an earlier one")
            target.copy_(source)
        for number in fields(Numbers):
            setattr(self, number.name, saved.facts.get(number.name, getattr(self, number.name)))
        self.origin = dict(saved.facts["origin"])
        self.set_pace()


def _lazy_adam(parameters: list[nn.Parameter], learning_rate: float, interval: int) -> torch.optim.Adam:
    """Adam for a network with lazy regularisation: rate and decay are corrected for its extra steps (App. B)."""
    ratio = interval / (interval + 1) if interval else 1.0
    adam = torch.optim.Adam(parameters, lr=learning_rate * ratio, betas=(0.0, 0.99**ratio), eps=1e-8, fused=True)
    for parameter in parameters:
        # What Adam would make in its first step is made now, so that no step runs out of memory half-way; in the layout
        # of the parameter, so that sums run over the same order after a resume.
        moments = {key: torch.zeros_like(parameter) for key in ("exp_avg", "exp_avg_sq")}
        adam.state[parameter] = {"step": torch.zeros([], device=parameter.device), **moments}
    return adam


def assemble(G: Generator, D: Discriminator, *, config: TrainConfig) -> TrainState:
    """A training at step 0 from `resolved` settings. The networks are taken over, G_ema is a copy of G."""
    if config.freeze_discriminator > len(D.high):
        raise ConfigError(f"freeze_discriminator is {config.freeze_discriminator}; D has {len(D.high)} blocks")
    frozen = tuple(f"b{resolution}." for resolution in D.high[: config.freeze_discriminator])
    of_d = [parameter for name, parameter in D.named_parameters() if not name.startswith(frozen)]
    rate = config.learning_rate or 0.0
    G_ema, device = copy.deepcopy(G).eval().requires_grad_(False), G.mapping.w_avg.device
    for net in (G, D):
        net.train().requires_grad_(False)
        if config.precision == "mixed" and quick_bfloat16(device):
            mix(net)
    return TrainState(
        G=G,
        D=D,
        G_ema=G_ema,
        opt_g=_lazy_adam(list(G.parameters()), rate, config.pl_interval if config.pl_weight else 0),
        opt_d=_lazy_adam(of_d, rate, config.r1_interval if config.gamma else 0),
        pl_mean=torch.zeros([], device=device),
        augment_p=config.fixed_p if config.augment == "fixed" else 0.0,
        micro_batch=config.micro_batch or config.batch,
    )
