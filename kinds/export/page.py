"""The page of a pack: what the web build made, and what of a model it reads from scripts beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobs.errors import JobFailed

BUILT = Path(__file__).parents[2] / "web" / "dist" / "heirloom"
LICENCES = ("newsreader.txt", "source-sans-3.txt", "onnxruntime.txt", "reverie.txt")
WORKER, RUNTIME = "worker.js", "runtime.wasm"


def built(folder: Path = BUILT) -> Iterator[tuple[str, Path]]:
    """Name the files of the built page, by their names in a pack. Raises: JobFailed, if it was not built."""
    if not (folder / "index.html").is_file():
        raise JobFailed(
            "The page of heirloom packs is not built.", code="page_missing", remedy="Run `make setup`, which builds it."
        )
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
    for name in LICENCES:
        yield f"licences/{name}", folder.parent / "licences" / name


def told(pack: Mapping[str, Any]) -> bytes:
    """page/pack.js: what the page knows of its pack. A script: opened from a disk, it may read no file."""
    return f"globalThis.PACK = {_plain(pack)};\n".encode()


def within(name: str, content: bytes) -> bytes:
    """A file as a script, for a page that was opened from a disk."""
    text = base64.b64encode(content).decode()
    return f'(globalThis.WITHIN ??= {{}})["{name}"] = "{text}";\n'.encode()


def _plain(value: Any) -> str:
    # A line separator of Unicode ends a line of a script, in old browsers.
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
