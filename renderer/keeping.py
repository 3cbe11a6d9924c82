"""Keep a drawn picture as a sample of the gallery: its files first, whole and durable, then the row that names them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from kinds.recipe import Encoded
from renderer.warm import LAID, WarmModel
from store.rows import Sample
from store.store import Store


def keep(store: Store, model: WarmModel, made: Encoded, *, sample_id: UUID) -> None:
    """Store a picture as the sample of this id; one that is there already stays.

    Raises: Conflict, if the model was deleted meanwhile; DiskFull.
    """
    with tempfile.TemporaryDirectory(prefix=LAID, dir=store.settings.scratch) as folder:
        files = {"image.png": made.image, "thumb.webp": made.thumb}
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        image, thumb = (
            store.objects.put_file(Path(folder) / name, kind="samples", id=sample_id, consume=True) for name in files
        )
    row = Sample(
        id=sample_id,
        model_id=model.id,
        dataset_id=model.dataset_id,
        sha256=image.sha256,
        image_key=image.key,
        thumb_key=thumb.key,
        **made.facts,
    )
    with store.begin() as tx:
        tx.samples.add(row)
