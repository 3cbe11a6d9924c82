"""The settings, read once at start from the environment: `REVERIE_` and the field's name in capitals."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GIB = 2**30
PREFIX = "REVERIE_"
LISTEN_FD = "REVERIE_LISTEN_FD"  # a socket that listens already, which `reverie up` hands down to the interface
OWN = (LISTEN_FD, "REVERIE_PARENT")  # what our processes tell one another
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_NAME = re.compile(r"[\w.-]+|\[[\da-f:.]+\]", re.ASCII)


class Settings(BaseSettings):
    """What an operator may choose; `docs/settings.md` says it in words."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    data: Path = Path("data")
    database_url: str = ""  # "": SQLite in the data folder
    redis_url: str = ""  # "": none; everything works by polling
    objects_url: str = ""  # "": files in the data folder
    host: str = "127.0.0.1"
    hosts: str = ""  # further names to answer to, by commas; "*": any
    port: int = Field(default=8765, ge=0, le=65535)
    max_upload_bytes: int = Field(default=20 * GIB, gt=0)
    max_pixels: int = Field(default=200_000_000, gt=0)
    heif: bool = False  # whether HEIC and AVIF are read: more code that hostile files could reach
    raw: bool = False  # whether the previews in cameras' raw files are; likewise
    lease_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    fence_s: float = Field(default=45.0, gt=0, allow_inf_nan=False)
    heartbeat_s: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    hung_s: float = Field(default=300.0, gt=0, allow_inf_nan=False)
    poll_s: float = Field(default=2.0, gt=0, allow_inf_nan=False)
    unnamed_hours: float = Field(default=24.0, ge=0, allow_inf_nan=False)
    catalogue: Path | None = None  # of models to fetch; None: the one that comes with the program
    renderers: int = Field(default=1, ge=0, le=64)  # that `reverie up` starts
    renderer_listen: str = ""  # "": a unix socket, for an interface on the same machine; or host:port
    renderer_bytes: int = Field(default=2 * GIB, gt=0)  # of the models that a renderer keeps warm
    threads: int = Field(default=0, ge=0)  # 0: as many as there are cores
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        if not self.heartbeat_s < self.fence_s < self.lease_s:
            raise ValueError("heartbeat_s must be shorter than fence_s, and fence_s shorter than lease_s")
        return self

    @field_validator("renderer_listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if listen and not (_NAME.fullmatch(host) and port.isdecimal() and int(port) < 2**16):
            raise ValueError(f"{listen[:100]!r} is no host:port, such as 0.0.0.0:8766; leave it out for a unix socket")
        return listen

    @field_validator("hosts")
    @classmethod
    def _names_alone(cls, hosts: str) -> str:
        for name in _split(hosts):
            if name != "*" and not _NAME.fullmatch(name):
                raise ValueError(f"{name[:100]!r} is no host name; give names without http:// and port, by commas")
        return hosts

    @property
    def names(self) -> frozenset[str] | None:
        """The host names that requests are answered under; None: any.

        On a loopback address these are its own names and `hosts`, since whoever else comes was led there (DNS
        rebinding). Elsewhere it is known by many names, and only `hosts` narrows them.
        """
        added = frozenset(_split(self.hosts))
        if "*" in added or not (added or _is_loopback(self.host)):
            return None
        own = f"[{self.host}]" if ":" in self.host else self.host
        return added | LOOPBACK | {own.lower()}

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return self.data.expanduser().absolute()

    @property
    def database(self) -> str:
        """The database's address, in the form that SQLAlchemy reads."""
        if not self.database_url:
            return f"sqlite:///{self.folder / 'reverie.db'}"
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def broker(self) -> str | None:
        """Redis's address as Celery reads it; None without one."""
        for plain in ("unix://", "redis+socket://"):
            if self.redis_url.startswith(plain):
                return "redis+socket://" + self.redis_url.removeprefix(plain)
        return self.redis_url or None

    @property
    def redis(self) -> str | None:
        """Redis's address as redis-py reads it; None without one."""
        if self.redis_url.startswith("redis+socket://"):
            return "unix://" + self.redis_url.removeprefix("redis+socket://")
        return self.redis_url or None

    @property
    def scratch(self) -> Path:
        """Where runs work; emptied at will when none runs."""
        return self.folder / "scratch"

    @property
    def cache(self) -> Path:
        """What can be made again; may vanish between jobs."""
        return self.folder / "cache"

    @property
    def uploads(self) -> Path:
        """Where what is being uploaded grows."""
        return self.folder / "uploads"

    def upload_file(self, upload_id: UUID) -> Path:
        """Where an upload that comes in pieces grows."""
        return self.uploads / f"{upload_id.hex}.part"


def unknown_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Name the variables that begin with REVERIE_ and are no setting, each with the setting that it may mean, or ""."""
    known = [name.upper() for name in Settings.model_fields]
    ours = {*OWN, *(f"{PREFIX}{name}" for name in known)}
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in ours)
    nearest = {name: get_close_matches(name.removeprefix(PREFIX), known, n=1) for name in strange}
    return {name: f"{PREFIX}{meant[0]}" if meant else "" for name, meant in nearest.items()}


def _split(hosts: str) -> list[str]:
    return [name.strip().lower() for name in hosts.split(",") if name.strip()]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
