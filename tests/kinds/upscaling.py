"""Weights of owners, read as the service reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kinds.convert.apart import read_apart
from kinds.upscale.reader import WEIGHTS


def read_into(folder: Path, content: bytes) -> tuple[dict[str, Any], Path]:
    """Read a file apart; what was found, and the weights."""
    folder.mkdir(parents=True)
    file = folder / "file"
    file.write_bytes(content)
    found = read_apart(file, folder, reader="kinds.upscale.reader")
    assert found is not None
    return found, folder / WEIGHTS
