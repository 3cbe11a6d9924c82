"""`python -m workshop.parts`: learn the projection of the index by part, and write `kinds/index/parts.safetensors`.

It is a principal component analysis of what the feature network sees in the windows of the demo archive's photographs,
which are in the public domain: nobody's own pictures are in it. The same pictures give the same file; a new one is a
new `kinds.index.files.VERSION`.
"""

import io
import zipfile

import torch
from PIL import Image
from safetensors.torch import save_file

from gan import device
from gan.metrics import SIDE
from kinds.index.looking import PROJECTION, Glance, flattened, square, windows
from workshop.stages import ROOT

WIDTHS = {"middle": 64, "last": 64}  # axes, 128 together
ARCHIVE = ROOT / "demo" / "archive" / "landscapes.zip"


def main() -> None:
    """Learn it and write it."""
    seen = _seen()
    found: dict[str, torch.Tensor] = {}
    for name, width in WIDTHS.items():
        axes, mean, kept = learnt(torch.cat([one[name] for one in seen]).flatten(0, 1).double(), width)
        found |= {f"{name}.mean": mean.half(), f"{name}.axes": axes.half()}
        print(f"{name}: {width} axes keep {kept:.1%} of what windows differ by")
    save_file(found, PROJECTION, metadata={"learnt_from": ARCHIVE.name})


def learnt(features: torch.Tensor, width: int) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Give so many axes `[width, F]`, the mean `[F]`, and the share of the variance that they keep, of `[N, F]`.

    What windows differ by most counts less: along each axis the deviation is made its square root (whitened by half),
    which finds more than the bare axes do, and is steadier than whitening in full.
    """
    mean = features.mean(dim=0)
    values, vectors = torch.linalg.eigh(torch.cov((features - mean).T))
    axes = vectors[:, -width:].flip(1).T / values[-width:].flip(0)[:, None] ** 0.25
    axes = axes * axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)).sign()  # which way is no matter of chance
    return axes.contiguous(), mean, float(values[-width:].sum() / values.sum())


def _seen() -> list[dict[str, torch.Tensor]]:
    device.configure(threads=1)
    glance, found = Glance(), []
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith(".jpg")):
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))
                found.append(flattened(windows(glance([square(picture, SIDE)]))))
    return found


if __name__ == "__main__":
    main()
