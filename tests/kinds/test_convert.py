"""Foreign files become model folders: bit for bit, whole, with their rights, or are refused in plain words."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import torch
from PIL import Image

from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import load_discriminator, load_generator, save_model
from jobs.errors import DiskFull, ModelRejected
from jobs.events import Artifact, Made, Notice, Progress
from jobs.place import Place
from kinds.convert.apart import read_apart
from kinds.convert.params import ConvertParams
from kinds.convert.run import run
from tests.foreign import published
from tests.gan.disks import small_disk
from tests.gan.golden import FOLDER, part, vectors
from tests.kinds.models import TINY, tiny


def converted(
    content: bytes, scratch: Path, *, filename: str = "it.pkl", stop: Callable[[], bool] = lambda: False, **asked: Any
) -> list[Any]:
    scratch.mkdir()
    file = scratch / "file"
    file.write_bytes(content)
    facts = {"filename": filename, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"file": file},
        facts={"file": facts},
        resume_point=None,
        stop=stop,
    )
    return list(run(ConvertParams(file_id=uuid4(), **asked), here))


def model_of(events: list[Any]) -> Artifact:
    (made,) = [event for event in events if isinstance(event, Artifact)]
    assert made.type is Made.MODEL
    return made


def own_zip(folder: Path, *, change: Callable[[dict[str, Any]], None] = lambda facts: None) -> bytes:
    facts = json.loads((folder / "model.json").read_text())
    change(facts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("faces/model.json", json.dumps(facts))
        for path in folder.glob("*.safetensors"):
            file.write(path, f"faces/{path.name}")
    return target.getvalue()


def test_a_foreign_file_becomes_a_model_folder_with_its_very_bits(tmp_path: Path) -> None:
    content = (FOLDER / "nvidia_style.pkl").read_bytes()
    asked: dict[str, Any] = {"name": "Faces", "licence": "CC-BY-NC-4.0", "terms": "Not for commercial use."}
    events = converted(content, tmp_path / "s", filename="ffhq_1.pkl", **asked)
    made = model_of(events)
    G, golden = load_generator(made.files["folder"]), part(vectors("nvidia_style"), "gema.")
    for name, value in G.state_dict().items():
        assert name.endswith("resample_filter") or torch.equal(value, golden[name]), name
    assert load_discriminator(made.files["folder"]) is not None
    assert (made.facts["name"], made.facts["licence"], made.facts["terms"]) == tuple(asked.values())
    described = made.facts["model"]
    assert described["licence"] == {"spdx": "CC-BY-NC-4.0", "terms": "Not for commercial use."}
    assert described["origin"] == {
        "format": "NVIDIA, PyTorch",
        "notes": [],
        "filename": "ffhq_1.pkl",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with Image.open(made.files["sheet"]) as sheet:
        assert sheet.size == (7 * 32, 4 * 32)
    told = [event for event in events if isinstance(event, Progress)]
    assert list(dict.fromkeys(event.phase for event in told)) == ["reading", "checking", "drawing"]
    assert (told[-1].done, told[-1].total) == (28, 28)
    assert [event.metrics["work"] for event in told] == sorted(event.metrics["work"] for event in told)
    (read,) = [event.text for event in events if isinstance(event, Notice)]
    assert "32 px" in read


def test_a_file_without_a_mean_w_is_centred_and_says_so(tmp_path: Path) -> None:
    root = torch.load(FOLDER / "rosinality_style.pt", weights_only=True)
    del root["latent_avg"], root["d"]
    events = converted(published.checkpoint(root), tmp_path / "s", filename="dogs.pt")
    made = model_of(events)
    G = load_generator(made.files["folder"])
    with torch.no_grad():
        mean = G.mapping.style(torch.randn(2000, 32)).mean(dim=0)
    assert torch.allclose(G.mapping.w_avg, mean, atol=0.1)
    assert made.facts["name"] == "dogs"
    assert load_discriminator(made.files["folder"]) is None
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert "no discriminator" in notices[0]
    assert "mean of w" in notices[1]


def test_a_model_of_our_own_keeps_its_licence_name_and_lineage(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "model", spdx="CC-BY-NC-4.0", terms="Ask first.")
    content = own_zip(folder, change=lambda facts: facts.update(name="Old faces", lineage=[{"name": "FFHQ"}]))
    events = converted(content, tmp_path / "s", licence="CC0-1.0")
    made = model_of(events)
    assert (made.facts["name"], made.facts["licence"], made.facts["terms"]) == (
        "Old faces",
        "CC-BY-NC-4.0",
        "Ask first.",
    )
    assert made.facts["model"]["lineage"] == [{"name": "FFHQ"}]
    assert any("keeps the licence" in event.text for event in events if isinstance(event, Notice))
    before, after = load_generator(folder).state_dict(), load_generator(made.files["folder"]).state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_labels_and_odd_names_come_through(tmp_path: Path) -> None:
    config = NetConfig(resolution=16, z_dim=16, w_dim=16, c_dim=3, channel_base=128, channel_max=8, conv_clamp=256)
    root = published.nvidia(Generator(config), Discriminator(config))
    name = "../\u202e\0 Ünï\ncødé/\ud800"
    made = model_of(converted(published.pickled(root), tmp_path / "s", filename=name))
    assert made.facts["model"]["architecture"]["c_dim"] == 3
    assert made.facts["model"]["architecture"]["conv_clamp"] == 256
    assert made.facts["name"].isprintable()
    json.dumps(made.facts["model"]).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resolution": 48}, "power of two"),
        ({"resolution": 2**40}, "power of two"),
        ({"z_dim": 2**40}, "z_dim"),
        ({"mapping_layers": 10**9}, "mapping_layers"),
        ({"mapping_layers": 3}, "has mapping.fc3"),
        ({"mapping_layers": 5}, "lacks mapping.fc4"),
        ({"channel_max": 4}, "should be"),
        ({"channel_base": 2**20, "channel_max": 8192}, "should be"),
        ({"channels": 1}, "red, green and blue"),
        ({"architecture_g": "dense"}, "architecture_g"),
        ({"architecture_g": "resnet"}, "lacks"),
        ({"conv_clamp": -1}, "conv_clamp"),
        ({"c_dim": True}, "c_dim"),
        ({"z_dim": 1.5}, "z_dim"),
        ({"widths": [8, 8]}, "widths"),
        ({"widths": ["a", 8, 8]}, "widths"),
        ({"colour": 1}, "colour"),
    ],
)
def test_an_architecture_that_cannot_be_or_is_not_that_of_the_weights(
    change: Mapping[str, Any], words: str, tmp_path: Path
) -> None:
    folder = tiny(tmp_path / "model", spdx="CC0-1.0", terms="")
    with pytest.raises(ModelRejected, match=words) as refused:
        converted(own_zip(folder, change=lambda facts: facts["architecture"].update(change)), tmp_path / "s")
    assert refused.value.remedy


def test_a_network_whose_pictures_overflow_is_refused(tmp_path: Path) -> None:
    G = Generator(TINY)
    with torch.no_grad():
        torgb = G.synthesis.block(16).torgb
        assert torgb is not None
        torgb.weight.fill_(3e38)
        torgb.bias.fill_(3e38)
        G.synthesis.block(16).conv1.bias.fill_(3e38)
    with pytest.raises(ModelRejected, match="not numbers"):
        converted(own_zip(save_model(tmp_path / "model", G_ema=G)), tmp_path / "s")


def test_a_stop_keeps_nothing_and_an_attempt_after_the_model_was_stored_does_nothing(tmp_path: Path) -> None:
    content = (FOLDER / "nvidia_style.pkl").read_bytes()
    events = converted(content, tmp_path / "s", stop=lambda: True)
    assert [event.code for event in events if isinstance(event, Notice)] == ["nothing_kept"]
    assert not [event for event in events if isinstance(event, Artifact)]
    facts = {"filename": "a", "size_bytes": 1, "sha256": "", "model_id": "there"}
    here = Place(
        scratch=tmp_path,
        cache=tmp_path,
        inputs={"file": tmp_path / "gone"},
        facts={"file": facts},
        resume_point=None,
        stop=lambda: False,
    )
    (event,) = run(ConvertParams.model_validate({"file_id": uuid4()}), here)
    assert isinstance(event, Progress)
    assert event.done == event.total


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    file = tmp_path / "file.pkl"
    file.write_bytes((FOLDER / "nvidia_style.pkl").read_bytes())
    with small_disk(100_000), pytest.raises(DiskFull):
        read_apart(file, tmp_path)
    assert read_apart(file, tmp_path) is not None


def test_the_sheet_of_large_pictures_is_small(tmp_path: Path) -> None:
    config = NetConfig(resolution=512, z_dim=8, w_dim=8, mapping_layers=1, channel_base=512, channel_max=4)
    made = model_of(converted(published.pickled(published.nvidia(Generator(config), None)), tmp_path / "s"))
    assert made.facts["sheet"] == {"rows": 3, "columns": 4, "resolution": 256}
    with Image.open(made.files["sheet"]) as sheet:
        assert np.asarray(sheet).shape == (3 * 256, 4 * 256, 3)


def test_a_network_of_wide_pictures_is_known_by_its_bars(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        G = Generator(TINY)
    state = {name: torch.zeros_like(value) for name, value in G.state_dict().items()}
    bars = torch.full((16, 16), 3.0)
    bars[:2] = bars[-2:] = 0.0
    state |= {name: value for name, value in G.state_dict().items() if name.endswith("resample_filter")}
    state |= {name: torch.ones_like(value) for name, value in state.items() if name.endswith("affine.bias")}
    state |= {"synthesis.b16.conv1.noise_const": bars, "synthesis.b16.conv1.noise_strength": torch.tensor(1.0)}
    state |= {"synthesis.b16.torgb.weight": torch.ones_like(state["synthesis.b16.torgb.weight"])}
    state |= {"synthesis.b16.torgb.bias": torch.full((3,), -1.0)}
    G.load_state_dict(state)
    events = converted(own_zip(save_model(tmp_path / "wide", G_ema=G)), tmp_path / "scratch", filename="wide.zip")
    assert model_of(events).facts["model"]["frame"] == {"kind": "crop", "width": 16, "height": 12}
    assert any("16 x 12" in event.text for event in events if isinstance(event, Notice))
    with Image.open(model_of(events).files["sheet"]) as sheet:
        assert sheet.size == (7 * 16, 4 * 12)


def test_one_of_our_own_keeps_the_frame_that_it_was_shown_in(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "own", spdx="CC0-1.0", terms="")
    frame = {"kind": "squeeze", "width": 3, "height": 2}
    kept = model_of(converted(own_zip(folder, change=lambda facts: facts.update(frame=frame)), tmp_path / "scratch"))
    assert kept.facts["model"]["frame"] == frame
    with Image.open(kept.files["sheet"]) as sheet:
        assert sheet.size == (7 * 24, 4 * 16)


@pytest.mark.parametrize(
    "frame", [{"kind": "squeeze", "width": 10**9, "height": 1}, {"kind": "squeeze"}, "3:2", [3, 2], {"width": -3}]
)
def test_a_frame_that_a_hostile_file_tells_is_none(tmp_path: Path, frame: Any) -> None:
    folder = tiny(tmp_path / "own", spdx="CC0-1.0", terms="")
    kept = model_of(converted(own_zip(folder, change=lambda facts: facts.update(frame=frame)), tmp_path / "scratch"))
    assert "frame" not in kept.facts["model"]
    with Image.open(kept.files["sheet"]) as sheet:
        assert sheet.size == (7 * 16, 4 * 16)
