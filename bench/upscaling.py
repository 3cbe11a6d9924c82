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
from enlarge.mixing import Mix
from enlarge.network import EDGE, Enlarger, load
from enlarge.rrdb import RRDBNet
from gan.device import configure
from gan.metrics import extractor
from jobs.ids import new_id
from kinds.upscale.cost import cost
from kinds.upscale.known import DETAIL
from kinds.upscale.params import UpscaleParams
from latent.looker import Looker, distances

SIDE = 256  # of the squares that photographs give
SMALL = 64  # of what a square, or the middle of it, is reduced to
QUALITY, BLUR = 75, 0.8  # of what is worn
LARGE = 1024
SIZES = (256, 512)  # at which speed is measured
ROUNDS = 3
Picture = NDArray[np.uint8]
LANCZOS = "Lanczos"
WAYS: Mapping[str, Mix | None] = {
    LANCZOS: None,
    "the network alone": Mix(),
    "30 % of its detail": Mix(detail=0.3),
    **{
        f"{share:.0%}, faithful".replace("%", " %"): Mix(detail=share, faithful=True)
        for share in (0.2, 0.3, 0.4, 0.6, 1)
    },
}


@dataclass(frozen=True, slots=True)
class Restored:
    """How near restored pictures come to what they were, and reduced again to what they were made of."""

    psnr: list[float] = field(default_factory=list)
    distance: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)


def enlarging(count: int = 24) -> Iterator[str]:
    """Restore `count` photographs; then seams and speed."""
    device = configure()
    enlarger = load("real-esrgan")
    squares, missing = _squares(count)
    yield from (f"- upscaling: {word}" for word in missing)
    kind = str(enlarger.dtype).removeprefix("torch.")
    yield f"- upscaling: {len(squares)} photographs, reduced to {SMALL} px squares, {device.type}, {kind}"
    looker = Looker(extractor(), SIDE)
    for factor in (4, 2):
        for worn in (False, True):
            found = {name: Restored() for name in WAYS}
            for square in squares:
                was = _middle(square, SMALL * factor)
                small = _reduced(was, factor, worn=worn)
                for name, made in _restored(enlarger, small, factor).items():
                    _judge(found[name], was, made, small, looker)
            yield from _table(f"{factor}x{', worn' if worn else ''}", found)
    yield from seams(enlarger, squares[0])
    yield from speed()


def _restored(enlarger: Enlarger, small: Picture, factor: int) -> dict[str, Picture]:
    """Enlarge a picture in each of the ways; the network runs once."""
    network = enlarger.enlarged(small, factor=factor).astype(np.float32)
    found = {}
    for name, mix in WAYS.items():
        if mix is None:
            found[name] = lanczos.enlarged(small, factor=factor)
        else:
            rows = np.concatenate(list(mix.mixed(iter([network]), small, factor=factor, start=0)))
            found[name] = rows.round().clip(0, 255).astype(np.uint8)
    return found


def memory(side: int = LARGE) -> Iterator[str]:
    """Enlarge a picture of 1024 px to 4096 px in a process of its own; tell its peak, and what a job is told before."""
    command = [sys.executable, "-m", "bench.upscaling", str(side)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, peak = float(told[0]), int(told[1])
    params = UpscaleParams.model_validate({"sample_id": new_id(), "factor": 4})
    estimated = cost(params, {"picture": {"width": side, "height": side}}).memory_bytes
    sizes = f"peak {peak / 2**20:,.0f} MiB, estimated {estimated / 2**20:,.0f}"
    yield f"- upscaling: {side} px to {4 * side} px: {seconds:,.0f} s, {sizes}"


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
        found.append(_middle(np.asarray(picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)), SIDE))
    return found, missing


def _middle(picture: Picture, side: int) -> Picture:
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return picture[top : top + side, left : left + side]


def _reduced(square: Picture, factor: int, *, worn: bool) -> Picture:
    picture = Image.fromarray(square)
    if worn:
        picture = picture.filter(ImageFilter.GaussianBlur(BLUR * factor / 2))
    small = picture.resize((SMALL, SMALL), Image.Resampling.LANCZOS)
    if worn:
        held = io.BytesIO()
        small.save(held, "JPEG", quality=QUALITY)
        small = Image.open(held).convert("RGB")
    return np.asarray(small)


def _judge(found: Restored, was: Picture, made: Picture, small: Picture, looker: Looker) -> None:
    error = np.square(was.astype(np.float64) - made).mean()
    found.psnr.append(float(10 * np.log10(255**2 / max(error, 1e-9))))
    again = lanczos.resized(made, width=SMALL, height=SMALL)
    found.apart.append(float(np.abs(again.astype(np.float64) - small).mean()))
    with torch.inference_mode():
        both = [looker.look(_shown(picture)) for picture in (was, made)]
        found.distance.append(float(distances(*both)[0]))


def _shown(picture: Picture) -> torch.Tensor:
    return torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def _table(title: str, found: Mapping[str, Restored]) -> Iterator[str]:
    """Tell each way beside Lanczos: how often it is nearer, pixel by pixel and by features."""
    plain, count = found[LANCZOS], len(found[LANCZOS].psnr)
    yield ""
    yield f"| {title} | PSNR | nearer than Lanczos | distance | nearer than Lanczos | reduced again, of 255 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, each in found.items():
        pixels = sum(a > b for a, b in zip(each.psnr, plain.psnr, strict=True))
        features = sum(a < b for a, b in zip(each.distance, plain.distance, strict=True))
        nearer = ["", ""] if each is plain else [f"{pixels} of {count}", f"{features} of {count}"]
        yield (
            f"| {name} | {np.mean(each.psnr):.2f} dB | {nearer[0]} | {np.mean(each.distance):.3f} | {nearer[1]} "
            f"| {np.mean(each.apart):.2f} |"
        )


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


def speed(only: int = 0) -> Iterator[str]:
    """Compare all that a job does to enlarge, mixing too, with the bare network at once on the same pixels.

    Each round runs all ways one after the other, so that what else a machine does meets all of them; told are the
    medians of the ratios of a round, by the clock and by the time of processors.
    """
    configure()
    enlarger = load("real-esrgan")
    network = plain_network().to(enlarger.device, enlarger.dtype)
    for side in (only,) if only else SIZES:
        ways = _ways(enlarger, network, side)
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        with torch.inference_mode():
            for number in range(ROUNDS):
                for name in list(ways)[:: 1 if number % 2 else -1]:
                    begun = time.perf_counter(), time.process_time()
                    ways[name]()
                    took[name].append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        best = min(clock for clock, _ in took["bands"])
        yield f"- upscaling: {side} px in {best:.1f} s, {side**2 / best:,.0f} px/s: {_shares(took)}"


def _ways(enlarger: Enlarger, network: RRDBNet, side: int) -> dict[str, Callable[[], object]]:
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    x = _shown(picture).to(enlarger.device, enlarger.dtype).contiguous(memory_format=torch.channels_last)
    mix = Mix(detail=DETAIL, faithful=True)
    return {
        "bands": lambda: enlarger.enlarged(picture, factor=4, mix=mix),
        "bare": lambda: network(x),
        "convolutions": _convolutions(network, enlarger, side),
    }


WORDS = {"bare": "bare network's speed (plain PyTorch, at once)", "convolutions": "bare packed convolutions'"}


def _shares(took: Mapping[str, list[tuple[float, float]]]) -> str:
    found = []
    for name, word in WORDS.items():
        clock, cpu = (
            float(np.median([bare[k] / ours[k] for bare, ours in zip(took[name], took["bands"], strict=True)]))
            for k in (0, 1)
        )
        found.append(f"{100 * clock:.0f} % (by processor time {100 * cpu:.0f} %) of the {word}")
    return ", ".join(found)


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
    load("real-esrgan").enlarged(picture, factor=4, mix=Mix(detail=DETAIL, faithful=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(time.perf_counter() - begun, peak)


if __name__ == "__main__":
    main(int(sys.argv[1]))
