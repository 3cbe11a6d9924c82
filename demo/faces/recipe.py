"""Read the recipe of the faces base."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan.config import NetConfig, TrainConfig

RECIPE = Path(__file__).with_name("recipe.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heads:
    """Which heads are rendered."""

    revision: int
    first_seed: int
    count: int
    size: int  # pixels
    chunk: int  # heads in a file

    def __post_init__(self) -> None:
        if self.count < 1 or self.chunk < 1 or self.size < 8 or self.first_seed < 0:
            raise ValueError("heads needs count >= 1, chunk >= 1, size >= 8 and first_seed >= 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that decides what the base becomes."""

    heads: Heads
    net: NetConfig
    train: TrainConfig

    @classmethod
    def read(cls, path: Path = RECIPE) -> "Recipe":
        """Read a recipe file.

        Raises: TypeError, for a table or field that is missing or unknown; gan.errors.ConfigError, for a wrong value.
        """
        tables: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(tables) != {"heads", "net", "train"}:
            raise TypeError(f"{path} has the tables {', '.join(sorted(tables))}; it needs heads, net and train")
        return cls(
            heads=Heads(**tables["heads"]),
            net=NetConfig(**tables["net"]),
            train=TrainConfig(**_frozen(tables["train"])),
        )


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
