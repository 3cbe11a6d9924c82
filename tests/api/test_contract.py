"""What the interface promises to those who build on it."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import psutil
from fastapi.routing import APIRoute

from api import app as api_app
from api import openapi
from tests.api.serving import process

MOST_MEMORY_BYTES = 150_000_000


def test_openapi_json_is_that_of_the_code() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.text(), "run: python -m api.openapi"


def test_every_field_has_an_example_or_a_type_that_says_it() -> None:
    document = json.loads(openapi.text())
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            assert operation.get("description"), f"{verb} {path} has no words"
            assert operation["tags"], f"{verb} {path} has no tag"
    assert document["components"]["schemas"]["Problem"]


def test_the_process_of_the_interface_loads_no_tensor_library() -> None:
    code = (
        "import sys, api.app, api.__main__; api.app.create_app(); "
        "assert not {'torch', 'gan', 'scipy', 'numba', 'PIL'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_process_of_the_interface_is_small(sqlite_url: str, tmp_path: Path, valkey_url: str) -> None:
    with process(data=tmp_path / "data", database_url=sqlite_url, redis_url=valkey_url) as (http, pid):
        dataset = http.post("/datasets", json={"name": "x"}).json()
        # A large upload, and the first ring of the doorbell, which loads Celery.
        sent = http.post(f"/datasets/{dataset['id']}/archives", content=iter([bytes(2**20)] * 100))
        assert sent.status_code == 202
        for _ in range(50):
            assert http.get("/datasets").is_success
        memory = psutil.Process(pid).memory_info().rss
    assert memory < MOST_MEMORY_BYTES, f"{memory / 1e6:.0f} MB"


def test_only_streams_and_uploads_run_on_the_event_loop() -> None:
    """A slow database must not hold up the loop: all else runs in the thread pool. Those who explore wait for another
    process, and look into the database in threads of their own."""
    endpoints = [getattr(router.router, "routes", []) for router in api_app.ROUTERS]
    on_loop = {
        route.name
        for route in (route for routes in endpoints for route in routes)
        if isinstance(route, APIRoute)
        if inspect.iscoroutinefunction(route.endpoint) or inspect.isasyncgenfunction(route.endpoint)
    }
    drawn = {"render", "tile", "keep", "near_sample", "near_part", "near_point", "propose"}
    assert on_loop == {"upload", "bring", "take", "follow", "follow_all", "alive", "find"} | drawn
