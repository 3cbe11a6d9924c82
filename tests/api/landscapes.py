"""Photographs of the demo that are looked at once, and archives of which it was found out so."""

import io
import zipfile
from dataclasses import replace
from functools import cache
from uuid import UUID

import numpy as np
from PIL import Image

from jobs.ids import new_id
from kinds.index import files
from kinds.index.heaps import heaps
from kinds.index.looking import Looker, Seen
from store.rows import FeatureFile, Model, Photo
from store.store import Store
from tests.store import making
from workshop.stages import ROOT

COUNT = 12


@cache
def pictures() -> list[Image.Image]:
    """Photographs of the demo, 320 × 240 px."""
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))[:COUNT]
        return [Image.open(io.BytesIO(packed.read(name))).convert("RGB").resize((320, 240)) for name in names]


@cache
def looker() -> Looker:
    return Looker()


@cache
def seen() -> Seen:
    return looker().looked(pictures())


def jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=95)
    return written.getvalue()


def indexed(store: Store, photos: list[Photo], *, of: Seen | None = None, version: int = files.VERSION) -> FeatureFile:
    """Look at photographs of one dataset as an index job does; `of` says what is seen in them."""
    of, ids, file_id = of or seen(), [photo.id for photo in photos], new_id()
    packed = files.packed(ids, of.whole[: len(ids)], of.small[: len(ids)])
    found = files.Found(rows=packed, parts=files.packed_parts(ids, of.parts[: len(ids)]))
    paths = found.write(store.settings.folder, str(file_id))
    wholes, parts = (store.objects.put_file(path, kind="features", id=file_id, consume=True) for path in paths)
    file = FeatureFile(
        id=file_id,
        dataset_id=photos[0].dataset_id,
        key=wholes.key,
        parts_key=parts.key,
        size_bytes=wholes.size_bytes + parts.size_bytes,
        version=version,
    )
    standing = heaps(files.unit(found.rows), np.ones(len(ids), bool))
    names = ("heap", "place", "nearest")
    columns = (standing.heap.tolist(), standing.place.tolist(), np.rint(1e6 * standing.nearest).astype(int).tolist())
    with store.begin() as tx:
        assert tx.features.add(file, ids)
        stand = [dict(zip(names, one, strict=True)) for one in zip(*columns, strict=True)]
        tx.features.sort(file.dataset_id, [{"photo_id": id, **one} for id, one in zip(ids, stand, strict=True)])
    return file


def drawn(store: Store, picture: Image.Image, *, dataset_id: str | None, model: Model) -> str:
    """A sample of the gallery that looks like this; gives its id."""
    sample_id, path = new_id(), store.settings.folder / "sample.png"
    picture.save(path)
    key = store.objects.put_file(path, kind="samples", id=sample_id, consume=True).key
    job = making.job(store, kind="generate")
    with store.begin() as tx:
        row = making.sample(job, 0, model.id, image_key=key)
        of = UUID(dataset_id) if dataset_id else None
        return str(tx.samples.add(replace(row, id=sample_id, job_id=None, dataset_id=of)).id)
