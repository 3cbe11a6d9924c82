"""The commands draw and measure, and say what is wrong with status 2."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from gan.generator import Generator
from gan.model import save_model
from gan.shell import main
from tests.gan.folders import TINY, dataset


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """`train` takes Ctrl-C and SIGTERM for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    return save_model(tmp_path_factory.mktemp("model") / "model", G_ema=Generator(TINY))


def test_generate_writes_a_picture_a_seed_with_its_recipe(model: Path, tmp_path: Path) -> None:
    main(["generate", str(model), "--out", str(tmp_path), "--seeds", "3,5-6"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"seed{n:010d}.png" for n in (3, 5, 6)]
    with Image.open(tmp_path / "seed0000000005.png") as picture:
        assert picture.size == (16, 16)
        recipe = json.loads(picture.info["reverie"])
    assert (recipe["seed"], recipe["truncation_psi"]) == (5, 0.7)


def test_evaluate_prints_distances_as_json(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = dataset(tmp_path)
    main(["evaluate", str(model), str(folder), "--count", "8", "--base", str(model)])
    found = json.loads(capsys.readouterr().out)
    assert found["kernel_low"] < found["kernel"] < found["kernel_high"]
    assert found["kernel_to_base"] < 0.01 * found["kernel"]
    assert (found["pictures"], found["real_pictures"]) == (8, 8)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["generate", "/nowhere", "--out", "/tmp"], "no readable model.json"),
        (["generate", "{model}", "--out", "/tmp", "--seeds", "a-b"], "give numbers and ranges"),
        (["generate", "{model}", "--out", "/tmp", "--noise", "loud"], "invalid choice 'loud'"),
        (["generate", "{model}", "--out", "/tmp", "--psi", "2"], "truncation_psi is 2.0"),
        (["evaluate", "{model}", "/nowhere", "--count", "3"], "at least 4"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1"], "no readable pictures.npy"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1", "--gamma", "-1"], "give 0 or more"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1", "--ada.max-p", "2"], "max_p"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1", "--resolution", "48"], "power of two"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1", "--augment", "all"], "invalid choice 'all'"),
        (["train", "/nowhere", "--out", "{out}", "--steps", "1", "--base", "/nowhere"], "no readable model.json"),
    ],
)
def test_mistakes_are_named(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    filled = [argument.format(model=model, out=tmp_path) for argument in arguments]
    with pytest.raises(SystemExit) as ended:
        main(filled)
    assert ended.value.code == 2
    assert words in " ".join(capsys.readouterr().err.replace("│", " ").split())
