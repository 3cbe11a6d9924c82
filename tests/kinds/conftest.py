"""One thread is quickest for tiny networks, and leaves the other cores to other tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.kinds.models import tiny


@pytest.fixture(autouse=True)
def single_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "model", spdx="CC0-1.0", terms="Free to use.")
