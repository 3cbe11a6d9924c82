"""The example of the README, as it stands there, by bash and curl, on photographs that the demo has not seen."""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from tests.running import running
from workshop.stages import ROOT

README = (ROOT / "README.md").read_text()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path) as found:
        yield found


def photographs() -> Path:
    """Interiors from Pexels, in a package that is never imported."""
    spec = find_spec("interior_photos")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "images"


def test_the_example_by_curl_works(address: str, tmp_path: Path) -> None:
    (example,) = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    (tmp_path / "photos").symlink_to(photographs())
    env = {**os.environ, "REVERIE": address, "STEPS": "10", "MEASURE": "none"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout[-3000:]
    for event in ("event: progress", "event: snapshot", "event: sheet", '"to":"succeeded"'):
        assert event in done.stdout.replace('": "', '":"'), event
    with Image.open(tmp_path / "sample.png") as sample:
        assert sample.size == (64, 64)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/install.md"])
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text())
    assert [target for target in targets if not ((ROOT / page).parent / target).exists()] == []


def test_every_command_of_make_is_a_target() -> None:
    """In the pages, and in what the programs say."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = {word for page in pages for word in re.findall(r"`?\bmake ([a-z-]+)`", page.read_text())}
    programs = [path for folder in ("cli", "api", "worker", "demo") for path in (ROOT / folder).rglob("*.py")]
    named |= {
        word for path in programs for word in re.findall(r"(?:[Rr]un|`|<code>)\s?make ([a-z-]+)", path.read_text())
    }
    assert named <= targets
