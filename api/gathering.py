"""Gathering: a new dataset of photographs of others, whole datasets or parts of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from api.framing import proposed
from api.schemas.datasets import Part
from jobs.errors import BadParams, Rejected
from jobs.ids import new_id
from kinds.gather.params import GatherParams
from store import gathered, rows
from store.tx import Tx

NOTHING = hashlib.sha256().hexdigest()  # of an archive that has no file of its own


def gather(
    tx: Tx,
    name: str,
    sources: Sequence[Part],
    *,
    framing: str | None,
    aspect: str | None = None,
    move: bool = False,
) -> rows.Dataset:
    """Make a dataset with an archive for each source, and post the job that brings their photographs.

    It is framed as the first of them, unless it is said how; what comes from others is framed so too. With `move` they
    leave the sources once all have come in, and copies of them come along.
    Raises: NotFound; BadParams, for a source that is named twice; DatasetBusy, while one is not whole, or with `move`
    needed as it is; Rejected, where nothing is to come, or more labels than a dataset may have.
    """
    found = _checked(tx, sources)
    if move:
        for source in found:
            tx.datasets.check_unneeded(source.id, then="move its photographs")
    framing = framing or found[0].framing
    if framing == "squeeze" and aspect is None:
        aspect = next((one.aspect for one in found if one.aspect), None) or proposed(tx, [one.id for one in found])
    made = tx.datasets.add(name=name, framing=framing, aspect=aspect)
    job_id = new_id()
    for part, source in zip(sources, found, strict=True):
        _add(tx, part, source, dataset_id=made.id, job_id=job_id, move=move)
    revision = tx.datasets.touch_revision(made.id)
    tx.labels.open(made.id, tx.gathered.label_names(made.id), revision=revision)
    if len(by := {source.labelled_by for source in found}) == 1:
        tx.datasets.labelled(made.id, by.pop())
    params = GatherParams(dataset_id=made.id, sources=[source.id for source in found], move=move)
    tx.jobs.add(
        id=job_id,
        kind=params.kind,
        params=params.model_dump(mode="json"),
        pins={"gathered": {"id": str(made.id)}},
        dataset_id=made.id,
    )
    return tx.datasets.get(made.id)


def _checked(tx: Tx, sources: Sequence[Part]) -> list[rows.Dataset]:
    found: list[rows.Dataset] = []
    for number, part in enumerate(sources):
        source = tx.datasets.get(part.dataset_id)
        if source.id in (one.id for one in found):
            raise BadParams(
                f"{source.name} is named twice, and nothing comes in twice.",
                pointer=f"#/from/{number}/dataset_id",
                remedy="Name each dataset once.",
            )
        found.append(source)
    for source in found:
        tx.datasets.check_whole(source.id)
    return found


def _add(tx: Tx, part: Part, source: rows.Dataset, *, dataset_id: UUID, job_id: UUID, move: bool) -> None:
    if part.label is not None:
        tx.labels.get(source.id, part.label)
    archive_id = new_id()
    tx.archives.add(
        id=archive_id,
        dataset_id=dataset_id,
        filename=source.name,
        size_bytes=0,
        sha256=NOTHING,
        key=None,
        job_id=job_id,
    )
    wanted = gathered.Part(**part.model_dump())
    count, size_bytes = tx.gathered.add(wanted, dataset_id=dataset_id, archive_id=archive_id, with_copies=move)
    if count == 0:
        what = "holds no photograph" if len(part.model_fields_set) == 1 else "holds no photograph of that part"
        raise Rejected(f"{source.name} {what}.", remedy="GET /datasets/{id}/photos lists what it holds.")
    tx.archives.set_size(archive_id, size_bytes)
