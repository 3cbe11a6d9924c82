"""The settings: read from the environment, checked, and all in the documents."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from jobs.errors import DataFolderError
from store.settings import Settings, unknown_settings
from store.store import Store

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_document_names_each_setting_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(REVERIE_\w+)` \| (.*?) \|", DOCUMENT.read_text(), re.MULTILINE))
    fields = {f"REVERIE_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert told == {name: _word(default) for name, default in fields.items()}


def _word(default: object) -> str:
    """Write a default as one gives it."""
    if default is None or default == "":
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVERIE_POLL_S", "0.25")
    settings = Settings()
    monkeypatch.setenv("REVERIE_POLL_S", "9")
    assert settings.poll_s == 0.25
    with pytest.raises(ValidationError):
        settings.poll_s = 3


@pytest.mark.parametrize(
    "values",
    [
        {"port": -1},
        {"port": 70000},
        {"lease_s": 0},
        {"fence_s": 61},
        {"heartbeat_s": 45},
        {"hung_s": 0},
        {"poll_s": float("nan")},
        {"lease_s": float("inf")},
        {"max_pixels": 0},
        {"log_level": "loud"},
        {"hosts": "http://reverie.example"},
        {"hosts": "reverie.example:8765"},
        {"unknown": 1},
    ],
)
def test_a_value_that_does_not_fit_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)


def test_a_misspelt_variable_is_named_with_what_it_may_mean() -> None:
    environment = {"REVERIE_DATABSE_URL": "x", "REVERIE_POLLS": "1", "REVERIE_COLOUR": "red", "REVERIE_PORT": "1"}
    assert unknown_settings(environment | {"HOME": "/", "REVERIE_LISTEN_FD": "3", "REVERIE_HOSTS": "a"}) == {
        "REVERIE_COLOUR": "",
        "REVERIE_DATABSE_URL": "REVERIE_DATABASE_URL",
        "REVERIE_POLLS": "REVERIE_POLL_S",
    }


def test_on_loopback_it_goes_by_its_own_names_and_those_given() -> None:
    own = frozenset({"localhost", "127.0.0.1", "[::1]"})
    assert Settings().names == Settings(host="localhost").names == Settings(host="::1").names == own
    assert Settings(host="127.0.0.2", hosts="[fe80::1],a.b").names == own | {
        "127.0.0.2",
        "[fe80::1]",
        "a.b",
    }
    assert Settings(host="0.0.0.0").names is Settings(host="valley").names is Settings(hosts="a,*").names is None
    assert Settings(host="10.0.0.7", hosts="a").names == own | {"10.0.0.7", "a"}


@pytest.mark.parametrize(
    ("given", "sqlalchemy"),
    [
        ("", "sqlite:////srv/reverie.db"),
        ("postgresql://me@db/reverie", "postgresql+psycopg://me@db/reverie"),
        ("postgres://me@db/reverie", "postgresql+psycopg://me@db/reverie"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ],
)
def test_a_database_is_named_as_people_write_it(given: str, sqlalchemy: str) -> None:
    assert Settings(data=Path("/srv"), database_url=given).database == sqlalchemy


@pytest.mark.parametrize(
    ("given", "celery", "client"),
    [
        ("", None, None),
        ("redis://host/0", "redis://host/0", "redis://host/0"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock", "unix:///run/v.sock"),
        ("redis+socket:///run/v.sock", "redis+socket:///run/v.sock", "unix:///run/v.sock"),
    ],
)
def test_a_redis_is_named_for_both_who_use_it(given: str, celery: str | None, client: str | None) -> None:
    settings = Settings(redis_url=given)
    assert (settings.broker, settings.redis) == (celery, client)


def test_objects_lie_where_it_is_said(tmp_path: Path) -> None:
    for url in (str(tmp_path / "one"), f"file://{tmp_path}/two"):
        Store.open(Settings(data=tmp_path / "data", objects_url=url)).close()
    assert (tmp_path / "one" / ".parts").is_dir()
    assert (tmp_path / "two" / ".parts").is_dir()
    with pytest.raises(DataFolderError, match="s3://bucket"):
        Store.open(Settings(data=tmp_path / "data", objects_url="s3://bucket"))
