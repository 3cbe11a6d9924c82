"""Any request that a client can think of: a documented answer, never a 500."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from api.app import create_app
from store.settings import Settings
from store.store import Store
from tests.api import rows
from tests.api.serving import serving


@schemathesis.serializer("application/offset+octet-stream")
def piece(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """A piece of an upload is bytes as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


# An event stream ends with its job: its own tests read it.
REQUESTS = schemathesis.openapi.from_dict(create_app().openapi()).exclude(path_regex="/events$")


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a dataset and a base; what one request does to it, the next one meets."""
    folder = tmp_path_factory.mktemp("any")
    (folder / "reverie.sqlite").write_bytes(sqlite_template.read_bytes())
    chosen = Settings(data=folder / "data", database_url=f"sqlite:///{folder / 'reverie.sqlite'}")
    with Store.open(chosen) as store, serving(store) as served:
        rows.base(store)
        with store.begin() as tx:
            dataset = tx.datasets.add(name="x")
        rows.photos(store, str(dataset.id), count=9)
        yield served


@REQUESTS.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_a_documented_one(case: Case[Any], address: str) -> None:
    answer: Any = case.call(base_url=address, timeout=20)
    case.validate_response(answer, checks=[not_a_server_error, status_code_conformance, response_schema_conformance])
    if answer.status_code >= 400:
        assert answer.headers["content-type"][0].startswith("application/problem+json")
