"""A heirloom pack: one folder, whole, the same bytes again, read by nothing but what is in it."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image

from gan.generate import generate, to_uint8
from gan.model import load_generator, model_hash
from jobs.errors import DiskFull, JobFailed
from jobs.events import Artifact, Made, Notice, Progress
from jobs.frame import squeezed
from jobs.place import Place
from jobs.point import Point
from kinds.export import graph, run
from kinds.export.packing import SUMS, Pack, folder_name
from kinds.export.params import ExportParams
from kinds.recipe import how_of, png, recipe_of
from latent.plane import Planes
from latent.point import Space
from tests.kinds.models import tiny

MODEL = UUID(int=1)
SEED = {"anchor": {"seed": 5}}
WANDERED: dict[str, Any] = {"anchor": {"seed": 5}, "x": 0.5, "y": -1.0, "psi": 0.5}
MIXED: dict[str, Any] = {
    "anchor": {"seed": 5},
    "mix": [{"layers": "colour", "of": {"seed": 6}}],
    "noise": {"mode": "none"},
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "model", spdx="CC-BY-4.0", terms="Say who made it.")


def line(folder: Path, name: str, *, hash: str, point: dict[str, Any]) -> dict[str, Any]:
    """A picture that was kept, with its recipe."""
    recipe = recipe_of({"id": str(MODEL), "hash": hash}, how_of(Point.model_validate(point)), class_label=None)
    image, thumb = folder / f"{name}.png", folder / f"{name}.webp"
    picture = Image.new("RGB", (16, 16), (80, 90, 100))
    image.write_bytes(png(picture, recipe))
    picture.save(thumb)
    return {"image": str(image), "thumb": str(thumb), "recipe": recipe, "width": 16, "height": 16, "average": "#505a64"}


def packed(model: Path, scratch: Path, *, stop: bool = False, lines: Any = None, **facts: Any) -> list[Any]:
    """The events of a job."""
    scratch.mkdir()
    hash = model_hash(model)
    if lines is None:
        lines = [line(scratch.parent, str(n), hash=hash, point=one) for n, one in enumerate([SEED, WANDERED, MIXED])]
        lines.append(line(scratch.parent, "other", hash="f" * 64, point=SEED))
    (scratch / "pack.jsonl").write_text("\n".join(map(json.dumps, lines)))
    told = json.loads((model / "model.json").read_text())
    licence = {"spdx": "CC-BY-4.0", "terms": "Say who made it."}
    of_model = {"id": str(MODEL), "name": "Father’s valleys", "hash": hash, "licence": licence}
    archive = {"name": "Slides", "photos": 2411, "first": "1974-05-01", "last": "1981-01-01"}
    pack = {"made": "2026-11-27", "archive": archive, "lineage": [{"name": "Faces", "spdx": "CC0-1.0", "terms": ""}]}
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model, "pack": scratch / "pack.jsonl"},
        facts={"model": {**of_model, "architecture": told["architecture"]}, "pack": {**pack, **facts}},
        resume_point=None,
        stop=lambda: stop,
    )
    return list(run.run(ExportParams(model_id=uuid4()), here))


def opened(events: list[Any], folder: Path) -> Path:
    """The folder that a pack unzips to."""
    (made,) = (event for event in events if isinstance(event, Artifact))
    assert made.type is Made.PACK
    with zipfile.ZipFile(made.files["pack"]) as file:
        file.extractall(folder)
    (root,) = folder.iterdir()
    return root


def test_a_pack_is_one_folder_and_each_file_has_its_sum(model: Path, tmp_path: Path) -> None:
    events = packed(model, tmp_path / "s")
    root = opened(events, tmp_path / "pack")
    assert root.name == "Father’s valleys heirloom"
    sums = {text[66:]: text[:64] for text in (root / SUMS).read_text().splitlines()}
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    assert sums.keys() == files.keys() - {SUMS}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == sum for name, sum in sums.items())
    wanted = {"index.html", "README.txt", "draw.py", "model/generator.safetensors", "licences/onnxruntime.txt"}
    assert wanted <= files.keys()
    assert "model/discriminator.safetensors" not in files
    assert (root / "model" / "generator.safetensors").read_bytes() == (model / "generator.safetensors").read_bytes()
    readme, licences = (root / "README.txt").read_text(), (root / "licences" / "model.txt").read_text()
    assert "2,411 photographs of the years 1974 to 1981" in " ".join(readme.split())
    assert "{" not in readme
    assert "CC-BY-4.0. Say who made it." in licences
    assert "Faces\n\nCC0-1.0." in licences
    assert [event.done for event in events if isinstance(event, Progress)][-1] == events[-1].total


def test_the_same_is_the_same_to_the_bit(model: Path, tmp_path: Path) -> None:
    one, two = (packed(model, tmp_path / name) for name in ("a", "b"))
    (first,), (second,) = ([event for event in each if isinstance(event, Artifact)] for each in (one, two))
    assert first.files["pack"].read_bytes() == second.files["pack"].read_bytes()


def test_the_script_in_it_draws_what_the_network_drew(model: Path, tmp_path: Path) -> None:
    root = opened(packed(model, tmp_path / "s"), tmp_path / "pack")
    asked = ["7", *(f"recipes/000{n}.json" for n in (1, 2, 3))]
    subprocess.run([sys.executable, "-I", "draw.py", *asked], cwd=root, check=True, capture_output=True)
    G = load_generator(model)
    (seven,) = generate(G, [7])
    wanted = {"7": to_uint8(seven)}
    for name, point in zip(("0001", "0002", "0003"), (SEED, WANDERED, MIXED), strict=True):
        found = Space(G, planes=Planes()).latents(Point.model_validate(point), lambda id: pytest.fail("no direction"))
        wanted[name] = to_uint8(G.synthesis(found.ws, noise_mode=found.noise_mode)[0])
    for name, picture in wanted.items():
        drawn = np.asarray(Image.open(root / f"drawn-{name}.png")).astype(int)
        assert np.abs(drawn - picture.astype(int)).max() <= 2, name
    assert np.array_equal(np.asarray(Image.open(root / "model" / "check.png")), wanted["7"])


def test_what_another_model_drew_is_kept_as_a_picture(model: Path, tmp_path: Path) -> None:
    root = opened(packed(model, tmp_path / "s"), tmp_path / "pack")
    assert json.loads((root / "recipes" / "0004.json").read_text())["place"] is None
    with Image.open(root / "favourites" / "0004.png") as picture:
        picture.load()
        assert json.loads(picture.info["reverie"])["model"] == "f" * 64


def test_journeys_go_along_with_their_recipes(model: Path, tmp_path: Path) -> None:
    film, poster = tmp_path / "film.mp4", tmp_path / "film.webp"
    film.write_bytes(b"a film")
    poster.write_bytes(b"its poster")
    told = {"name": "Through the highlands", "form": "mp4", "recipe": {"format": 1}}
    films = [{**told, "file": str(film), "poster": str(poster)}, {**told, "name": "Never filmed", "form": None}]
    root = opened(packed(model, tmp_path / "s", films=films), tmp_path / "pack")
    assert (root / "journeys" / "0001.mp4").read_bytes() == b"a film"
    assert json.loads((root / "journeys" / "0002.json").read_text()) == {"format": 1}
    assert "2 journeys" in (root / "README.txt").read_text()


def test_nothing_of_a_photograph_is_in_it(model: Path, tmp_path: Path) -> None:
    photo = str(uuid4())
    events = packed(model, tmp_path / "s", photos=[photo])
    (made,) = (event for event in events if isinstance(event, Artifact))
    assert made.facts["photos"] == [photo]  # so that the pack goes when the photograph does
    root = opened(events, tmp_path / "pack")
    assert not any(photo.encode() in path.read_bytes() for path in root.rglob("*") if path.is_file())


def test_a_large_network_says_that_it_wants_a_server(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_WITHIN_BYTES", 10)
    root = opened(packed(model, tmp_path / "s"), tmp_path / "pack")
    assert not (root / "page" / "within").exists()
    assert "too large to open by a double click" in (root / "README.txt").read_text()


def test_frames_and_few_words(model: Path, tmp_path: Path) -> None:
    """A network of squeezed pictures, of an archive without dates, and no favourites."""
    facts = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps({**facts, "frame": squeezed("3:2")}))
    archive = {"name": "Slides", "photos": 1, "first": None, "last": None}
    root = opened(packed(model, tmp_path / "s", lines=[], archive=archive), tmp_path / "pack")
    readme = (root / "README.txt").read_text()
    assert "1 photograph." in readme
    assert "24 x 16 pixels" in readme


def test_stopped_it_leaves_nothing(model: Path, tmp_path: Path) -> None:
    events = packed(model, tmp_path / "s", stop=True)
    assert not any(isinstance(event, Artifact) for event in events)
    assert any(isinstance(event, Notice) and event.code == "nothing_kept" for event in events)


def test_a_disk_without_room_is_said_before(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SPARE_BYTES", 10**18)
    with pytest.raises(DiskFull, match="nothing was made"):
        packed(model, tmp_path / "s")


def test_a_damaged_model_and_one_that_is_too_large(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(graph, "MOST_BYTES", 1000)
        with pytest.raises(JobFailed, match="does not fit into one ONNX file"):
            packed(model, tmp_path / "s")
    (model / "generator.safetensors").write_bytes(b"no weights")
    with pytest.raises(JobFailed) as failed:
        packed(model, tmp_path / "t")
    assert failed.value.reason == "model_unreadable"


def test_names_that_no_system_takes_become_plain(tmp_path: Path) -> None:
    assert folder_name("../a/b: c?") == ".._a_b_ c_ heirloom"
    assert folder_name(" . ") == "Reverie heirloom"
    with Pack(tmp_path / "it.zip", root="it") as pack:
        pack.add("a.txt", b"a")
    assert zipfile.ZipFile(tmp_path / "it.zip").namelist() == ["it/a.txt", f"it/{SUMS}"]
