"""What is known of a training's echoes: its files put together, kept in memory until something of them changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from api.alike import not_looked
from api.askable import askable, revision_of, training_of
from api.submit import prepare
from api.units import in_words
from jobs.errors import Conflict, NotEchoed, NotFound
from kinds.echoes.params import EchoesParams
from kinds.registry import cost
from store.echoes import EchoRow, standing
from store.rows import Job, Model
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from kinds.echoes.told import Echoes

MOST = 4  # trainings, of 50,000 photographs and 12 moments some 20 MB each


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A training that can be asked: its moments that are to be looked at, and what of them is known."""

    job: Job
    dataset_id: UUID
    moments: Sequence[Model]
    rows: Sequence[EchoRow]

    @classmethod
    def read(cls, tx: Tx, training_id: UUID) -> Asked:
        """Read it. Raises: NotFound; Conflict, where the archive was deleted, or nothing was learnt."""
        return cls.of(tx, training_of(tx, training_id))

    @classmethod
    def of(cls, tx: Tx, job: Job) -> Asked:
        """Take a training. Raises: Conflict."""
        from kinds.index.files import VERSION  # NumPy is loaded once somebody asks

        dataset_id, moments = askable(tx, job)
        known = {(model.step, model.hash) for model in moments}
        rows = standing(tx.echoes.of_training(job.id), version=VERSION)
        return cls(
            job=job, dataset_id=dataset_id, moments=moments, rows=[row for row in rows if (row.step, row.hash) in known]
        )

    @property
    def params(self) -> EchoesParams:
        """What to ask for what is missing: as it was asked before."""
        if not self.rows:
            return EchoesParams(training_id=self.job.id)
        pictures, truncation_psi = self.rows[0].drawn
        return EchoesParams(training_id=self.job.id, count=pictures, truncation_psi=truncation_psi)

    @property
    def to_post(self) -> dict[str, Any]:
        """The same, as it is told."""
        return self.params.model_dump(mode="json", exclude_none=True)

    @property
    def revision(self) -> int | None:
        """Of the dataset, as the training saw it."""
        return revision_of(self.job)

    def takes(self, tx: Tx) -> str:
        """Say how long that takes, as people do."""
        prepared = prepare(tx, self.params)
        return in_words(cost(prepared.params, prepared.facts).seconds)


class Told:
    """Used from any thread: two that ask at once may both put together what neither finds."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[object, Known]] = OrderedDict()
        self._lock = Lock()

    def of(self, store: Store, tx: Tx, asked: Asked) -> Known:
        """Put together what is known of a training. Raises: NotEchoed, where nobody has looked; NotLooked; Conflict."""
        looked = tx.maps.looked(asked.dataset_id)
        state = [row.id for row in asked.rows], tx.datasets.get(asked.dataset_id).revision, looked
        with self._lock:
            before = self._kept.get(asked.job.id)
        if before is None or before[0] != state:
            before = state, _put_together(store, tx, asked)
        with self._lock:
            self._kept[asked.job.id] = before
            self._kept.move_to_end(asked.job.id)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return before[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of a training: the rows whose files could be read, what they say, and photos that they lack."""

    rows: Sequence[EchoRow]
    echoes: Echoes
    lacking: int

    def moments_lacking(self, asked: Asked) -> int:
        """Count the moments that nobody has looked at."""
        return len({model.step for model in asked.moments} - {row.step for row in self.rows})


def _put_together(store: Store, tx: Tx, asked: Asked) -> Known:
    from kinds.echoes import files, told

    found = []
    for row in asked.rows:
        try:
            found.append((row, files.read(store.objects.path(row.key))))
        except (NotFound, FileNotFoundError, files.Damaged):
            continue  # the job looks at it again
    there = tx.echoes.compared(asked.dataset_id, revision=asked.revision)
    if not found or not there:
        raise not_echoed(tx, asked, compared=len(there))
    moments = [one for _, one in found]
    echoes = told.Echoes([row.step for row, _ in found], moments, there=there)
    everywhere = set.intersection(*(set(files.names_of(one.near["photo"])) for one in moments))
    lacking = sum(photo.bytes not in everywhere for photo in there)
    return Known(rows=[row for row, _ in found], echoes=echoes, lacking=lacking)


def not_echoed(tx: Tx, asked: Asked, *, compared: int) -> Conflict:
    """Say that nobody has looked for echoes, how long it takes, and what to post; the index comes first."""
    if not compared:
        return nothing_to_compare(tx, asked.dataset_id)
    takes = asked.takes(tx)
    looking = tx.echoes.looking([asked.job.id]).get(asked.job.id)
    return NotEchoed(
        f"Nobody has looked for what this training remembers. It takes {takes[0].lower()}{takes[1:]}.",
        remedy="POST /jobs with what stands under job.",
        job=asked.to_post,
        **({"looking": str(looking)} if looking is not None else {}),
    )


def nothing_to_compare(tx: Tx, dataset_id: UUID) -> Conflict:
    """Say that there is no photograph to compare with: nobody has looked at them, or they are gone."""
    if tx.features.unlooked(dataset_id):
        return not_looked(tx, dataset_id)
    return Conflict(
        "None of the photographs that this training saw is there any more.",
        remedy="What is not kept cannot be compared.",
        dataset_id=str(dataset_id),
    )
