"""Errors of the library; each says what was wrong, where, and what to do."""


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
    """Numbers without bound, a discriminator that has won, or pictures that are all alike; `reason` says which."""

    def __init__(self, *, step: int, reason: str) -> None:
        super().__init__(
            f"the training broke down at step {step}: {reason}. All that was kept before is good; train on from an "
            "earlier model with half the learning_rate or twice the gamma, or with more and more varied pictures"
        )
        self.step, self.reason = step, reason


class MemoryShort(GanError):
    """The device has less memory than the networks need, even with the fewest pictures at a time."""


class ProcessLost(GanError):
    """Another process of the same training has ended or cannot be reached."""


class FeaturesMissing(GanError):
    """The package that carries the feature network's weights is not installed."""
