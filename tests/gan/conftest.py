"""What needs a graphics card is collected where there is one."""

import pytest
import torch

CARD = torch.cuda.is_available()
collect_ignore = [] if CARD else ["test_cuda.py"]


def pytest_report_header(config: pytest.Config) -> str:
    name = torch.cuda.get_device_name() if CARD else "none, so tests/gan/test_cuda.py is left out"
    return f"graphics card: {name}"
