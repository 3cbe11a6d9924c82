"""What is told of all moments of a training together: who is remembered, who never is. NumPy only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, overload
from uuid import UUID

import numpy as np

from kinds.echoes.files import MILLION, NONE, Ints, Mask, Remembered, names_of, photos_of

LATER = 0  # a step: what a moment after it draws is learnt


class Standing(NamedTuple):
    """Where a photograph stands in a list: its likeness in millionths, and the bytes of its id."""

    likeness: int
    name: bytes


class Listed(Sequence[Standing]):
    """A list of photographs: it is made whole, and each of it named when it is asked for."""

    def __init__(self, rows: Ints, likeness: Ints, names: Sequence[bytes]) -> None:
        self._rows, self._likeness, self._names = rows, likeness, names

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Standing: ...
    @overload
    def __getitem__(self, at: slice) -> list[Standing]: ...
    def __getitem__(self, at: int | slice) -> Standing | list[Standing]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return Standing(int(self._likeness[at]), self._names[int(self._rows[at])])


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """How one photograph lives on. Moments are counted from 0; likenesses are in millionths, None if not compared."""

    photo: UUID
    remembered: bool
    best: int  # the moment of its echo
    seeds: Sequence[int]  # of each moment's best picture
    curve: Sequence[int | None]
    mirrored: bool
    pictures: int

    @property
    def likeness(self) -> int:
        """That of its echo."""
        return self.curve[self.best] or 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Implied:
    """A picture of the last moment that no photograph is like, and that others are."""

    seed: int
    company: int
    likeness: int
    nearest: Sequence[UUID]  # the first, and the first that does not repeat it


class Echoes:
    """The moments of a training, by rising steps, and of their photographs those that are there."""

    def __init__(self, steps: Sequence[int], moments: Sequence[Remembered], *, there: Collection[UUID]) -> None:
        """Put moments together, each without the photographs that are gone."""
        if not moments:
            raise ValueError("there is a moment at least")
        held = _held(moments, {photo.bytes for photo in there})
        self.steps, self._last = list(steps), held[-1]
        names = _names(held)
        self._photos = names[0] if _same(names) else sorted(set().union(*names))
        count = len(names), len(self._photos)
        self._likeness, self._pictures, self._seed = (np.full(count, empty, np.int32) for empty in (NONE, 0, 0))
        self._mirrored = np.zeros(count, bool)
        self._number = {name: at for at, name in enumerate(self._photos)}
        for at, (one, named) in enumerate(zip(held, names, strict=True)):
            rows = np.array([self._number[name] for name in named], int) if named is not self._photos else slice(None)
            self._likeness[at, rows] = one.near["likeness"]
            self._seed[at, rows], self._mirrored[at, rows] = one.near["seed"], one.near["mirrored"]
            self._pictures[at, rows] = one.counted()

    def __len__(self) -> int:
        return len(self._photos)

    @cached_property
    def _later(self) -> Mask:
        """Which moments count: those after the first step, at which nothing is learnt yet."""
        later = np.array(self.steps) > LATER
        return later if later.any() else np.ones(len(later), bool)

    @cached_property
    def _best(self) -> Ints:
        """Say for each photograph at which of these moments it is remembered best; of equals the first."""
        found: Ints = np.where(self._later[:, None], self._likeness, NONE - 1).argmax(axis=0)
        return found

    @cached_property
    def remembered(self) -> Listed:
        """List the photographs that are the nearest of some picture, the most alike first."""
        return self._listed(self._kept, down=True)

    @cached_property
    def forgotten(self) -> Listed:
        """List the photographs that are the nearest of none, the least alike first."""
        return self._listed(~self._kept, down=False)

    @cached_property
    def _kept(self) -> Mask:
        found: Ints = self._pictures[self._later].max(axis=0, initial=0)
        return found > 0

    def _listed(self, which: Mask, *, down: bool) -> Listed:
        rows = np.flatnonzero(which)
        likeness = self._likeness[self._best[rows], rows].clip(0)
        order = np.lexsort((rows, -likeness if down else likeness))
        return Listed(rows[order], likeness[order], self._photos)

    def story(self, photo: UUID) -> Story | None:
        """Say how a photograph lives on; None, where it was not compared."""
        row = self._number.get(photo.bytes)
        if row is None:
            return None
        best = int(self._best[row])
        return Story(
            photo=photo,
            remembered=bool(self._kept[row]),
            best=best,
            seeds=self._seed[:, row].tolist(),
            curve=[likeness if likeness != NONE else None for likeness in self._likeness[:, row].tolist()],
            mirrored=bool(self._mirrored[best, row]),
            pictures=int(self._pictures[best, row]),
        )

    @cached_property
    def implied(self) -> list[Implied]:
        """List the pictures of the last moment that lie where others do and no photograph, the most company first."""
        return list(self._implied())

    def _implied(self) -> Iterator[Implied]:
        last = self._last
        photos = photos_of(last.near)
        order = np.lexsort((last.implied["seed"], -last.implied["company"].astype(np.int64)))
        for one in last.implied[order]:
            picture = last.pictures[one["seed"]]
            rows = [at for at, row in enumerate(picture["row"].tolist()) if row != NONE]
            apart = rows[:1] + [at for at in rows[1:] if not picture["repeats"][at]][:1]
            if rows:
                yield Implied(
                    seed=int(one["seed"]),
                    company=int(one["company"]),
                    likeness=int(picture["likeness"][0]),
                    nearest=[photos[picture["row"][at]] for at in apart],
                )


def share(millionths: int) -> float:
    """Give a likeness as it is told, 0 to 1."""
    return min(millionths, MILLION) / MILLION


def _held(moments: Sequence[Remembered], there: Collection[bytes]) -> list[Remembered]:
    """Leave out of moments what is not there."""
    names = _names(moments)
    kept = {id(named): np.array([name in there for name in named], bool) for named in names}
    return [one.only(kept[id(named)]) for one, named in zip(moments, names, strict=True)]


def _names(moments: Sequence[Remembered]) -> list[list[bytes]]:
    """Name the photographs of each moment; of those that hold the same, once."""
    columns = [one.near["photo"] for one in moments]
    known = {column.tobytes(): column for column in columns}
    named = {packed: names_of(column) for packed, column in known.items()}
    return [named[column.tobytes()] for column in columns]


def _same(names: Sequence[list[bytes]]) -> bool:
    """Whether all moments are of the same photographs."""
    return all(named is names[0] for named in names)
