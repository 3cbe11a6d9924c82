"""Uploads that go on where they broke off: tus 1.0 (core, creation, termination, expiration).

How much of a file is here is what the file itself says, so that a server that is killed at any moment tells the truth
when it is asked again. Once it is whole it becomes what it would have become by one request, and a job reads it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api import archives, imports
from api.bodies import check_room, plain_name, straight
from api.catalogue import check_absent, published
from api.deps import Opened, Set
from api.limits import allow_body
from api.problems import BadRequest, answers
from api.receive import Received, Tail, disk_full, too_large
from api.schemas.jobs import UploadState
from api.sums import Sums
from jobs.errors import Conflict, DiskFull, NotFound, Rejected
from kinds.convert.catalogue import Slug
from kinds.convert.params import Licence, Terms
from kinds.fields import ModelName
from store.objects import digest
from store.rows import Upload
from store.settings import Settings
from store.store import Store

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

router = APIRouter(prefix="/uploads", tags=["uploads"])
VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
KEPT = "Free some space where the data lies, and go on: what was sent is kept."
ANEW = "Begin a new one: POST /uploads."
PIECE = "application/offset+octet-stream"
HEADERS: Mapping[str, dict[str, object]] = {
    name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", "Upload-Offset", "Upload-Expires", "Location")
}


class Metadata(BaseModel):
    """What `Upload-Metadata` may say: `dataset`, of an archive; of a model file, `kind` = `model` and what it is."""

    model_config = ConfigDict(extra="ignore", frozen=True)  # clients say more than they are asked, such as filetype

    filename: str = ""
    dataset: UUID | None = None
    kind: str = "archive"
    name: ModelName | None = None
    licence: Licence | None = None
    terms: Terms | None = None
    published: Slug | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Metadata:
        if self.kind not in ("archive", "model") or (self.kind == "archive") is (self.dataset is None):
            raise ValueError(
                "give dataset, the id of the dataset that an archive belongs to, or kind with the value model"
            )
        return self

    @classmethod
    def of(cls, header: str) -> Metadata:
        """Read the header: pairs of a key and its value in base64, by commas. Raises: BadRequest."""
        try:
            pairs = (pair.split() for pair in header.split(",") if pair.strip())
            said = {pair[0]: base64.b64decode("".join(pair[1:]), validate=True).decode() for pair in pairs}
            return cls.model_validate({name: value for name, value in said.items() if value})
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(f"Upload-Metadata cannot be read: {error}", remedy="Give each value in base64.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "Upload-Metadata"
            raise BadRequest(
                f"{where}: {first['msg'].removeprefix('Value error, ')}", remedy="See docs/api.md."
            ) from error


@router.options("", status_code=204)
def able() -> Response:
    """Say what of tus is spoken here."""
    return Response(
        status_code=204, headers={"Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Extension": EXTENSIONS}
    )


@router.post(
    "",
    status_code=201,
    response_class=Response,
    responses={
        201: {"description": "Announced", "headers": dict(HEADERS)},
        **answers(400, 404, 409, 412, 413, 422, 507),
    },
)
def announce(request: Request, store: Opened, settings: Set) -> Response:
    """Announce a file with `Upload-Length` and `Upload-Metadata`; `Location` is where its pieces go."""
    _check_version(request)
    size_bytes = _number(request, "Upload-Length")
    if size_bytes == 0:
        raise BadRequest("the file is empty", remedy="Look at it where it comes from.")
    said = Metadata.of(request.headers.get("Upload-Metadata", ""))
    limit_bytes = settings.max_upload_bytes if said.dataset else imports.most_bytes(settings)
    if size_bytes > limit_bytes:
        raise too_large(limit_bytes)
    free_bytes = store.objects.free_bytes()
    if free_bytes is not None and size_bytes > free_bytes:
        raise disk_full(size_bytes)
    if said.published:
        entry = published(settings.catalogue, said.published)
        imports.check_size(entry, size_bytes)
        with store.read() as tx:
            check_absent(tx, entry)
    settings.uploads.mkdir(parents=True, exist_ok=True)
    with store.begin() as tx:
        if said.dataset:
            tx.datasets.get(said.dataset)
        upload = tx.uploads.add(
            filename=plain_name(said.filename, default="model" if said.kind == "model" else "archive"),
            size_bytes=size_bytes,
            dataset_id=said.dataset,
            asked=said.model_dump(mode="json", include={"name", "licence", "terms", "published"}, exclude_none=True),
        )
        settings.upload_file(upload.id).touch()
    return _answer(201, settings, upload, {"Location": f"/uploads/{upload.id}"})


@router.get(
    "/{upload_id}",
    responses={200: {"description": "How much is here", "headers": dict(HEADERS)}, **answers(404, 412, 422, 423)},
)
def how_far(upload_id: UUID, request: Request, response: Response, store: Opened, settings: Set) -> UploadState:
    """Say how much of a file is here, as HEAD does. Of one that is whole, `Reverie-Job` is the job that reads it."""
    _check_version(request)
    with store.read() as tx:
        upload = tx.uploads.get(upload_id)
    here = _here(settings, upload)
    if here is None:  # between the reading of the row and of the file, the last piece may have been taken
        upload = _find(store, upload_id)
        here = _here(settings, upload)
    if here is None:
        raise NotFound(f"What was here of upload {upload.id} is gone.", remedy=ANEW)
    length = {"Upload-Offset": str(here), "Upload-Length": str(upload.size_bytes), "Cache-Control": "no-store"}
    response.headers.update(_said(settings, upload, length | _job(upload)))
    return UploadState(offset=here, size_bytes=upload.size_bytes, job_id=upload.job_id)


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "Taken", "headers": dict(HEADERS)},
        **answers(400, 404, 409, 412, 413, 415, 422, 423, 507),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {PIECE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(upload_id: UUID, request: Request, store: Opened, settings: Set) -> Response:
    """Take the piece that begins at `Upload-Offset`, which is where the file ends so far.

    The last piece is answered once the whole file is a job's: `Reverie-Job` names it.
    """
    _check_version(request)
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != PIECE:
        raise HTTPException(415, f"Send pieces as {PIECE}.")
    offset = _number(request, "Upload-Offset")
    upload = await run_in_threadpool(_find, store, upload_id)
    if upload.job_id is not None:
        raise Conflict("this upload is whole", remedy="Follow its job.", job_id=str(upload.job_id))
    allow_body(request, upload.size_bytes - offset if offset <= upload.size_bytes else 0)
    with _held(settings, upload) as file:
        here = file.seek(0, os.SEEK_END)
        if here == upload.size_bytes and offset == here - 1:  # as `_here` has it
            here = file.truncate(offset)
            file.seek(here)
        if here != offset:
            raise Conflict(
                f"the piece begins at {offset}, and {here} bytes are here",
                remedy="Ask with HEAD how much is here, and go on from there.",
                offset=here,
            )
        check_room(request, store, limit_bytes=upload.size_bytes)
        sums: Sums = request.app.state.sums
        sha256 = sums.take(upload_id, here)
        here = await _write(request, file, upload, sha256)
        if here == upload.size_bytes:
            known = sha256.hexdigest() if sha256 else None
            # Shielded: a client that leaves now must not leave half of what follows undone.
            upload = await asyncio.shield(run_in_threadpool(_finish, store, settings, upload, known))
        elif sha256 is not None:
            sums.keep(upload_id, here, sha256)
    return _answer(204, settings, upload, {"Upload-Offset": str(here)} | _job(upload))


@router.delete("/{upload_id}", status_code=204, response_class=Response, responses=answers(404, 412, 422, 423))
def forget(upload_id: UUID, request: Request, store: Opened, settings: Set) -> Response:
    """Forget an upload, and what of it is here."""
    _check_version(request)
    with store.read() as tx:
        upload = tx.uploads.get(upload_id)
    if upload.job_id is None:
        with _held(settings, upload):
            settings.upload_file(upload_id).unlink(missing_ok=True)
    with store.begin() as tx:
        tx.uploads.delete(upload_id)
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


async def _write(request: Request, file: FileIO, upload: Upload, sha256: Hash | None) -> int:
    """Write a piece as it comes; what has come stays, whatever happens then. Gives the size of the file."""
    left: ClientDisconnect | None = None

    def full() -> DiskFull:
        return disk_full(upload.size_bytes - file.tell(), remedy=KEPT)

    async with Tail(file, full=full, sha256=sha256) as tail:
        try:
            await tail.fill(request.stream(), limit_bytes=upload.size_bytes, straight=straight(request))
        except ClientDisconnect as error:
            left = error
    if left is not None:
        raise BadRequest("the client left before the piece was sent", remedy="Go on from where it is.") from left
    return tail.size_bytes


def _finish(store: Store, settings: Settings, upload: Upload, sha256: str | None) -> Upload:
    """Make of a whole file what one request would have made of it. A file that is refused for good is forgotten."""
    upload = _find(store, upload.id)
    if upload.job_id is not None:  # another request was faster
        return upload
    path = settings.upload_file(upload.id)
    asked, received = _asked(settings, upload), _received(path, sha256)
    try:
        if upload.dataset_id is not None:
            archives.keep(store, upload.dataset_id, received, upload.filename, upload_id=upload.id)
        else:
            imports.keep(store, received, asked, upload_id=upload.id)
    except (Rejected, Conflict, NotFound):
        path.unlink(missing_ok=True)
        with store.begin() as tx:
            tx.uploads.delete(upload.id)
        raise
    path.unlink(missing_ok=True)  # not before the job is there: whatever fails until then, nothing is sent again
    return _find(store, upload.id)


def _asked(settings: Settings, upload: Upload) -> imports.Asked:
    entry_id = upload.asked.get("published")
    entry = published(settings.catalogue, entry_id) if entry_id else None
    return imports.Asked.of(upload.filename, entry, **{k: v for k, v in upload.asked.items() if k != "published"})


def _received(path: Path, sha256: str | None) -> Received:
    return Received(path=path, size_bytes=path.stat().st_size, sha256=sha256 or digest(path)[0])


@contextlib.contextmanager
def _held(settings: Settings, upload: Upload) -> Iterator[FileIO]:
    """Hold an upload's file against all other requests. Raises: HTTPException, 423; NotFound, if it is gone."""
    try:
        # What is buffered would be written once more as it is closed. Nothing can be spliced to a file that is open
        # for appending.
        file = settings.upload_file(upload.id).open("r+b", buffering=0)
    except FileNotFoundError as error:
        raise NotFound(f"What was here of upload {upload.id} is gone.", remedy=ANEW) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HTTPException(423, "Another request is at this upload.") from error
        yield file


def _find(store: Store, upload_id: UUID) -> Upload:
    with store.read() as tx:
        return tx.uploads.get(upload_id)


def _here(settings: Settings, upload: Upload) -> int | None:
    """How much is here; None, if the file is gone.

    Of a file that is whole and no job's, as when the server died just then, its last byte is asked for again: so it
    is a piece that is answered with the job, or with why there is none.
    """
    if upload.job_id is not None:
        return upload.size_bytes
    try:
        return min(settings.upload_file(upload.id).stat().st_size, upload.size_bytes - 1)
    except FileNotFoundError:
        return None


def _job(upload: Upload) -> dict[str, str]:
    return {"Reverie-Job": str(upload.job_id)} if upload.job_id is not None else {}


def _answer(status: int, settings: Settings, upload: Upload, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers=_said(settings, upload, headers))


def _said(settings: Settings, upload: Upload, headers: Mapping[str, str]) -> dict[str, str]:
    """What every answer says: the version, and until when what is here of an upload is kept."""
    said = {"Tus-Resumable": VERSION, **headers}
    with contextlib.suppress(FileNotFoundError):  # a job's by now
        touched = datetime.fromtimestamp(settings.upload_file(upload.id).stat().st_mtime, UTC)
        said["Upload-Expires"] = format_datetime(touched + timedelta(hours=settings.unnamed_hours), usegmt=True)
    return said


def _check_version(request: Request) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise HTTPException(412, f"Say Tus-Resumable: {VERSION}.", headers={"Tus-Version": VERSION})


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest(f"{name} is {text[:30]!r}", remedy="Give a number of bytes.")
    return int(text)
