"""What is sent to be looked for, a picture and a mask: read in a limited process, cut or scaled, kept with its job."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from jobs.errors import Rejected
from jobs.ids import new_id
from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.magic import HEIF, PICTURES, kind_of
from kinds.project.box import box_for
from kinds.project.params import LEAST_AREA
from store.rows import ArtifactRow, Model
from store.store import Store

READ = PICTURES - HEIF
REMEDY = "Send another picture: JPEG, PNG, WebP, TIFF, GIF or BMP."
IMAGE, SMALL = "image.jpg", "small.jpg"  # what a decoder writes: the picture, or of a large JPEG a smaller one
MASK_REMEDY = "Send a PNG of 8 bits, white where the picture has to be alike and black elsewhere."


def kept(store: Store, job_id: UUID, type: str, square: Path, *, side: int) -> ArtifactRow:
    """Store what came with a job."""
    artifact_id = new_id()
    stored = store.objects.put_file(square, kind="artifacts", id=artifact_id, consume=True)
    return ArtifactRow(
        id=artifact_id,
        job_id=job_id,
        attempt=0,
        type=type,
        key=stored.key,
        sha256=stored.sha256,
        media_type="image/png",
        facts={"resolution": side},
    )


def masked(decoders: Decoders, sent: bytes, folder: Path, *, side: int) -> Path:
    """Read a mask in the process beside this one, and scale it. Raises: Rejected."""
    (folder / "sent.png").write_bytes(sent)
    try:
        pixels = decoders.mask(folder / "sent.png", side=side).result()
    except Undecoded as error:
        raise Rejected(_of_mask(str(error)), remedy=MASK_REMEDY) from error
    if sum(pixels) < LEAST_AREA * 255 * len(pixels):
        raise Rejected("The mask is black: nothing of the picture would count.", remedy=MASK_REMEDY)
    return _written(pixels, folder / "mask.png", "L", side=side)


def _of_mask(why: str) -> str:
    """What is said of pictures in general, of a mask."""
    return why if "mask" in why else f"The mask cannot be read. {why}"


def cut(decoders: Decoders, file: Path, into: Path, model: Model) -> Path:
    """Decode a picture in the process beside this one, and cut it as the model's pictures are. Raises: Rejected."""
    with file.open("rb") as sent:
        kind = kind_of(sent.read(512))
    if kind not in READ:
        raise Rejected("This is no picture that can be read here.", remedy=REMEDY)
    told = decoders.decode(file, into=into).result()
    if "facts" not in told:
        raise Rejected(str(told.get("refused", "The picture is gone.")), remedy=REMEDY)
    width, height = told["facts"]["width"], told["facts"]["height"]
    box = box_for(model.facts.get("frame"), width, height)
    small = (into / SMALL).exists()
    view = {"image": str(into / (SMALL if small else IMAGE)), "width": width, "box": list(box)}
    view |= {"original": str(file)} if small else {}
    try:
        pixels = decoders.square(view, resolution=model.resolution).result()
    except (FileNotFoundError, Undecoded) as error:
        raise Rejected(f"The picture cannot be read: {error}", remedy=REMEDY) from error
    return _written(pixels, into / "square.png", "RGB", side=model.resolution)


def _written(pixels: bytes, file: Path, mode: str, *, side: int) -> Path:
    from PIL import Image  # its start is not worth it before somebody asks

    Image.frombytes(mode, (side, side), pixels).save(file)
    return file
