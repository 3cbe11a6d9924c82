"""Our side of the comparison: the trainer and the generator as everybody calls them, and bare operators."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, interpolate, pad

from bench import rendering as exploring
from bench.noise import write_noise
from bench.worker import Task, parameters, serve
from gan.config import NetConfig, Precision, TrainConfig
from gan.device import configure, placed
from gan.discriminator import Discriminator
from gan.events import Tick
from gan.generate import Prepared
from gan.generator import Generator
from gan.train import train
from jobs.picture import Order
from store.settings import Settings
from store.store import Store

CYCLE = 16  # steps between two R1 steps; path length comes four times in it
Call = Callable[[], Tensor]
OPEN = ExitStack()  # what is to be closed at the end
TRIES = 3  # before the fastest layout of an operator is chosen


def shape(resolution: int, channel_base: int, channel_max: int) -> NetConfig:
    """Networks with the peer's widths of the latents."""
    return NetConfig(
        resolution=resolution,
        z_dim=512,
        w_dim=512,
        mapping_layers=8,
        channel_base=channel_base,
        channel_max=channel_max,
    )


def training(*, resolution: int, channel_base: int, channel_max: int, batch: int, precision: Precision) -> Task:
    """The trainer itself, step by step."""
    net = shape(resolution, channel_base, channel_max)
    config = TrainConfig(
        steps=10**6,
        batch=batch,
        precision=precision,
        augment="none",
        mirror=False,
        sheet_rows=1,
        snapshot_steps=(),
        resume_every=0,
    )
    folder = Path(tempfile.mkdtemp())
    write_noise(folder, resolution=resolution)
    events = train(config, folder, net=net, device=torch.device("cpu"))
    ticks = (event for event in events if isinstance(event, Tick))

    def cycle() -> float:
        """Seconds of a step, over a whole cycle of lazy regularisation."""
        began = time.perf_counter()
        for _ in range(CYCLE):
            next(ticks)
        return (time.perf_counter() - began) / CYCLE

    with torch.device("meta"):
        G, D = Generator(net), Discriminator(net)
    return {"do": cycle, "parameters": parameters(mapping=G.mapping, G=G.synthesis, D=D)}


def drawing(*, resolution: int, channel_base: int, channel_max: int) -> Task:
    """The synthesis, prepared as `generate` prepares it."""
    G = placed(Generator(shape(resolution, channel_base, channel_max))).eval().requires_grad_(False)
    draw = Prepared(G.synthesis)
    ws = G.mapping(torch.randn(1, 512))
    return {"do": partial(timed, partial(draw, ws, noise_mode="const")), "parameters": parameters(G=G.synthesis)}


def rendering(*, resolution: int) -> Task:
    """A renderer: from an order to an encoded picture."""
    folder = OPEN.enter_context(tempfile.TemporaryDirectory())
    store = OPEN.enter_context(Store.open(Settings(data=Path(folder))))
    store.migrate()
    model, here = exploring.made(store, resolution), OPEN.enter_context(exploring.within(store))

    def draw() -> float:
        began = time.perf_counter()
        here.ask(Order(model_id=model.id, point=exploring.nearby()))
        return time.perf_counter() - began

    return {"do": draw, "parameters": {}}


def timed(call: Call) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def bare(*, resolution: int, channel_base: int, channel_max: int) -> Task:
    """The convolutions and filters of the synthesis, each alone, in the layout in which it is fastest."""
    net = shape(resolution, channel_base, channel_max)

    @torch.inference_mode()
    def seconds(call: Call) -> float:
        return min(timed(call) for _ in range(TRIES))

    fastest = [min(variants, key=seconds) for variants in operators(net)]

    @torch.inference_mode()
    def run() -> float:
        return sum(timed(call) for call in fastest)

    return {"do": run, "parameters": {}}


def operators(net: NetConfig) -> list[list[Call]]:
    """Each operator that a picture needs, in every layout that may be the fastest."""
    found = []
    for r in net.resolutions:
        wide = net.width(r)
        if r > 4:
            found.append(up_convolutions(net.width(r // 2), wide, r // 2))
            found.append(blurs(wide, r))
            found.append(rgb_filters(net.channels, r // 2))
        found.append(convolutions(wide, wide, r))
        found.append(to_rgb(wide, net.channels, r))
    return found


def both_layouts(*tensors: Tensor) -> list[list[Tensor]]:
    """The tensors as NCHW, and in channels_last."""
    return [list(tensors), [tensor.contiguous(memory_format=torch.channels_last) for tensor in tensors]]


def convolutions(wide_in: int, wide_out: int, size: int) -> list[Call]:
    """3x3, plain and with packed weights."""
    x, w = torch.randn(1, wide_in, size, size), torch.randn(wide_out, wide_in, 3, 3)
    calls: list[Call] = [partial(conv2d, a, b, padding=1) for a, b in both_layouts(x, w)]
    ops, (x, w) = torch.ops.mkldnn, both_layouts(x, w)[1]
    packed = ops._reorder_convolution_weight(w, [1, 1], [1, 1], [1, 1], 1, list(x.shape))
    ones = [1, 1]
    return [*calls, partial(ops._convolution_pointwise, x, packed, None, ones, ones, ones, 1, "none", [], "")]


def up_convolutions(wide_in: int, wide_out: int, size: int) -> list[Call]:
    """3x3, transposed with stride 2, plain and with packed weights."""
    x, w = torch.randn(1, wide_in, size, size), torch.randn(wide_in, wide_out, 3, 3)
    calls: list[Call] = [partial(conv_transpose2d, a, b, stride=2) for a, b in both_layouts(x, w)]
    ops, (x, w) = torch.ops.mkldnn, both_layouts(x, w)[1]
    pads, strides, ones = [0, 0], [2, 2], [1, 1]
    packed = ops._reorder_convolution_transpose_weight(w, pads, pads, strides, ones, 1, list(x.shape))
    transposed = ops._convolution_transpose_pointwise
    return [*calls, partial(transposed, x, packed, None, pads, pads, strides, ones, 1, "none", [], "")]


def blurs(wide: int, size: int) -> list[Call]:
    """The filter [1, 3, 3, 1] after an up-sampling convolution: 4x4, and along rows, then columns."""
    x, taps = torch.randn(1, wide, size + 1, size + 1), torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    square = torch.outer(taps, taps).expand(wide, 1, 4, 4).contiguous()
    row, column = (taps.reshape(1, 1, *sides).expand(wide, 1, *sides).contiguous() for sides in ((1, 4), (4, 1)))

    def separable(image: Tensor) -> Tensor:
        y = conv2d(image, row, padding=(0, 1), groups=wide)
        return conv2d(y, column, padding=(1, 0), groups=wide)

    layouts = [layout[0] for layout in both_layouts(x)]
    calls: list[Call] = [partial(conv2d, x, square, padding=1, groups=wide) for x in layouts]
    return [*calls, *(partial(separable, x) for x in layouts)]


def rgb_filters(channels: int, size: int) -> list[Call]:
    """The filter of the RGB skip, twice the size."""
    x, taps = torch.randn(1, channels, size, size), torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    square = torch.outer(taps, taps).expand(channels, 1, 4, 4).contiguous()
    calls: list[Call] = []
    for (image,) in both_layouts(x):
        ringed = pad(image, [1, 1, 1, 1])
        calls.append(partial(conv_transpose2d, image, square, stride=2, padding=1, groups=channels))
        calls.append(partial(interpolate, ringed, scale_factor=2, mode="bilinear", align_corners=False))
    return calls


def to_rgb(wide: int, channels: int, size: int) -> list[Call]:
    """1x1, as a convolution and as a product of matrices."""
    x, w = torch.randn(1, wide, size, size), torch.randn(channels, wide, 1, 1)
    calls: list[Call] = [partial(conv2d, a, b) for a, b in both_layouts(x, w)]
    return [*calls, partial(torch.mm, torch.randn(channels, wide), torch.randn(size * size, wide).t())]


if __name__ == "__main__":
    configure()  # as every program does; for the bare operators too
    with OPEN:
        serve({"training": training, "drawing": drawing, "rendering": rendering, "bare": bare})
