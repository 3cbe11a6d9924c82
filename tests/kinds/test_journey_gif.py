"""Films that are pictures: a GIF that lasts as long as its film, and the poster."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jobs.events import Artifact
from jobs.journey import RATES
from kinds.journey.pictures import delays
from tests.kinds.filming import MODEL, Making, asked, pictures


@pytest.mark.parametrize("fps", [24, 30, 50, 60])
def test_a_gif_lasts_as_long_as_the_film_and_shows_no_frame_too_shortly(model: Path, tmp_path: Path, fps: int) -> None:
    """Browsers show for a tenth of a second what is to be shown for less than two hundredths."""
    made = Making(model, tmp_path / "a", asked(form="gif", fps=fps, duration_s=1.5)).go()
    with Image.open(made.film.files["film"]) as film:
        lasts = []
        for number in range(int(getattr(film, "n_frames", 0))):
            film.seek(number)
            lasts.append(film.info["duration"])
        assert film.info["loop"] == 0
    assert sum(lasts) == pytest.approx(1500, rel=0.01)
    assert min(lasts) >= 20


@given(st.integers(1, 2000), st.sampled_from(RATES))
def test_delays_of_a_gif_stay_with_the_film(count: int, fps: int) -> None:
    lasts = delays(count, fps)
    assert sum(lasts.values()) == max(2, round(100 * count / fps))
    assert min(lasts.values()) >= 2
    assert fps > 50 or len(lasts) == count
    at = 0
    for number, hundredths in lasts.items():
        assert abs(at - 100 * number / fps) <= 0.5
        at += hundredths


@pytest.mark.parametrize("form", ["mp4", "frames"])
def test_the_poster_is_the_first_frame(model: Path, tmp_path: Path, form: str) -> None:
    """Also where the film begins between two keyframes: how far it is there depends on what was measured."""
    keyframes = [
        {"at_s": at_s, "model_id": MODEL, "point": {"anchor": {"seed": seed}, "psi": 1.0}}
        for at_s, seed in ((0.5, 1), (0.6, 2))
    ]
    values: dict[str, Any] = {"duration_s": 1.0, "keyframes": keyframes, "form": form, "size": 64}
    making = Making(model, tmp_path / "even", asked(speed="even", **values))
    making.lengths = [[0.0, 0.5, 1.0], [0.0, *(0.001 * n for n in range(1, 12)), 1.0]]
    film = making.go().film
    with Image.open(film.files["poster"]) as poster:
        shown = np.asarray(poster.convert("RGB")).astype(float)
    apart, plain = (
        np.abs(shown - first(one).astype(float)).mean()
        for one in (film, Making(model, tmp_path / "plain", asked(speed="plain", **values)).go().film)
    )
    assert apart < 5
    assert plain > 2 * apart


def first(film: Artifact) -> np.ndarray[Any, Any]:
    if film.facts["media_type"] == "video/mp4":
        return pictures(film.files["film"])[0]
    with zipfile.ZipFile(film.files["film"]) as frames:
        return np.asarray(Image.open(io.BytesIO(frames.read("000001.png"))))
