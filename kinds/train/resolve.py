"""What a train job's parameters leave open, filled from the facts of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.errors import BadParams, TooFewPhotos
from kinds.train.schedule import snapshots
from kinds.train.speed import Shape, pace_of, seconds_a_step

FEWEST_VIEWS = 8
FEWEST_LABELS = 2
RESUME_S = 120.0  # of work between two resume points: what a crash may cost
SCRATCH_RESOLUTION = 64
MINIBATCH_GROUP = 4  # pictures whose spread the discriminator sees together
FIXED_P = 0.2  # how strong a fixed augmentation is, when nobody says
LOWEST_RESOLUTION = 4  # of a network's blocks: the widest one
# Which field plays a part only where another one has one of these words.
_PLAYS_WITH = {
    "augment_p": ("augment", ("fixed",)),
    "ada_target": ("augment", ("ada",)),
    "measure_pictures": ("measure", ("all", "ends")),
}


def in_play(filled: Mapping[str, Any], *, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the fields of `filled` that play no part beside the others, such as a strength that nothing uses.

    Raises: BadParams, if one of them is in `asked`: what a user says is not ignored.
    """
    idle = {name for name, (of, words) in _PLAYS_WITH.items() if filled[of] not in words}
    for name in sorted(idle & asked.keys()):
        of, words = _PLAYS_WITH[name]
        raise BadParams(
            f"{name} belongs to {of}: {' or '.join(words)}; this training has {of}: {filled[of]}",
            pointer=f"#/{name}",
            remedy=f"Leave it out, or choose {of}: {words[0]}.",
        )
    return {name: value for name, value in filled.items() if name not in idle}


def resolved_fields(filled: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields that follow from others; `filled` holds the user's over the preset's.

    Raises: BadParams, TooFewPhotos.
    """
    _check_dataset(facts.get("dataset", {}))
    knows = 0 if filled["from_scratch"] else int((facts.get("model", {}).get("architecture") or {}).get("c_dim", 0))
    conditional = filled.get("conditional", knows > 0)
    _check_labels(conditional, facts.get("dataset", {}).get("labels"), base_labels=knows)
    _check_batch(filled["batch"])
    shape = _scratch(filled) if filled["from_scratch"] else _base(filled, facts.get("model", {}))
    steps, batch = filled["steps"], filled["batch"]
    precision = filled.get("precision", "mixed")
    every = round(RESUME_S / seconds_a_step(shape, batch=batch, pace=pace_of(precision), facts=facts))
    return {
        "resolution": shape.resolution,
        "conditional": conditional,
        "channel_base": shape.channel_base if filled["from_scratch"] else None,
        "channel_max": shape.channel_max if filled["from_scratch"] else None,
        # The heuristic of StyleGAN2-ADA, held at 0.1: below it a discriminator of small pictures learns an archive of
        # a few hundred photographs by heart within some hundred steps.
        "gamma": filled.get("gamma", max(0.0002 * shape.resolution**2 / batch, 0.1)),
        "learning_rate": filled.get("learning_rate", _learning_rate(shape, from_scratch=filled["from_scratch"])),
        "precision": precision,
        "augment_p": filled.get("augment_p", FIXED_P) if filled["augment"] == "fixed" else None,
        "snapshot_steps": _snapshots(filled.get("snapshot_steps"), steps=steps),
        "resume_every": filled.get("resume_every", min(max(every, 1), steps)),
    }


def _learning_rate(shape: Shape, *, from_scratch: bool) -> float:
    """Take the trainer's own heuristic; slower, an archive is hardly learnt within a thousand steps."""
    return 0.0025 if from_scratch and shape.resolution < 1024 else 0.002


def _check_dataset(dataset: Mapping[str, Any]) -> None:
    views = dataset.get("usable_views")
    if views is not None and views < FEWEST_VIEWS:
        raise TooFewPhotos(
            f"this archive has {views} usable pictures; a training needs at least {FEWEST_VIEWS}",
            remedy="Add photographs; 500 is a good start.",
            usable_views=views,
            needed=FEWEST_VIEWS,
        )


def _check_labels(conditional: bool, labels: int | None, *, base_labels: int) -> None:
    """Refuse to tell apart what has no two labels; `labels` counts those that training would see, if that is known."""
    if base_labels and not conditional:
        raise BadParams(
            "the base draws what it is asked for, and learns from nothing without labels",
            pointer="#/conditional",
            remedy="Leave conditional out and label the photographs, or choose another base.",
        )
    if conditional and labels is not None and labels < FEWEST_LABELS:
        have = "all of them the same label" if labels else "no labels"
        raise BadParams(
            f"the photographs that this training would see have {have}; to tell them apart takes two",
            pointer="#/conditional",
            remedy="Label the archive by its folders, its albums or by hand, or choose a base without labels."
            if base_labels
            else "Label the archive by its folders, its albums or by hand, or train without.",
        )


def _check_batch(batch: int) -> None:
    if batch > MINIBATCH_GROUP and batch % MINIBATCH_GROUP:
        raise BadParams(
            f"batch is {batch}; the discriminator looks at pictures in groups of {MINIBATCH_GROUP}",
            pointer="#/batch",
            remedy=f"Give 1 to {MINIBATCH_GROUP}, or a multiple of {MINIBATCH_GROUP}.",
        )


def _scratch(filled: Mapping[str, Any]) -> Shape:
    resolution = filled.get("resolution", SCRATCH_RESOLUTION)
    wide = resolution >= 256
    base = filled.get("channel_base", 16_384 if wide else 4096)
    widest = base // LOWEST_RESOLUTION
    most = filled.get("channel_max", min(512 if wide else 128, widest))
    if base < resolution:
        raise BadParams(
            f"channel_base is {base}; the block of {resolution} pixels needs at least {resolution}",
            pointer="#/channel_base",
            remedy=f"Give {resolution} or more, or fewer pixels.",
        )
    if most > widest:
        raise BadParams(
            f"channel_max is {most}, but with channel_base {base} no block has more than {widest} channels",
            pointer="#/channel_max",
            remedy=f"Give at most {widest}, or a larger channel_base.",
        )
    return Shape(resolution=resolution, channel_base=base, channel_max=most)


def _base(filled: Mapping[str, Any], model: Mapping[str, Any]) -> Shape:
    for name in ("channel_base", "channel_max"):
        if name in filled:
            raise BadParams(
                f"{name} belongs to a training from nothing; the base has its own",
                pointer=f"#/{name}",
                remedy="Leave it out, or train from_scratch.",
            )
    try:
        shape = Shape.of(model["architecture"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadParams(
            "nothing is known of the layers of this base",
            pointer="#/base_model_id",
            remedy="Bring its file once more, and learn on from the model that is made of it; or choose another base.",
        ) from error
    if filled.get("resolution", shape.resolution) != shape.resolution:
        raise BadParams(
            f"resolution is {filled['resolution']}, but the base draws {shape.resolution} pixels",
            pointer="#/resolution",
            remedy="Leave it out, or choose another base.",
        )
    return shape


def _snapshots(asked: list[int] | None, *, steps: int) -> list[int]:
    if asked is None:
        return list(snapshots(steps))
    if max(asked) > steps:
        raise BadParams(
            f"snapshot_steps holds {max(asked)}, but the training ends at step {steps}",
            pointer="#/snapshot_steps",
            remedy="Leave out what comes after the last step, or train longer.",
        )
    return sorted({*asked, steps})
