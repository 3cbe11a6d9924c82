"""The demo's surroundings: a terminal that nobody looks at, and `reverie up`."""

import io

import pytest
from rich.console import Console

from demo.terminal import Terminal
from tests.cli.conftest import start

__all__ = ["start", "terminal"]


@pytest.fixture
def terminal() -> Terminal:
    """A terminal that nobody looks at; what was said is in its file."""
    quiet = Terminal()
    quiet.console = Console(file=io.StringIO(), width=200)
    return quiet
