"""A place in the latent space of any model of the same width: the same point can be asked of every snapshot.

What a point means in numbers is `latent.point`'s; here is its form, which crosses every border: the page's address, the
recipe of a picture, a request. Its canonical JSON is short, and the same for the same place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from jobs.errors import BadParams
from jobs.fields import Seed, StrictFloat, StrictInt

MOST_TERMS = 8
MOST_MIXED = 8
MOST_SHIFTS = 16
MOST_ANCHORS = 64  # of one point, those within anchors included
MOST_DEPTH = 16  # of anchors within anchors: a find of a find of a find
MOST_WIDE, MOST_LAYERS = 4096, 64  # of latents; a model takes those of its own widths alone
FARTHEST = 1e6  # on the plane, in its units
MOST_LABEL = 99_999

Value = Annotated[StrictFloat, Field(ge=-1e4, le=1e4)]
Row = Annotated[tuple[Value, ...], Field(min_length=1, max_length=MOST_WIDE)]
Across = Annotated[StrictFloat, Field(ge=-FARTHEST, le=FARTHEST, description="In units of the plane.", examples=[0.5])]
Label = Annotated[StrictInt, Field(ge=0, le=MOST_LABEL)]
RecipeOf = Callable[[UUID], Mapping[str, Any]]


def _as_rows(given: Any) -> Any:
    """Take one w, for all layers, as a list of one."""
    return [given] if isinstance(given, list | tuple) and given and not isinstance(given[0], list | tuple) else given


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Anchor(_Form):
    """Where a plane is fastened: one of a seed, a sample, a z, a w, a sum of anchors, or a point of another plane."""

    seed: Seed | None = Field(default=None, description="As in a generate job.")
    sample: UUID | None = Field(default=None, description="A sample of the gallery: where its recipe says.")
    z: Row | None = Field(default=None, description="As many numbers as the model's z is wide.")
    w: Annotated[tuple[Row, ...], BeforeValidator(_as_rows), Field(min_length=1, max_length=MOST_LAYERS)] | None = (
        Field(default=None, description="A list of w: one for each layer, or one for all; that one may stand alone.")
    )
    sum: Annotated[tuple[Term, ...], Field(min_length=1, max_length=MOST_TERMS)] | None = Field(
        default=None,
        description="In W: interpolation, and arithmetic on finds. What the weights lack to 1 is the mean w.",
    )
    point: Point | None = Field(default=None, description="A point of another plane.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(value is not None for _, value in self) != 1:
            raise ValueError("give one of seed, sample, z, w, sum, point")
        return self

    def within(self) -> Iterator[Anchor]:
        """Name the anchors that this one is made of."""
        yield from (term.of for term in self.sum or ())
        if self.point is not None:
            yield from self.point.anchors()

    @property
    def depth(self) -> int:
        """How deep anchors stand within this one; 1: none."""
        return 1 + max((anchor.depth for anchor in self.within()), default=0)

    @property
    def size(self) -> int:
        """How many anchors this is, with those within."""
        return 1 + sum(anchor.size for anchor in self.within())

    @property
    def numbers(self) -> int:
        """How many numbers its latents have, with those within."""
        return len(self.z or ()) + sum(map(len, self.w or ())) + sum(anchor.numbers for anchor in self.within())

    @property
    def samples(self) -> frozenset[UUID]:
        """The samples that it is, or that are within."""
        own = frozenset[UUID]() if self.sample is None else frozenset([self.sample])
        return own.union(*(anchor.samples for anchor in self.within()))

    @property
    def canonical(self) -> str:
        """Its JSON: the same for the same anchor."""
        return _canonical(self)

    def resolved(self, recipe_of: RecipeOf) -> Anchor:
        """Put what recipes say in the place of samples. Raises: what `recipe_of` raises; BadParams."""
        if self.sample is not None:
            found = Point.of_recipe(recipe_of(self.sample))
            return found.anchor if found.is_its_anchor else Anchor(point=found)
        if self.sum is not None:
            terms = tuple(Term(of=term.of.resolved(recipe_of), weight=term.weight) for term in self.sum)
            return Anchor(sum=terms)
        return Anchor(point=self.point.resolved(recipe_of)) if self.point is not None else self


class Term(_Form):
    """A part of a sum."""

    of: Anchor
    weight: Annotated[StrictFloat, Field(ge=-16, le=16, examples=[0.5])]


class Mix(_Form):
    """Layers that come from elsewhere: style mixing (Karras et al. 2019, section 3.1)."""

    layers: Literal["shape", "form", "colour"] | tuple[StrictInt, StrictInt] = Field(
        description="By what they make, or the first and the last of them, from 0 on.", examples=["colour"]
    )
    of: Anchor
    x: Across = 0.0
    y: Across = 0.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not isinstance(self.layers, str) and not 0 <= self.layers[0] <= self.layers[1] < MOST_LAYERS:
            raise ValueError(f"give the first and the last layer, from 0 to {MOST_LAYERS - 1}")
        return self


class Shift(_Form):
    """A step along a direction."""

    direction: UUID
    amount: Annotated[StrictFloat, Field(ge=-6, le=6, description="In standard deviations.", examples=[1.5])]


class Noise(_Form):
    """The fine grain, as in a generate job."""

    mode: Literal["const", "random", "none"] = "const"
    seed: Seed | None = Field(
        default=None, description="Of random; left out, the anchor's seed, or 0 where it has none."
    )


class Point(_Form):
    """Where one is: a place on the plane around an anchor, and how it is drawn."""

    anchor: Anchor = Field(examples=[{"seed": 7}])
    x: Across = 0.0
    y: Across = 0.0
    class_label: Label | None = Field(
        default=None, description="As in a generate job; also of what the anchor is made of."
    )
    mix: tuple[Mix, ...] = Field(default=(), max_length=MOST_MIXED)
    shift: tuple[Shift, ...] = Field(default=(), max_length=MOST_SHIFTS)
    psi: Annotated[StrictFloat, Field(ge=0, le=1, description="Truncation.", examples=[0.7])] = 0.7
    noise: Noise = Noise()

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        # The depth first: it bounds what counting takes.
        if max(anchor.depth for anchor in self.anchors()) > MOST_DEPTH:
            raise ValueError(f"anchors stand more than {MOST_DEPTH} deep within one another; begin anew at a find")
        if sum(anchor.size for anchor in self.anchors()) > MOST_ANCHORS:
            raise ValueError(f"more than {MOST_ANCHORS} anchors")
        return self

    def anchors(self) -> Iterator[Anchor]:
        """Give its anchor and those of what is mixed in."""
        yield self.anchor
        yield from (mix.of for mix in self.mix)

    def points(self) -> Iterator[Point]:
        """Give itself and the points within its anchors."""
        yield self
        waiting = [*self.anchors()]
        while waiting:
            anchor = waiting.pop()
            waiting += [term.of for term in anchor.sum or ()]
            if anchor.point is not None:
                yield from anchor.point.points()

    @property
    def directions(self) -> frozenset[UUID]:
        """The directions that it goes along, or that a point within does."""
        return frozenset(shift.direction for point in self.points() for shift in point.shift)

    @property
    def samples(self) -> frozenset[UUID]:
        """The samples that its anchors are, or that are within them."""
        return frozenset[UUID]().union(*(anchor.samples for anchor in self.anchors()))

    @property
    def has_samples(self) -> bool:
        """Whether an anchor of it, or within, is a sample."""
        return bool(self.samples)

    @property
    def is_its_anchor(self) -> bool:
        """Whether it lies where its anchor does."""
        return (self.x, self.y, self.class_label) == (0, 0, None) and not self.mix and not self.shift

    @property
    def canonical(self) -> str:
        """Its JSON without what is as it is by default; the same for the same point."""
        return _canonical(self)

    @property
    def noise_seed(self) -> int:
        """The seed of its grain."""
        return self.noise.seed if self.noise.seed is not None else _seed_of(self.anchor)

    def resolved(self, recipe_of: RecipeOf) -> Point:
        """Put what recipes say in the place of samples, so that it stands by itself, be they deleted or not.

        Raises: what `recipe_of` raises; BadParams, for a recipe that says no place, or where all is too deep by then.
        """
        mix = tuple(mixed.model_copy(update={"of": mixed.of.resolved(recipe_of)}) for mixed in self.mix)
        try:
            return Point(**{**dict(self), "anchor": self.anchor.resolved(recipe_of), "mix": mix})
        except ValidationError as error:
            raise _unreadable(error) from error

    @classmethod
    def of_recipe(cls, recipe: Mapping[str, Any]) -> Self:
        """Give the point that a sample's recipe says. Raises: BadParams."""
        try:
            if "point" in recipe:
                return cls.model_validate(recipe["point"])
            return cls(
                anchor=Anchor(seed=recipe.get("seed")),
                class_label=recipe.get("class_label"),
                psi=recipe.get("truncation_psi", 1.0),
                noise=Noise(mode=recipe.get("noise_mode", "const")),
            )
        except ValidationError as error:
            raise _unreadable(error) from error


def _seed_of(anchor: Anchor) -> int:
    if anchor.point is not None:
        return _seed_of(anchor.point.anchor)
    return anchor.seed or 0


def _canonical(form: _Form) -> str:
    said = form.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _unreadable(error: ValidationError) -> BadParams:
    why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return BadParams(
        f"a sample that this leads to says no place: {why}", pointer="#/point", remedy="Begin anew at another picture."
    )
