"""What a list of samples is asked for with: the same words for a page of it and for all of it as a zip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime

from store.shelves import Wanted

_STEP = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Words:
    """Samples that meet all of it."""

    model: Annotated[UUID | None, Query(description="Drawn from this model.")] = None
    training: Annotated[UUID | None, Query(description="Drawn from any moment of this training.")] = None
    step: Annotated[int | None, Query(ge=0, le=_STEP, description="Of the training: from its moment at this step.")] = (
        None
    )
    job: Annotated[UUID | None, Query(description="Drawn by this job.")] = None
    pinned: Annotated[bool, Query(description="Pinned while exploring: those that no job drew.")] = False
    dataset: Annotated[UUID | None, Query(description="Of models that learnt from this dataset.")] = None
    favourite: Annotated[bool | None, Query(description="With a heart, or without.")] = None
    rating: Annotated[int, Query(ge=0, le=5, description="With at least so many stars.")] = 0
    tag: Annotated[str | None, Query(max_length=64, description="With this tag, in any capitals.")] = None
    album: Annotated[UUID | None, Query(description="In this album.")] = None
    since: Annotated[
        AwareDatetime | None, Query(description="Asked for then or later: the time of the job that drew them.")
    ] = None
    until: Annotated[AwareDatetime | None, Query(description="Asked for before then.")] = None
    originality: Annotated[
        Literal["own", "near", "copy", "unknown"] | None,
        Query(description="By how near they are to one photograph; unknown: nobody has looked yet."),
    ] = None
    order: Annotated[
        Literal["newest", "oldest", "best", "original"],
        Query(
            description="By the time they were asked for; best: most stars first; original: what is least near to a "
            "photograph first, and what nobody has looked at last."
        ),
    ] = "newest"

    def wanted(self) -> Wanted:
        """Give them as the store has them."""
        return Wanted(
            model_id=self.model,
            training_id=self.training,
            step=self.step,
            job_id=self.job,
            pinned=self.pinned,
            dataset_id=self.dataset,
            favourite=self.favourite,
            rating=self.rating,
            tag=self.tag,
            album_id=self.album,
            originality=self.originality,
            since=self.since,
            until=self.until,
            order=self.order,
        )


Sought = Annotated[Words, Depends()]
