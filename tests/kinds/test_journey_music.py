"""The music of a film: on the beat, composed of what is seen, and told before a frame where there is none."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import numpy as np
import pytest
from pydantic import ValidationError

from gan.model import load_generator
from jobs.errors import BadParams, JobFailed
from kinds.journey.params import JourneyParams
from kinds.registry import resolve
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from sound.reading import Sound
from sound.writing import write
from tests.kinds.filming import FACTS, Making, asked, nowhere, pictures


def clicks(file: Path, *, seconds: float, every_s: float = 0.5) -> list[float]:
    """A click track, and when it clicks."""
    samples = np.zeros((2, round(48_000 * seconds)), np.float32)
    times = np.arange(0, seconds - 0.05, every_s)
    for time in times:
        at = round(time * 48_000)
        samples[:, at : at + 480] = 0.8 * np.sin(np.arange(480) * 2 * np.pi * 1000 / 48_000) * np.linspace(1, 0, 480)
    write(Sound(samples=samples), file)
    return [float(time) for time in times]


@pytest.mark.parametrize(("form", "codec"), [("mp4", "aac"), ("webm", "opus")])
def test_keyframes_are_on_the_beats_that_are_heard(model: Path, tmp_path: Path, form: str, codec: str) -> None:
    """Within a frame, measured in the file itself: where it clicks, and where the picture is a keyframe's."""
    beats = clicks(tmp_path / "clicks.wav", seconds=4.0)
    music = {"id": uuid4(), "snap": "beats", "breathe": 0.7}
    params = asked(duration_s=4.0, seeds=(4, 9, 2), form=form, soundtrack=music, loop=False)
    heard = {"duration_s": 4.0, "beats": beats, "bars": beats[::4]}
    whole = resolve(params, {"model": FACTS, "soundtrack": heard})
    assert isinstance(whole, JourneyParams)
    times = [keyframe.at_s for keyframe in whole.whole.keyframes]
    assert times == [0.0, 1.5, 2.5]
    made = Making(model, tmp_path / "a", whole).go(more={"soundtrack": tmp_path / "clicks.wav"})
    assert made.film.facts["has_sound"] is True
    with av.open(str(made.film.files["film"])) as film:
        assert film.streams.audio[0].codec_context.name == codec
        frames = list(film.decode(audio=0))
    samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    level = np.abs(samples[0] if samples.dtype == np.float32 else samples[0] / 32768)
    began = float(frames[0].time or 0)
    for beat in times[1:]:
        around = slice(round((beat - 0.2 - began) * 48_000), round((beat + 0.2 - began) * 48_000))
        loud = np.flatnonzero(level[around] > 0.3 * level.max())[0] / 48_000 + beat - 0.2
        assert abs(loud - beat) < 1 / 24
    still = load_generator(model)
    space, pen = Space(still, planes=Planes()), Pen(still)
    shown = pictures(made.film.files["film"])
    for keyframe in whole.whole.keyframes[1:]:
        drawn = pen.draw(space.latents(keyframe.point, nowhere)).astype(float)
        apart = [np.abs(drawn - frame.astype(float)).mean() for frame in shown]
        there = np.flatnonzero(np.array(apart) <= 1.01 * min(apart))[0]  # after the last one the film stays there
        assert abs(int(there) / 24 - keyframe.at_s) <= 1 / 24 + 1e-9


def test_a_piece_is_composed_of_what_is_seen_as_long_as_the_film(model: Path, tmp_path: Path) -> None:
    params = asked(duration_s=6.0, compose={"seed": 3, "mood": "bright"})
    made, again = (Making(model, tmp_path / name, params).go() for name in "ab")
    assert made.sha256 == again.sha256
    with av.open(str(made.film.files["film"])) as film:
        lasts = sum(frame.samples for frame in film.decode(audio=0)) / 48_000
    assert lasts == pytest.approx(6.0, abs=0.05)


def test_music_that_does_not_go_with_a_film_is_refused() -> None:
    def refused(heard: dict[str, Any], **values: Any) -> str:
        with pytest.raises(BadParams) as caught:
            resolve(asked(**values), {"model": FACTS, "soundtrack": heard})
        return caught.value.pointer

    music = {"id": uuid4()}
    heard = {"duration_s": 3.0, "beats": [], "bars": []}
    assert refused(heard, soundtrack={**music, "from_s": 3.0}).endswith("from_s")
    assert refused(heard, soundtrack={**music, "snap": "bars"}).endswith("snap")
    assert refused(heard, soundtrack=music, compose={}).endswith("compose")
    assert refused(heard, form="gif", compose={}).endswith("compose")


def test_words_are_for_a_composer_that_reads_them() -> None:
    with pytest.raises(BadParams, match="reads no words") as caught:
        resolve(asked(compose={"prompt": "rain"}), {"model": FACTS})
    assert caught.value.pointer == "#/recipe/compose/prompt"
    resolve(asked(compose={"with": "musicgen", "prompt": "rain"}), {"model": FACTS})


@pytest.mark.parametrize("name", ["..", "../composers", "a/b", ".hidden"])
def test_a_composer_lies_in_its_own_folder(name: str) -> None:
    with pytest.raises(ValidationError):
        asked(compose={"with": name})


def test_a_composer_that_is_not_there_is_told_before_a_frame_is_drawn(model: Path, tmp_path: Path) -> None:
    making = Making(model, tmp_path / "a", asked(duration_s=0.5, speed="even", compose={"with": "musicgen"}))
    making.composer = {"composer": {"folder": str(tmp_path / "composers" / "musicgen")}}
    with pytest.raises(JobFailed) as caught:
        making.go()
    assert caught.value.reason == "composer_missing"
    assert making.events == []


def test_a_composer_whose_library_is_not_installed_is_told_before_a_frame_is_drawn(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "composers" / "musicgen"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "musicgen"}')
    (folder / "model.safetensors").write_bytes(b"")
    making = Making(model, tmp_path / "a", asked(duration_s=0.5, compose={"with": "musicgen"}))
    making.composer = {"composer": {"folder": str(folder)}}
    with pytest.raises(JobFailed) as caught:
        making.go()
    if find_spec("transformers") is None:
        assert "pip install" in caught.value.remedy
        assert making.events == []


@pytest.mark.parametrize("content", [None, b"no music at all"])
def test_music_that_cannot_be_read_is_told_before_a_frame_is_drawn(
    model: Path, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "music").write_bytes(content)
    making = Making(model, tmp_path / "a", asked(duration_s=0.5, speed="even", soundtrack={"id": uuid4()}))
    with pytest.raises(JobFailed) as caught:
        making.go(more={"soundtrack": tmp_path / "music"})
    assert caught.value.reason == "no_sound"
    assert making.events == []
