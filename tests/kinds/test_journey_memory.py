"""What a film's sound is said to take of memory is what it takes: measured in processes of their own."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from kinds.journey.cost import cost, sounding
from kinds.journey.encoding import Pieces
from sound.reading import RATE, Sound
from sound.writing import write
from tests.kinds.filming import FACTS, asked

# Warm first: what is loaded and compiled is no part of the sound.
_BROUGHT = """
from kinds.journey.music import breath, brought, mastered
def made(file, recipe):
    breath(brought(file, recipe, stop=lambda: False), recipe)
    return mastered(brought(file, recipe, stop=lambda: False), recipe, seconds=recipe.duration_s)
"""
_COMPOSED = """
from kinds.journey.music import composed
def made(file, recipe):
    return composed([file], recipe, seconds=recipe.duration_s, folder=None, stop=lambda: False)
"""
_PEAK = """
import sys
from pathlib import Path
from jobs.journey import Recipe
def peak():
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return 1024 * int(line.split()[1])
short, long = ((Path(sys.argv[n]), Recipe.model_validate_json(sys.argv[n + 1])) for n in (1, 3))
made(*short)
before = peak()
made(*long)
print(peak() - before)
"""


def peak(code: str, *told: tuple[Path, Any]) -> int:
    given = [text for file, recipe in told for text in (str(file), json.dumps(recipe.as_json()))]
    done = subprocess.run([sys.executable, "-c", code + _PEAK, *given], check=True, capture_output=True, text=True)
    return int(done.stdout)


def noise(file: Path, *, seconds: float) -> Path:
    rng = np.random.default_rng(1)
    write(Sound(samples=rng.normal(0, 0.3, (2, round(seconds * RATE))).clip(-1, 1).astype(np.float32)), file)
    return file


@pytest.mark.parametrize(("music_s", "film_s"), [(120.0, 120.0), (120.0, 10.0)])
def test_music_takes_no_more_memory_than_is_estimated(tmp_path: Path, music_s: float, film_s: float) -> None:
    music = {"id": uuid4(), "breathe": 1.0}
    short, long = (asked(duration_s=seconds, soundtrack=music).whole for seconds in (1.0, film_s))
    told = [(noise(tmp_path / f"{n}.wav", seconds=n), one) for n, one in ((1.0, short), (music_s, long))]
    _, estimated = sounding(long, {"soundtrack": {"duration_s": music_s}})
    assert 0.3 * estimated < peak(_BROUGHT, *told) < 1.1 * estimated


def test_composing_takes_no_more_memory_than_is_estimated(tmp_path: Path) -> None:
    told = []
    for seconds in (2.0, 40.0):
        pieces, rng = (
            Pieces(tmp_path, form="mp4", fps=24, size=(16, 16), first=round(seconds)),
            np.random.default_rng(1),
        )
        for _ in range(48):
            pieces.put(partial(np.copy, rng.integers(0, 256, (16, 16, 3), np.uint8)))
        (piece,) = pieces.close()
        told.append((piece.path, asked(duration_s=seconds, compose={"mood": "restless"}).whole))
    _, estimated = sounding(told[1][1], {})
    assert 0.3 * estimated < peak(_COMPOSED, *told) < 1.1 * estimated


def test_an_estimate_tells_of_half_an_hour_of_sound() -> None:
    def of(**values: Any) -> int:
        facts = {"model": FACTS, "host": {}, "soundtrack": {"duration_s": 1800.0}}
        return cost(asked(duration_s=1800.0, **values), facts).memory_bytes

    silent = of()
    assert of(soundtrack={"id": uuid4()}) > silent + 1_380_000_000  # twice its samples, at the least
    assert of(compose={}) > silent + 690_000_000
    assert of(compose={"with": "musicgen"}) > silent + 6_000_000_000
