"""Models to take elsewhere, as one file."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from api.deps import Opened, Set
from api.files import IMMUTABLE, StoredFile, matches
from api.problems import answers
from api.receive import disk_full
from jobs.errors import Rejected
from jobs.ids import new_id
from store.rows import Model
from store.store import Store

router = APIRouter(prefix="/models", tags=["models"])
ENDINGS = {"reverie": ".zip", "nvidia": ".pkl", "rosinality": ".pt"}
VERSION = 1  # of what is written; part of the ETag
REFUSED, DISK_FULL = 3, 4  # status of the exporting process
AT_ONCE = threading.BoundedSemaphore(2)  # a large model takes a gigabyte while it is written

Format = Literal["reverie", "nvidia", "rosinality"]
Precision = Literal["fp32", "fp16"]


@router.get(
    "/{model_id}/file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        304: {"description": "Unchanged"},
        **answers(404, 416, 422, 507),
    },
)
def file(
    model_id: UUID,
    request: Request,
    store: Opened,
    settings: Set,
    format: Format = Query(
        "reverie",
        description="reverie: its folder as a zip; nvidia: a pickle for NVIDIA's StyleGAN2-ADA and StyleGAN3 programs; "
        "rosinality: a checkpoint for stylegan2-pytorch of rosinality.",
    ),
    precision: Precision = Query("fp32", description="fp16: half the size, rounded; vectors stay fp32."),
) -> Response:
    """Send a model as one file, to be opened elsewhere; its licence goes along."""
    with store.read() as tx:
        model = tx.models.get(model_id)
    facts = {**model.facts, "name": model.name}  # the name goes along, so that another one is another file
    said = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    etag = f'"{model.hash[:32]}-{said[:16]}-{format}-{precision}-{VERSION}"'
    headers = {"ETag": etag, "Cache-Control": IMMUTABLE, "X-Content-Type-Options": "nosniff"}
    if matches(request, etag):
        return Response(status_code=304, headers=headers)
    target = settings.uploads / new_id().hex  # what a crash leaves there is swept
    try:
        _export(store, model, target, {"format": format, "precision": precision, "facts": facts})
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return _Once(
        target,
        headers=headers,
        media_type="application/octet-stream",
        filename=f"{model.name}{'' if precision == 'fp32' else ' fp16'}{ENDINGS[format]}",
    )


class _Once(StoredFile):
    """A file that was made for one answer, and is gone after it, however that ended."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or the part of it that was asked for, and remove it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


def _export(store: Store, model: Model, target: Path, wanted: Mapping[str, Any]) -> None:
    asked = {**wanted, "files": {name: str(store.objects.path(key)) for name, key in model.files.items()}}
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "foreign", str(target)]
    with AT_ONCE:
        done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, check=False)
    if done.returncode == REFUSED:
        told = json.loads(done.stdout)
        raise Rejected(told["found"], remedy=told["remedy"])
    if done.returncode == DISK_FULL:
        raise disk_full(2 * model.size_bytes)
    done.check_returncode()
