"""Large pictures of photographs, made when somebody first looks at them, and kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from jobs.errors import NotFound, Rejected
from kinds.ingest.decoders import Decoders, Undecoded
from store.rows import Photo
from store.store import Store


def developed(store: Store, decoders: Decoders, photo: Photo) -> str | None:
    """Make the large picture of a photo that has a small one; gives its key, or None where there is nothing to show.

    Raises: Rejected, if the original can no longer be read; DiskFull.
    """
    if photo.small_key is None or photo.original_key is None:
        return None
    try:
        file = store.objects.path(photo.original_key)
        with tempfile.TemporaryDirectory(prefix="reverie-") as name:
            decoders.develop(file, into=Path(name)).result()
            image = store.objects.put_file(Path(name) / "image.jpg", kind="photos", id=photo.id, consume=True)
    except (NotFound, FileNotFoundError):  # withdrawn in this moment
        return None
    except Undecoded as error:
        raise Rejected(
            f"the file of photograph {photo.id} can no longer be read: {error}",
            remedy="The disk may be failing: restore the data folder from a copy of it.",
        ) from error
    with store.begin() as tx:
        if tx.photos.developed(photo.id, image.key) or tx.photos.get(photo.id).image_key == image.key:
            return image.key
        tx.discard(image.key)
    return None
