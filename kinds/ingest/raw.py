"""The preview inside a camera's raw file. LibRaw finds it, through `rawpy`; the sensor's values are never developed."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import ExifTags, Image

from kinds.ingest.limits import CHUNK_BYTES
from kinds.ingest.magic import kind_of
from kinds.ingest.plain import Refused

NO_PREVIEW = "The raw file holds no preview that can be read; save it as JPEG, and send that."
UNKNOWN = "The raw file is damaged, or of a camera that LibRaw does not know; save it as JPEG, and send that."
_NOTED = {3: 3, 5: 8, 6: 6}  # EXIF's orientation, by LibRaw's `flip`


def is_raw(file: Path) -> bool:
    """Say whether a file begins like a camera's raw file."""
    with file.open("rb") as opened:
        return kind_of(opened.read(CHUNK_BYTES)) == "raw"


def preview(file: Path) -> Image.Image:
    """Open the largest preview in a raw file, not yet decoded if it is a JPEG, with how the camera was held as EXIF.

    Raises: Refused; MemoryError.
    """
    import rawpy  # an extra: there is none of it where nobody asked for it

    try:
        with rawpy.imread(str(file)) as raw:
            found, flip, moment = raw.extract_thumb(), raw.sizes.flip, raw.other.timestamp
    except rawpy.LibRawUnsufficientMemoryError as error:
        raise MemoryError from error
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError) as error:
        raise Refused(NO_PREVIEW) from error
    except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
        raise Refused(UNKNOWN) from error
    opened: Image.Image
    if isinstance(found.data, bytes):
        opened = Image.open(io.BytesIO(found.data), formats=("JPEG",))
    else:
        opened = Image.fromarray(found.data)  # [H, W, 3] uint8
    exif = opened.getexif()
    exif.setdefault(ExifTags.Base.Orientation, _NOTED.get(flip, 1))
    if moment is not None:
        exif.setdefault(ExifTags.Base.DateTime, f"{moment:%Y:%m:%d %H:%M:%S}")
    return opened
