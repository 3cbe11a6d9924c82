"""The kinds of jobs, one line each. Parameters load with the API; a run loads with the worker's child alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Field

from jobs.errors import NotFound
from jobs.events import JobEvent
from jobs.params import JobParams
from jobs.place import Place
from kinds.cost import Cost
from kinds.presets import Preset, preset, presets_of

KINDS = (
    "ingest",
    "train",
    "generate",
    "convert",
    "index",
    "gather",
    "directions",
    "blend",
    "measure",
    "project",
    "map",
    "echoes",
    "journey",
    "listen",
)

Run = Callable[[JobParams, Place], Iterator[JobEvent]]

__all__ = [
    "KINDS",
    "AnyParams",
    "KindName",
    "Preset",
    "cost",
    "params_of",
    "preset_hash",
    "presets_of",
    "resolve",
    "run_of",
]


def params_of(kind: str) -> type[JobParams]:
    """Give the parameters' model of a kind.

    Raises: NotFound.
    """
    _check(kind)
    found: type[JobParams] = getattr(import_module(f"kinds.{kind}.params"), f"{kind.capitalize()}Params")
    return found


def run_of(kind: str) -> Run:
    """Give the run of a kind; importing it may load the tensor library.

    Raises: NotFound.
    """
    _check(kind)
    found: Run = import_module(f"kinds.{kind}.run").run
    return found


def resolve(params: JobParams, facts: Mapping[str, Any]) -> JobParams:
    """Fill what `params` leave open from their preset and from `facts`, which go by the names of `params.needs()`.

    Raises: BadParams, TooFewPhotos.
    """
    return params.resolved(facts)


def cost(params: JobParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate time, disk and memory of a job with resolved `params`; `facts` as for `resolve`, and `host`."""
    found: Cost = import_module(f"kinds.{params.kind}.cost").cost(params, facts)
    return found


def preset_hash(params: JobParams) -> str | None:
    """Give the hash of the preset that `params` name, or None."""
    return preset(params.kind, params.preset).hash if params.preset else None


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound(f"there is no kind of job {kind!r}", remedy=f"Use one of {', '.join(KINDS)}.")


if TYPE_CHECKING:
    AnyParams = JobParams  # the base is all that generic code may use
    KindName = str
else:
    KindName = Literal[KINDS]
    AnyParams = Annotated[Union[tuple(map(params_of, KINDS))], Field(discriminator="kind")]  # noqa: UP007 - a tuple made at run time
