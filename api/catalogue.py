"""The catalogue: well-known models, which of them are here, and fetching one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Response

from api.converting import begin
from api.deps import Opened, Set, location
from api.problems import answers
from api.schemas.models import CatalogueEntry, Import
from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from jobs.state import ENDED
from kinds.convert.catalogue import BUNDLED, Published, Slug, read_catalogue
from kinds.convert.params import ConvertParams
from store.rows import Job, ModelFile
from store.tx import Tx

router = APIRouter(tags=["models"])


def catalogue_of(path: Path | None) -> Mapping[str, Published]:
    """Read the catalogue that the operator chose, or the one that comes with the program.

    Raises: Rejected, with what is wrong in it; NotFound, without one.
    """
    chosen = path or BUNDLED
    try:
        return read_catalogue(chosen)
    except OSError as error:
        raise NotFound(
            f"the catalogue {chosen} cannot be read: {error.strerror}", remedy="Look at REVERIE_CATALOGUE."
        ) from error


def published(path: Path | None, entry_id: str) -> Published:
    """Find one entry. Raises: NotFound."""
    found = catalogue_of(path).get(entry_id)
    if found is None:
        raise NotFound(f"There is no {entry_id} in the catalogue.", remedy="GET /catalogue lists all of it.")
    return found


@router.get("/catalogue", responses=answers(404))
def list_catalogue(store: Opened, settings: Set) -> list[CatalogueEntry]:
    """List well-known models: what they draw, whose they are, what that asks, and whether they are here."""
    entries = catalogue_of(settings.catalogue)
    with store.read() as tx:
        asked = tx.model_files.of_published()
        return [_entry(tx, entry, asked.get(id)) for id, entry in entries.items()]


@router.post("/catalogue/{entry_id}/fetch", status_code=202, responses=answers(404, 409, 422))
def fetch(entry_id: Slug, response: Response, store: Opened, settings: Set) -> Import:
    """Fetch a model from where it is published and make it one of yours; the job goes on where the line breaks off."""
    entry = published(settings.catalogue, entry_id)
    if entry.url is None:
        raise Conflict(
            f"{entry.name} can only be fetched by hand",
            remedy=f"Download {entry.filename} from {entry.page}, then send it with POST /models?published={entry.id}.",
        )
    params = ConvertParams(
        file_id=new_id(), filename=entry.filename, name=entry.name, licence=entry.licence, terms=entry.asks
    )
    with store.begin() as tx:
        check_absent(tx, entry)
        started = begin(
            tx, params, size_bytes=entry.size_bytes, sha256=entry.sha256, published_id=entry.id, url=entry.url
        )
    response.headers.update(location("jobs", started.job.id))
    return started


def check_absent(tx: Tx, entry: Published) -> None:
    """Refuse what is here; what is not, nobody else brings until the commit.

    Raises: Conflict, naming the model that it is, or the job that brings it.
    """
    tx.model_files.lock_published(entry.id)
    file = tx.model_files.of_published().get(entry.id)
    if file is None:
        return
    state = _entry(tx, entry, file)
    if state.model_id is not None:
        raise Conflict(
            f"{entry.name} is here already",
            remedy="Use it; to fetch it anew, delete it first.",
            model_id=str(state.model_id),
        )
    if state.job_id is not None:
        raise Conflict(f"{entry.name} is on its way", remedy="Wait for its job to end.", job_id=str(state.job_id))


def check_retry(tx: Tx, job: Job) -> None:
    """Refuse to fetch again what has come by another job meanwhile, or is coming. Raises: Conflict."""
    if job.kind != ConvertParams.model_fields["kind"].default:
        return
    file = tx.model_files.get(UUID(job.params["file_id"]))
    if file.published_id:
        tx.model_files.lock_published(file.published_id)
    other = tx.model_files.of_published().get(file.published_id) if file.published_id else None
    if other is None or other.id == file.id:
        return
    if other.model_id is not None and tx.models.there(other.model_id):
        raise Conflict("this model is here already", remedy="Use it.", model_id=str(other.model_id))
    if tx.jobs.get(other.job_id).state not in ENDED:
        raise Conflict("another job brings this model", remedy="Wait for it to end.", job_id=str(other.job_id))


def _entry(tx: Tx, entry: Published, file: ModelFile | None) -> CatalogueEntry:
    model_id = job_id = None
    if file is not None:
        model_id = file.model_id if file.model_id and tx.models.there(file.model_id) else None
        job_id = None if tx.jobs.get(file.job_id).state in ENDED else file.job_id
    return CatalogueEntry(**entry.model_dump(), model_id=model_id, job_id=job_id)
