"""What a wheel holds beside the code: the built page. Without it the wheel is not built."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is the configuration, which is not used
    """Puts web/dist where `api` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the page to a wheel; an editable install serves it from where it lies."""
        if version == "editable":
            return
        for page in ("web/dist/index.html", "web/dist/heirloom/index.html"):
            if not (Path(self.root) / page).is_file():
                raise FileNotFoundError(f"{page} is missing: run `make setup`, which builds the page")
        build_data["force_include"]["web/dist"] = "web/dist"
