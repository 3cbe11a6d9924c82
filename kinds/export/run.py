"""Pack a model with all that is dear to it into one folder that opens in any browser, without Reverie."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan.errors import GanError
from gan.generate import generate, to_uint8
from gan.generator import Generator
from gan.model import load_generator, read_model_json
from jobs.errors import DiskFull, JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.frame import frame_from, size
from jobs.params import JobParams
from jobs.place import Place
from kinds.export import graph, page, weights, words
from kinds.export.cost import MOST_WITHIN_BYTES, pack_bytes
from kinds.export.packing import Pack, folder_name
from kinds.export.params import ExportParams
from kinds.export.places import Found, Places

CHECK_SEED, CHECK_PSI = 7, 0.7
MODEL_STEPS = 10  # of its progress, beside the pictures
SPARE_BYTES = 100_000_000


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Write the pack of `place.inputs["model"]`, a model folder.

    `place.inputs["pack"]` lists what goes along as lines of JSON: of each picture its `sample`, `image`, `thumb` and
    `recipe`. `place.facts["pack"]`: `made`, the day; `archive` that it learnt from: `name`, `photos`, `first`, `last`;
    `lineage`: `name`, `spdx` and `terms` of what it descends from, the nearest first; `directions` that recipes go
    along; `films`: `name`, `form`, `recipe` and, where there is one, `file` and `poster`; `photos` that some of it was
    found for; `more`, how many favourites are left out.
    Yields: a Progress after each part, one Artifact of type PACK. Stopped, it leaves nothing.
    Raises: JobFailed, if the model cannot be read or is too large; DiskFull; OSError.
    """
    if not isinstance(params, ExportParams):
        raise TypeError(f"these are parameters of {params.kind}")
    lines = [json.loads(line) for line in place.inputs["pack"].read_text(encoding="utf-8").splitlines()]
    _check_room(params, place, pictures=len(lines))
    try:
        G = load_generator(place.inputs["model"])
        facts = read_model_json(place.inputs["model"])
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Choose another model.") from error
    packing = Packing(params=params, place=place, G=G, facts=facts, lines=lines)
    target = place.scratch / "pack.zip"
    with Pack(target, root=folder_name(packing.name)) as pack:
        for _ in packing.written(pack):
            packing.done += 1
            if place.stop():
                if not place.interrupted():
                    yield Notice(code="nothing_kept", text="It was stopped before the pack was whole; nothing is kept.")
                return
            yield packing.progress()
    if left := int(place.facts["pack"].get("more", 0)):
        yield Notice(code="left_out", text=f"{left:,} older favourites are not in it; name pictures to choose others.")
    yield Artifact(type=Made.PACK, files={"pack": target}, facts=packing.kept(pack.files))
    packing.done = packing.total
    yield packing.progress()


def _check_room(params: ExportParams, place: Place, *, pictures: int) -> None:
    """Raises: DiskFull."""
    sizes = [path.stat().st_size for path in place.inputs["model"].iterdir()]
    side = int((place.facts["model"].get("architecture") or {}).get("resolution") or 0)
    wanted = pack_bytes(sum(sizes), pictures=pictures, side=side, discriminator=params.discriminator)
    films = [film["file"] for film in place.facts["pack"].get("films") or () if film.get("file")]
    wanted += sum(Path(file).stat().st_size for file in films)
    free = shutil.disk_usage(place.scratch).free
    if free < wanted + SPARE_BYTES:
        raise DiskFull(
            f"The pack takes about {wanted / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free; nothing was made.",
            remedy="Make room, or take fewer pictures along.",
        )


@dataclass(slots=True)
class Packing:
    """One pack on its way; each step of `written` is a part of it."""

    params: ExportParams
    place: Place
    G: Generator
    facts: Mapping[str, Any]
    lines: list[dict[str, Any]]
    done: int = 0
    placed: list[dict[str, Any]] = field(default_factory=list)  # pictures, as the page lists them
    filmed: list[dict[str, Any]] = field(default_factory=list)  # likewise
    within: bool = True

    @property
    def name(self) -> str:
        return str(self.place.facts["model"]["name"])

    @property
    def total(self) -> int:
        return MODEL_STEPS + len(self.lines) + len(self.films)

    @property
    def films(self) -> list[Mapping[str, Any]]:
        return list(self.place.facts["pack"].get("films") or ())

    def kept(self, files: int) -> dict[str, Any]:
        """What is told of the pack, beside its size."""
        return {**self.told(), "files": files, "photos": list(self.place.facts["pack"].get("photos") or ())}

    def progress(self) -> Progress:
        phase = "packing pictures" if self.done > MODEL_STEPS else "writing the model"
        work = {"work": float(self.done), "work_total": float(self.total)}
        return Progress(done=min(self.done, self.total), total=self.total, unit="part", phase=phase, metrics=work)

    def told(self) -> dict[str, Any]:
        """What about.json says."""
        pack, config = self.place.facts["pack"], self.G.config
        return {
            "format": 1,
            "name": self.name,
            "made": pack["made"],
            "words": words.archive_words(pack.get("archive"), name=self.name),
            "archive": pack.get("archive"),
            "model": {"id": self.place.facts["model"]["id"], "hash": self.place.facts["model"]["hash"]},
            "resolution": config.resolution,
            "licence": dict(self.place.facts["model"].get("licence") or {}),
            "lineage": list(pack.get("lineage") or ()),
            "labels": list(self.facts.get("labels") or ()),
            "frame": frame_from(self.facts.get("frame")),
            "pictures": len(self.lines),
            "films": len(self.films),
        }

    def written(self, pack: Pack) -> Iterator[None]:
        """Write all parts. Raises: JobFailed; OSError."""
        yield from self._model(pack)
        yield from self._pictures(pack)
        yield from self._films(pack)
        about = self.told()
        made = {"favourites": self.placed, "films": self.filmed}
        shown = size(self.G.config.resolution, about["frame"])
        pack.add("page/pack.js", page.told({**about, **self._shape(), **made, "shown": shown}))
        pack.add("about.json", _json(about))
        pack.add("README.txt", words.readme(about, self.G.config, within=self.within, check=CHECK_SEED).encode())
        pack.add("draw.py", (words.TOLD / "draw.txt").read_bytes())
        licences = words.licences(self.name, about["licence"], about["lineage"])
        pack.add("licences/model.txt", licences.encode())
        for name, path in page.built():
            pack.add_file(name, path)
        yield

    def _model(self, pack: Pack) -> Iterator[None]:
        folder, config = self.place.inputs["model"], self.G.config
        tensors = weights.lightest(config, self.G, weights.read(folder))
        yield
        pack.add("model/model.json", (folder / "model.json").read_bytes())
        pack.add_file("model/generator.safetensors", folder / "generator.safetensors")
        if self.params.discriminator and (judge := folder / "discriminator.safetensors").exists():
            pack.add_file("model/discriminator.safetensors", judge)
        pack.add("model/check.png", self._check())
        yield
        try:
            graphs = {f"{one.__name__}.onnx": one(config, tensors) for one in (graph.mapping, graph.synthesis)}
        except graph.TooLarge as error:
            raise JobFailed(
                f"{self.name} does not fit into one ONNX file: {error}.", code="too_large", remedy="Take it as a file."
            ) from error
        packed = {name: made.SerializeToString(deterministic=True) for name, made in graphs.items()}
        yield
        for name, content in packed.items():
            pack.add(f"model/{name}", content)
        self.within = sum(map(len, packed.values())) <= MOST_WITHIN_BYTES
        if self.within:
            for name, content in packed.items():
                pack.add(f"page/within/{name}.js", page.within(name, content))
            for name, path in page.built():
                if Path(name).name in (page.WORKER, page.RUNTIME):
                    pack.add(f"page/within/{Path(name).name}.js", page.within(Path(name).name, path.read_bytes()))
        yield

    def _pictures(self, pack: Pack) -> Iterator[None]:
        told = self.place.facts["pack"]
        places, mean = Places(self.G, told.get("directions") or {}), self.G.mapping.w_avg.cpu().numpy()
        for number, line in enumerate(self.lines, start=1):
            name, recipe = f"{number:04d}", line["recipe"]
            own = recipe.get("model") == self.place.facts["model"]["hash"]
            found: Found | None = places.of(recipe) if own else None
            pack.add_file(f"favourites/{name}.png", Path(line["image"]))
            if line.get("thumb"):
                pack.add_file(f"page/thumbs/{name}.webp", Path(line["thumb"]))
            place = found.as_json(mean) if found is not None else None
            pack.add(f"recipes/{name}.json", _json({"recipe": recipe, "place": place}))
            self.placed.append(
                {
                    "name": name,
                    "thumb": bool(line.get("thumb")),
                    "size": [line["width"], line["height"]],
                    "average": line["average"],
                    "place": found.packed() if found is not None else None,
                }
            )
            yield

    def _films(self, pack: Pack) -> Iterator[None]:
        for number, film in enumerate(self.films, start=1):
            name = f"{number:04d}"
            told: dict[str, Any] = {"name": film["name"], "form": film["form"], "recipe": f"journeys/{name}.json"}
            pack.add(told["recipe"], _json(film["recipe"]))
            for role, folder in (("file", "journeys"), ("poster", "page/posters")):
                if film.get(role):
                    told[role] = f"{folder}/{name}{Path(film[role]).suffix}"
                    pack.add_file(told[role], Path(film[role]))
            self.filmed.append(told)
            yield

    def _shape(self) -> dict[str, Any]:
        """What the page needs to draw."""
        config, mean = self.G.config, self.G.mapping.w_avg.cpu().numpy()
        return {
            "z": config.z_dim,
            "w": config.w_dim,
            "layers": config.num_ws,
            "channels": config.channels,
            "classes": config.c_dim,
            "mean": base64.b64encode(np.ascontiguousarray(mean, "<f4").tobytes()).decode(),
            "within": self.within,
            "licenceWords": words.licence_words(self.place.facts["model"].get("licence") or {}),
            "check": {"seed": CHECK_SEED, "psi": CHECK_PSI, "png": base64.b64encode(self._check()).decode()},
        }

    def _check(self) -> bytes:
        """The picture of a seed, as PyTorch draws it."""
        label = CHECK_SEED % self.G.config.c_dim if self.G.config.c_dim else None
        (picture,) = generate(self.G, [CHECK_SEED], truncation_psi=CHECK_PSI, label=label)
        drawn: NDArray[np.uint8] = to_uint8(picture)
        target = io.BytesIO()
        Image.fromarray(drawn).save(target, "PNG")
        return target.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
