"""A journey becomes a film: its frames, its form, what is left when it is stopped, the same bits when it goes on."""

import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
import numpy as np
import pytest
import torch
from PIL import Image

from gan.model import load_generator, save_model
from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, Made
from jobs.journey import Recipe
from kinds.journey.cost import cost
from kinds.journey.params import JourneyParams
from kinds.registry import resolve
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from tests.kinds.filming import FACTS, Making, asked, atoms, nowhere, pictures
from tests.kinds.models import tiny


def test_a_film_is_h264_that_begins_to_play_at_once(model: Path, tmp_path: Path) -> None:
    made = Making(model, tmp_path / "a", asked(duration_s=6.0)).go()
    file = made.film.files["film"]
    with av.open(str(file)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (int(stream.average_rate or 0), stream.frames) == (24, 144)
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)
        assert (stream.codec_context.color_primaries, stream.codec_context.color_trc) == (1, 1)
        assert float((stream.duration or 0) * (stream.time_base or 0)) == pytest.approx(6.0, abs=1 / 48)
        times = [float(frame.time) for frame in film.decode(video=0)]
    assert times == pytest.approx([number / 24 for number in range(144)], abs=1e-6)
    order = atoms(file)
    assert order.index("moov") < order.index("mdat")
    assert made.film.facts["frames"] == 144
    assert made.film.facts["partial"] is False
    with Image.open(made.film.files["poster"]) as poster:
        assert poster.size == (16, 16)


def test_a_frame_is_the_picture_of_its_point(model: Path, tmp_path: Path) -> None:
    params = asked(seeds=(4, 9), form="frames", duration_s=0.5)
    made = Making(model, tmp_path / "a", params).go()
    with zipfile.ZipFile(made.film.files["film"]) as film:
        assert film.namelist() == [*(f"{number:06d}.png" for number in range(1, 13)), "recipe.json"]
        assert Recipe.model_validate_json(film.read("recipe.json")) == params.whole
        first = np.asarray(Image.open(io.BytesIO(film.read("000001.png"))))
        seventh = np.asarray(Image.open(io.BytesIO(film.read("000007.png"))))
    G = load_generator(model)
    space, pen = Space(G, planes=Planes()), Pen(G)
    for keyframe, seen in zip(params.whole.keyframes, (first, seventh), strict=True):
        drawn = pen.draw(space.latents(keyframe.point, nowhere))
        assert np.array_equal(drawn, seen)


def test_what_was_broken_off_goes_on_and_is_the_same_bit_for_bit(model: Path, tmp_path: Path) -> None:
    params = asked(duration_s=12.0, speed="constant")
    whole = Making(model, tmp_path / "whole", params).go()
    broken = Making(model, tmp_path / "broken", params).go(stop_at=150, interrupt=True)
    assert [piece["frames"] for piece in broken.pieces] == [120]
    assert not [event for event in broken.events if isinstance(event, Artifact) and event.type is Made.FILM]
    assert broken.go().sha256 == whole.sha256
    assert [event.type for event in broken.events if isinstance(event, Artifact)].count(Made.PACE) == 1


@pytest.mark.parametrize(
    ("form", "stops"),
    [("mp4", (1, 119, 120, 121, 131)), ("webm", (60, 131)), ("gif", (60, 131)), ("frames", (60, 131))],
)
def test_wherever_it_was_stopped_or_killed_it_goes_on_to_the_same_bits(
    model: Path, tmp_path: Path, form: str, stops: tuple[int, ...]
) -> None:
    """A stop makes a film of what there is; were its worker killed before that is kept, the job goes on from pieces."""
    params = asked(duration_s=5.5, form=form, fps=24, loop=False)
    whole = Making(model, tmp_path / "whole", params).go()
    assert [piece["frames"] for piece in whole.pieces] == [120, 12]
    for frames in stops:
        for interrupt in (False, True):
            broken = Making(model, tmp_path / f"{frames}-{interrupt}", params).go(stop_at=frames, interrupt=interrupt)
            assert {piece["frames"] for piece in broken.pieces} <= {120, 12}
            assert broken.go().sha256 == whole.sha256, (frames, interrupt)


def test_a_piece_that_an_earlier_version_kept_though_it_was_cut_short_is_made_anew(model: Path, tmp_path: Path) -> None:
    params = asked(duration_s=12.0)
    whole = Making(model, tmp_path / "whole", params).go()
    other = Making(model, tmp_path / "short", asked(duration_s=7.0)).go()
    broken = Making(model, tmp_path / "broken", params)
    broken.pieces = [whole.pieces[0], {**other.pieces[1], "frames": 48}]
    assert broken.go().sha256 == whole.sha256
    assert [piece["frames"] for piece in whole.pieces] == [120, 120, 48]


def test_at_constant_speed_keyframes_come_when_the_way_has_led_there_and_the_recipe_is_told_as_it_was(
    model: Path, tmp_path: Path
) -> None:
    params = asked(seeds=(4, 9), form="frames", duration_s=0.5, speed="constant")
    making = Making(model, tmp_path / "a", params)
    making.lengths = [[0.0, 3.0], [0.0, 1.0]]
    with zipfile.ZipFile(making.go().film.files["film"]) as film:
        assert Recipe.model_validate_json(film.read("recipe.json")) == params.whole
        tenth = np.asarray(Image.open(io.BytesIO(film.read("000010.png"))))
    G = load_generator(model)
    place = Space(G, planes=Planes()).latents(params.whole.keyframes[1].point, nowhere)
    assert np.array_equal(Pen(G).draw(place), tenth)


def test_one_that_is_stopped_keeps_what_there_is(model: Path, tmp_path: Path) -> None:
    made = Making(model, tmp_path / "a", asked(duration_s=12.0)).go(stop_at=130)
    assert (made.film.facts["frames"], made.film.facts["partial"]) == (130, True)
    assert len(pictures(made.film.files["film"])) == 130
    assert made.events[-1].done == made.events[-1].total == 130


def test_webm_is_vp9(model: Path, tmp_path: Path) -> None:
    made = Making(model, tmp_path / "a", asked(duration_s=6.0, form="webm", fps=25)).go()
    with av.open(str(made.film.files["film"])) as film:
        assert film.streams.video[0].codec_context.name == "vp9"
        times = [float(frame.time) for frame in film.decode(video=0)]
    assert times == pytest.approx([number / 25 for number in range(150)], abs=0.001)


def test_odd_pictures_of_a_frame_become_even(model: Path, tmp_path: Path) -> None:
    frame = {"kind": "crop", "width": 16, "height": 11}
    made = Making(model, tmp_path / "a", asked(duration_s=0.5), frame=frame).go()
    assert pictures(made.film.files["film"])[0].shape == (12, 16, 3)
    sized = Making(model, tmp_path / "b", asked(duration_s=0.5, size=45), frame=frame).go()
    assert pictures(sized.film.files["film"])[0].shape == (32, 46, 3)
    assert (sized.film.facts["width"], sized.film.facts["height"]) == (46, 32)


def test_between_two_moments_the_network_itself_goes_over(model: Path, tmp_path: Path) -> None:
    other = tiny(tmp_path / "other", spdx="CC0-1.0", terms="")
    learnt = load_generator(other)
    params = asked(seeds=(4, 4), form="frames", duration_s=0.5, loop=False)
    first, last = params.whole.keyframes
    there = UUID(int=2)
    recipe = params.whole.with_keyframes(iter((first, last.model_copy(update={"model_id": there, "at_s": 0.5}))))
    assert learnt.resolution == 16
    made = Making(model, tmp_path / "a", JourneyParams(recipe=recipe)).go(more={f"model {there}": other})
    assert made.film.facts["frames"] == 12


def test_alive_grain_moves_and_comes_back(model: Path, tmp_path: Path) -> None:
    G = load_generator(model)
    for resolution in G.synthesis.resolutions:
        torch.nn.init.constant_(G.synthesis.block(resolution).conv1.noise_strength, 0.3)
    model = save_model(tmp_path / "grainy", G_ema=G, D=None, facts={})

    def frames(name: str, **values: Any) -> list[np.ndarray[Any, Any]]:
        params = asked(seeds=(4, 4), form="frames", duration_s=1.0, **values)
        file = Making(model, tmp_path / name, params).go().film.files["film"]
        with zipfile.ZipFile(file) as film:
            return [np.asarray(Image.open(io.BytesIO(film.read(name)))).astype(int) for name in film.namelist()[:-1]]

    still, alive = frames("still"), frames("alive", noise="alive")
    assert max(np.abs(frame - still[0]).max() for frame in still) <= 1  # sums of weights are rounded
    steps = [np.abs(b - a).mean() for a, b in pairwise([*alive, alive[0]])]
    assert min(steps) > 0.3 * max(steps) > 0
    assert np.array_equal(alive[0], still[0])


def test_a_model_that_cannot_be_read_is_told(model: Path, tmp_path: Path) -> None:
    (model / "model.json").write_text("{}")
    with pytest.raises(JobFailed):
        Making(model, tmp_path / "a", asked()).go()


def test_models_of_other_latents_do_not_go_together() -> None:
    keyframes = asked().whole.keyframes
    other = uuid4()
    mixed = asked().whole.with_keyframes(iter((keyframes[0], keyframes[1].model_copy(update={"model_id": other}))))

    def refused(**changed: Any) -> BadParams:
        told = {**FACTS, **changed}
        with pytest.raises(BadParams) as caught:
            resolve(JourneyParams(recipe=mixed), {"model": FACTS, f"model {other}": told})
        assert caught.value.pointer == "#/recipe/keyframes/1/model_id"
        return caught.value

    assert "w is" in str(refused(architecture={**FACTS["architecture"], "w_dim": 9}))  # type: ignore[dict-item]
    assert "origin" in str(refused(line=["b"]))
    assert "shapes" in str(refused(frame={"kind": "crop", "width": 3, "height": 2}))
    assert "layers" in str(refused(architecture=None))
    resolve(JourneyParams(recipe=mixed), {"model": FACTS, f"model {other}": FACTS})


def test_a_cost_tells_frames_and_bytes_and_grows_with_both() -> None:
    minute = cost(asked(duration_s=60.0, fps=30, size=256), {"model": FACTS, "host": {}})
    assert "1,800 frames" in minute.sentence
    enlarged = cost(asked(duration_s=60.0, fps=30, size=256, upscale={"factor": 2}), {"model": FACTS, "host": {}})
    assert enlarged.seconds > 100 * minute.seconds
    assert enlarged.memory_bytes > minute.memory_bytes
    longer = cost(asked(duration_s=120.0, fps=60, size=256), {"model": FACTS, "host": {}})
    assert longer.disk_bytes > 3 * minute.disk_bytes > 0
    assert longer.seconds > 1.5 * minute.seconds
    assert json.dumps(minute.as_json())
