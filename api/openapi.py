"""`python -m api.openapi`: write openapi.json, from which the page's types are made; a test holds it to the code."""

from __future__ import annotations

import json
from pathlib import Path

from api.app import create_app

PATH = Path(__file__).parent.parent / "openapi.json"


def text() -> str:
    """Give the document as the repository keeps it."""
    return json.dumps(create_app().openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
