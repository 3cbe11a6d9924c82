"""Settings of the networks and of a training: frozen, whole, checked when they are made.

The comments beside the fields are the help of the options of `python -m gan train`.
"""

import math
import sys
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

from gan.errors import ConfigError

Architecture = Literal["skip", "resnet", "orig"]
Precision = Literal["float32", "mixed"]


def _check(settings: Any, wanted: str, *names: str, least: float = -math.inf, most: float = math.inf) -> None:
    """Raise ConfigError unless the fields are from `least` to `most`, or open."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and not least <= value <= most:
            raise ConfigError(f"{name} is {value}; give {wanted}")


@dataclass(frozen=True, kw_only=True, slots=True)
class NetConfig:
    """Shape of a generator and its discriminator (Karras et al. 2020, "Analyzing and Improving ... StyleGAN").

    A block at resolution r has min(channel_base / r, channel_max) channels, or what `widths` says."""

    resolution: int = 64  # pixels, a power of two; 8 and 16 are for tests
    channels: int = 3  # of a picture
    z_dim: int = 128
    w_dim: int = 128
    c_dim: int = 0  # width of the one-hot label; 0: unconditional
    mapping_layers: int = 4
    mapping_layers_d: int = 8  # of the discriminator, conditional networks only
    channel_base: int = 4096
    channel_max: int = 128
    widths: tuple[int, ...] = ()  # channels of the blocks, 4 px first, where they do not follow from the two above
    architecture_g: Architecture = "skip"
    architecture_d: Architecture = "resnet"
    conv_clamp: float | None = None  # largest magnitude of an activation; half precision needs one, 256 is usual
    num_fp16_res: int = 0  # that many of the highest resolutions run in half precision, on CUDA only
    mbstd_group_size: int | None = 4  # None: the whole batch is one group
    mbstd_channels: int = 1

    def __post_init__(self) -> None:
        if self.resolution not in [2**i for i in range(3, 11)]:
            raise ConfigError(f"resolution is {self.resolution}; give a power of two from 32 to 1024")
        counts = ("channels", "z_dim", "w_dim", "mapping_layers", "channel_max", "mbstd_channels")
        _check(self, "at least 1", *counts, least=1)
        _check(self, f"at least the resolution, {self.resolution}", "channel_base", least=self.resolution)
        object.__setattr__(self, "widths", tuple(self.widths))  # JSON has lists
        if self.widths and (len(self.widths) != len(self.resolutions) or min(self.widths) < 1):
            raise ConfigError(f"widths is {self.widths}; give at least 1 for each of {self.resolutions} px")
        if self.num_fp16_res and self.conv_clamp is None:
            raise ConfigError("num_fp16_res needs a conv_clamp, such as 256: half precision ends at 65504")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Resolutions of the blocks, 4 first."""
        return tuple(2**i for i in range(2, int(math.log2(self.resolution)) + 1))

    @property
    def num_ws(self) -> int:
        """Number of w vectors that a picture takes, L."""
        return 2 * len(self.resolutions)

    def width(self, resolution: int) -> int:
        """Channels of the block at `resolution`."""
        if self.widths:
            return self.widths[self.resolutions.index(resolution)]
        return min(self.channel_base // resolution, self.channel_max)

    def at(self, resolution: int) -> Self:
        """The same networks at another resolution.

        Raises: ConfigError, if there can be none: the widths of further blocks are not known where they are listed."""
        if self.widths and resolution > self.resolution:
            raise ConfigError(
                f"the widths of these networks are listed up to {self.resolution} px and follow no rule, so they "
                f"cannot grow to {resolution} px; train them at {self.resolution} px or less"
            )
        blocks = sum(r <= resolution for r in self.resolutions)
        return replace(self, resolution=resolution, widths=self.widths[:blocks])


@dataclass(frozen=True, kw_only=True, slots=True)
class AdaConfig:
    """Adaptive discriminator augmentation (Karras et al. 2020, "Training GANs with Limited Data")."""

    target: float = 0.6  # wanted E[sign(D(real))], the paper's r_t (Eq. 1)
    speed_kimg: float = 50.0  # thousands of photos for p to travel from 0 to 1; short runs need a quick one
    interval: int = 4  # steps between two corrections of p
    max_p: float = 0.8  # above it augmentations begin to leak into the pictures (paper, Sec. 2.2)
    pipe: str = "photo"  # a key of gan.ada.PIPES

    def __post_init__(self) -> None:
        if not 0 < self.max_p <= 1 or self.speed_kimg <= 0 or self.interval < 1 or not -1 <= self.target <= 1:
            raise ConfigError("ada needs 0 < max_p <= 1, speed_kimg > 0, interval >= 1 and -1 <= target <= 1")


SNAPSHOT_STEPS = (0, 10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000, 1400, 2000, 2800, 4000, 5600, 8000, 11000)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """One training. `None` stands for a heuristic that `resolved` fills in."""

    steps: int
    batch: int = 8
    micro_batch: int | None = None  # pictures at a time; gradients are summed up to a whole batch
    precision: Precision = "float32"  # mixed: bfloat16 from 32 px up, where that is quick
    learning_rate: float | None = None
    gamma: float | None = None  # weight of R1
    mirror: bool = True
    augment: Literal["ada", "fixed", "none"] = "ada"
    ada: AdaConfig = field(default_factory=AdaConfig)
    fixed_p: float = 0.2  # augment_p where augment is "fixed"
    r1_interval: int = 16  # steps between two R1 steps (lazy regularisation)
    pl_interval: int = 4
    pl_weight: float = 2.0  # 0: no path-length regularisation
    pl_decay: float = 0.01
    mixing_prob: float = 0.9
    ema_kimg: float | None = None  # half-life of G_ema, thousands of photos
    ema_rampup: float | None = None  # ... but never longer than this share of the photos seen
    freeze_discriminator: int = 0  # FreezeD: that many of D's highest-resolution blocks do not learn
    snapshot_steps: tuple[int, ...] = SNAPSHOT_STEPS  # the last step is always one
    resume_every: int = 250  # steps; 0: only at the end and at a stop
    tick_every: int = 1  # steps
    seed: int = 0
    sheet_rows: int = 4
    sheet_columns: int = 7
    sheet_psi: float = 0.7

    def __post_init__(self) -> None:
        counts = ("steps", "batch", "r1_interval", "pl_interval", "tick_every", "sheet_rows", "sheet_columns")
        _check(self, "at least 1", *counts, least=1)
        if self.micro_batch is not None and (self.micro_batch < 1 or self.batch % self.micro_batch):
            raise ConfigError(f"micro_batch is {self.micro_batch}; give a divisor of the batch, {self.batch}")
        if self.precision not in get_args(Precision):
            raise ConfigError(f"precision is {self.precision!r}; give one of {', '.join(get_args(Precision))}")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise ConfigError(f"learning_rate is {self.learning_rate}; give a number between 0 and 1, such as 0.002")
        _check(self, "a number from 0 to 1", "fixed_p", "mixing_prob", "sheet_psi", least=0, most=1)
        _check(self, "a whole number from 0 to 2**63 - 1", "seed", least=0, most=2**63 - 1)
        natural = ("gamma", "resume_every", "freeze_discriminator", "ema_rampup", "pl_weight")
        _check(self, "0 or more", *natural, least=0, most=sys.float_info.max)


def resolved(config: TrainConfig, *, resolution: int, fine_tuning: bool = False) -> TrainConfig:
    """Fill in what `config` leaves to heuristics, so that nothing is left to chance or to a later release.

    - learning_rate: 0.0025, at 1024 px 0.002, as StyleGAN2-ADA takes it from batch 8 up; 0.002 for a fine-tuning.
    - gamma: 0.0002 * resolution^2 / batch, at least 0.1: a discriminator of small pictures that is hardly held
      learns an archive of a few hundred photographs by heart within some hundred steps.
    - ema_kimg and ema_rampup: 10/32 of the batch, and a ramp that holds the half-life at 5 % of the photos seen, since
      networks made afresh are not worth remembering. A base is: a fine-tuning takes a half-life of 50 steps, at most
      all the photos seen, so that G_ema leaves the base as quickly as it may and without swinging as G does."""
    half_life, ramp = (50 * config.batch / 1000, 1.0) if fine_tuning else (config.batch * 10 / 32, 0.05)
    found: dict[str, Any] = {
        "micro_batch": config.batch,
        "learning_rate": 0.002 if fine_tuning or resolution >= 1024 else 0.0025,
        "gamma": max(0.0002 * resolution**2 / config.batch, 0.1),
        "ema_kimg": half_life,
        "ema_rampup": ramp,
    }
    return replace(config, **{name: value for name, value in found.items() if getattr(config, name) is None})


def gentler(config: TrainConfig) -> TrainConfig:
    """The settings of a second try after a breakdown: half the learning rate, twice the gamma."""
    rate, gamma = config.learning_rate, config.gamma
    return replace(config, learning_rate=rate and rate / 2, gamma=gamma and gamma * 2)


def ema_beta(config: TrainConfig, *, photos_seen: int) -> float:
    """Share of the old average that G_ema keeps in one step: 0.5^(batch / half-life)."""
    half_life = min((config.ema_kimg or 0.0) * 1000, photos_seen * (config.ema_rampup or 0.0))
    return float(0.5 ** (config.batch / max(half_life, 1e-8)))
