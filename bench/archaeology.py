"""How surely the index finds the photograph behind a picture, whole and by part, and how quickly it is made.

Photographs that others made are altered, and each is looked for among all of them: a way is right where the first that
it names is the photograph itself. Every way is asked with the picture and with its mirror image, and the better counts.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import imagehash
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from bench.archive import photographs
from gan import device
from gan.metrics import SIDE, extractor
from kinds.cores import cores
from kinds.index.files import BOXES, Found, packed, packed_parts
from kinds.index.looking import SMALL_SIDE, Looker
from kinds.index.near import Archive, Mapped, Query, nearest, nearest_parts, regions
from kinds.index.run import BATCH, looked

ALTERED = 300
LONG_SIDE = 320  # pixels of the pictures that are looked at: thumbnails, as the service keeps them
TURNS = 3
TIMED = 128

Picture = Image.Image
Scores = NDArray[np.float32]  # [queries, photographs], higher is nearer


class Pasted(NamedTuple):
    """A part of a photograph within another one, and the box that it fills, in shares."""

    picture: Picture
    box: tuple[float, float, float, float]


def finding(count: int = ALTERED) -> Iterator[str]:
    """Alter photographs, look for them, and say how often the first that is named is the right one."""
    device.configure(threads=1)
    files, missing = photographs()
    yield from (f"- archaeology: {word}" for word in missing)
    if not files:
        return
    archive = [thumbnail(file) for file in files]
    rng = random.Random(1)  # noqa: S311 - nothing secret
    truth = rng.sample(range(len(archive)), min(count, len(archive) - 1))
    looker = Looker()
    yield f"{len(truth)} of {len(archive)} photographs, altered; how many of 100 are named first:"
    yield ""
    yield "| altered by | index | raw pixels, 32 × 32 | pHash, 64 bits | dHash, 64 bits |"
    yield "| --- | --- | --- | --- | --- |"
    known = {name: look(archive) for name, look in OTHERS.items()}
    with tempfile.TemporaryDirectory() as folder:
        index = _index(Path(folder), looker, archive)
        right: dict[str, list[float]] = {name: [] for name in ("index", *known)}
        for name, alter in ALTERATIONS.items():
            queries = [alter(archive[number], rng) for number in truth]
            mirrored = [ImageOps.mirror(query) for query in queries]
            first = [nearest(index, Query.of(looker, query), most=1)[0].photo.int for query in queries]
            right["index"].append(_share(first, truth))
            for way, look in OTHERS.items():
                scores = np.maximum(*(look(some) @ known[way].T for some in (queries, mirrored)))
                right[way].append(_share(scores.argmax(axis=1), truth))
            yield _line(name, [found[-1] for found in right.values()])
        yield _line("**all of these**", [float(np.mean(found)) for found in right.values()])
        pasted = _pasted(archive, truth, rng)
        yield _line("a part of it pasted into another one", list(_by_part(looker, index, archive, pasted, truth)))


def speed(count: int = TIMED) -> Iterator[str]:
    """Compare how many photographs a second are looked at with what the bare network reaches, in turns."""
    files, missing = photographs()
    yield from (f"- indexing: {word}" for word in missing)
    files = files[: min(count, len(files)) // BATCH * BATCH]
    if not files:
        return
    with tempfile.TemporaryDirectory() as name:
        lines = []
        for number, file in enumerate(files):
            path = Path(name) / f"{number}.jpg"
            thumbnail(file).save(path, quality=85)
            lines.append({"photo": str(UUID(int=number)), "image": str(path)})
        looker = Looker(device.configure(threads=1))
        network = extractor()
        ways: Mapping[str, Callable[[], Any]] = {
            "the index, from files to rows": lambda: list(looked(looker, lines)),
            "the network alone, on what the index shows it": lambda: _bare(network, (SIDE, SMALL_SIDE), len(lines)),
            f"the network alone, once at {SIDE} px": lambda: _bare(network, (SIDE,), len(lines)),
        }
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(TURNS):
            for way, run in ways.items():
                began = time.process_time()
                run()
                took[way].append(time.process_time() - began)
    yield f"{len(lines)} photographs, the quickest of {TURNS} turns; seconds of processor time, so a second and core:"
    yield ""
    yield "| what | photographs a second and core | the index reaches |"
    yield "| --- | --- | --- |"
    own = min(took["the index, from files to rows"])
    for way, times in took.items():
        yield f"| {way} | {len(lines) / min(times):.1f} | {min(times) / own:.0%} |"


def thumbnail(file: Path) -> Picture:
    """Read a picture as the service keeps it to be looked at."""
    with Image.open(file) as opened:
        opened.draft("RGB", (2 * LONG_SIDE, 2 * LONG_SIDE))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.HAMMING, reducing_gap=3.0)
    return picture


def _cropped(picture: Picture, rng: random.Random) -> Picture:
    wide, high = (round(0.6 * side) for side in picture.size)
    left, top = round(rng.random() * (picture.width - wide)), round(rng.random() * (picture.height - high))
    return picture.crop((left, top, left + wide, top + high))


def _noisy(picture: Picture, rng: random.Random) -> Picture:
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 25, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def _toned(picture: Picture, rng: random.Random) -> Picture:
    for kind, least, most in (("Contrast", 0.7, 1.3), ("Brightness", 0.7, 1.3), ("Color", 0.4, 1.6)):
        picture = getattr(ImageEnhance, kind)(picture).enhance(rng.uniform(least, most))
    return picture


ALTERATIONS: Mapping[str, Callable[[Picture, random.Random], Picture]] = {
    "mirror": lambda picture, rng: ImageOps.mirror(picture),
    "crop to 60 % of each side, anywhere": _cropped,
    "blur, σ 4 of 320 px": lambda picture, rng: picture.filter(ImageFilter.GaussianBlur(4 * max(picture.size) / 320)),
    "noise, σ 25 of 255": _noisy,
    "tone: contrast and brightness ± 30 %, colour ± 60 %": _toned,
    "its middle square, drawn at 64 px": lambda picture, rng: ImageOps.fit(picture, (64, 64)),
}


def _pasted(archive: Sequence[Picture], truth: Sequence[int], rng: random.Random) -> list[Pasted]:
    """Paste a part of each, 35 to 60 % of its sides, into another photograph, over 35 to 55 % of its sides."""
    made = []
    hosts = [number for number in range(len(archive)) if number not in set(truth)]
    for number in truth:
        picture, host = archive[number], archive[rng.choice(hosts)].copy()
        share, left, top = rng.uniform(0.35, 0.6), rng.random(), rng.random()
        part = picture.crop(_box(picture, left * (1 - share), top * (1 - share), share))
        share = rng.uniform(0.35, 0.55)
        box = _box(host, rng.random() * (1 - share), rng.random() * (1 - share), share)
        host.paste(part.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS), box[:2])
        made.append(Pasted(host, tuple(edge / host.size[at % 2] for at, edge in enumerate(box))))  # type: ignore[arg-type]
    return made


def _box(picture: Picture, left: float, top: float, share: float) -> tuple[int, int, int, int]:
    wide, high = (round(share * side) for side in picture.size)
    first = round(left * picture.width), round(top * picture.height)
    return (*first, first[0] + wide, first[1] + high)


def _index(folder: Path, looker: Looker, archive: Sequence[Picture]) -> Archive:
    """Keep what is seen in photographs as an index job does, so that what its whole numbers lose is counted."""
    photos = [UUID(int=number) for number in range(len(archive))]
    seen = [looker.looked([picture]) for picture in archive]
    whole, small, parts = (np.concatenate([getattr(one, of) for one in seen]) for of in ("whole", "small", "parts"))
    found = Found(rows=packed(photos, whole, small), parts=packed_parts(photos, parts))
    return Archive.of([Mapped.read(*found.write(folder, "all"))])


def _raw(picture: Picture) -> NDArray[np.float32]:
    """Colours, less their mean, of length 1: an order that brightness and contrast do not change."""
    values = np.asarray(picture.resize((32, 32), Image.Resampling.BOX)).astype(np.float32).ravel()
    values -= values.mean()
    return values / max(float(np.linalg.norm(values)), 1e-6)


def _bits(hashed: Callable[[Picture], Any], picture: Picture) -> NDArray[np.float32]:
    """A hash as -1 and 1: the product of two counts the bits in which they agree."""
    return np.where(hashed(picture).hash.ravel(), 1, -1).astype(np.float32)


OTHERS: Mapping[str, Callable[[Sequence[Picture]], Scores]] = {
    "raw": lambda pictures: np.stack([_raw(picture) for picture in pictures]),
    "phash": lambda pictures: np.stack([_bits(imagehash.phash, picture) for picture in pictures]),
    "dhash": lambda pictures: np.stack([_bits(imagehash.dhash, picture) for picture in pictures]),
}


def _by_part(
    looker: Looker, index: Archive, archive: Sequence[Picture], pasted: Sequence[Pasted], truth: Sequence[int]
) -> Iterator[float]:
    """Compare the box that was pasted with all windows of all photographs, each way."""
    asked = np.concatenate([regions(looker, one.picture, [one.box]) for one in pasted])
    yield _share([found[0].photo.int for found in nearest_parts(index, asked, most=1)], truth)
    cuts = [_cut(one.picture, one.box) for one in pasted]
    for look in OTHERS.values():
        windows = np.stack([look([_cut(picture, box) for box in BOXES]) for picture in archive])
        yield _share(_best(look(cuts), windows).argmax(axis=1), truth)


def _best(queries: Scores, windows: Scores) -> Scores:
    """The best window `[N, P, F]` of each photograph for each query `[Q, F]`."""
    flat = windows.reshape(-1, windows.shape[2])
    return np.stack([(flat @ query).reshape(len(windows), -1).max(axis=1) for query in queries])


def _cut(picture: Picture, box: Sequence[float]) -> Picture:
    edges = [round(float(edge) * picture.size[at % 2]) for at, edge in enumerate(box)]
    return picture.crop((edges[0], edges[1], max(edges[2], edges[0] + 1), max(edges[3], edges[1] + 1)))


def _share(found: Sequence[int] | NDArray[np.int64], truth: Sequence[int]) -> float:
    return 100 * float((np.array(found) == np.array(truth)).mean())


def _line(name: str, found: Sequence[float]) -> str:
    return f"| {name} | {' | '.join(f'{value:.1f}' for value in found)} |"


def _bare(network: torch.nn.Module, sides: Sequence[int], count: int) -> None:
    """Show noise to the network as often, and as many at once, as the index does; a thread for each core."""
    at_once = {SIDE: 1, SMALL_SIDE: BATCH}
    shown = {
        side: torch.rand(at_once[side], 3, side, side).contiguous(memory_format=torch.channels_last) for side in sides
    }

    @torch.no_grad()
    def show(_: int) -> None:
        for side, x in shown.items():
            for _ in range(BATCH // at_once[side]):
                network(x)

    with ThreadPoolExecutor(cores(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        list(pool.map(show, range(count // BATCH)))
