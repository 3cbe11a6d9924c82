"""Errors of the library; each says what was wrong, where, and what to do.

GanError
├── ConfigError        a setting that cannot be
├── DatasetError       pictures that cannot be trained on
├── ModelError         a model folder that cannot be read
├── CheckpointError    a resume point that cannot be read or does not fit
├── TrainingDiverged   a loss or a weight that is no longer a number
└── FeaturesMissing    the weights for measuring distances are not installed
"""


class GanError(Exception):
    """Base of all errors that `gan` raises on purpose."""


class ConfigError(GanError, ValueError):
    """A setting is outside of what the networks or the trainer can do."""


class DatasetError(GanError):
    """The pictures are absent, damaged, of the wrong size, or changed while they were in use."""


class ModelError(GanError):
    """A model folder is absent, damaged, of a newer format, or holds other tensors than its `model.json` says."""


class CheckpointError(GanError):
    """A resume point is absent, damaged, or was made with other settings or pictures."""


class TrainingDiverged(GanError):
    """A loss is infinite or not a number, so the networks learn nothing any more."""

    def __init__(self, *, step: int, metric: str, value: float) -> None:
        super().__init__(
            f"the training broke down at step {step}: {metric} is {value}. Everything up to the last resume point "
            "is kept; go on from there with a lower learning_rate (half of it) or a higher gamma (twice as much)."
        )
        self.step = step
        self.metric = metric
        self.value = value


class FeaturesMissing(GanError):
    """The package that carries the feature network's weights is not installed."""
