"""Enlarging: photographs of others are reduced and restored, by Real-ESRGAN and by Lanczos; seams, speed, memory.

Each photograph gives its middle square, so many photographs of each source as are asked for. Reduced means antialiased
by Lanczos; worn means blurred and saved as JPEG besides, as pictures are that went through many hands.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from bench.archive import photographs
from enlarge import lanczos
from enlarge.layers import layers_of
from enlarge.network import EDGE, Enlarger, load
from enlarge.rrdb import RRDBNet
from gan.device import configure
from gan.metrics import extractor
from latent.looker import Looker, distances

SIDE = 256  # of the square that is reduced and restored
QUALITY, BLUR = 75, 0.8  # of what is worn
LARGE = 1024
Picture = NDArray[np.uint8]
Restore = Callable[[Picture, int], Picture]


@dataclass(frozen=True, slots=True)
class Restored:
    """How near restored pictures come to what they were."""

    psnr: list[float] = field(default_factory=list)
    distance: list[float] = field(default_factory=list)


def enlarging(count: str = "24") -> Iterator[str]:
    """Restore `count` photographs; then seams, speed and memory."""
    device = configure()
    enlarger = load("real-esrgan")
    squares, missing = _squares(int(count))
    yield from (f"- upscaling: {word}" for word in missing)
    kind = str(enlarger.dtype).removeprefix("torch.")
    yield f"- upscaling: {len(squares)} photographs, {SIDE} px squares, {device.type}, {kind}"
    ways: Mapping[str, Restore] = {
        "Real-ESRGAN": lambda small, factor: enlarger.enlarged(small, factor=factor),
        "Lanczos": lambda small, factor: lanczos.enlarged(small, factor=factor),
    }
    looker = Looker(extractor(), SIDE)
    yield "| | PSNR Real-ESRGAN | Lanczos | distance Real-ESRGAN | Lanczos | nearer by features |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for factor in (4, 2):
        for worn in (False, True):
            found = {name: Restored() for name in ways}
            for square in squares:
                small = _reduced(square, factor, worn=worn)
                for name, restore in ways.items():
                    _judge(found[name], square, restore(small, factor), looker)
            yield _line(f"{factor}x{', worn' if worn else ''}", *found.values())
    yield from seams(enlarger, squares[0])
    yield from speed(enlarger)


def memory(side: str = str(LARGE)) -> Iterator[str]:
    """Enlarge a picture of 1024 px to 4096 px in a process of its own, and tell its peak."""
    command = [sys.executable, "-m", "bench.upscaling", side]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, peak = float(told[0]), int(told[1])
    yield f"- upscaling: {side} px to {4 * int(side)} px: {seconds:,.0f} s, peak {peak / 2**20:,.0f} MiB"


def _squares(count: int) -> tuple[list[Picture], list[str]]:
    files, missing = photographs()
    found: list[Picture] = []
    for file in files[:: max(1, len(files) // count)]:
        with Image.open(file) as opened:
            if min(opened.size) < SIDE or len(found) == count:
                continue
            picture = opened.convert("RGB")
        shrunk = SIDE / min(picture.size) if min(picture.size) > 2 * SIDE else 1.0  # half as sharp as it came is sharp
        size = [max(SIDE, round(length * shrunk)) for length in picture.size]
        picture = picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)
        left, top = ((length - SIDE) // 2 for length in picture.size)
        found.append(np.asarray(picture.crop((left, top, left + SIDE, top + SIDE))))
    return found, missing


def _reduced(square: Picture, factor: int, *, worn: bool) -> Picture:
    picture = Image.fromarray(square)
    if worn:
        picture = picture.filter(ImageFilter.GaussianBlur(BLUR * factor / 2))
    small = picture.resize((SIDE // factor, SIDE // factor), Image.Resampling.LANCZOS)
    if worn:
        held = io.BytesIO()
        small.save(held, "JPEG", quality=QUALITY)
        small = Image.open(held).convert("RGB")
    return np.asarray(small)


def _judge(found: Restored, was: Picture, made: Picture, looker: Looker) -> None:
    error = np.square(was.astype(np.float64) - made).mean()
    found.psnr.append(float(10 * np.log10(255**2 / max(error, 1e-9))))
    with torch.inference_mode():
        both = [looker.look(_shown(picture)) for picture in (was, made)]
        found.distance.append(float(distances(*both)[0]))


def _shown(picture: Picture) -> torch.Tensor:
    return torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def _line(name: str, network: Restored, plain: Restored) -> str:
    nearer = sum(a < b for a, b in zip(network.distance, plain.distance, strict=True))
    columns = [*(f"{np.mean(each.psnr):.2f}" for each in (network, plain))]
    columns += [f"{np.mean(each.distance):.4f}" for each in (network, plain)]
    return f"| {name} | {' | '.join(columns)} | {nearer} of {len(plain.psnr)} |"


def seams(enlarger: Enlarger, square: Picture) -> Iterator[str]:
    """Compare bands with the whole network at once, on one picture, in float32."""
    picture = square[:128, :128]
    exact, network = load("real-esrgan", device=torch.device("cpu"), dtype=torch.float32), plain_network()
    around = np.pad(picture, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="reflect")
    with torch.inference_mode():
        whole = network(torch.from_numpy(around).permute(2, 0, 1)[None].float() / 255)[0].clamp(0, 1) * 255
    cut = whole.permute(1, 2, 0).numpy()[4 * EDGE : -4 * EDGE, 4 * EDGE : -4 * EDGE]
    for made, name in ((exact, "float32"), (enlarger, str(enlarger.dtype).removeprefix("torch."))):
        apart = np.abs(made.enlarged(picture, factor=4) - cut)
        yield f"- upscaling: bands ({name}) against the whole: {apart.max():.2f} of 255 at most, {apart.mean():.3f}"


def plain_network() -> RRDBNet:
    """The network as the paper draws it, channels_last."""
    from enlarge.network import published

    shape, tensors = published()
    with torch.device("meta"):
        network = RRDBNet(shape)
    network.load_state_dict(tensors, assign=True)
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def speed(enlarger: Enlarger, *, side: int = 192, rounds: int = 3) -> Iterator[str]:
    """Compare a whole job's enlarging with the bare network at once on the same pixels, and with its convolutions."""
    network = plain_network().to(enlarger.device, enlarger.dtype)
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    x = _shown(picture).to(enlarger.device, enlarger.dtype).contiguous(memory_format=torch.channels_last)
    convolutions = _convolutions(network, enlarger, side)
    ways = {
        "bands": lambda: enlarger.enlarged(picture, factor=4),
        "bare": lambda: network(x),
        "convolutions": convolutions,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    with torch.inference_mode():
        for number in range(rounds):
            for name in list(ways)[:: 1 if number % 2 else -1]:
                begun = time.perf_counter()
                ways[name]()
                took[name].append(time.perf_counter() - begun)
    best = {name: min(times) for name, times in took.items()}
    shares = ", ".join(f"{100 * best[name] / best['bands']:.0f} % of the {word}" for name, word in WORDS.items())
    yield f"- upscaling: {side} px in {best['bands']:.1f} s, {side**2 / best['bands']:,.0f} px/s: {shares}"


WORDS = {"bare": "bare network's speed (plain PyTorch, at once)", "convolutions": "bare packed convolutions'"}


def _convolutions(network: RRDBNet, enlarger: Enlarger, side: int) -> Callable[[], None]:
    """All convolutions of the network, on maps of their sizes, and nothing between them."""
    layers = layers_of(network, device=enlarger.device, dtype=enlarger.dtype)
    ups = {"conv_up1": 2, "conv_up2": 4, "conv_hr": 4, "conv_last": 4}
    maps: dict[tuple[int, int], torch.Tensor] = {}
    calls = []
    for name, layer in layers.items():
        wide, large = int(network.state_dict()[f"{name}.weight"].shape[1]), side * ups.get(name, 1)
        if (wide, large) not in maps:
            empty = torch.zeros(1, wide, large + 2, large, device=enlarger.device, dtype=enlarger.dtype)
            maps[wide, large] = empty.contiguous(memory_format=torch.channels_last)
        calls.append((layer, maps[wide, large]))

    def run() -> None:
        for layer, given in calls:
            layer(given)

    return run


def main(side: int) -> None:
    """Enlarge one picture, and print seconds and the peak of this process in bytes."""
    configure()
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    begun = time.perf_counter()
    load("real-esrgan").enlarged(picture, factor=4)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(time.perf_counter() - begun, peak)


if __name__ == "__main__":
    main(int(sys.argv[1]))
