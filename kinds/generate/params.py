"""What a generate job takes: a model, how many pictures, and from which seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from jobs.errors import BadParams, NotLooked
from jobs.fields import Seed, StrictFloat, StrictInt
from jobs.params import JobParams, Need
from jobs.point import Noise
from kinds.fields import ModelId
from kinds.generate.region import Region
from kinds.presets import preset, presets_of

MAX_PICTURES = 10_000
MAX_CANDIDATES = 50_000
MAX_SEED = 2**32 - 1
MAX_LABEL = 99_999
TRIES = 20  # pictures that are drawn for each that is to be kept, where some are passed over
NAMED = 10  # labels that a refusal names

Count = Annotated[StrictInt, Field(ge=1, le=MAX_PICTURES, examples=[28])]


class GenerateParams(JobParams):
    """Draw pictures from a model, one a seed: the seeds given, or `count` of them from `seed` on."""

    label: ClassVar[str] = "Draw pictures"

    kind: Literal["generate"] = "generate"
    model_id: ModelId = Field(description="The model to draw with: a base, or any snapshot of a training.")
    count: Count | None = Field(None, title="Pictures", description="How many; the preset says, when left out.")
    seed: Seed | None = Field(None, title="First seed", description="Pictures come from this seed and the next ones.")
    seeds: Annotated[Sequence[Seed], Field(min_length=1, max_length=MAX_PICTURES)] | None = Field(
        None, title="Seeds", description="Single seeds, in place of count and first seed.", examples=[[3, 14, 159]]
    )
    diverse: Annotated[StrictInt, Field(ge=2, le=MAX_CANDIDATES, examples=[2000])] | None = Field(
        None,
        title="Chosen among",
        description="Draw no two alike: of so many seeds from the first one on, those are drawn whose pictures lie "
        "farthest apart in what the network has learnt (in W), the most typical one first. The more there are to "
        "choose among, the farther apart they are. Left out, seeds are drawn one after the other.",
    )
    region: Region | None = Field(
        None,
        title="From around",
        description="Draw pictures of a region alone: each seed finds a place there, and its recipe names that place. "
        "Truncation, kind of picture and grain are those of its point, where they are left out here.",
    )
    truncation_psi: Annotated[StrictFloat, Field(ge=0, le=1)] | None = Field(
        None,
        title="Strangeness",
        description="0 is one single, most typical picture; 1 is all that the model can draw.",
        examples=[0.7],
    )
    class_label: Annotated[StrictInt, Field(ge=0, le=MAX_LABEL)] | None = Field(
        None,
        title="Kind of picture",
        description="For a model that was trained on labels: which one to draw. Left out, each seed draws the label "
        "that it is when divided by their number.",
        examples=[3],
    )
    label_name: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        None, title="Kind of picture, by name", description="In place of class_label.", examples=["1991/valley"]
    )
    at_least: Literal["near", "own"] | None = Field(
        None,
        title="Only what is",
        description="Pass over pictures that are too near to one photograph of the archive that the model has learnt "
        "from. own: no nearer than nine in ten of the photographs are to each other; near: whatever is not nearly a "
        f"copy. More are drawn in their place, up to {TRIES} for each that is wanted.",
        examples=["own"],
    )
    noise_mode: Literal["const", "random", "none"] | None = Field(
        None,
        title="Fine grain",
        description="const: the grain that the model learnt with; random: a new one for each seed; none: no grain.",
        examples=["const"],
    )

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Fill what is open from the preset.

        Raises: BadParams, for an unknown preset, for seeds that would pass 2**32 - 1, for single seeds beside a
            count or a first seed that is not theirs or beside a choice among others, for a choice among fewer than are
            to be drawn, for a label that the model does not know, or for several pictures of a region of one.
        """
        self._check_seeds()
        of = {} if self.label_name is None else {"class_label": self._named(facts.get("model", {}), self.label_name)}
        name = self.preset or presets_of(self.kind)[0].name
        given = {**self.model_dump(exclude_none=True), **of, "preset": name}
        filled = {**preset(self.kind, name).params, **self._of_point(), **given}
        if self.seeds is not None:
            filled |= {"count": len(self.seeds), "seed": self.seeds[0]}
        whole = type(self).model_validate(filled)
        whole._check_label(facts.get("model", {}))
        whole._check_reach()
        whole._check_originals(facts.get("originals", {}))
        return whole._standing(facts) if self.region is not None else whole

    def _of_point(self) -> dict[str, Any]:
        """Say how the point of a region is drawn."""
        if self.region is None:
            return {}
        point = self.region.point
        label = {} if point.class_label is None else {"class_label": point.class_label}
        return {"truncation_psi": point.psi, "noise_mode": point.noise.mode, **label}

    def _standing(self, facts: Mapping[str, Any]) -> Self:
        """Have the point of a region say all by itself: how it is drawn, and where the samples lie that it names."""
        if self.region is None:
            return self
        if self.region.is_one_place and (self.count or 0) > 1 and self.noise_mode != "random":
            raise BadParams(
                f"{self.count} pictures of one place are the same picture",
                pointer="#/region",
                remedy="Give a radius above 0, or ask for one picture.",
            )
        point = self.region.point.resolved(lambda sample: facts[f"sample {sample}"]["recipe"])
        how: dict[str, Any] = {"psi": self.truncation_psi, "class_label": self.class_label}
        if self.noise_mode is not None:
            how["noise"] = Noise(mode=self.noise_mode, seed=point.noise.seed)
        region = self.region.model_copy(update={"point": point.model_copy(update=how)})
        return self.model_copy(update={"region": region})

    def _check_reach(self) -> None:
        if self.at_least is not None and self.diverse is not None:
            raise BadParams(
                "diverse chooses the seeds, and at_least passes some over",
                pointer="#/at_least",
                remedy="Give one of both.",
            )
        if self.seeds is not None:
            return
        first, count, among = self.seed or 0, self.count or 0, self.diverse
        if among is not None and among < count:
            raise BadParams(
                f"{count} pictures cannot be chosen among {among}",
                pointer="#/diverse",
                remedy=f"Choose among {count} or more, several times as many where they are to differ.",
            )
        if (last := first + (among or count) - 1) > MAX_SEED:
            raise BadParams(
                f"{among or count} {'candidates' if among else 'pictures'} from seed {first} on end at seed {last}; "
                f"the last one is {MAX_SEED}",
                pointer="#/seed",
                remedy="Begin at a lower seed.",
            )

    def _check_originals(self, known: Mapping[str, Any]) -> None:
        """Refuse to keep what is its own where that cannot be told. Raises: NotLooked; BadParams."""
        if self.at_least is None or known.get("calibrated"):
            return
        if known.get("dataset") is None:
            raise BadParams(
                "nobody can tell what is this model's own: the archive that it has learnt from is not here",
                pointer="#/at_least",
                remedy="Leave it out, or choose a model that was trained here, on an archive that is still there.",
            )
        if known.get("photos") is not None:
            raise BadParams(
                f"its archive has {known['photos']} photographs, and what is near among so few cannot be told",
                pointer="#/at_least",
                remedy="Leave it out. It takes ten photographs that are not of the same moment.",
            )
        raise NotLooked(
            "Nobody has compared the photographs of this model's archive with each other yet.",
            remedy="POST /jobs with this job, then try again.",
            job={"kind": "index", "dataset_id": known["dataset"]},
        )

    def _check_seeds(self) -> None:
        if self.seeds is None:
            return
        if self.at_least is not None:
            raise BadParams(
                "at_least draws more seeds where some are passed over, and single seeds are given",
                pointer="#/at_least",
                remedy="Give single seeds, or a count and at_least.",
            )
        if self.diverse is not None:
            raise BadParams(
                "diverse chooses the seeds, and single seeds are given",
                pointer="#/diverse",
                remedy="Give single seeds, or a count and how many to choose among.",
            )
        for name, theirs in (("count", len(self.seeds)), ("seed", self.seeds[0])):
            asked = getattr(self, name)
            if asked not in (None, theirs):
                raise BadParams(
                    f"{name} is {asked}, but the single seeds say {theirs}",
                    pointer=f"#/{name}",
                    remedy="Give single seeds, or a count and a first seed.",
                )

    def _named(self, model: Mapping[str, Any], label: str) -> int:
        names = list(model.get("labels") or ())
        if label in names and self.class_label in (None, names.index(label)):
            return names.index(label)
        known = f"it knows {', '.join(names[:NAMED])}{' and others' if len(names) > NAMED else ''}" if names else ""
        raise BadParams(
            f"label_name is {label}, and class_label says another"
            if label in names
            else f"label_name is {label}, and {known or 'it knows no labels by name'}",
            pointer="#/label_name",
            remedy="GET /models/{id} lists the names of its labels, in the order of their numbers, in facts.labels.",
        )

    def _check_label(self, model: Mapping[str, Any]) -> None:
        labels = int(model.get("architecture", {}).get("c_dim", 0))
        if self.class_label is None or self.class_label < labels:
            return
        known = f"it knows the labels 0 to {labels - 1}" if labels else "it knows no labels"
        raise BadParams(
            f"class_label is {self.class_label}, and {known}",
            pointer="#/class_label",
            remedy="Leave it out, or choose a model that was trained on labels.",
        )

    def needs(self) -> Mapping[str, Need]:
        """Name the model's folder; of a region, the samples that it is told by and the directions that it takes."""
        needs = {
            "model": Need(type="model", id=self.model_id),
            "originals": Need(type="originals", id=self.model_id),
        }
        if self.region is not None:
            point = self.region.point
            needs |= {f"sample {id}": Need(type="sample", id=id) for id in sorted(point.samples)}
            needs |= {f"direction {id}": Need(type="direction", id=id) for id in sorted(point.directions)}
        return needs

    def all_seeds(self) -> Sequence[int]:
        """Give the seeds of resolved parameters, in the order of the pictures; of a choice, which are as many."""
        if self.seeds is not None:
            return self.seeds
        first = self.seed or 0
        return range(first, first + (self.count or 0))

    def tries(self) -> Sequence[int]:
        """Give the seeds that may be drawn, where some of them are passed over."""
        seeds = self.all_seeds()
        if self.at_least is None or not isinstance(seeds, range):
            return seeds
        return range(seeds.start, min(seeds.start + TRIES * len(seeds), MAX_SEED + 1))

    def candidates(self) -> Sequence[int]:
        """Give the seeds that resolved parameters choose among; none where they choose nothing."""
        first = self.seed or 0
        return range(first, first + (self.diverse or 0))
