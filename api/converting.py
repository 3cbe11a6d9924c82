"""The job that reads a model file, whichever way the file came or is to come."""

from api import shapes
from api.schemas.models import Import
from jobs.ids import new_id
from kinds.convert.params import ConvertParams
from store.tx import Tx


def begin(
    tx: Tx,
    params: ConvertParams,
    *,
    size_bytes: int | None,
    sha256: str | None,
    published_id: str | None,
    key: str | None = None,
    url: str | None = None,
) -> Import:
    """Write down a model file, at `key` or still to be fetched from `url`, and the job that reads it."""
    job_id = new_id()
    file = tx.model_files.add(
        id=params.file_id,
        filename=params.filename or "",
        size_bytes=size_bytes,
        sha256=sha256,
        published_id=published_id,
        key=key,
        url=url,
        job_id=job_id,
    )
    job = tx.jobs.add(
        id=job_id,
        kind=params.kind,
        params=params.model_dump(mode="json"),
        pins={"file": {"id": str(params.file_id), "sha256": sha256}},
    )
    return Import(file=shapes.model_file(file), job=shapes.job(job))
