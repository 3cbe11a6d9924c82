"""The tree of models over REST."""

from uuid import UUID

import httpx

from jobs.ids import new_id
from store.store import Store
from tests.api import rows
from tests.store import making


def test_the_tree_names_what_a_model_learnt_from_and_how_many_learnt_from_it(
    http: httpx.Client, store: Store, base: str
) -> None:
    made = http.post("/datasets", json={"name": "Father's pictures"}).json()
    child = making.model(parent_id=UUID(base), dataset_id=UUID(made["id"]), job_id=new_id(), step=20)
    with store.begin() as tx:
        tx.models.add(child)
    tree = http.get("/models/tree").json()
    assert [(node["id"], node["children"], node["dataset_name"]) for node in tree] == [
        (base, 1, None),
        (str(child.id), 0, "Father's pictures"),
    ]
    assert tree[1]["parent_id"] == base


def test_deleting_what_others_descend_from_has_to_be_meant(http: httpx.Client, store: Store) -> None:
    base = making.model(name="Brought")
    child = making.model(parent_id=base.id)
    with store.begin() as tx:
        tx.models.add(base)
        tx.models.add(child)
    refused = http.delete(f"/models/{base.id}")
    assert (refused.status_code, refused.json()["descendants"]) == (409, 1)
    assert "sure=true" in refused.json()["remedy"]
    assert http.delete(f"/models/{base.id}", params={"sure": True}).status_code == 204
    (left,) = http.get("/models/tree").json()
    assert (left["id"], left["parent_id"]) == (str(child.id), str(base.id))


def test_a_bundled_base_cannot_be_deleted_however_sure_one_is(http: httpx.Client, store: Store) -> None:
    bundled = rows.base(store)
    assert http.delete(f"/models/{bundled.id}", params={"sure": True}).status_code == 409
