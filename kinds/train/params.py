"""What a train job takes: an archive, a base to learn on from, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from jobs.errors import BadParams
from jobs.fields import Seed, StrictBool, StrictFloat, StrictInt
from jobs.params import JobParams, Need
from kinds.fields import DatasetId
from kinds.presets import preset, presets_of
from kinds.train.resolve import in_play, resolved_fields
from kinds.train.speed import pace_of

MAX_STEPS = 1_000_000
Number = StrictFloat  # whole numbers pass too
Resolution = Literal[16, 32, 64, 128, 256, 512, 1024]
Step = Annotated[StrictInt, Field(ge=0, le=MAX_STEPS)]


class TrainParams(JobParams):
    """Fine-tune a base model on a dataset, or begin from nothing; snapshots are kept on the way."""

    label: ClassVar[str] = "Train on an archive"

    kind: Literal["train"] = "train"
    dataset_id: DatasetId
    base_model_id: UUID | None = Field(
        None,
        title="Base",
        description="The model to learn on from. Either this or from_scratch.",
        examples=["0199d3a0-0000-7000-8000-000000000002"],
    )
    from_scratch: StrictBool = Field(False, title="From nothing", description="Begin with random weights.")
    steps: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)] | None = Field(
        None, title="Steps", description="One batch each; the preset says, when left out.", examples=[500]
    )
    batch: Annotated[StrictInt, Field(ge=1, le=256)] | None = Field(None, title="Pictures in a step")
    resolution: Resolution | None = Field(None, title="Pixels", description="The base's, unless from_scratch.")
    gamma: Annotated[Number, Field(ge=0, le=10_000)] | None = Field(
        None, title="R1 gamma", description="How hard the discriminator is held; by a heuristic when left out."
    )
    learning_rate: Annotated[Number, Field(gt=0, le=0.1)] | None = Field(None, title="Learning rate")
    precision: Literal["mixed", "float32"] | None = Field(
        None,
        title="Precision",
        description="mixed works with numbers of half the length where the machine is twice as quick with them.",
    )
    mirror: StrictBool | None = Field(None, title="Mirror", description="Show the pictures mirrored as well.")
    conditional: StrictBool | None = Field(
        None,
        title="Tell apart",
        description="Learn what the archive's labels mean, to draw what is asked for. Left out: if the base does.",
    )
    augment: Literal["ada", "fixed", "none"] | None = Field(
        None, title="Augmentation", description="ada adapts its strength to what the discriminator knows by heart."
    )
    augment_p: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        None, title="Augmentation strength", description="Of augment=fixed alone."
    )
    ada_target: Annotated[Number, Field(gt=0, lt=1)] | None = Field(
        None, title="ADA target r_t", description="Of augment=ada alone."
    )
    freeze_discriminator: Annotated[StrictInt, Field(ge=0, le=8)] | None = Field(
        None, title="Frozen blocks", description="That many of the discriminator's highest resolutions do not learn."
    )
    channel_base: Annotated[StrictInt, Field(ge=256, le=65_536)] | None = Field(
        None, title="Channel base", description="Of from_scratch alone: min(base / resolution, maximum) channels."
    )
    channel_max: Annotated[StrictInt, Field(ge=4, le=1024)] | None = Field(
        None, title="Channel maximum", description="Of from_scratch alone; at most base / 4, which no block passes."
    )
    snapshot_steps: Annotated[Sequence[Step], Field(min_length=1, max_length=2000)] | None = Field(
        None, title="Snapshots at", description="Steps; the last one is always kept.", examples=[[0, 100, 500]]
    )
    resume_every: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)] | None = Field(
        None, title="Steps between resume points", description="About two minutes of work when left out."
    )
    seed: Seed | None = Field(None, title="Seed", description="The same seed gives the same training.")
    measure: Literal["all", "ends", "none"] | None = Field(
        None, title="Measure", description="Distances at all snapshots, at the first and last one, or never."
    )
    measure_pictures: Annotated[StrictInt, Field(ge=50, le=10_000)] | None = Field(
        None, title="Pictures a measure", description="Drawn from the same latents at each snapshot."
    )

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if self.from_scratch == (self.base_model_id is not None):
            raise ValueError("give either base_model_id or from_scratch: true")
        return self

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Fill what is open: from the preset, the base's shape (`facts["model"]`) and heuristics.

        Raises: BadParams, naming the field; TooFewPhotos, when `facts["dataset"]["usable_views"]` is below 8.
        """
        name = self.preset or presets_of(self.kind)[0].name
        asked = self.model_dump(exclude_none=True)
        filled = in_play({**preset(self.kind, name).params, **asked, "preset": name}, asked=asked)
        return type(self).model_validate({**filled, **resolved_fields(filled, facts)})

    def needs(self) -> Mapping[str, Need]:
        """Name the dataset's pictures, and the base model's folder if there is one."""
        dataset = {"dataset": Need(type="dataset", id=self.dataset_id)}
        return dataset | ({"model": Need(type="model", id=self.base_model_id)} if self.base_model_id else {})

    @property
    def pace(self) -> str:
        """Name it by its kind and its precision, as `pace_of` does; open, it is that of an older release's job."""
        return pace_of(self.precision)

    def value(self, name: str) -> Any:
        """Read a field of resolved parameters, where none is open.

        Raises: BadParams, if it is open all the same.
        """
        found = getattr(self, name)
        if found is None:
            raise BadParams(f"{name} is open in a job that was to start", pointer=f"#/{name}", remedy="Post it anew.")
        return found
