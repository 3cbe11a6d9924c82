"""The demo and the film, short, as they run for a person."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from demo import film
from demo.__main__ import demo
from demo.terminal import Terminal

pytestmark = pytest.mark.timeout(400)


def said(terminal: Terminal) -> str:
    assert isinstance(terminal.console.file, io.StringIO)
    return terminal.console.file.getvalue()


def test_the_demo_ends_with_one_line_of_figures(terminal: Terminal, tmp_path: Path) -> None:
    assert demo(terminal, steps=2, home=tmp_path / "demo", stay=False, measure="none") == 0
    assert said(terminal).rstrip().splitlines()[-1] == "demo: 191 photos, 2 steps, 12 samples, ok"
    assert "Learning" in said(terminal)


def test_the_film_goes_on_where_it_was_and_is_drawn(terminal: Terminal, tmp_path: Path) -> None:
    home, docs = tmp_path / "film", tmp_path / "docs"
    for _ in range(2):  # the second time all is there already
        assert film.make(terminal, home=home, docs=docs, steps=2, pictures=50) == 0
    first, _, second = said(terminal).partition("film: ")
    assert "Reading photographs" in first
    assert "Reading photographs" not in second
    with Image.open(docs / "images" / "film.png") as strip:
        assert strip.height > strip.width / 2
    assert (docs / "images" / "sheet-0000.png").exists()
    assert "Spearman" in (docs / "learning.md").read_text()
    assert (docs / "images" / "learning.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("steps", ["0", "-3", "many", "1.5", "²"])
def test_steps_that_cannot_be(steps: str, tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "demo"],
        env=os.environ | {"DEMO_STEPS": steps, "CI": "true"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "DEMO_STEPS" in refused.stdout
