"""Catalogues of tests: what they publish, written as an operator would write it."""

import json
from pathlib import Path
from typing import Any

from tests.publisher import Publisher


def entry(id: str = "dogs-32", **facts: Any) -> dict[str, Any]:
    """One entry, with `facts` in place of its own; None leaves a fact out."""
    own = {
        "id": id,
        "name": "Dogs, 32 px",
        "draws": "dogs",
        "resolution": 32,
        "filename": "dogs.pkl",
        "page": "https://example.org/dogs",
        "publisher": "A kennel",
        "licence": "CC-BY-NC-4.0",
        "terms": "Not for sale.",
    }
    return {name: value for name, value in (own | facts).items() if value is not None}


def write(path: Path, *entries: dict[str, Any]) -> Path:
    """Write a catalogue."""
    tables = (
        "\n".join(["[[models]]", *(f"{name} = {json.dumps(value)}" for name, value in one.items())]) for one in entries
    )
    path.write_text("\n\n".join(tables), encoding="utf-8")
    return path


def of(publisher: Publisher, path: Path, **facts: Any) -> Path:
    """Write a catalogue of the one file that `publisher` has."""
    return write(path, entry(**{"url": publisher.url, "filename": "published.pkl"} | facts))
