"""The map of a dataset."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.alike import not_looked
from api.deps import Opened
from api.files import matches
from api.kept import Kept, pack, packed_response, takes_packed
from api.problems import answers
from api.schemas.maps import DatasetMap, Missing
from api.submit import prepare
from api.units import in_words
from jobs.errors import Conflict, NotFound, NotMapped
from kinds.map.params import MapParams
from kinds.registry import cost
from store.maps import MapRow
from store.store import Store
from store.tx import Tx

router = APIRouter(prefix="/datasets", tags=["photos"])
LAID = "map-1"  # of the form of the answer, in its ETag


@router.get(
    "/{dataset_id}/map",
    response_model=DatasetMap,
    responses={304: {"description": "Unchanged"}, **answers(404, 409, 422)},
)
def look(dataset_id: UUID, request: Request, store: Opened) -> Response:
    """Show where each picture of a dataset lies on its map: photographs, and what was drawn by what learnt from them.

    What was withdrawn or deleted since is not among them. Where there is no map, the answer says which job makes one.
    """
    kept: Kept = request.app.state.kept
    packs = takes_packed(request)
    with store.read() as tx:
        revision = tx.datasets.get(dataset_id).revision
        row = tx.maps.get(dataset_id)
        if row is None:
            raise _not_mapped(tx, dataset_id)
        standing = (LAID, row.id, tx.maps.standing(dataset_id), tx.features.unlooked(dataset_id))
        headers = {
            "ETag": f'"{LAID}-{row.id.hex}-{revision}-{_told(standing)}{"-gzip" if packs else ""}"',
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Encoding",
        }
        if matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    body = kept.get(dataset_id, standing, revision=revision)
    if body is None:
        body = pack(_laid(store, row).model_dump_json().encode())
        kept.put(dataset_id, standing, body, revision=revision)
    return packed_response(body, unpack=not packs, headers=headers, media_type="application/json")


def _laid(store: Store, row: MapRow) -> DatasetMap:
    """Put the answer together. Raises: NotMapped, where the file is gone or spoiled."""
    from api import mapped  # NumPy is loaded once somebody asks
    from kinds.map.files import Damaged, read_map

    with store.read() as tx:
        try:
            points = read_map(store.objects.path(row.key))
        except (NotFound, FileNotFoundError, Damaged):
            raise _not_mapped(tx, row.dataset_id) from None
        photos, samples = tx.maps.photos(row.dataset_id), tx.maps.samples(row.dataset_id)
        looked = tx.maps.looked(row.dataset_id)
        unlooked = tx.features.unlooked(row.dataset_id)
    found = mapped.shown(points, photos=photos, samples=samples)
    missing = Missing(
        photos=max(looked - found.photos, 0), samples=max(len(samples) - found.samples, 0), unlooked=unlooked
    )
    return DatasetMap.model_validate(
        {
            "map_id": row.id,
            "dataset_id": row.dataset_id,
            "made_at": row.created_at,
            "missing": missing,
            "job": _job(row.dataset_id),
            **found.told,
        }
    )


def _told(standing: tuple[object, ...]) -> str:
    """Give the part of an ETag that changes with what is told of samples and likenesses."""
    from hashlib import sha256

    return sha256(repr(standing).encode()).hexdigest()[:16]


def _job(dataset_id: UUID) -> dict[str, object]:
    return MapParams(dataset_id=dataset_id).model_dump(mode="json", exclude_none=True)


def _not_mapped(tx: Tx, dataset_id: UUID) -> Conflict:
    """Say that there is no map, how long it takes, and what to post; first somebody has to look at the photographs."""
    if not tx.maps.looked(dataset_id):
        return not_looked(tx, dataset_id)
    prepared = prepare(tx, MapParams(dataset_id=dataset_id))
    takes = in_words(cost(prepared.params, prepared.facts).seconds)
    return NotMapped(
        f"This archive has not been laid out as a map yet. It takes {takes[0].lower()}{takes[1:]}.",
        remedy="POST /jobs with what stands under job.",
        job=_job(dataset_id),
    )
