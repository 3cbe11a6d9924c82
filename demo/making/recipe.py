"""Read how a bundled base is made: which pictures it learns from, and in which stretches."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan.config import NetConfig, TrainConfig

RECIPES = Path(__file__).parent
TABLES = {"base", "pictures", "net", "train", "stretches"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pictures:
    """Which pictures are drawn. Picture k comes from seed `first_seed + k`; those held back follow the others."""

    revision: int  # of the drawing
    first_seed: int
    count: int
    held_back: int  # never trained on: distances are measured to them
    size: int  # pixels
    chunk: int  # pictures in a file

    def __post_init__(self) -> None:
        if min(self.count, self.chunk) < 1 or self.size < 8 or min(self.first_seed, self.held_back) < 0:
            raise ValueError("pictures needs count >= 1, chunk >= 1, size >= 8, first_seed >= 0 and held_back >= 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that decides what a base becomes. Each stretch begins with the G_ema and D of the one before it."""

    name: str
    folder: str  # among the bundled bases
    start: str | None  # the base that the first stretch begins with; None: with nothing
    pictures: Pictures
    net: NetConfig
    stretches: tuple[TrainConfig, ...]

    @classmethod
    def read(cls, path: Path) -> "Recipe":
        """Read a recipe file.

        Raises: TypeError, for a table or field that is missing or unknown; ValueError and gan.errors.ConfigError, for
        a wrong value.
        """
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(tables) != TABLES:
            raise TypeError(f"{path} has the tables {', '.join(sorted(tables))}; it needs {', '.join(sorted(TABLES))}")
        return cls(
            **{"start": None, **tables["base"]},
            pictures=Pictures(**tables["pictures"]),
            net=NetConfig(**tables["net"]),
            stretches=tuple(TrainConfig(**_frozen({**tables["train"], **own})) for own in tables["stretches"]),
        )

    @classmethod
    def of(cls, subject: str) -> "Recipe":
        """The recipe of a bundled base."""
        return cls.read(RECIPES / f"{subject}.toml")


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
