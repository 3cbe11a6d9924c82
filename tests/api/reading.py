"""An archive that is really read: unpacked, decoded and stored as a worker does it, in the test's own process."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from jobs.ids import new_id
from store.rows import Photo
from store.store import Store
from tests.api import rows
from tests.kinds.pictures import ingested
from tests.store import making
from worker.keep import Keeper


def read_in(store: Store, dataset_id: str, files: Iterable[tuple[str, bytes]]) -> list[Photo]:
    """Bring files into a dataset as one archive, which may name a file twice; give their rows in its order."""
    folder = Path(store.settings.folder).parent
    archive_id = new_id()
    packed = folder / f"{archive_id}.tar"
    with tarfile.open(packed, "w") as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    params = {"archive_id": str(archive_id)}
    job = making.job(store, kind="ingest", params=params, dataset_id=UUID(dataset_id))
    with store.begin() as tx:
        making.archive(tx, UUID(dataset_id), job.id, id=archive_id, filename=packed.name)
        dataset = tx.datasets.get(UUID(dataset_id))
        known = tx.photos.hashes(UUID(dataset_id), but_archive=archive_id)
    job = making.claimed(store, "ingest")
    scratch = folder / f"scratch-{archive_id}"
    seen = [{"photo": str(photo_id), "sha256": sha256, "phash": None} for sha256, photo_id in known.items()]
    made = ingested(packed, scratch, known=seen, framing=dataset.framing, aspect=dataset.aspect)
    Keeper(store=store, job=job, scratch=scratch, patient=lambda: False).artifacts(made)
    with store.begin() as tx:
        tx.archives.set_state(archive_id, "ready")
    rows.end(store, job)
    with store.read() as tx:
        page = tx.photos.page(UUID(dataset_id), limit=200)
    return [photo for photo in page.items if photo.archive_id == archive_id]
