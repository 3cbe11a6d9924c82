"""A renderer over HTTP: who leaves frees work, views are served fairly, too much is refused, faults stay alone."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from httpx import Response

from store.rows import Model
from tests.renderer.house import Within, within
from tests.waiting import until
from tests.worker.house import House

MOST = 24


@pytest.fixture
def model(house: House) -> Model:
    return house.base()


@pytest.fixture
def here(house: House) -> Iterator[Within]:
    with within(house.store, most_pictures=MOST) as renderer:
        yield renderer


def order(model: Model, *, seed: int = 7, **asked: Any) -> dict[str, Any]:
    return {"model_id": str(model.id), "point": {"anchor": {"seed": seed}}, **asked}


def ask(here: Within, said: dict[str, Any]) -> Response:
    return httpx.post(f"{here.address}/picture", json=said, timeout=60)


def test_who_leaves_frees_the_work(here: Within, model: Model) -> None:
    where = urlsplit(here.address)
    ask(here, order(model))  # it is warm then
    drawn = here.renderer.drawn
    with here.held():
        with socket.create_connection((where.hostname, where.port)) as leaving:
            body = httpx.Request("POST", here.address, json=order(model, grid={"step": 1, "columns": 4, "rows": 4}))
            content = body.read()
            head = f"POST /picture HTTP/1.1\r\nHost: here\r\nContent-Length: {len(content)}\r\n\r\n"
            leaving.sendall(head.encode() + content)
            until(lambda: here.renderer.waiting == 16)
        until(lambda: here.renderer.waiting == 0)
    assert ask(here, order(model)).is_success
    assert here.renderer.drawn == drawn + 2  # the one that held it up, and this one


def test_a_view_with_one_wish_is_not_behind_a_view_with_many(here: Within, model: Model) -> None:
    ask(here, order(model))
    with ThreadPoolExecutor(20) as pool, ExitStack() as at_last:
        with here.held():
            many = [pool.submit(ask, here, order(model, view="many")) for _ in range(16)]
            until(lambda: here.renderer.waiting == 16)
            at_last.enter_context(here.held("many", now=False))
            one = pool.submit(ask, here, order(model, view="one"))
            until(lambda: here.renderer.waiting == 17)
        assert one.result(60).is_success  # the last wish of the others is held up still
    assert all(wished.result().is_success for wished in many)


def test_beyond_its_bound_it_says_when_to_come_again(here: Within, model: Model) -> None:
    ask(here, order(model))
    with ThreadPoolExecutor(2) as pool, here.held():
        first = pool.submit(ask, here, order(model, grid={"step": 1, "columns": MOST, "rows": 1}))
        until(lambda: here.renderer.waiting == MOST)
        refused = ask(here, order(model)).json()
        assert refused["code"] == "busy"
        assert refused["retry_after_s"] >= 1
        assert not first.done()
    assert first.result().is_success
    assert ask(here, order(model)).is_success


def test_a_fault_is_one_requests_alone(here: Within, model: Model) -> None:
    wrong = ask(here, {**order(model), "point": {"anchor": {"z": [0.0]}}}).json()
    assert (wrong["code"], wrong["pointer"]) == ("bad_params", "#/point/anchor")
    assert ask(here, order(model)).is_success
    assert here.renderer.waiting == 0


def test_it_says_what_is_warm(here: Within, house: House, model: Model) -> None:
    other = house.base()
    for each in (other, model):
        ask(here, order(each))
    said = httpx.get(here.address).json()
    assert said["warm"] == [str(model.id)]  # within its bound there is room for one
    assert said["warm_bytes"] > 0
    assert said["waiting"] == 0
