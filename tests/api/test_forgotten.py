"""A withdrawal leaves samples without the photograph that they were nearest to: they are looked at again."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from jobs.ids import new_id
from store.store import Store
from tests.store import making


@pytest.mark.parametrize("photos", [12, 3])
def test_a_sample_that_was_nearest_to_what_is_withdrawn_is_looked_at_again(
    http: httpx.Client, store: Store, ready: dict[str, Any], photos: int
) -> None:
    dataset_id = UUID(ready["id"])
    photo, other = (one["id"] for one in http.get(f"/datasets/{dataset_id}/photos?state=ready").json()["items"][:2])
    drawing, model = making.running(store, dataset_id=dataset_id), making.model(dataset_id=dataset_id)
    near: dict[str, Any] = {"nearness": 99, "nearest_id": UUID(photo), "likeness": 900_000, "traced_by": new_id()}
    with store.begin() as tx:
        tx.models.add(model)
        tx.tracing.calibrate(dataset_id, id=new_id(), photos=photos, steps=[0.5] * 100 if photos >= 10 else None)
        sample = replace(making.sample(drawing, 0, model.id, dataset_id=dataset_id), **near)
        tx.samples.add_many(drawing.id, drawing.attempt, [sample])

    def looks() -> int:
        return len(http.get("/jobs", params={"kind": "index", "dataset": str(dataset_id)}).json()["items"])

    before = looks()
    http.post(f"/datasets/{dataset_id}/withdrawals", json={"photos": [other]}).raise_for_status()
    assert looks() == before  # the sample still has its photograph
    http.post(f"/datasets/{dataset_id}/withdrawals", json={"photos": [photo]}).raise_for_status()
    assert http.get(f"/samples/{sample.id}").json()["originality"] is None
    assert looks() == before + (photos >= 10)  # of too few photographs a look would say nothing
