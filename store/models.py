"""Models: every generator that can draw pictures, as a tree by parent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from store import echo_tables as e
from store import sample_tables as s
from store import tables as t
from store.database import insert
from store.datasets import ACTIVE
from store.jobs import Jobs
from store.names import checked_name
from store.objects import hash_of
from store.pages import Order, Page, page_of
from store.rows import Model, columns

MOST_NODES = 2000
HASHED = ("model.json", "generator.safetensors", "discriminator.safetensors")
_NEWEST = Order(name="models", columns=[t.models.c.created_at, t.models.c.id])


BLEND = "blend"  # the kind of jobs that need two models


class Models:
    """The table `models`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def add(self, model: Model) -> Model:
        """Add a model that no job made. One with this id already stays as it is."""
        checked_name(model.name)
        statement = insert(self._connection, t.models).on_conflict_do_nothing(index_elements=["id"])
        self._connection.execute(statement, columns(model))
        return self.get(model.id)

    def add_snapshot(self, model: Model, *, attempt: int) -> Model:
        """Add what a job has learnt at a step; `id` is `snapshot_id(job, step)`.

        A snapshot made again after a resume has the same hash and is dropped; with another, the latest attempt wins.
        Whichever files are not named any more go with the commit; a sheet is its artifact's, and stays with it.
        Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        if model.job_id is None or model.step is None:
            raise ValueError("a snapshot names its job and step")
        self._jobs.hold(model.job_id, attempt)
        found = self._find(model.id)
        if found is None:
            self._connection.execute(sa.insert(t.models).values(**columns(model)))
        elif found.hash == model.hash:
            self._discard(*set(model.files.values()).difference(found.keys))
        else:
            self._discard(*set(found.files.values()).difference(model.keys))
            made = {name: value for name, value in columns(model).items() if name not in ("id", "name", "kept")}
            self._connection.execute(sa.update(t.models).where(t.models.c.id == model.id).values(**made))
        return self.get(model.id)

    def add_import(self, model: Model, *, attempt: int) -> Model:
        """Add what a job has made of a file; `id` is `imported_id(job)`. Made again by a later attempt, it stays.

        Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        if model.job_id is None:
            raise ValueError("an import names its job")
        self._jobs.hold(model.job_id, attempt)
        found = self._find(model.id)
        if found is not None:
            self._discard(*set(model.keys).difference(found.keys))
            return found
        checked_name(model.name)
        self._connection.execute(sa.insert(t.models).values(**columns(model)))
        return self.get(model.id)

    def get(self, model_id: UUID) -> Model:
        """Read a model; NotFound without one."""
        found = self._find(model_id)
        if found is None:
            raise NotFound(f"There is no model {model_id}.", remedy="GET /models lists all of them.")
        return found

    def there(self, model_id: UUID) -> bool:
        """Tell whether there is such a model."""
        return self._any(sa.select(t.models.c.id).where(t.models.c.id == model_id))

    def page(
        self,
        *,
        dataset_id: UUID | None = None,
        job_id: UUID | None = None,
        bundled: bool | None = None,
        kept: bool | None = None,
        imported: bool | None = None,
        hash: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Model]:
        """List models, newest first."""
        query = sa.select(t.models)
        wanted = ((t.models.c.dataset_id, dataset_id), (t.models.c.job_id, job_id), (t.models.c.hash, hash))
        for column, value in (*wanted, (t.models.c.bundled, bundled), (t.models.c.kept, kept)):
            if value is not None:
                query = query.where(column == value)
        if imported is not None:  # a snapshot has a step, a blend a parent, a bundled model no job
            m = t.models.c
            brought = m.job_id.is_not(None) & m.step.is_(None) & m.parent_id.is_(None)
            query = query.where(brought if imported else ~brought)
        return page_of(self._connection, query, Model, order=_NEWEST, limit=limit, cursor=cursor)

    def tree(self, *, limit: int = MOST_NODES) -> list[tuple[Model, int]]:
        """List what stands in the tree, oldest first, each with the number of models that descend directly from it.

        That are all bases, all that was brought or kept, the last moment of each training, and whatever another
        descends from; of more than `limit` the bases, and then the newest, which are most likely looked for.
        """
        other = t.models.alias()
        last = sa.select(sa.func.max(other.c.step)).where(other.c.job_id == t.models.c.job_id).scalar_subquery()
        parents = sa.select(other.c.parent_id).where(other.c.parent_id.is_not(None))
        children = (
            sa.select(sa.func.count()).select_from(other).where(other.c.parent_id == t.models.c.id).scalar_subquery()
        )
        stands = t.models.c.step.is_(None) | t.models.c.kept | (t.models.c.step == last) | t.models.c.id.in_(parents)
        newest = sa.select(t.models, children.label("children")).where(stands)
        roots_first = t.models.c.step.is_(None).desc()  # without its base, a branch hangs in the air
        newest = newest.order_by(roots_first, t.models.c.created_at.desc(), t.models.c.id.desc()).limit(limit)
        rows = [dict(row) for row in self._connection.execute(newest).mappings()]
        rows.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
        counts = [row.pop("children") for row in rows]
        return [(Model(**row), count) for row, count in zip(reversed(rows), reversed(counts), strict=True)]

    def of_job(self, job_id: UUID) -> list[Model]:
        """List the snapshots of a training, from its first step to its last."""
        query = sa.select(t.models).where(t.models.c.job_id == job_id).order_by(t.models.c.step)
        return [Model(**row) for row in self._connection.execute(query).mappings()]

    def line(self, model_id: UUID) -> list[str]:
        """Name a model and what it descends from: the ids of those that are here, the hashes that model.json names.

        Two that share a name have one origin. A hash is that of `gan.model.model_hash`, which other installations
        know as well.
        """
        m, above = t.models.c, t.models.alias().c
        up = sa.select(m.id, m.parent_id).where(m.id == model_id).cte("up", recursive=True)
        up = up.union(sa.select(above.id, above.parent_id).where(above.id == up.c.parent_id))
        ids = self._connection.execute(sa.select(up.c.id)).scalars()
        model = self.get(model_id)
        told = [one for one in model.facts.get("lineage") or () if isinstance(one, Mapping)]  # a file may say anything
        hashes = [str(one["model_hash"]) for one in told if "model_hash" in one]
        return [*map(str, ids), *hashes, *_hash_in_lines(model)]

    def learnt_from(self, model_id: UUID) -> UUID | None:
        """Name the dataset that a model has learnt from, or else the nearest one above it; None, where there is none.

        A blend has two above it, of which the first is asked first. Raises: NotFound.
        """
        above, seen = [self.get(model_id)], {model_id}
        for model in above:  # grows meanwhile
            if model.dataset_id is not None:
                return model.dataset_id
            for parent_id in _parents(model):
                parent = None if parent_id in seen else self._find(parent_id)
                seen.add(parent_id)
                above += [parent] if parent is not None else []
        return None

    def rename(self, model_id: UUID, name: str) -> Model:
        """Give a model another name. Raises: NotFound; Conflict, for a bundled one, which all share."""
        if self.get(model_id).bundled:
            raise Conflict("This model comes with Reverie.", remedy="It keeps its name; name what learns from it.")
        return self._set(model_id, name=checked_name(name))

    def keep(self, model_id: UUID, *, kept: bool = True) -> Model:
        """Keep a moment, or let it go again."""
        return self._set(model_id, kept=kept)

    def set_measures(self, model_id: UUID, measures: Mapping[str, Any], *, job_id: UUID, attempt: int) -> Model:
        """Write a snapshot's distances, beside those it has. Raises: StaleAttempt."""
        self._jobs.hold(job_id, attempt)
        return self._set(model_id, measures={**(self.get(model_id).measures or {}), **measures})

    def set_sheet(self, model_id: UUID, key: str, *, job_id: UUID, attempt: int) -> Model:
        """Name a snapshot's sheet. Raises: StaleAttempt."""
        self._jobs.hold(job_id, attempt)
        return self._set(model_id, sheet_key=key)

    def delete(self, model_id: UUID, *, sure: bool = False) -> None:
        """Delete a model; its files go with the commit. Models that descend from it stay, and have to be meant.

        Raises: NotFound; Conflict, for a bundled one, one that a job needs, one whose pictures are still there, and,
        unless `sure`, for one that others descend from.
        """
        model = self.get(model_id)
        if model.bundled:
            raise Conflict("This model comes with Reverie.", remedy="It cannot be deleted.")
        using = (t.jobs.c.model_id == model_id) | (t.jobs.c.id == model.job_id)
        if self._any(sa.select(t.jobs.c.id).where(using, t.jobs.c.state.in_(ACTIVE))) or self._is_blended(model_id):
            raise Conflict("A job needs this model.", remedy="Wait for the job or cancel it, then delete the model.")
        if self._any(sa.select(s.samples.c.id).where(s.samples.c.model_id == model_id)):
            raise Conflict("There are pictures that this model drew.", remedy="Delete the pictures first.")
        descendants = self._descendants(model_id)
        if descendants and not sure:
            raise Conflict(
                f"{descendants} of your models have learnt from this one",
                remedy="They stay whole; but nothing can learn on from this one then, or be compared with it. "
                "Delete it all the same with ?sure=true.",
                descendants=descendants,
            )
        # The sheet of a snapshot is its artifact's: one still sees what it was like.
        keys = model.keys if model.step is None else model.files.values()
        vectors = sa.select(t.directions.c.key).where(t.directions.c.model_id == model_id)
        echoes = sa.select(e.echoes.c.key).where(e.echoes.c.model_id == model_id)
        self._discard(*keys, *self._connection.execute(vectors.union(echoes)).scalars())
        self._connection.execute(sa.delete(t.models).where(t.models.c.id == model_id))

    def _is_blended(self, model_id: UUID) -> bool:
        """Whether a job that has not ended blends another model with this one."""
        blends = sa.select(t.jobs.c.params).where(t.jobs.c.kind == BLEND, t.jobs.c.state.in_(ACTIVE))
        return any(params.get("with_id") == str(model_id) for params in self._connection.execute(blends).scalars())

    def retire(self, *, besides: Sequence[UUID]) -> None:
        """Delete bundled models that the program brings no more; one that is used or kept stays, as the owner's."""
        self._connection.execute(sa.update(t.models).where(t.models.c.id.in_(besides)).values(bundled=True))
        old = sa.select(t.models.c.id).where(t.models.c.bundled, t.models.c.id.not_in(besides))
        for model_id in self._connection.execute(old).scalars().all():
            self._set(model_id, bundled=False)
            needs = (
                sa.select(t.jobs.c.id).where(t.jobs.c.model_id == model_id),
                sa.select(s.samples.c.id).where(s.samples.c.model_id == model_id),
                sa.select(t.models.c.id).where(t.models.c.parent_id == model_id),
                sa.select(t.models.c.id).where(t.models.c.id == model_id, t.models.c.kept),
            )
            if not any(self._any(query) for query in needs):
                self.delete(model_id)

    def _find(self, model_id: UUID) -> Model | None:
        row = self._connection.execute(sa.select(t.models).where(t.models.c.id == model_id)).mappings().one_or_none()
        return None if row is None else Model(**row)

    def _descendants(self, model_id: UUID) -> int:
        """Count all that descend from a model, at any distance."""
        below = sa.select(t.models.c.id).where(t.models.c.parent_id == model_id).cte("below", recursive=True)
        deeper = sa.select(t.models.c.id).join(below, t.models.c.parent_id == below.c.id)
        whole = below.union(deeper)
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(whole)).scalar_one())

    def _any(self, query: sa.Select[Any]) -> bool:
        return self._connection.execute(query.limit(1)).first() is not None

    def _set(self, model_id: UUID, **values: Any) -> Model:
        self._connection.execute(sa.update(t.models).where(t.models.c.id == model_id).values(**values))
        return self.get(model_id)


def _parents(model: Model) -> list[UUID]:
    """Name the model that one has come of, and of a blend the other one, where they are told."""
    if model.parent_id is None:
        return []
    told = [one.get("id") for one in model.facts.get("parents") or () if isinstance(one, Mapping)]
    found = [model.parent_id]
    for id in told:
        with suppress(ValueError, TypeError, AttributeError):
            found.append(UUID(id))
    return found


def _hash_in_lines(model: Model) -> list[str]:
    """Hash a model as lines of descent do, without reading its files: their keys hold the hash of each."""
    told = [f"{name}:{hash_of(model.files[name])}\n" for name in HASHED if name in model.files]
    return [hashlib.sha256("".join(told).encode()).hexdigest()] if told else []
