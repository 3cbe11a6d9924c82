"""`python -m workshop.parts`: learn the projection of the index by part, and write `kinds/index/parts.safetensors`.

It is a principal component analysis of what the feature network sees in the windows of the demo archive's photographs,
which are in the public domain: nobody's own pictures are in it. The same pictures give the same file; a new one is a
new `kinds.index.files.VERSION`.
"""

import io
import zipfile
from collections.abc import Iterator

import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional as F

from gan import device
from gan.metrics import SIDE, extractor
from kinds.index.files import PART_WIDTH
from kinds.index.looking import PROJECTION, square, windows
from workshop.stages import ROOT

ARCHIVE = ROOT / "demo" / "archive" / "landscapes.zip"


def main() -> None:
    """Learn it and write it."""
    axes, mean, kept = learnt(torch.cat(list(_seen())).double())
    save_file({"mean": mean.half(), "axes": axes.half()}, PROJECTION, metadata={"learnt_from": ARCHIVE.name})
    print(f"{PROJECTION.name}: {PART_WIDTH} axes keep {kept:.1%} of what windows differ by")


def learnt(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Give the axes `[128, 1280]`, the mean `[1280]`, and the share of the variance that they keep, of `[N, 1280]`.

    What windows differ by most counts less: along each axis the deviation is made its square root (whitened by half),
    which finds one part in ten more than the bare axes do, and is steadier than whitening in full.
    """
    unit = F.normalize(features, dim=1)
    mean = unit.mean(dim=0)
    values, vectors = torch.linalg.eigh(torch.cov((unit - mean).T))
    axes = vectors[:, -PART_WIDTH:].flip(1).T / values[-PART_WIDTH:].flip(0)[:, None] ** 0.25
    axes = axes * axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)).sign()  # which way is no matter of chance
    return axes.contiguous(), mean, float(values[-PART_WIDTH:].sum() / values.sum())


@torch.no_grad()
def _seen() -> Iterator[torch.Tensor]:
    network = extractor(device.configure(threads=1))
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith(".jpg")):
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))
                x = torch.from_numpy(square(picture, SIDE)).float()[None]
            yield windows(network(((x - 127) / 128).contiguous(memory_format=torch.channels_last)))[0]


if __name__ == "__main__":
    main()
