"""Whether a composer that the owner has brought can play. Loads nothing of it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from jobs.errors import JobFailed

CODE = "composer_missing"
LIBRARY = "transformers"
NETWORK_S = 8.0  # that a network plays for a second of music, on a CPU
NETWORK_BYTES = 6_000_000_000
INSTALL = 'Install the library: pip install "transformers==5.24.0". Or compose with reverie, which needs none.'


def check_composer(folder: Path) -> None:
    """Raises: JobFailed, if this is no folder of a MusicGen, or the library that plays it is not installed."""
    check_folder(folder)
    if find_spec(LIBRARY) is None:
        raise JobFailed(f"The library {LIBRARY} is not installed here.", code=CODE, remedy=INSTALL)


def check_folder(folder: Path) -> None:
    """Raises: JobFailed, if this is no folder of a MusicGen whose weights are safetensors."""
    name = folder.name
    try:
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = sorted(one.name for one in folder.parent.iterdir() if one.is_dir()) if folder.parent.is_dir() else []
        known = f"There are: {', '.join(there)}." if there else "There is none yet."
        raise JobFailed(
            f"There is no composer {name} in the folder composers of the data folder. {known}",
            code=CODE,
            remedy="Put the folder of a MusicGen there, with config.json and its safetensors; or compose with reverie.",
        ) from None
    except (OSError, ValueError) as error:
        raise JobFailed(f"config.json of {name} cannot be read.", code=CODE, remedy="Bring it again.") from error
    kind = told.get("model_type") if isinstance(told, dict) else None
    if kind != "musicgen":
        raise JobFailed(
            f"{name} is no MusicGen: its config.json says {kind!r}.", code=CODE, remedy="Bring one of these networks."
        )
    if not any(folder.glob("*.safetensors")):
        raise JobFailed(
            f"{name} has no weights as safetensors; other files may run code, and are not read.",
            code=CODE,
            remedy="Bring the folder with model.safetensors.",
        )
