"""Pictures from around a point, asked for over REST: what the job keeps, and what is refused."""

import uuid
from typing import Any

import httpx
import pytest

from store.store import Store
from tests.api import rows

NEVER = str(uuid.uuid4())


def asked(base: str, region: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "generate", "model_id": base, "count": 3, "region": region, **more}


def test_a_region_around_a_find_outlives_it(http: httpx.Client, store: Store, base: str) -> None:
    job = rows.begun(store, http.post("/jobs", json={"kind": "generate", "model_id": base, "count": 1}).json()["id"])
    with store.read() as tx:
        model = tx.models.get(job.model_id)  # type: ignore[arg-type]  # a generate job names one
    rows.samples(store, job, model, count=1)
    (find,) = http.get("/samples", params={"job": str(job.id)}).json()["items"]
    posted = http.post("/jobs", json=asked(base, {"point": {"anchor": {"sample": find["id"]}}, "degrees": 10}))
    assert posted.status_code == 202, posted.text
    kept = posted.json()["params"]
    assert kept["region"]["point"]["anchor"]["seed"] == find["recipe"]["seed"]
    assert (kept["truncation_psi"], kept["region"]["point"]["psi"], kept["region"]["degrees"]) == (0.7, 0.7, 10)
    assert http.delete(f"/samples/{find['id']}").status_code == 204
    assert rows.begun(store, posted.json()["id"]).params["region"] == kept["region"]


@pytest.mark.parametrize(
    ("region", "status", "pointer"),
    [
        ({"point": {"anchor": {"sample": NEVER}}, "radius": 1}, 404, None),
        ({"point": {"anchor": {"seed": 1}, "shift": [{"direction": NEVER, "amount": 1}]}, "radius": 1}, 404, None),
        ({"point": {"anchor": {"seed": 1}}, "radius": -1}, 422, "#/region/radius"),
        ({"point": {"anchor": {"seed": 1}}, "degrees": 90}, 422, "#/region/degrees"),
        ({"point": {"anchor": {"seed": 1}}}, 422, "#/region"),
        ({"point": {"anchor": {"seed": 1}}, "radius": 1, "degrees": 1}, 422, "#/region"),
        ({"point": {"anchor": {"seed": 1}}, "radius": 0}, 422, "#/region"),
        ({"point": {"anchor": {}}, "radius": 1}, 422, "#/region/point/anchor"),
        ({"point": {"anchor": {"seed": 1}, "class_label": 2}, "radius": 1}, 422, "#/class_label"),
        ({"radius": 1}, 422, "#/region/point"),
        (7, 422, "#/region"),
    ],
)
def test_a_region_that_is_none_is_told(
    http: httpx.Client, base: str, region: Any, status: int, pointer: str | None
) -> None:
    refused = http.post("/jobs", json=asked(base, region))
    assert refused.status_code == status, refused.text
    assert pointer is None or [one["pointer"] for one in refused.json()["errors"]] == [pointer]
