"""Frames of a film that are enlarged: by Lanczos, by Real-ESRGAN, by a file of the owner."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from enlarge.mixing import Mix
from enlarge.network import load
from gan.model import load_generator
from jobs.errors import BadParams, JobFailed
from jobs.params import Need
from jobs.point import Anchor, Point
from kinds.registry import resolve
from kinds.upscale.known import DETAIL, enlarger_id
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from tests.enlarge.networks import own_enlarger
from tests.kinds.filming import FACTS, Making, asked, nowhere, pictures


def test_lanczos_makes_frames_larger(model: Path, tmp_path: Path) -> None:
    made = Making(model, tmp_path / "a", asked(duration_s=0.5, upscale={"factor": 4, "with": "lanczos"})).go()
    assert pictures(made.film.files["film"])[0].shape == (64, 64, 3)


def test_real_esrgan_makes_frames_larger(model: Path, tmp_path: Path) -> None:
    upscale = {"factor": 4, "with": "real-esrgan", "detail": 0.3, "faithful": True}
    made = Making(model, tmp_path / "a", asked(duration_s=0.5, form="frames", upscale=upscale)).go(stop_at=1)
    with zipfile.ZipFile(made.film.files["film"]) as frames:
        (name, *_) = sorted(name for name in frames.namelist() if name.endswith(".png"))
        first = np.asarray(Image.open(io.BytesIO(frames.read(name))))
    still = load_generator(model)
    drawn = Pen(still).draw(Space(still, planes=Planes()).latents(Point(anchor=Anchor(seed=1)), nowhere))
    mix = Mix(detail=0.3, faithful=True)
    assert np.array_equal(first, load("real-esrgan").enlarged(drawn, factor=4, mix=mix))


def test_how_much_is_made_up_is_pinned() -> None:
    filled = asked(upscale={"factor": 2}).resolved({"model": FACTS}).whole.upscale
    assert filled is not None
    assert (filled.detail, filled.faithful) == (DETAIL, True)
    plain = asked(upscale={"factor": 2, "with": "lanczos"}).resolved({"model": FACTS}).whole.upscale
    assert plain is not None
    assert (plain.detail, plain.faithful) == (None, None)
    with pytest.raises(BadParams, match="makes no detail up") as refused:
        resolve(asked(upscale={"factor": 2, "with": "lanczos", "detail": 0.5}), {"model": FACTS})
    assert refused.value.pointer == "#/recipe/upscale/detail"


def test_a_file_of_the_owner_makes_frames_larger_to_the_same_bits(model: Path, tmp_path: Path) -> None:
    """Also where it was stopped between two bands, and went on."""
    file = own_enlarger(tmp_path)
    params = asked(duration_s=6.0, size=32, upscale={"factor": 2, "with": "own.pth"})
    assert params.needs()["enlarger"] == Need(type="enlarger", id=enlarger_id("own.pth"))
    whole = Making(model, tmp_path / "a", params).go(more={"enlarger": file})
    assert pictures(whole.film.files["film"])[0].shape == (64, 64, 3)
    parts = Making(model, tmp_path / "b", params)
    parts.go(stop_at=130, interrupt=True, more={"enlarger": file})
    assert parts.go(more={"enlarger": file}).sha256 == whole.sha256


def test_weights_that_cannot_be_read_are_told(model: Path, tmp_path: Path) -> None:
    (tmp_path / "own.safetensors").write_bytes(b"no weights")
    params = asked(upscale={"factor": 2, "with": "own.pth"})
    with pytest.raises(JobFailed) as caught:
        Making(model, tmp_path / "a", params).go(more={"enlarger": tmp_path / "own.safetensors"})
    assert caught.value.reason == "weights_unreadable"
